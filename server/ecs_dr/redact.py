"""What never leaves the process, and what is made harmless before it is shown.

`redact` removes credentials and request parameters from any text: the SDK's exceptions carry whole URLs, and a
SignatureDoesNotMatch carries the string that was signed. `safe_display` neutralises text that others wrote (names
and tags in the cloud) before it reaches a model or a terminal.
"""

from __future__ import annotations

import re
import unicodedata

REDACTED = "[redacted]"

DISPLAY_LIMIT = 256
"""Characters; longer than any name or tag value that the API accepts."""

_SENSITIVE_NAMES = (
    r"[A-Za-z0-9_-]{0,64}(?:access[_-]?key[_-]?id|access[_-]?key[_-]?secret|access[_-]?key|security[_-]?token|"
    r"session[_-]?token|bearer[_-]?token|id[_-]?token|secret|password|passwd|user[_-]?data|credential|signature)"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # SignatureDoesNotMatch quotes the canonical request: every parameter and the key id, percent-encoded.
    (re.compile(r"(?is)(string[\s_-]*to[\s_-]*sign|canonical[\s_-]*request)\b.*"), rf"\1 {REDACTED}"),
    (re.compile(r"(?i)(authorization['\"]?\s*[:=]\s*)(\"[^\"]*\"|'[^']*'|[^\r\n'\"}]+)"), rf"\1{REDACTED}"),
    (re.compile(r"(?i)\bACS3-[A-Z0-9-]+\s+Credential=[^\r\n'\"}]+"), REDACTED),
    (re.compile(r"(?i)\bBearer\s+[A-Za-z0-9._~+/-]{8,}=*"), REDACTED),
    (re.compile(r"\?[A-Za-z0-9_.%~\[\]-]+=[^\s'\"<>]*"), f"?{REDACTED}"),
    (re.compile(r"(?<=://)[^\s/@'\"]+:[^\s/@'\"]+@"), f"{REDACTED}@"),
    (
        re.compile(rf"(?i)\b({_SENSITIVE_NAMES}['\"]?(?:\s*[:=]\s*|%3D))(\"[^\"]*\"|'[^']*'|[^\s,;&'\"}})]+)"),
        rf"\1{REDACTED}",
    ),
    (re.compile(r"\b(?:LTAI|STS\.|TMP\.)[A-Za-z0-9._-]{4,}"), REDACTED),
    (re.compile(r"\bCAIS[A-Za-z0-9+/_=-]{16,}"), REDACTED),
    # An access key secret on its own: 30 letters and digits of all three sorts. No id of a resource looks so.
    (
        re.compile(
            r"(?<![A-Za-z0-9])(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[A-Z])(?=[A-Za-z0-9]*[0-9])[A-Za-z0-9]{30}(?![A-Za-z0-9])"
        ),
        REDACTED,
    ),
)


def redact(text: str) -> str:
    """Remove access keys, secrets, tokens, signatures, Authorization headers and query strings."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


_MARKUP = str.maketrans(
    {
        "<": "＜",
        ">": "＞",
        "[": "［",
        "]": "］",
        "`": "｀",
        "|": "｜",
        "*": "＊",
        "\\": "＼",
        # Letters and symbols that show nothing, though Unicode does not call them invisible.
        "\u115f": None,
        "\u1160": None,
        "\u2800": None,
        "\u3164": None,
        "\uffa0": None,
        "\u034f": None,
    }
)
HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""What a person cannot see, as Unicode's categories: control, format (bidirectional, zero-width, tags), private use,
surrogate, line and paragraph separator. It could carry an instruction to a model or turn a line around."""

_ENTITY = re.compile(r"&(?=#?[A-Za-z0-9]+;)")
_VARIATION_SELECTORS = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SPACES = re.compile(" {2,}")
_HARMLESS = re.compile("[A-Za-z0-9.,:/+@%=-]*")
"""Most ids, names and values: nothing below would change them."""


def safe_display(text: str, limit: int = DISPLAY_LIMIT) -> str:
    """Show text that others wrote: one line of plain, visible characters.

    Control characters and line breaks become a space; bidirectional, zero-width, tag and private-use characters
    go; characters of Markdown, HTML and terminal markup become their full-width forms, so that no link, table,
    code span or tag can come of them. What a person sees stays readable.

    Args:
        text: A name, a tag, an API's message.
        limit: The longest result, in characters.
    """
    if len(text) <= limit and "://" not in text and _HARMLESS.fullmatch(text):
        return text
    plain = _VARIATION_SELECTORS.sub("", text).translate(_VISIBLE)
    plain = _ENTITY.sub("＆", plain).replace("://", "：//").translate(_MARKUP)
    plain = _SPACES.sub(" ", plain).strip()
    return plain if len(plain) <= limit else plain[: max(limit - 1, 0)] + "…"


class _Visible(dict[int, str]):
    """What is shown of each character, by its code; worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        shown = _visible(chr(code))
        if len(self) < MOST_REMEMBERED:
            self[code] = shown
        return shown


MOST_REMEMBERED = 4096
"""A text of others may hold any of a million characters."""
_VISIBLE = _Visible()


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp", "Zs"}:
        return " "
    return "" if category in HIDDEN or category == "Cn" else character


def is_hidden(character: str) -> bool:
    """Whether a person cannot see it; a line feed is meant."""
    return character != "\n" and unicodedata.category(character) in HIDDEN
