"""How a report words times and lengths of time, and what it does to text that others wrote."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from ecs_dr.redact import is_hidden, safe_display

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_UNUSUAL = re.compile(r"[^\n -~]")
"""Characters that are worth a look: the others are printable ASCII."""

LONGEST_TEXT = 4000
"""Characters of a paragraph in Markdown."""


def zone_of(utc_offset_minutes: int) -> tzinfo:
    """The zone of a page's times."""
    return timezone(timedelta(minutes=utc_offset_minutes))


def clock_time(when: datetime, near: datetime, zone: tzinfo) -> str:
    """A moment beside another one: the date only where it is another day's. The page names the zone once."""
    when, near = when.astimezone(zone), near.astimezone(zone)
    return when.strftime("%H:%M:%S" if when.date() == near.date() else "%m-%d %H:%M:%S")


def without_hidden(text: str, instead: Callable[[str], str]) -> str:
    """The text with something else in place of each hidden character."""

    def shown(found: re.Match[str]) -> str:
        character = found.group()
        return instead(character) if is_hidden(character) else character

    return _UNUSUAL.sub(shown, text)


def visible(value: object) -> object:
    """A value for HTML: text without hidden characters. Escaping is left to the template engine."""
    if value is None:
        return ""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return without_hidden(value, lambda _: "")


def harmless(value: object) -> object:
    """A value for Markdown: one line, and nothing in it that Markdown or HTML would act on."""
    if value is None:
        return ""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return safe_display(value, LONGEST_TEXT)


def drawn(text: str) -> Markup:
    """A text as it was shown to a person, from Markdown to HTML: no link, picture or HTML can come of it."""
    return Markup(_markdown().render(str(visible(text))))  # noqa: S704 - escaped by the parser, which lets no HTML in


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    used = ["table", "list", "newline", "emphasis", "backticks", "balance_pairs", "fragments_join"]
    return MarkdownIt("zero", {"breaks": True}).enable(used)
