"""Consent: a decision permits exactly the parameters that were shown, once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.domain.model import JsonObject, digest
from ecs_dr.domain.questions import ABORT, CONFIRM, CUSTOM
from ecs_dr.errors import ConsentViolation
from ecs_dr.workflow.decisions import Asking, Decision, DecisionBook
from tests.support.clock import SteppedClock
from tests.support.ids import CountedIds
from tests.workflow.test_decisions_questions import SESSION, question

KEY = "image.name"
STEP = "image"
SHOWN: JsonObject = {"InstanceId": "i-2zesource0001", "ImageName": "Create_from_i-2zesource0001"}


def permits(choice: str, text: str | None) -> tuple[JsonObject, ...]:
    if choice == ABORT:
        return ()
    named: JsonObject = {**SHOWN, "ImageName": text} if choice == CUSTOM else SHOWN
    return ({**named, "Tag": [{"Key": "a", "Value": "b"}]}, named)


def decided(book: DecisionBook, choice: str = CONFIRM, text: str | None = None, facts: str = "facts") -> Decision:
    with pytest.raises(Asking) as asked:
        book.decide(KEY, facts, question, permits)
    book.settle(asked.value.pinned.question_id, choice, text)
    return book.decide(KEY, facts, question, permits)


def new_book(session_id: str = SESSION) -> DecisionBook:
    return DecisionBook(session_id, CountedIds(), SteppedClock())


def test_a_decision_permits_the_parameters_that_were_shown() -> None:
    book = new_book()
    decision = decided(book)
    attempt = book.authorize(STEP, decision, SHOWN)
    assert attempt.decision_id == decision.decision_id
    assert attempt.parameters_digest == digest(SHOWN)


def test_each_form_that_the_decision_names_is_permitted_and_only_one_of_them_is_sent() -> None:
    book = new_book()
    decision = decided(book)
    tagged, plain = permits(CONFIRM, None)
    book.authorize(STEP, decision, tagged)
    with pytest.raises(ConsentViolation):
        book.authorize(STEP, decision, plain)


@pytest.mark.parametrize(
    "changed",
    [
        {**SHOWN, "ImageName": "another"},
        {**SHOWN, "Description": "added"},
        {"InstanceId": SHOWN["InstanceId"]},
        {},
    ],
)
def test_other_parameters_are_refused(changed: JsonObject) -> None:
    book = new_book()
    decision = decided(book)
    with pytest.raises(ConsentViolation):
        book.authorize(STEP, decision, changed)
    assert not decision.used
    assert book.open_attempt(STEP) is None


def test_a_decision_is_used_up_by_one_attempt() -> None:
    book = new_book()
    decision = decided(book)
    book.authorize(STEP, decision, SHOWN)
    with pytest.raises(ConsentViolation):
        book.authorize(STEP, decision, SHOWN)


def test_a_used_decision_is_asked_for_again() -> None:
    book = new_book()
    book.authorize(STEP, decided(book), SHOWN)
    with pytest.raises(Asking):
        book.decide(KEY, "facts", question, permits)


def test_a_typed_value_is_what_the_decision_permits() -> None:
    book = new_book()
    decision = decided(book, CUSTOM, "my-image")
    with pytest.raises(ConsentViolation):
        book.authorize(STEP, decision, SHOWN)
    typed: JsonObject = {**SHOWN, "ImageName": "my-image"}
    assert book.authorize(STEP, decision, typed).parameters_digest == digest(typed)


def test_abort_permits_nothing() -> None:
    book = new_book()
    decision = decided(book, ABORT)
    for parameters in (SHOWN, {}):
        with pytest.raises(ConsentViolation):
            book.authorize(STEP, decision, parameters)


def test_a_decision_of_a_question_without_permits_allows_nothing() -> None:
    book = new_book()
    with pytest.raises(Asking) as asked:
        book.decide(KEY, "facts", question)
    book.settle(asked.value.pinned.question_id, CONFIRM, None)
    with pytest.raises(ConsentViolation):
        book.authorize(STEP, book.decide(KEY, "facts", question), {})


def test_what_is_permitted_is_fixed_when_the_question_is_answered() -> None:
    book = new_book()
    current = {"name": "shown"}
    with pytest.raises(Asking) as asked:
        book.decide(KEY, "facts", question, lambda _choice, _text: ({"name": current["name"]},))
    book.settle(asked.value.pinned.question_id, CONFIRM, None)
    current["name"] = "swapped later"
    decision = book.decide(KEY, "facts", question)
    with pytest.raises(ConsentViolation):
        book.authorize(STEP, decision, {"name": "swapped later"})
    assert book.authorize(STEP, decision, {"name": "shown"}).parameters_digest == digest({"name": "shown"})


def test_an_open_attempt_is_the_same_attempt_with_the_same_token() -> None:
    book = new_book()
    attempt = book.authorize(STEP, decided(book), SHOWN)
    standing = book.open_attempt(STEP)
    assert standing is not None
    assert standing.client_token == attempt.client_token
    assert standing.parameters_digest == attempt.parameters_digest
    book.close_attempt(STEP, "done")
    assert book.open_attempt(STEP) is None


def test_after_a_refusal_the_next_attempt_has_another_token() -> None:
    book = new_book()
    first = book.authorize(STEP, decided(book), SHOWN)
    book.close_attempt(STEP, "refused")
    second = book.authorize(STEP, decided(book), SHOWN)
    assert first.parameters_digest == second.parameters_digest
    assert first.client_token != second.client_token


def test_saying_retry_after_a_refusal_permits_the_same_parameters_once_more() -> None:
    book = new_book()
    decision = decided(book)
    first = book.authorize(STEP, decision, SHOWN)
    book.close_attempt(STEP, "refused")
    book.rearm_refused(STEP)
    assert book.decide(KEY, "facts", question, permits) is decision
    with pytest.raises(ConsentViolation):
        book.authorize(STEP, decision, {**SHOWN, "ImageName": "another"})
    second = book.authorize(STEP, decision, SHOWN)
    assert second.client_token != first.client_token
    with pytest.raises(ConsentViolation):
        book.authorize(STEP, decision, SHOWN)


@pytest.mark.parametrize("state", ["open", "done"])
def test_only_a_refused_attempt_can_be_permitted_once_more(state: str) -> None:
    book = new_book()
    decision = decided(book)
    book.authorize(STEP, decision, SHOWN)
    if state == "done":
        book.close_attempt(STEP, "done")
    book.rearm_refused(STEP)
    assert decision.used


def test_rearming_does_not_reach_a_newer_decision_on_the_same_key() -> None:
    book = new_book()
    book.authorize(STEP, decided(book), SHOWN)
    book.close_attempt(STEP, "refused")
    newer = decided(book, facts="changed")
    newer.used = True
    book.rearm_refused(STEP)
    assert newer.used


def test_rearming_a_step_that_was_never_tried_changes_nothing() -> None:
    book = new_book()
    book.rearm_refused(STEP)
    assert book.open_attempt(STEP) is None


parameters = st.dictionaries(st.text(max_size=12), st.text(max_size=200) | st.integers(), max_size=6)


@given(st.text(alphabet="0123456789abcdef", min_size=32, max_size=32), parameters)
def test_a_token_is_short_ascii_whatever_the_parameters(session_id: str, sent: dict[str, str | int]) -> None:
    token = _token(session_id, {**sent})
    assert token.isascii()
    assert len(token) <= 64
    assert token == _token(session_id, {**sent})


def test_tokens_differ_by_session_step_and_parameters() -> None:
    other_session = "fedcba9876543210fedcba9876543210"
    tokens = {
        _token(SESSION, SHOWN),
        _token(other_session, SHOWN),
        _token(SESSION, {**SHOWN, "ImageName": "another"}),
        _token(SESSION, SHOWN, step="instance"),
    }
    assert len(tokens) == 4


def _token(session_id: str, sent: JsonObject, step: str = STEP) -> str:
    book = new_book(session_id)
    with pytest.raises(Asking) as asked:
        book.decide(KEY, "facts", question, lambda _choice, _text: (sent,))
    book.settle(asked.value.pinned.question_id, CONFIRM, None)
    return book.authorize(step, book.decide(KEY, "facts", question), sent).client_token
