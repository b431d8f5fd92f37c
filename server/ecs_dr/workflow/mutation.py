"""One mutating call, from the person's decision to a known outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from ecs_dr.domain.model import JsonObject
from ecs_dr.errors import CloudError, CloudRefused, ErrorKind
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.ports import Attempt
from ecs_dr.workflow.run import Run

TAG_MARK = "tag"

Form = Literal["tagged", "untagged"]


@dataclass(frozen=True)
class Mutation:
    """A call that creates something.

    Attributes:
        step: Which of the session's attempts it belongs to.
        parameters: As sent, without the ClientToken.
        send: Sends them under an attempt and returns the id of what was made.
        find: Looks on the cloud for what an earlier send of the same attempt made; None when nothing is there.
    """

    step: str
    parameters: JsonObject
    send: Callable[[Attempt], Awaitable[str]]
    find: Callable[[], Awaitable[str | None]]


async def carry_out(run: Run, decision: Decision | None, mutation: Mutation) -> str:
    """Send a mutating call under a decision and return the id of what it made.

    An attempt whose outcome is unknown stays open: without a new decision, the same parameters go out again with
    the same ClientToken, and the cloud answers with what the first send made, if it made anything. Before anything
    is reported as failed, what it would have made is looked for. A definitive refusal closes the attempt: the next
    one has its own decision and token.

    Raises:
        CloudRefused: Definitively, nothing was made.
        OutcomeUnknown: Nobody knows, and nothing was found; the attempt stays open.
    """
    book = run.session.book
    attempt = book.open_attempt(mutation.step)
    sent_before, in_doubt = attempt is not None, attempt is not None and attempt.in_doubt
    if attempt is None:
        if decision is None:
            raise ValueError(f"{mutation.step}: neither an open attempt nor a decision")
        attempt = book.authorize(mutation.step, decision, mutation.parameters)
    try:
        earlier = await _look(run, mutation) if run.session.resumed and not sent_before else None
        if earlier is None:
            book.mark_sent(mutation.step)
        made = earlier or await mutation.send(attempt)
    except CloudError as error:
        refused = isinstance(error, CloudRefused)
        found = await _look(run, mutation) if in_doubt or not refused else None
        if found is None:
            if refused:
                book.mark_undone(mutation.step)
            if refused and not error.retryable:
                book.close_attempt(mutation.step, "refused")
            raise
        run.session.notes.append(run.texts("note.found_after_all", action=error.action, id=found))
        made = found
    book.close_attempt(mutation.step, "done")
    return made


async def _look(run: Run, mutation: Mutation) -> str | None:
    """What the unanswered send made; a look that fails too leaves the outcome unknown."""
    await run.progress(0, None, run.texts("progress.looking"))
    try:
        return await mutation.find()
    except CloudError:
        return None


async def carry_out_tagged(run: Run, decision: Decision | None, build: Callable[[Form], Mutation]) -> str:
    """The same, once more without tags when it was the tags that this identity may not set.

    Args:
        run: The call.
        decision: It permits both forms: lineage tags are no part of what the person decides about.
        build: The call with or without tags.

    Raises:
        CloudRefused: As `carry_out`.
        OutcomeUnknown: As `carry_out`.
    """
    tagged = build("tagged")
    try:
        return await carry_out(run, decision, tagged)
    except CloudRefused as refusal:
        if not _refuses_tags(refusal) or decision is None:
            raise
    run.session.notes.append(run.texts("note.tags_refused"))
    run.session.book.rearm_refused(tagged.step)
    return await carry_out(run, decision, build("untagged"))


def _refuses_tags(refusal: CloudRefused) -> bool:
    """Whether it was the tags that the identity may not set: what is created can do without them."""
    about_tags = TAG_MARK in refusal.code.lower() or TAG_MARK in (refusal.missing_permission or "").lower()
    return refusal.kind is ErrorKind.PERMISSION and about_tags
