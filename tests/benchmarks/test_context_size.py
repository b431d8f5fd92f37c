"""What passes through the model stays as small as was promised, and an hour's image takes few of its turns."""

from __future__ import annotations

import pytest

from benchmarks.context_size import (
    FIRST_RELEASE,
    LONG_IMAGE_SECONDS,
    OUR_DOCUMENT_BYTES,
    REGISTERED_BUDGET_SECONDS,
    SKILL_DOCUMENT_BYTES,
    ours,
    theirs,
)


@pytest.mark.parametrize(("forms", "results", "whole"), [(True, 0.75, 0.40), (False, 0.80, 0.55)])
async def test_a_planned_recovery_passes_few_bytes_through_the_model(
    *, forms: bool, results: float, whole: float
) -> None:
    at_default = await ours(forms=forms, with_plan=True)
    before_text, before, _ = FIRST_RELEASE[forms, True]
    assert at_default.structured <= results * before
    assert at_default.text <= results * before_text
    registered = await ours(forms=forms, with_plan=True, budget_seconds=REGISTERED_BUDGET_SECONDS)
    rival = await theirs()
    besides = OUR_DOCUMENT_BYTES + registered.tools_for_the_model + registered.arguments
    skill = SKILL_DOCUMENT_BYTES + rival.as_commands + rival.as_printed
    assert besides + registered.text <= whole * skill
    assert besides + registered.structured <= whole * skill


async def test_an_image_of_an_hour_takes_few_turns() -> None:
    passed = await ours(
        forms=True, with_plan=True, budget_seconds=REGISTERED_BUDGET_SECONDS, image_seconds=LONG_IMAGE_SECONDS
    )
    assert passed.calls <= 20
