"""CreateImage of the source was refused, as in a zone that is down: its snapshots may be a way round it."""

from __future__ import annotations

from ecs_dr.domain.questions import RETRY
from ecs_dr.domain.refusals import BY_HAND, Blame
from ecs_dr.domain.source import Source
from ecs_dr.domain.telling import GAP, tell
from ecs_dr.errors import CallBudgetSpent, CloudError, CloudRefused, ErrorKind, NoCredentials, SourceUnusable
from ecs_dr.workflow.explaining import problem_of, row_of_error, told_problem
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.snapshots.reads import read_offer
from ecs_dr.workflow.snapshots.telling import told_age

KEY = "image.refused"
FROM_SNAPSHOTS = "from_snapshots"
STEP = "image"

_NO_WAY_ROUND = BY_HAND | {Blame.NAME, Blame.ENCRYPTION}
"""What an image of snapshots would meet as well, or what is mended where it is."""


async def way_round(run: Run, source: Source) -> str | None:
    """What the person chooses after a refusal that this session remembers; None: nothing is to be chosen.

    It is asked where a whole set of snapshots exists; else the refusal stands as it is. A member of an application is
    asked about by the application, together with those that met the same.

    Raises:
        Asking: The question.
    """
    session = run.session
    refusal, session.refusals.image = session.refusals.image, None
    if refusal is None or session.further_tags or _has_no_way_round(refusal):
        return None
    try:
        best = (await read_offer(run, source)).findings.sets[0]
    except (CallBudgetSpent, NoCredentials):
        session.refusals.image = refusal
        raise
    except (CloudError, SourceUnusable):
        return None
    run.problem = problem_of(run, refusal)
    time, age = run.texts.moment(best.data_as_of), told_age(run, best.data_as_of)
    ways = [
        run.option(FROM_SNAPSHOTS, "image_refused_snapshots", time=time, age=age),
        run.option(RETRY, "image_refused_retry"),
        run.abort_option(),
    ]
    if refusal.retryable and not session.snapshots_first:
        ways[0], ways[1] = ways[1], ways[0]
    exists = run.texts("question.image_refused", time=time, age=age)
    text = tell(told_problem(run.problem, with_actions=False), GAP, exists)
    shown = run.recommend_first(ways)
    session.refusals.image = refusal
    facts = [refusal.code, refusal.request_id or "", *best.snapshot_ids]
    decision = run.decide(KEY, [*facts], lambda: run.question(text, shown))
    session.refusals.image = None
    session.book.use_up(KEY)
    if decision.choice == RETRY:
        session.book.rearm_refused(STEP)
    else:
        set_aside(run)
    return decision.choice


def set_aside(run: Run) -> None:
    """A request for an image of the source that was refused for the moment is not sent any more.

    One of which nobody knows whether it was carried out stays open, and is named until the end.
    """
    book, pending = run.session.book, run.session.pending
    if STEP in book.in_doubt():
        pending.image_set_aside = pending.image or pending.image_set_aside
    elif book.open_attempt(STEP) is not None:
        book.close_attempt(STEP, "refused")
    pending.image = None


def _has_no_way_round(refusal: CloudRefused) -> bool:
    return refusal.kind is ErrorKind.PERMISSION or row_of_error(refusal).blame in _NO_WAY_ROUND
