"""Checking a report that was kept: the seal over its data, and that the page shows what the data says."""

from __future__ import annotations

import json
import re
from itertools import zip_longest
from typing import Literal

from pydantic import ValidationError

from ecs_dr import __version__
from ecs_dr.domain.model import JsonValue, Model
from ecs_dr.domain.report.seal import first_break
from ecs_dr.report.forms import as_html, parsed
from ecs_dr.report.render import DATA_ID

_DATA = re.compile(rf'<script type="application/json" id="{DATA_ID}">(.*?)</script>', re.DOTALL)
_SECTION = re.compile(r'<(?:header|section)[^>]* id="([a-z]+)"')

CheckOutcome = Literal["intact", "page_other_version", "changed", "missing", "added", "other_head", "no_seal", "page"]


class ReportCheck(Model):
    """What a file is.

    Attributes:
        outcome: `intact`; `page_other_version`: the data is whole, and the page was drawn by another version, which
            alone can compare it; anything else says what is broken.
        part: Where it is broken: a part of the data, or a section of the page.
        head: The seal of the report.
        version: Which version of this product made it.
    """

    outcome: CheckOutcome
    part: str = ""
    head: str = ""
    version: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing is known to be broken."""
        return self.outcome in {"intact", "page_other_version"}


def check_report(text: str, expected_head: str | None = None) -> ReportCheck:
    """Check the text of a file.

    Args:
        text: A report as JSON, or as HTML with the data inside.
        expected_head: The seal that was told when the recovery ended, if it was noted.
    """
    inside = _DATA.search(text)
    document = _parsed(text if inside is None else inside.group(1))
    broken = first_break(document, expected_head)
    if broken is not None:
        return ReportCheck(outcome=broken.damage, part=broken.part)
    try:
        sealed = parsed(document)
    except ValidationError as error:
        where = error.errors(include_input=False, include_url=False)[0]["loc"]
        return ReportCheck(outcome="changed", part=".".join(str(step) for step in where))
    found = ReportCheck(outcome="intact", head=sealed.seal.head, version=sealed.report.version)
    if inside is None:
        return found
    if sealed.report.version != __version__:
        return found.model_copy(update={"outcome": "page_other_version"})
    drawn = as_html(sealed)
    if drawn.strip() == text.replace("\r\n", "\n").strip():
        return found
    return found.model_copy(update={"outcome": "page", "part": _first_other_section(drawn, text)})


def _parsed(text: str) -> JsonValue:
    try:
        parsed: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed


def _first_other_section(drawn: str, found: str) -> str:
    """The name of the section in which a page first differs from what it should be."""
    section = "summary"
    for wanted, actual in zip_longest(drawn.strip().splitlines(), found.strip().splitlines()):
        named = _SECTION.search(wanted or "")
        section = named.group(1) if named else section
        if wanted != actual:
            break
    return section
