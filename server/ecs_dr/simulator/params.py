"""Reading the flattened parameters of a request: `DataDisk.1.Device`, `InstanceIds=["i-1"]`, `DryRun=True`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from ecs_dr.simulator.errors import Fault, invalid_parameter, missing_parameter

_NO_TAGS_BEGIN = ("aliyun", "acs:")
_WHOLE = re.compile(r"-?\d{1,12}")


def text(params: Mapping[str, str], name: str, default: str = "") -> str:
    """The value of `name`, or the default when it is absent or empty."""
    return params.get(name, "") or default


def required(params: Mapping[str, str], name: str) -> str:
    """The value of a mandatory parameter."""
    value = params.get(name, "")
    if not value:
        raise missing_parameter(name)
    return value


def boolean(params: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    """A truth value: `true`, `True` (the SDKs send this one), `false`, `False`."""
    value = params.get(name, "")
    if not value:
        return default
    if value.lower() not in {"true", "false"}:
        raise invalid_parameter(name, f"{value!r} is neither true nor false")
    return value.lower() == "true"


def integer(
    params: Mapping[str, str], name: str, default: int, minimum: int | None = None, maximum: int | None = None
) -> int:
    """A whole number within its bounds."""
    value = params.get(name, "")
    if not value:
        return default
    if not _WHOLE.fullmatch(value):
        raise invalid_parameter(name, f"{value!r} is not a whole number")
    number = int(value)
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        raise invalid_parameter(name, f"{number} is outside {minimum}..{maximum}")
    return number


def optional_integer(params: Mapping[str, str], name: str) -> int | None:
    """A whole number, or None when the parameter is absent."""
    return integer(params, name, 0) if params.get(name, "") else None


def decimal(params: Mapping[str, str], name: str, default: float = 0.0) -> float:
    """A number with a fraction."""
    value = params.get(name, "")
    if not value:
        return default
    try:
        return float(value)
    except ValueError:
        raise invalid_parameter(name, f"{value!r} is not a number") from None


def repeated(params: Mapping[str, str], name: str) -> list[str]:
    """The values of `Name.1`, `Name.2`, … in the order of their numbers."""
    numbered = {int(key): value for key, value in struct(params, name).items() if key.isdecimal()}
    return [numbered[number] for number in sorted(numbered)]


def struct(params: Mapping[str, str], name: str) -> dict[str, str]:
    """The members of `Name.Member`, by member (deeper members keep their dots)."""
    prefix = f"{name}."
    return {key.removeprefix(prefix): value for key, value in params.items() if key.startswith(prefix)}


def structs(params: Mapping[str, str], name: str) -> list[dict[str, str]]:
    """The members of `Name.1.Member`, `Name.2.Member`, … in the order of their numbers."""
    found: dict[int, dict[str, str]] = {}
    for key, value in struct(params, name).items():
        number, _, member = key.partition(".")
        if number.isdecimal() and member:
            found.setdefault(int(number), {})[member] = value
    return [found[number] for number in sorted(found)]


def json_list(params: Mapping[str, str], name: str, maximum: int = 100) -> list[str] | None:
    """The strings of a JSON array, None when the parameter is absent; an empty array matches nothing."""
    value = params.get(name, "")
    if not value:
        return None
    try:
        decoded: object = json.loads(value)
    except ValueError:
        raise invalid_parameter(name, "it must be a JSON array of strings") from None
    if not isinstance(decoded, list):
        raise invalid_parameter(name, "it must be a JSON array of strings")
    items = [str(item) for item in decoded]
    if len(items) > maximum:
        raise invalid_parameter(name, f"at most {maximum} values are allowed")
    return items


def tags(params: Mapping[str, str]) -> dict[str, str]:
    """The tags of a creating request (`Tag.N.Key`, `Tag.N.Value`), checked as the API checks them."""
    found: dict[str, str] = {}
    for member in structs(params, "Tag"):
        key, value = member.get("Key", ""), member.get("Value", "")
        if not key or len(key) > 128 or key.startswith(_NO_TAGS_BEGIN) or "://" in key:
            raise Fault("InvalidTagKey.Malformed", f"The specified Tag.n.Key {key!r} is not valid.")
        if len(value) > 128 or value.startswith("acs:") or "://" in value:
            raise Fault("InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid.")
        if key in found:
            raise Fault("Duplicate.TagKey", "The Tag.N.Key contain duplicate key.")
        found[key] = value
    if len(found) > 20:
        raise Fault("QuotaExceed.Tags", "Tags exceeded the maximum quota of 20.", 403)
    return found


def tag_filter(params: Mapping[str, str]) -> list[tuple[str, str]]:
    """The tags that a describing request asks for: key and value, which is empty where any will do."""
    return [(member.get("Key", ""), member.get("Value", "")) for member in structs(params, "Tag")]


def has_tags(owned: Mapping[str, str], wanted: Iterable[tuple[str, str]]) -> bool:
    """Whether the tags of anything satisfy every one of those filters."""
    return all(key in owned and value in {"", owned[key]} for key, value in wanted)


def matches_tags(params: Mapping[str, str], owned: Mapping[str, str]) -> bool:
    """The same for one of them."""
    return has_tags(owned, tag_filter(params))
