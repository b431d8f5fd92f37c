"""What an API error code means.

Codes are matched first exactly, then by family (prefix, suffix), and the few bare ones (`OperationDenied`,
`InvalidParameter`, …) by their text. The HTTP status decides nothing except for a code nobody knows: quota comes
as 400 and 403, not-found as 400, 403 and 404. The table is `code_table.py`.
"""

from __future__ import annotations

from ecs_dr.cloud.code_table import EXACT, PREFIXES, SUFFIXES, TEXTS
from ecs_dr.errors import ErrorKind


def classify(code: str, message: str = "", http_status: int | None = None) -> ErrorKind:
    """The kind of an API error.

    Args:
        code: As the API spells it, misspellings included (`Forbbiden`, `InvalidCirdrBlock.MaskLength`).
        message: The API's text; used for codes that mean several things.
        http_status: Used for a code nobody knows: a 5xx may pass.
    """
    kind = _by_text(code, message) or EXACT.get(code) or _by_family(code)
    if kind is not None:
        return kind
    if http_status is not None and http_status >= 500:
        return ErrorKind.TRANSIENT
    return ErrorKind.UNKNOWN


def _by_text(code: str, message: str) -> ErrorKind | None:
    lowered = message.lower()
    for text_code, fragment, kind in TEXTS:
        if code == text_code and fragment in lowered:
            return kind
    return None


def _by_family(code: str) -> ErrorKind | None:
    # One spelling of the throttling codes has a lower-case suffix, one a prefix: "Throttling.user",
    # "Rejected.Throttling". Every code that contains the word is one (the rule of other clients, too).
    if "throttling" in code.lower():
        return ErrorKind.THROTTLED
    for prefix, kind in PREFIXES:
        if code.startswith(prefix):
            return kind
    for suffix, kind in SUFFIXES:
        if code.endswith(suffix):
            return kind
    # The rest of the big family "Invalid…" names a parameter that the API does not accept.
    return ErrorKind.PARAMETER if code.startswith("Invalid") else None
