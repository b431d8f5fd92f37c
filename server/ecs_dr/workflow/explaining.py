"""A refusal in words, from inside a step: the same that a failed answer would say, for a question to stand on."""

from __future__ import annotations

from ecs_dr.domain.diagnosis import DiagnosisContext, explain, said_of
from ecs_dr.domain.refusals import Row, row_of
from ecs_dr.domain.steps import Problem
from ecs_dr.domain.telling import Telling, Words, tell
from ecs_dr.errors import CloudError
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session


def context_of(session: Session | None, *, simulated: bool) -> DiagnosisContext:
    """What an explanation may name; never raises, also without a session."""
    if session is None:
        return DiagnosisContext(simulated=simulated)
    source, image = session.source, session.image
    return DiagnosisContext(
        region_id=session.region_id,
        source_id=session.instance_id,
        image_id=None if image is None or image.has_failed else image.image_id,
        resource_group_id=None if source is None else source.instance.resource_group_id,
        simulated=simulated,
        source_is_unread=source is None and bool(session.source_refused),
    )


def problem_of(run: Run, error: CloudError) -> Problem:
    """What went wrong, why, and what can help."""
    return explain(error, run.texts, context_of(run.session, simulated=run.options.simulated))


def row_of_error(error: CloudError) -> Row:
    """The row of a refusal."""
    return row_of(error.code, error.message, error.http_status)


def said_by(run: Run, error: CloudError) -> Words:
    """The cloud's own words and code, in one sentence."""
    return run.texts(
        "refused.said",
        said=said_of(error, run.texts),
        code=error.code,
        request_id=error.request_id or "-",
    )


def told_problem(problem: Problem, *, with_actions: bool) -> Telling:
    """The problem as the beginning of a question."""
    more = [*problem.actions, *problem.links] if with_actions else []
    return tell(*filter(None, [problem.message, problem.cause, *more]))
