"""Questions of many members as one: alike is asked once, and the answer settles exactly what was asked.

Each member's own question stands pinned in its own session, with the digest of the very request that it permits. The
application's question is about those pinned questions: where one of them is withdrawn, it counts no longer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.questions import ABORT, CUSTOM, LEAVE_OUT, MAX_OPTIONS, PICK_ANOTHER_ZONE, RETRY, Question
from ecs_dr.domain.telling import GAP, NO_WORDS, tell
from ecs_dr.workflow.application.state import Pending
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.run import Run

PREFIX = "application"
WHAT_IS_RECOMMENDED = ""
"""Stands for the first option of each member's own question."""
WITHOUT_IT = "without_it"
"""In a question for all: a member's own `leave_out`, of what its launch was refused for. For all it leaves out members.
"""
REFUSED = "launch.refused"
ONE_FOR_ALL = "launch.options"
"""Its choices mean the same for every source, whatever a source has of its own."""


def facts_of(pending: Sequence[Pending]) -> JsonValue:
    """What a question for all of them rests on: these pinned questions and no others."""
    return [*sorted(f"{one.member.instance_id} {one.pinned.question_id}" for one in pending)]


def ask(run: Run, key: str, pending: Sequence[Pending], build: Callable[[], Question]) -> Decision:
    """The person's decision for all of them.

    Raises:
        Asking: It is not given yet.
    """
    return run.decide(f"{PREFIX}.{key}", facts_of(pending), build)


def settle(run: Run, key: str, pending: Sequence[Pending], decision: Decision, choices: dict[str, str]) -> None:
    """Answer every member's question with what was decided for all.

    Args:
        run: The call.
        key: As it was asked.
        pending: The questions.
        decision: The answer; it counts this once.
        choices: By a question's key, the choice that the answer means there; else the answer's own.
    """
    book = run.session.book
    book.use_up(f"{PREFIX}.{key}")
    road = next((entry.road for entry in reversed(book.history) if entry.question_id == decision.decision_id), None)
    for one in pending:
        choice = choices.get(one.pinned.key, decision.choice) or one.pinned.question.options[0].value
        choice = LEAVE_OUT if choice == WITHOUT_IT else choice
        text = decision.text if choice == CUSTOM else None
        one.member.session.book.settle(one.pinned.question_id, choice, text, road)
        one.member.session.asked_by.pop(one.pinned.question_id, None)


def groups(pending: Sequence[Pending]) -> list[list[Pending]]:
    """Those that ask the same, with the same options, together; what is carried along is asked for all at once."""
    found: dict[tuple[str, tuple[str, ...]], list[Pending]] = {}
    for one in pending:
        key = one.pinned.key
        values = () if key == ONE_FOR_ALL else tuple(option.value for option in one.pinned.question.options)
        found.setdefault((key, values), []).append(one)
    return list(found.values())


def alike(run: Run, group: Sequence[Pending]) -> Question:
    """One question for a group: the sources that it is about, then what is asked of them."""
    first = group[0].pinned.question
    names = run.texts("list.separator").join(one.member.instance_id for one in group)
    tellings = dict.fromkeys(one.pinned.question.whole for one in group)
    head = run.texts("application.question.for_all", count=len(group), sources=names)
    common = [one for one in first.options if all(other.pinned.question.option(one.value) for other in group)]
    options = [
        one.model_copy(update={"value": WITHOUT_IT}) if one.value == LEAVE_OUT else one
        for one in common
        if one.value != ABORT and (one.value != CUSTOM or len(tellings) == 1)
    ]
    again = first.option(RETRY)
    others = [one for one in options if one is not again]
    leave = run.option(LEAVE_OUT, "application_leave_out", count=len(group))
    # Where something went wrong for these: the best way on, the same once more, or on without them.
    if again is not None and again in options:
        options = [*sorted([*others[:1], again], key=lambda one: not one.recommended), leave]
    elif group[0].pinned.key.startswith(REFUSED):
        # The best way in their zones, and another zone; where none is offered, the second best in theirs.
        here = [one for one in others if one.value != PICK_ANOTHER_ZONE]
        elsewhere = [one for one in others if one.value == PICK_ANOTHER_ZONE]
        options = [*here[:1], *(elsewhere or here[1:2]), leave]
    with_abort = [*options[: MAX_OPTIONS - 1], run.abort_option()]
    typed = first.allow_text and any(one.value == CUSTOM for one in with_abort)
    return Question(
        telling=tell(head, *(part for one in tellings for part in (GAP, one))),
        options=run.recommend_first(with_abort),
        allow_text=typed,
        text_label=first.text_label if typed else NO_WORDS,
    )
