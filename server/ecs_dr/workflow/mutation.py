"""One mutating call, from the person's decision to a known outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeVar, get_args

from ecs_dr.domain.images.model import ImageRequest
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.network.model import VSwitchRequest
from ecs_dr.domain.refusals import option_of
from ecs_dr.errors import CallBudgetSpent, CloudError, CloudRefused, ErrorKind, NoCredentials, OutcomeUnknown
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.ports import Attempt
from ecs_dr.workflow.run import Run

LOOK_AGAIN_AFTER_SECONDS = (3.0, 6.0, 12.0)
"""Before a refusal is believed that followed an unanswered send: what that made may not be listed at once."""

_WOULD_SHOW = frozenset({ErrorKind.CIDR})
"""Refusals of a block that an earlier, unanswered send may itself have taken: a VSwitch with that block is then found.
Nothing found after repeated looks, the block is refused for a reason of its own. A taken name of an image is not among
them: a second image costs money, so it stays in doubt until the first is found or the same token answers."""

TaggedOrNot = Literal["tagged", "untagged"]
FORMS: tuple[TaggedOrNot, ...] = get_args(TaggedOrNot)
Creation = TypeVar("Creation", ImageRequest, VSwitchRequest, LaunchRequest)
"""A request that creates something and carries lineage tags."""


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
        Recorded: This is no call of a tool that creates: nothing was sent.
    """
    run.hand_over()
    book = run.session.book
    # An open attempt is one whose outcome nobody knows: it is gone on with, and no new decision is needed for it.
    attempt = book.open_attempt(mutation.step)
    sent_before = attempt is not None
    if attempt is None:
        if decision is None:
            raise ValueError(f"{mutation.step}: neither an open attempt nor a decision")
        attempt = book.authorize(mutation.step, decision, mutation.parameters)
        # The process before a resumption may have sent the same under the same token, with nothing of it visible yet.
        attempt = replace(attempt, in_doubt=run.session.is_shared)
    try:
        # A session that was taken up: the process before may have made it, and knew of no answer either.
        earlier = (await _look(run, mutation, ()))[0] if run.session.is_shared and not sent_before else None
        if earlier is None:
            book.mark_sent(mutation.step)
        run.reads.forget()  # what was read before is no longer how things are
        made = earlier or await mutation.send(attempt)
    except (CallBudgetSpent, NoCredentials) as spent:
        if not spent.in_doubt:
            book.mark_undone(mutation.step)
        raise
    except CloudError as error:
        made = await _made_after_all(run, mutation, error)
    book.close_attempt(mutation.step, "done")
    return made


async def _made_after_all(run: Run, mutation: Mutation, error: CloudError) -> str:
    """What a call made that ended in an error, as a look at the cloud shows it.

    Raises:
        CloudRefused: It made nothing.
        OutcomeUnknown: Nothing was found, and that does not prove it.
    """
    book, found, is_sure = run.session.book, None, True
    refusal = error if isinstance(error, CloudRefused) else None
    # Believed: a refusal of this very request, or one whose cause would be found if an earlier send had made it.
    is_believed = refusal is not None or error.kind in _WOULD_SHOW
    if refusal is None or refusal.after_doubt:
        found, is_sure = await _look(run, mutation, LOOK_AGAIN_AFTER_SECONDS if is_believed else ())
    if found is not None:
        run.session.notes.append(run.texts("note.found_after_all", action=error.action, id=found))
        return found
    if not (is_sure and is_believed):
        # Not found is no proof that it was not made: the attempt stays open and in doubt.
        if refusal is None:
            raise error
        raise refusal.seen_as(OutcomeUnknown) from refusal
    refusal = refusal or error.seen_as(CloudRefused)
    book.mark_undone(mutation.step)
    if not refusal.retryable:
        # Refused for certain. What may pass later stays open instead, and goes out again with the same token.
        book.close_attempt(mutation.step, "refused")
    raise refusal


async def _look(run: Run, mutation: Mutation, again_after: tuple[float, ...]) -> tuple[str | None, bool]:
    """What an unanswered send made, and whether the look itself succeeded."""
    await run.progress(0, None, run.texts("progress.looking"))
    for pause in (0.0, *again_after):
        await run.clock.sleep(pause)
        try:
            with run.reads.to_their_end():
                found = await mutation.find()
        except (CloudError, CallBudgetSpent):
            return None, False
        if found is not None:
            return found, True
    return None, True


def in_form(request: Creation, form: TaggedOrNot) -> Creation:
    """The request with its lineage tags, or the same without them."""
    return request if form == "tagged" else request.model_copy(update={"tags": ()})


def permitted(request: Creation) -> tuple[JsonObject, ...]:
    """What a decision on this request allows to be sent: both forms, as the person does not decide about the tags."""
    return tuple(in_form(request, form).parameters() for form in FORMS)


async def carry_out_tagged(run: Run, decision: Decision | None, build: Callable[[TaggedOrNot], Mutation]) -> str:
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
    if decision is not None and run.session.untaggable:
        return await carry_out(run, decision, build("untagged"))
    try:
        return await carry_out(run, decision, tagged)
    except CloudRefused as refusal:
        if not _refuses_tags(refusal) or decision is None:
            raise
    run.session.untaggable = True
    run.session.notes.append(run.texts("note.tags_refused"))
    run.session.book.rearm_refused(tagged.step)
    return await carry_out(run, decision, build("untagged"))


async def try_launch(run: Run, launch: LaunchRequest) -> None:
    """Have the launch checked; without its tags where it is they that this identity may not set.

    Raises:
        CloudRefused: It would be refused, for that reason.
        OutcomeUnknown: No answer; a dry run creates nothing.
    """
    form: TaggedOrNot = "untagged" if run.session.untaggable else "tagged"
    try:
        await run.cloud.dry_run_launch(run.scope, in_form(launch, form))
    except CloudRefused as refusal:
        if form == "untagged" or not launch.tags or not _refuses_tags(refusal):
            raise
        run.session.untaggable = True
        await run.cloud.dry_run_launch(run.scope, in_form(launch, "untagged"))


def _refuses_tags(refusal: CloudRefused) -> bool:
    """Whether it was the tags: what is created can do without them."""
    return option_of(refusal.code, refusal.message, refusal.missing_permission) == "tags"
