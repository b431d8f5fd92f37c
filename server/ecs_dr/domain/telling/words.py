"""Words that may be shown, told apart from values that others wrote.

A name or a tag of the cloud enters a sentence as a value, a plain `str`, and is neutralised there, by `said` and
nowhere else. What comes out are `Words`; they enter other sentences as they are. As with markupsafe, text whose
origin nobody marked (an f-string, a slice) counts as written by others: the worst that can happen is a line too plain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ecs_dr.redact import safe_display

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


LONGEST_VALUE = 1000
"""Characters. No name is as long; a list of ids may be."""


class Words(str):
    """Ours, with every value in it neutralised. A model's field of this type takes what is put in for words."""

    __slots__ = ("_lead",)
    _lead: Words

    @classmethod
    def led(cls, lead: Words, rest: str) -> Words:
        """A line that says in its first sentence what it is about."""
        told = cls(f"{lead}{rest}")
        told._lead = lead
        return told

    @property
    def lead(self) -> Words:
        """That sentence, as the catalogue ends it: a full stop in a value ends none. Without another one, the whole."""
        return getattr(self, "_lead", self)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A `str` that stays what it is; words stay the same object, which many questions may share."""
        from pydantic_core.core_schema import no_info_wrap_validator_function, str_schema

        return no_info_wrap_validator_function(_kept, str_schema())

    def join(self, parts: Iterable[str], /) -> Words:
        """One text of several, each neutralised where it is no words."""
        return Words(super().join(map(said, parts)))

    def __add__(self, other: str, /) -> Words:
        """With something behind it."""
        return Words(super().__add__(said(other)))


def _kept(value: object, as_text: Callable[[object], str]) -> Words:
    return value if isinstance(value, Words) else Words(as_text(value))


NO_WORDS = Words()
_FULL_WIDTH = "。！？；：，、）"


def spaced(*parts: str) -> Words:
    """Sentences, or a label and its value, in one line; full-width punctuation has its space in itself."""
    first, *others = list(filter(None, parts)) or [NO_WORDS]
    told = first = said(first)
    for part in others:
        told = Words("" if told[-1] in _FULL_WIDTH else " ").join((told, part))
    return Words.led(first.lead, told[len(first.lead) :]) if others else told


def said(value: str) -> Words:
    """A value as it may be shown: words as they are, what others wrote neutralised."""
    return value if isinstance(value, Words) else Words(safe_display(value, LONGEST_VALUE))
