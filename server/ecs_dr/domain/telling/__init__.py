"""What is told: words that may be shown as they are, and the parts of a page before they are drawn."""

from ecs_dr.domain.telling.parts import (
    GAP,
    Part,
    Table,
    Telling,
    item,
    labelled,
    markdown,
    strong,
    tell,
    without_markup,
)
from ecs_dr.domain.telling.words import LONGEST_VALUE, NO_WORDS, Words, said, spaced

__all__ = [
    "GAP",
    "LONGEST_VALUE",
    "NO_WORDS",
    "Part",
    "Table",
    "Telling",
    "Words",
    "item",
    "labelled",
    "markdown",
    "said",
    "spaced",
    "strong",
    "tell",
    "without_markup",
]
