"""What there is to know without touching anything: credentials, one session, all sessions."""

from __future__ import annotations

from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.pages.options import option_lines
from ecs_dr.domain.questions import CUSTOM
from ecs_dr.domain.steps import Answer, Next
from ecs_dr.domain.telling import GAP, Part, Telling, Words, item, tell
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.errors import CredentialsPending
from ecs_dr.workflow.following import next_tool, what_follows
from ecs_dr.workflow.ports import Cloud
from ecs_dr.workflow.reporting.timeline import decision_label
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session

MOST_LISTED = 20
IN_WORDS = frozenset({"open_questions", "decisions"})
"""What of a session's data its message says: the way each question was answered last counts."""


async def check_credentials(cloud: Cloud, texts: Texts, patience_seconds: float) -> Answer:
    """Which credential provider answers, by name and type alone.

    Raises:
        NoCredentials: None does; nothing was sent to Alibaba Cloud.
    """
    try:
        identity = await cloud.identity(patience_seconds)
    except CredentialsPending as pending:
        again = Next(tool="check_credentials", why=texts("next.check_credentials"))
        telling = tell(credentials_pending(pending, texts))
        return Answer(session_id=None, step="credentials", status="in_progress", telling=telling, next=again)
    return Answer(
        session_id=None,
        step="credentials",
        status="done",
        telling=tell(
            texts("step.credentials.done", provider=identity.provider, type=worded_value(identity.identity_type, texts))
        ),
        data={"provider": identity.provider, "identity_type": identity.identity_type},
        next=Next(tool="collect_source", why=texts("next.collect_source")),
    )


def credentials_pending(pending: CredentialsPending, texts: Texts) -> Words:
    """That the provider is still at it, for how long, and how long it may take."""
    seconds, limit = f"{pending.seconds:.0f}", f"{pending.limit_seconds:g}"
    return texts("step.credentials.pending", seconds=seconds, limit=limit)


def list_sessions(sessions: tuple[Session, ...], texts: Texts) -> Answer:
    """The sessions of this process, one line each, the newest first."""
    key = "step.session.list" if sessions else "step.session.none"
    shown = sessions[:MOST_LISTED]
    lines = [texts(key, count=len(sessions)), *(item(_line(session, texts)) for session in shown)]
    if len(sessions) > len(shown):
        lines.append(texts("step.session.further", count=len(sessions) - len(shown)))
    return Answer(
        session_id=None,
        step="session",
        status="done",
        telling=tell(*lines),
        data={"sessions": [_row(session) for session in shown]},
        in_words=frozenset({"sessions"}),
        next=None if sessions else Next(tool="collect_source", why=texts("next.collect_source")),
    )


def _line(session: Session, texts: Texts) -> Words:
    row = {name: str(value or "-") for name, value in _row(session).items()}
    row["created_at"] = texts.moment(session.created_at)
    found = session.verification
    row["verdict"] = "-" if found is None else texts(f"report.verdict.{found.verdict}")
    return texts("step.session.line", stage=_stage(session, texts), **row)


def _row(session: Session) -> JsonObject:
    """What tells one recovery from another."""
    return {
        "session_id": session.session_id,
        "instance_id": session.instance_id,
        "region_id": session.region_id,
        "created_at": session.created_at.isoformat(timespec="seconds"),
        "image_id": None if session.image is None else session.image.image_id,
        "replica_id": None if session.replica is None else session.replica.instance_id,
        "verdict": None if session.verification is None else session.verification.verdict,
    }


def _stage(session: Session, texts: Texts) -> Words:
    """Where it stands, in a few words: what is to be done next."""
    tool = next_tool(session)
    return texts("step.session.complete") if tool is None else texts(f"next.{tool}")


def sessions_not_listed(texts: Texts) -> Answer:
    """Over HTTP the caller may be anybody: a session is shown to whoever knows its id, and to nobody else."""
    return Answer(
        session_id=None,
        step="session",
        status="done",
        telling=tell(texts("step.session.not_listed")),
        data={"sessions": []},
        next=Next(tool="collect_source", why=texts("next.collect_source")),
    )


def describe_session(run: Run, *, may_answer: bool) -> Answer:
    """Where one recovery stands, and what comes next.

    Args:
        run: The call.
        may_answer: Whether the caller passes answers on; where forms ask the person, no question's id is given away.
    """
    session, say = run.session, run.texts
    parts: list[Part | Telling] = [say("step.session.one", stage=_stage(session, say)), run.state_of_the_world()]
    parts += told_open(run, may_answer=may_answer)
    last = {entry.key: entry for entry in session.book.history}
    for entry in last.values():
        road = say(f"road.{entry.road}") if entry.road is not None else "-"
        chosen = entry.chosen or say("report.decision.declined")
        typed = f"{chosen} ({entry.typed})" if entry.typed else chosen
        at = say.moment(entry.answered_at, near=run.clock.now())
        label = decision_label(say, entry.key)
        parts.append(say("step.session.decided", label=label, chosen=typed, road=road, at=at))
    asking = session.asking_tool()
    # What is in doubt is settled before anything else is decided.
    settles = what_follows(run) if asking is None or session.book.in_doubt() else None
    following = settles if asking is None or settles is not None else run.go_to(asking)
    data = session.summary(may_answer=may_answer)
    return run.answer("session", "done", tell(*parts), data=data, in_words=IN_WORDS, following=following)


def told_open(run: Run, *, may_answer: bool) -> list[Part | Telling]:
    """The open questions; whole, with what an answer names, where the caller passes answers on."""
    say, parts = run.texts, list[Part | Telling]()
    for pinned in run.session.book.open_questions():
        parts.append(say("step.session.open", label=decision_label(say, pinned.key)))
        if not may_answer:
            continue
        options = [*option_lines(pinned.question.options, say)]
        if pinned.question.option(CUSTOM) is not None:
            options.append(say("result.answer_text", label=pinned.question.text_label))
        answer = say("step.session.open_whole", question_id=pinned.question_id)
        parts += [pinned.question.whole, GAP, *options, answer]
    return parts
