"""Every text for a person, in English and Chinese, in one place.

A key is dotted (`question.image_name.text`); its text may name values in braces. Both languages hold the same
keys with the same values (a test compares them). Texts are grouped by who speaks: one module an area and language.

A tool is named in brackets behind what it does, "Choose another zone (choose_target).": a person who has no tools is told
the same without the brackets (a test reads every text that a terminal may show).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib import import_module
from typing import Literal, get_args

from ecs_dr.domain.telling import Words, said
from ecs_dr.domain.times import told_span, told_time

Language = Literal["en", "zh"]

AREAS = (
    "questions",
    "answers",
    "steps",
    "world",
    "errors",
    "credentials",
    "diagnosis",
    "refusals",
    "protocol",
    "terminal",
    "doctor",
    "report",
    "ledger",
    "plan",
    "export",
    "application",
    "values",
    "boot",
    "standby",
    "pages",
    "facts",
    "unproven",
    "snapshots",
    "recall",
    "process",
    "cli",
)


def understood_language(name: str | None) -> Language | None:
    """The language that somebody asked for, by its first two letters (`zh-CN`, `en_US`); None for any other."""
    return {"en": "en", "zh": "zh"}.get((name or "").strip().lower()[:2])  # type: ignore[return-value]


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """All texts of a language.

    Raises:
        ValueError: Two areas define the same key.
    """
    merged: dict[str, str] = {}
    for area in AREAS:
        texts: Mapping[str, str] = import_module(f"{__name__}.{language}.{area}").TEXTS
        double = merged.keys() & texts.keys()
        if double:
            raise ValueError(f"defined twice: {sorted(double)}")
        merged.update(texts)
    return merged


@cache
def for_people(language: Language) -> Mapping[str, str]:
    """The same for a person who has no tools: without the brackets that name one."""
    from ecs_dr.domain.steps import ToolName

    aside = re.compile(rf"\s*[(（]`?(?:(?:{'|'.join(get_args(ToolName))})\b|{{tool}})[^()（）]*[)）]")
    return {key: aside.sub("", text) for key, text in catalogue(language).items()}


_COUNTED = re.compile(
    r"([Aa]ll |each of (?:the )?)?\{(\w+)\} (disk|snapshot|instance|image|replica|question|answer|thing|other|day)s\b"
    r"( (?:are|have|take|differ)\b)?"
)
_OF_ONE: Mapping[str, str] = {" are": " is", " have": " has", " take": " takes", " differ": " differs"}


@cache
def _has_a_count(text: str) -> bool:
    return _COUNTED.search(text) is not None


def _counted(found: re.Match[str], values: Mapping[str, str | float]) -> str:
    """`{disks} disks are` as English says it of one: `1 disk is`, and `the disk` for `all 1 disks`."""
    everyone, name, noun, verb = found.groups()
    if str(values.get(name)) != "1":
        return found[0]
    the = "The" if everyone == "All " else "the"
    return (f"{the} {noun}" if everyone else f"{{{name}}} {noun}") + _OF_ONE.get(verb or "", "")


_END_OF_A_SENTENCE = re.compile(r"(?<=[.?!])\s|(?<=[。？！])(?!$)|\n")


@cache
def _led(text: str) -> tuple[str, str]:
    """The first sentence of a text, and what follows it."""
    end = _END_OF_A_SENTENCE.search(text)
    return (text, "") if end is None else (text[: end.start()], text[end.start() :])


@cache
def _as_it_stands(text: str) -> Words:
    lead, rest = _led(text)
    return Words.led(Words(lead), rest) if rest else Words(lead)


class Texts:
    """The catalogue in one language, the zone of the times that it tells, and whether a person without tools reads it."""

    def __init__(self, language: Language, zone: tzinfo = UTC, *, for_people: bool = False) -> None:
        self.language: Language = language
        self.zone = zone
        self.for_people = for_people

    def __call__(self, key: str, **values: str | float) -> Words:
        """The text with its values filled in; a value that is no words is neutralised.

        Raises:
            KeyError: No such text, or a value it names is missing: a bug.
        """
        text = self._texts[key]
        if "{" not in text:
            return _as_it_stands(text)  # most have nothing to fill in: all questions of all sessions share them
        shown = {name: said(value) if isinstance(value, str) else value for name, value in values.items()}
        if self.language == "en" and _has_a_count(text):
            text = _COUNTED.sub(lambda found: _counted(found, values), text)
        lead, rest = _led(text)
        told = Words(lead.format(**shown))
        return Words.led(told, rest.format(**shown)) if rest else told

    def moment(self, when: datetime | None, *, near: datetime | None = None) -> str:
        """A moment as a person reads it, with its offset; without the date where it is that of `near`; `-` for none."""
        return "-" if when is None else told_time(when, self.zone, near)

    def span(self, first: datetime, last: datetime, *, near: datetime | None = None) -> str:
        """From when to when, as a person reads it; a single moment where both are one; `near` as of a moment."""
        return told_span(first, last, self.zone, near)

    def offset_minutes(self, when: datetime) -> int:
        """How many minutes the zone is ahead of UTC at that moment."""
        return round((when.astimezone(self.zone).utcoffset() or timedelta(0)).total_seconds() / 60)

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self._texts

    @property
    def _texts(self) -> Mapping[str, str]:
        return for_people(self.language) if self.for_people else catalogue(self.language)
