"""The first look at a tool's arguments: ours, not the SDK's, whose refusals repeat the value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ecs_dr.domain.telling import Words
from ecs_dr.errors import InvalidInput
from ecs_dr.protocol.catalogue import Argument, ToolSpec
from ecs_dr.redact import redact

_SECRET_NAME = re.compile(r"secret|access[_-]?key|password|passwd|token|credential", re.IGNORECASE)


def looks_secret(name: str, value: str) -> bool:
    """Whether an argument carries a credential: by its name, or because `redact` would take something out of it."""
    return bool(_SECRET_NAME.search(name)) or redact(value) != value or redact(name) != name


def checked(spec: ToolSpec, raw: Mapping[str, object]) -> dict[str, str | None]:
    """The arguments of a call, trimmed; what is empty counts as absent.

    Raises:
        InvalidInput: Something like a secret, an unknown argument, a missing one, one that is no text or too long.
            No value is repeated in it.
    """
    for name, value in raw.items():
        if looks_secret(name, value if isinstance(value, str) else repr(value)):
            raise InvalidInput("SecretInArgument", "credential_argument", {"tool": spec.name})
    _refuse_unknown(spec, raw)
    return {argument.name: _text(spec, argument, raw) for argument in spec.arguments}


def _refuse_unknown(spec: ToolSpec, raw: Mapping[str, object]) -> None:
    allowed = [argument.name for argument in spec.arguments]
    unknown = sorted(name for name in raw if name not in allowed)
    if not unknown:
        return
    shown = _listed(name if re.fullmatch(r"\w{1,40}", name) else "?" for name in unknown[:5])
    values = {"tool": spec.name, "names": shown, "allowed": _listed(allowed) or "-"}
    raise InvalidInput("UnknownArgument", "unknown_argument", values)


def _listed(names: Iterable[str]) -> Words:
    return Words(", ").join(Words(f"`{name}`") for name in names)


def _text(spec: ToolSpec, argument: Argument, raw: Mapping[str, object]) -> str | None:
    value = raw.get(argument.name)
    values = {"tool": spec.name, "name": argument.name}
    if value is not None and not isinstance(value, str):
        raise InvalidInput("ArgumentNotText", "argument_type", values)
    text = (value or "").strip()
    if len(text) > argument.longest:
        raise InvalidInput("ArgumentTooLong", "argument_too_long", {**values, "limit": str(argument.longest)})
    if not text and argument.required:
        raise InvalidInput("MissingArgument", "missing_argument", values)
    return text or None
