"""The two ways the API cuts a list into pages. Both begin with ten rows unless asked for more."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.errors import Fault, invalid_parameter
from ecs_dr.simulator.params import integer

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list, and the fields of the answer that say so.

    Attributes:
        items: The rows of this page.
        fields: `TotalCount`, `PageNumber`, `PageSize` or `NextToken`, as the mechanism has them.
    """

    items: Sequence[T]
    fields: dict[str, Json]


def by_number(items: Sequence[T], params: Mapping[str, str], *, maximum: int, default: int = 10) -> Page[T]:
    """PageNumber and PageSize: `TotalCount` is valid."""
    size = integer(params, "PageSize", default, 1, maximum)
    number = integer(params, "PageNumber", 1, 1)
    start = (number - 1) * size
    fields: dict[str, Json] = {"TotalCount": len(items), "PageNumber": number, "PageSize": size}
    return Page(items[start : start + size], fields)


def by_token(
    items: Sequence[T], params: Mapping[str, str], *, maximum: int, default: int = 10, minimum: int = 1
) -> Page[T]:
    """MaxResults and NextToken: the end of the list is an empty `NextToken`, and `TotalCount` means nothing."""
    size = integer(params, "MaxResults", default, minimum, maximum)
    start = _offset(params.get("NextToken", ""))
    following = _token(start + size) if start + size < len(items) else ""
    return Page(items[start : start + size], {"NextToken": following, "TotalCount": 0})


def by_either(
    items: Sequence[T], params: Mapping[str, str], *, maximum: int, default: int = 10, minimum: int = 1
) -> Page[T]:
    """Tokens when the request has `MaxResults` or `NextToken`, page numbers otherwise."""
    if params.get("MaxResults") or params.get("NextToken"):
        return by_token(items, params, maximum=maximum, default=default, minimum=minimum)
    page = by_number(items, params, maximum=maximum, default=default)
    return Page(page.items, {**page.fields, "NextToken": ""})


def _token(offset: int) -> str:
    return base64.b64encode(f"offset:{offset}".encode()).decode()


def _offset(token: str) -> int:
    if not token:
        return 0
    try:
        label, _, digits = base64.b64decode(token, validate=True).decode("ascii").partition(":")
    except ValueError:  # not Base64, or not ASCII
        raise Fault("InvalidParameter.NextToken", "The specified NextToken is not valid.") from None
    if label != "offset" or not digits.isdigit():
        raise invalid_parameter("NextToken", "it is not a token of this list")
    return int(digits)
