"""Words that a question takes in are the same object afterwards: a thousand sessions share what has no value in it."""

from __future__ import annotations

from ecs_dr.domain.questions import Option
from ecs_dr.domain.telling import Words
from ecs_dr.domain.texts import Texts


def test_words_that_a_model_takes_in_stay_the_same_object() -> None:
    label = Texts("en")("option.abort.label")
    assert Option(value="abort", label=label, description=label).label is label


def test_a_text_of_anybody_becomes_words() -> None:
    made = Option.model_validate({"value": "abort", "label": "plain", "description": ""})
    assert isinstance(made.label, Words)
    assert made.label == "plain"
