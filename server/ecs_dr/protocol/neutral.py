"""The last look at what travels: no character that a person cannot see, wherever the text came from.

Names, tags and messages of the cloud are written by others. A hidden character could carry an instruction to a model
or turn a line around on a screen; a lone surrogate would break the encoding of the whole answer.
"""

from __future__ import annotations

from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.redact import is_hidden


def plain(text: str) -> str:
    """The text without hidden characters; line feeds stay, a tab becomes a space."""
    if text.isascii() and text.replace("\n", " ").isprintable():
        return text
    spaced = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(one for one in spaced if not is_hidden(one))


def plain_object(value: JsonObject) -> JsonObject:
    """The same for every text in an object, names of fields included."""
    return {plain(name): _plain_value(inner) for name, inner in value.items()}


def _plain_value(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_plain_value(inner) for inner in value]
    if isinstance(value, dict):
        return plain_object(value)
    return value
