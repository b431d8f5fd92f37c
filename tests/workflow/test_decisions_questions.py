"""Questions: pinned when first put, answered once, dead when their facts change."""

from __future__ import annotations

import pytest

from ecs_dr.domain.questions import ABORT, CONFIRM, CUSTOM, MAX_TEXT, Option, PinnedQuestion, Question
from ecs_dr.domain.telling import Words, tell
from ecs_dr.errors import InvalidInput, StaleQuestion
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.decisions import QUESTION_LIFE_SECONDS, Asking, DecisionBook
from tests.support.clock import SteppedClock
from tests.support.ids import CountedIds

SESSION = "0123456789abcdef0123456789abcdef"
KEY = "image.name"


def book() -> DecisionBook:
    return DecisionBook(SESSION, CountedIds(), SteppedClock())


def question(text: str = "Go on?") -> Question:
    options = (
        Option(value=CONFIRM, label="Yes", description="Go on.", recommended=True, mark=" (Recommended)"),
        Option(value=CUSTOM, label="Another", description="Type it."),
        Option(value=ABORT, label="Abort", description="Stop."),
    )
    return Question(telling=tell(Words(text)), options=options, allow_text=True, text_label=Words("Name"))


def put(decisions: DecisionBook, facts: str = "facts", text: str = "Go on?", key: str = KEY) -> PinnedQuestion:
    with pytest.raises(Asking) as asked:
        decisions.decide(key, facts, lambda: question(text))
    return asked.value.pinned


def test_a_question_keeps_its_words_and_id_over_rounds() -> None:
    decisions = book()
    first = put(decisions, text="Stock is plenty.")
    again = put(decisions, text="Stock is low.")
    assert again == first
    assert again.question.text == "Stock is plenty."


def test_the_words_of_a_pinned_question_are_not_even_worked_out_again() -> None:
    decisions = book()
    put(decisions)

    def never() -> Question:
        raise AssertionError("built twice")

    with pytest.raises(Asking):
        decisions.decide(KEY, "facts", never)


def test_changed_facts_make_a_new_question_and_the_old_id_dies() -> None:
    decisions = book()
    old = put(decisions, facts="name is free")
    new = put(decisions, facts="name is taken")
    assert new.question_id != old.question_id
    with pytest.raises(StaleQuestion):
        decisions.settle(old.question_id, CONFIRM, None)
    assert decisions.open_questions() == (new,)


def test_an_answered_question_is_a_decision_that_stands_while_the_facts_do() -> None:
    decisions = book()
    decisions.settle(put(decisions).question_id, CONFIRM, None)
    first = decisions.decide(KEY, "facts", question)
    assert first.choice == CONFIRM
    assert decisions.decide(KEY, "facts", question) is first


def test_a_decision_on_other_facts_does_not_count() -> None:
    decisions = book()
    answered = put(decisions, facts="before")
    decisions.settle(answered.question_id, CONFIRM, None)
    assert put(decisions, facts="after").question_id != answered.question_id


def test_a_question_is_answered_once() -> None:
    decisions = book()
    asked = put(decisions)
    decisions.settle(asked.question_id, CONFIRM, None)
    with pytest.raises(StaleQuestion) as stale:
        decisions.settle(asked.question_id, ABORT, None)
    assert stale.value.values == {"question_id": asked.question_id}
    assert decisions.decide(KEY, "facts", question).choice == CONFIRM


def test_an_id_that_was_never_given_out_answers_nothing() -> None:
    decisions = book()
    asked = put(decisions)
    with pytest.raises(StaleQuestion):
        decisions.settle("f" * 32, CONFIRM, None)
    assert decisions.open_questions() == (asked,)


@pytest.mark.parametrize("choice", ["", "sure", "Confirm", "confirm ", "keep_waiting", "(Recommended)"])
def test_a_choice_that_was_not_offered_leaves_the_question_open(choice: str) -> None:
    decisions = book()
    asked = put(decisions)
    with pytest.raises(InvalidInput) as refused:
        decisions.settle(asked.question_id, choice, None)
    assert refused.value.code == "UnknownChoice"
    assert refused.value.values["offered"] == "Yes (Recommended) · Another · Abort"
    assert put(decisions) == asked


@pytest.mark.parametrize("text", [None, "", "   "])
def test_custom_without_a_text_leaves_the_question_open(text: str | None) -> None:
    decisions = book()
    asked = put(decisions)
    with pytest.raises(InvalidInput) as refused:
        decisions.settle(asked.question_id, CUSTOM, text)
    assert refused.value.code == "TextMissing"
    assert decisions.open_questions() == (asked,)


def test_a_text_that_is_too_long_leaves_the_question_open() -> None:
    decisions = book()
    asked = put(decisions)
    with pytest.raises(InvalidInput) as refused:
        decisions.settle(asked.question_id, CUSTOM, "x" * (MAX_TEXT + 1))
    assert refused.value.code == "TextTooLong"
    assert decisions.open_questions() == (asked,)


@pytest.mark.parametrize("label", ["Yes (Recommended)", "yes(recommended)", " Another ", "ABORT"])
def test_a_label_is_understood_for_its_value(label: str) -> None:
    decisions = book()
    decisions.settle(put(decisions).question_id, label, "my-name" if "Another" in label else None)
    wanted = {"y": CONFIRM, "a": CUSTOM if "Another" in label else ABORT}[label.strip().lower()[0]]
    assert decisions.choice(KEY) == wanted


def test_a_typed_text_counts_for_custom_alone_and_beside_another_option_nothing_counts() -> None:
    decisions = book()
    asked = put(decisions)
    with pytest.raises(InvalidInput) as refused:
        decisions.settle(asked.question_id, CONFIRM, "typed by accident")
    assert refused.value.code == "TextBesideOption"
    assert decisions.open_questions() == (asked,)
    other = put(decisions, key="launch.confirm")
    decisions.settle(other.question_id, CUSTOM, "  my-name ")
    assert decisions.decide("launch.confirm", "facts", question).text == "my-name"


@pytest.mark.parametrize("how", ["decline", "cancel"])
def test_a_dismissed_question_decides_nothing_and_is_put_anew(how: str) -> None:
    decisions = book()
    asked = put(decisions)
    assert decisions.dismiss(asked.question_id, how) == asked
    assert decisions.open_questions() == ()
    with pytest.raises(StaleQuestion):
        decisions.settle(asked.question_id, CONFIRM, None)
    assert put(decisions).question_id != asked.question_id


def test_an_answered_question_cannot_be_dismissed_afterwards() -> None:
    decisions = book()
    asked = put(decisions)
    decisions.settle(asked.question_id, CONFIRM, None)
    with pytest.raises(StaleQuestion):
        decisions.dismiss(asked.question_id, "cancel")


def test_an_answer_that_comes_too_late_is_asked_for_again() -> None:
    clock = SteppedClock()
    decisions = DecisionBook(SESSION, CountedIds(), clock)
    asked = put(decisions)
    clock.advance(QUESTION_LIFE_SECONDS + 1)
    with pytest.raises(StaleQuestion):
        decisions.settle(asked.question_id, CONFIRM, None)
    assert put(decisions).question_id != asked.question_id


def test_forgetting_a_key_withdraws_that_one_and_nothing_else() -> None:
    decisions = book()
    for key in ("vswitch.create", "vswitch.pick", "vswitch"):
        put(decisions, key=key)
    decisions.settle(decisions.open_questions()[0].question_id, CONFIRM, None)
    decisions.forget("vswitch")
    assert [pinned.key for pinned in decisions.open_questions()] == ["vswitch.pick"]
    decisions.forget("vswitch.create")
    assert decisions.use_up("vswitch.create") is None


def test_forgetting_a_choice_withdraws_all_that_is_about_it() -> None:
    decisions = book()
    for key in ("disks.data.cloud_auto.None", "disks.system.cloud_essd.PL0", "vswitch.pick", "image_wait"):
        put(decisions, key=key)
    decisions.settle(decisions.open_questions()[0].question_id, CONFIRM, None)
    decisions.forget_about(Choice.DISKS)
    assert [pinned.key for pinned in decisions.open_questions()] == ["vswitch.pick", "image_wait"]
    assert decisions.use_up("disks.data.cloud_auto.None") is None


def test_a_taken_decision_counts_for_one_time() -> None:
    decisions = book()
    decisions.settle(put(decisions).question_id, ABORT, None)
    taken = decisions.use_up(KEY)
    assert taken is not None
    assert taken.choice == ABORT
    assert decisions.use_up(KEY) is None


def test_what_stands_is_a_question_or_a_decision_on_exactly_these_facts() -> None:
    decisions = book()
    assert not decisions.stands(KEY, "facts")
    asked = put(decisions)
    assert decisions.stands(KEY, "facts")
    assert not decisions.stands(KEY, "other facts")
    decisions.settle(asked.question_id, CONFIRM, None)
    assert decisions.stands(KEY, "facts")
    assert not decisions.stands(KEY, "other facts")


def test_the_log_says_what_was_shown_and_what_was_chosen_in_order() -> None:
    decisions = book()
    first = put(decisions, text="First?")
    decisions.settle(first.question_id, CUSTOM, "my-name")
    second = put(decisions, text="Second?", key="launch.confirm")
    decisions.dismiss(second.question_id, "decline")
    assert [(entry.text, entry.choice, entry.typed) for entry in decisions.history] == [
        ("First?", CUSTOM, "my-name"),
        ("Second?", "decline", None),
    ]
    assert [option.value for option in decisions.history[0].options] == [CONFIRM, CUSTOM, ABORT]
    assert decisions.history[0].question_id == first.question_id
    assert [(entry["key"], entry["choice"], entry.get("typed")) for entry in decisions.log] == [
        (KEY, CUSTOM, "my-name"),
        ("launch.confirm", "decline", None),
    ]


def test_a_question_is_open_until_it_is_answered_and_no_other_one_is() -> None:
    decisions = book()
    asked = put(decisions)
    assert decisions.is_open(asked.question_id)
    assert not decisions.is_open("f" * 32)
    decisions.settle(asked.question_id, CONFIRM, None)
    assert not decisions.is_open(asked.question_id)
