"""A choice that an assistant names for the person: the question comes once more with it on top, and nobody answers."""

from __future__ import annotations

import pytest

from ecs_dr.domain.questions import ABORT
from ecs_dr.errors import StaleQuestion
from tests.support.desk import Desk
from tests.workflow.bench import NOTHING, id_of, no_requests, until, values_of


async def test_the_choice_comes_first_and_nothing_is_decided() -> None:
    desk = Desk()
    async with desk.open():
        asked = await until(desk, "image.name")
        assert values_of(asked)[0] != ABORT
        with no_requests(desk):
            again = desk.recovery.propose(desk.session_id, id_of(asked), ABORT)
        assert again.question is not None
        first, *others = again.question.question.options
        assert (first.value, first.recommended) == (ABORT, True)
        assert first.shown.endswith(desk.recovery.texts("option.recommended"))
        assert not any(one.recommended or "ecommended" in one.shown for one in others)
        assert sorted(values_of(again)) == sorted(values_of(asked))
        assert (id_of(again), again.asking) == (id_of(asked), asked.asking)
        made = await desk.answer(again, "confirm")
        assert made.status in {"done", "in_progress"}
    assert desk.mutations["CreateImage"] == 1


@pytest.mark.parametrize("choice", ["confirm", "nonsense"])
async def test_what_is_recommended_already_or_no_option_changes_nothing(choice: str) -> None:
    desk = Desk()
    async with desk.open():
        asked = await until(desk, "image.name")
        again = desk.recovery.propose(desk.session_id, id_of(asked), choice)
        assert again.question == asked.question
    assert desk.mutations == NOTHING


async def test_a_question_that_is_not_open_is_refused() -> None:
    desk = Desk()
    async with desk.open():
        await until(desk, "image.name")
        with pytest.raises(StaleQuestion) as refused:
            desk.recovery.propose(desk.session_id, "0" * 32, "confirm")
    assert refused.value.code == "StaleQuestion"
