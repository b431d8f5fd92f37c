"""The record of every request that was sent: what, when, with what result. Parameters are never part of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from sys import intern

from ecs_dr.cloud.allowlist import check
from ecs_dr.cloud.transport import ApiError, ApiRequest, Json, NoAnswer, Transport
from ecs_dr.domain.report.model import RequestRecord
from ecs_dr.errors import NO_ANSWER
from ecs_dr.traces import OK, cloud_request
from ecs_dr.workflow.ports import Clock

MAX_READS = 1000
"""Reading requests that are kept of a session, the newest; a creating one is never dropped."""
MAX_SESSIONS = 1000


@dataclass
class _Page:
    """What one session sent."""

    count: int = 0
    tokens: dict[str, int] = field(default_factory=dict)
    """How often each ClientToken went out."""
    unanswered: dict[str, tuple[Mapping[str, Json], int]] = field(default_factory=dict)
    """The last reading request of each action, while it has not succeeded, and how often it went out."""
    reads: list[RequestRecord] = field(default_factory=list)
    creations: list[RequestRecord] = field(default_factory=list)


class JournalTransport:
    """Writes down what passes to another transport. Its place is behind the allow-list and the retries."""

    def __init__(self, inner: Transport, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock
        self._pages: OrderedDict[str, _Page] = OrderedDict()

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        """Pass the request on, and note how it went.

        Raises:
            ApiError: The API refused.
            NoAnswer: No usable answer arrived.
        """
        page = self._page(request.session_id or "")
        page.count += 1
        number, sent_at, attempt = page.count, self._clock.now(), _attempt(page, request)

        def note(result: str, request_id: Json = None, http_status: int | None = None) -> None:
            record = RequestRecord(
                number=number,
                action=intern(f"{request.product}:{request.action}"),
                sent_at=sent_at,
                seconds=round((self._clock.now() - sent_at).total_seconds(), 3),
                attempt=attempt,
                result=result,
                http_status=http_status,
                request_id=request_id if isinstance(request_id, str) else None,
                mutating=check(request.product, request.action).mutating and not request.params.get("DryRun"),
            )
            (page.creations if record.mutating else page.reads).append(record)
            del page.reads[:-MAX_READS]
            traced.ended(result, record.request_id, http_status)

        rehearsed = bool(request.params.get("DryRun"))
        with cloud_request(request.product, request.action, request.region_id, attempt, dry_run=rehearsed) as traced:
            try:
                answer = await self._inner.call(request)
            except ApiError as error:
                note(error.code, error.request_id, error.http_status)
                raise
            except BaseException as error:
                # Also a cancellation: the request may have arrived, and nobody waited for the answer.
                note(NO_ANSWER if isinstance(error, NoAnswer) else "Cancelled")
                raise
            page.unanswered.pop(request.action, None)
            note(OK, answer.get("RequestId"))
        return answer

    def requests(self, session_id: str) -> tuple[RequestRecord, ...]:
        """What was sent for a session, in order."""
        page = self._pages.get(session_id)
        if page is None:
            return ()
        return tuple(sorted((*page.reads, *page.creations), key=lambda record: record.number))

    def _page(self, session_id: str) -> _Page:
        """The session's page; that of the session that was quiet longest makes room."""
        page = self._pages.setdefault(session_id, _Page())
        self._pages.move_to_end(session_id)
        while len(self._pages) > MAX_SESSIONS:
            self._pages.popitem(last=False)
        return page


def _attempt(page: _Page, request: ApiRequest) -> int:
    """1 for a new request; more when the same goes out again: the same ClientToken, or the same failed reading."""
    token = request.params.get("ClientToken")
    if isinstance(token, str):
        page.tokens[token] = page.tokens.get(token, 0) + 1
        return page.tokens[token]
    params, sent = page.unanswered.get(request.action, ({}, 0))
    number = sent + 1 if params == request.params else 1
    page.unanswered[request.action] = (request.params, number)
    return number
