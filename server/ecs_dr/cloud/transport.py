"""The one seam to the cloud: a request in, a mapping or an error out.

Above it everything is shared by the real cloud and the simulator: typed operations, paging, retry, the
code table, the allow-list. Below it is either the signed SDK or the simulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from ecs_dr.denial import Denial
from ecs_dr.redact import safe_display

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
Product: TypeAlias = Literal["ecs", "vpc"]

API_VERSIONS: Mapping[Product, str] = {"ecs": "2014-05-26", "vpc": "2016-04-28"}


@dataclass(frozen=True)
class ApiRequest:
    """One call of one action.

    `params` uses the API's own names and nesting (`{"SystemDisk": {"Category": …}, "DataDisk": [{…}]}`), never
    the flattened form of the wire (`SystemDisk.Category`, `DataDisk.1.Device`). `RegionId` is always among them.
    """

    product: Product
    version: str
    action: str
    region_id: str
    params: Mapping[str, Json] = field(repr=False)
    session_id: str | None = None
    background: bool = False
    """Nobody waits for it: it may be held back for one that somebody waits for."""
    patience_seconds: float | None = None
    """How long the caller can wait for a credential, in the host's seconds; None: as long as that may take."""


LONGEST_CODE = 128
"""Characters; the longest code of the API has 61, a RequestId 36."""


class ApiError(Exception):
    """The API answered, and refused.

    Attributes:
        code: The API's error code, spelled as the API spells it (some are misspelled there).
        message: The API's text.
        http_status: The HTTP status; unreliable for classification.
        request_id: The request's id, for a support ticket.
        retry_after_seconds: From the `x-acs-retry-after` header (milliseconds on the wire), when present.
        access_denied: The structured refusal, when the API sent one.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        http_status: int | None = None,
        request_id: str | None = None,
        retry_after_seconds: float | None = None,
        access_denied: Denial | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        # Whoever answers in the API's place can write anything here, and both stand in many texts: one plain line each.
        self.code = safe_display(code, LONGEST_CODE)
        self.message = message
        self.http_status = http_status
        self.request_id = None if request_id is None else safe_display(request_id, LONGEST_CODE)
        self.retry_after_seconds = retry_after_seconds
        self.access_denied = access_denied


class NoAnswer(Exception):  # noqa: N818 - not an error of the API: nobody knows whether the request was carried out
    """No usable answer arrived (timeout, reset, a gateway's HTML page): the outcome is unknown.

    The text is already redacted: the SDK's own texts carry the full URL with every parameter.
    """


class Transport(Protocol):
    """What carries a request to the cloud and its answer back."""

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        """Send one request once and return the response body as the API wrote it.

        Raises:
            ApiError: The API refused.
            NoAnswer: No usable answer arrived; the request may or may not have been carried out.
        """
        ...
