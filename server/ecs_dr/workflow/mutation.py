"""One mutating call, from the person's decision to a known outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ecs_dr.domain.model import JsonObject
from ecs_dr.errors import CloudRefused
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.ports import Attempt
from ecs_dr.workflow.run import Run


async def carry_out(
    run: Run,
    step: str,
    decision: Decision | None,
    parameters: JsonObject,
    send: Callable[[Attempt], Awaitable[str]],
) -> str:
    """Send a mutating call under a decision and return the id of what it made.

    An attempt whose outcome is unknown stays open: without a new decision, the same parameters go out again with
    the same ClientToken, and the cloud answers with what the first send made, if it made anything. A definitive
    refusal closes it: the next attempt has its own decision and token.

    Raises:
        CloudRefused: Definitively, nothing was made.
        OutcomeUnknown: Nobody knows; the attempt stays open.
    """
    book = run.session.book
    attempt = book.open_attempt(step)
    if attempt is None:
        if decision is None:
            raise ValueError(f"{step}: neither an open attempt nor a decision")
        attempt = book.authorize(step, decision, parameters)
    try:
        made = await send(attempt)
    except CloudRefused as refusal:
        if not refusal.retryable:
            book.close_attempt(step, "refused")
        raise
    book.close_attempt(step, "done")
    return made
