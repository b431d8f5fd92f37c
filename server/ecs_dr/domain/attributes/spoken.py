"""What a person calls what is offered beside its word in the first column: the label of the second, in any language.

Nothing is guessed: whatever is left of a part once the known names are taken out makes it unknown, a "no" before a name
above all, and then it is asked about again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ecs_dr.domain.texts import catalogue

PUBLIC_ADDRESS = "public_ip"
RELEASE_AT = "auto_release_time"
_NO_PUBLIC_ADDRESS = (
    *("nopublicip", "withoutpublicip", "withoutapublicip", "nopublicipaddress"),
    *("不要公网ip", "不带公网ip", "无公网ip", "不需要公网ip", "不要公网地址"),
)
"""The row's label says that the source has one; its word, that the replica gets none: the label alone is no wish."""
_FILLERS = ("please", "carry", "with", "and", "the", "请", "带上", "加上", "保留", "就行", "即可", "和", "还有")
_HOURS = re.compile(r"(?:after|in|后|于)?(\d{1,4})(?:hours?|h|个?小时)(?:后)?", re.ASCII)


def named(part: str, keys: Mapping[str, str]) -> tuple[set[str], int | None] | None:
    """The words that a part of a text means by their labels, and the hours of a release; None where it is not clear.

    Args:
        part: Between two separators, as it was typed.
        keys: The word of each row by its key.
    """
    left = _compact(part)
    found: set[str] = set()
    hours: int | None = None
    for phrase, word in sorted(_phrases(keys), key=lambda pair: -len(pair[0])):
        if phrase in left:
            left = left.replace(phrase, "\0", 1)
            found.add(word)
    if keys.get(RELEASE_AT) in found and (told := _HOURS.search(left)) is not None:
        hours, left = int(told[1]), left.replace(told[0], "", 1)
    for filler in _FILLERS:
        left = left.replace(filler, "")
    return (found, hours) if found and not left.strip("\0.。!！") else None


def _phrases(keys: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for key, word in keys.items():
        if key == PUBLIC_ADDRESS:
            yield from ((phrase, word) for phrase in _NO_PUBLIC_ADDRESS)
            continue
        yield _compact(word), word
        for language in ("en", "zh"):
            yield _compact(catalogue(language)[f"ledger.{key}.label"]), word


def _compact(text: str) -> str:
    """Without spaces and case: Chinese is typed with and without spaces around a Latin word."""
    return re.sub(r"\s+", "", text).casefold()
