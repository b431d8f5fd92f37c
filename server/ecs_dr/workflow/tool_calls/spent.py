"""What a call says that ends before its work does."""

from __future__ import annotations

from ecs_dr.domain.telling import Words
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import CallBudgetSpent, CredentialsPending, StillReading
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session
from ecs_dr.workflow.standing import told_state
from ecs_dr.workflow.steps import overview


def told_spent(run: Run, spent: CallBudgetSpent) -> Words:
    """Why it ends now, and that the next call goes on."""
    if isinstance(spent, CredentialsPending):
        return overview.credentials_pending(spent, run.texts)
    if isinstance(spent, StillReading):
        return run.texts("step.still_reading", action=spent.action, count=run.reads.count)
    key = "step.retry_later" if spent.creates else "step.retry_later_read"
    return run.texts(key, action=spent.action, code=spent.code)


def left_behind(session: Session) -> list[str]:
    """For the log at the end: what was made, as last read, and which requests nobody knows the outcome of."""
    texts = Texts("en")
    told = [f"{one} ({told_state(session, texts, one)})" for _, one in session.made]
    lines = [f"{_named(session)}: created: {', '.join(told)}"] if told else []
    return lines + requests_in_doubt(session)


def requests_in_doubt(session: Session) -> list[str]:
    """For the log: which requests were sent and not answered, by their tokens."""
    lines = []
    for step in session.book.in_doubt():
        attempt = session.book.open_attempt(step)
        token = attempt.client_token if attempt is not None else "-"
        sent = f"{step} was sent with ClientToken {token}; its outcome is not known (resume_session)"
        lines.append(f"{_named(session)}: {sent}")
    return lines


def _named(session: Session) -> str:
    return f"session {session.session_id} ({session.instance_id}, {session.region_id})"
