"""What there is to know without touching anything: credentials, one session, all sessions."""

from __future__ import annotations

from ecs_dr.domain.steps import Answer, Next
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import CredentialsPending
from ecs_dr.workflow.following import what_follows
from ecs_dr.workflow.ports import Cloud
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session


async def check_credentials(cloud: Cloud, texts: Texts, patience_seconds: float) -> Answer:
    """Which credential provider answers, by name and type alone.

    Raises:
        NoCredentials: None does; nothing was sent to Alibaba Cloud.
    """
    try:
        identity = await cloud.identity(patience_seconds)
    except CredentialsPending as pending:
        again = Next(tool="check_credentials", why=texts("next.check_credentials"))
        message = credentials_pending(pending, texts)
        return Answer(session_id=None, step="credentials", status="in_progress", message=message, next=again)
    return Answer(
        session_id=None,
        step="credentials",
        status="done",
        message=texts("step.credentials.done", provider=identity.provider, type=identity.identity_type),
        data={"provider": identity.provider, "identity_type": identity.identity_type},
        next=Next(tool="collect_source", why=texts("next.collect_source")),
    )


def credentials_pending(pending: CredentialsPending, texts: Texts) -> str:
    """That the provider is still at it, for how long, and how long it may take."""
    seconds, limit = f"{pending.seconds:.0f}", f"{pending.limit_seconds:g}"
    return texts("step.credentials.pending", seconds=seconds, limit=limit)


def list_sessions(sessions: tuple[Session, ...], texts: Texts) -> Answer:
    """Every session of this process, the newest first."""
    key = "step.session.list" if sessions else "step.session.none"
    return Answer(
        session_id=None,
        step="session",
        status="done",
        message=texts(key, count=len(sessions)),
        data={"sessions": [{"session_id": session.session_id, **session.summary()} for session in sessions]},
        next=None if sessions else Next(tool="collect_source", why=texts("next.collect_source")),
    )


def sessions_not_listed(texts: Texts) -> Answer:
    """Over HTTP the caller may be anybody: a session is shown to whoever knows its id, and to nobody else."""
    return Answer(
        session_id=None,
        step="session",
        status="done",
        message=texts("step.session.not_listed"),
        data={"sessions": []},
        next=Next(tool="collect_source", why=texts("next.collect_source")),
    )


def describe_session(run: Run, *, may_answer: bool) -> Answer:
    """Where one recovery stands, and what comes next.

    Args:
        run: The call.
        may_answer: Whether the caller passes answers on; where forms ask the person, no question's id is given away.
    """
    message = f"{run.texts('step.session.one')}\n{run.state_of_the_world()}"
    asking = run.session.asking_tool()
    following = what_follows(run) if asking is None else run.go_to(asking)
    return run.answer("session", "done", message, data=run.session.summary(may_answer=may_answer), following=following)
