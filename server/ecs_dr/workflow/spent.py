"""What a call says that ends before its work does."""

from __future__ import annotations

from ecs_dr.errors import CallBudgetSpent, CredentialsPending, StillReading
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps import overview


def told_spent(run: Run, spent: CallBudgetSpent) -> str:
    """Why it ends now, and that the next call goes on."""
    if isinstance(spent, CredentialsPending):
        return overview.credentials_pending(spent, run.texts)
    if isinstance(spent, StillReading):
        return run.texts("step.still_reading", action=spent.action, count=run.reads.count)
    return run.texts("step.retry_later", action=spent.action, code=spent.code)
