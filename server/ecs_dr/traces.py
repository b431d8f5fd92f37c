"""Spans and metrics of OpenTelemetry, by its API alone: without an SDK and an exporter in the process they go nowhere.

The MCP SDK opens a span for each message; below that of a tool call stand one for each request to the cloud, each wait
and each question that was answered or closed. Names follow the semantic conventions for RPC, cloud and MCP (2026);
what these do not know begins with `ecs_dr.` or `alibaba_cloud.`. A parameter, a key, a name from the cloud, a choice or
a session's id (over HTTP it lets its owner in) is never part of a span.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue

from ecs_dr import __version__

if TYPE_CHECKING:
    from opentelemetry.metrics import Histogram

OK = "OK"
_SCOPE = "ecs_dr"
_TRACER = trace.get_tracer(_SCOPE, __version__)
_NANOSECONDS = 1_000_000_000


@cache
def _seconds(name: str, description: str) -> Histogram:
    """A histogram of durations. The API for it is loaded by the first of them: a start has nothing to measure."""
    from opentelemetry import metrics

    return metrics.get_meter(_SCOPE, __version__).create_histogram(name, "s", description)


@dataclass(frozen=True)
class CloudRequest:
    """One request while it is on its way."""

    span: Span
    named: dict[str, AttributeValue]

    def ended(self, result: str, request_id: str | None = None, http_status: int | None = None) -> None:
        """How it ended: `OK`, the code of the refusal, or what stands for no answer."""
        told: dict[str, AttributeValue] = {"rpc.response.status_code": result}
        if result != OK:
            told["error.type"] = result
            self.span.set_status(Status(StatusCode.ERROR))
        self.named.update(told)
        if http_status is not None:
            told["http.response.status_code"] = http_status
        if request_id is not None:
            told["alibaba_cloud.request_id"] = request_id
        self.span.set_attributes(told)


@contextmanager
def cloud_request(product: str, action: str, region: str, attempt: int, *, dry_run: bool) -> Iterator[CloudRequest]:
    """The span of one request to the cloud, and its duration.

    Args:
        product: `ecs` or `vpc`.
        action: The API's action.
        region: Where it goes.
        attempt: 1 for a new request; more when the same goes out again.
        dry_run: It is a rehearsal.
    """
    named: dict[str, AttributeValue] = {
        "rpc.system.name": "alibaba_cloud",
        "rpc.method": f"{product}/{action}",
        "cloud.provider": "alibaba_cloud",
        "cloud.region": region,
    }
    more: dict[str, AttributeValue] = {"http.request.resend_count": attempt - 1} if attempt > 1 else {}
    if dry_run:
        more["alibaba_cloud.dry_run"] = True
    began = time.monotonic()
    with _span(f"{product}/{action}", SpanKind.CLIENT, {**named, **more}) as span:
        try:
            yield CloudRequest(span, named)
        finally:
            _seconds("rpc.client.call.duration", "A request to the cloud.").record(time.monotonic() - began, named)


@contextmanager
def wait() -> Iterator[None]:
    """The span of a wait: for an image, for a replica, before a request is sent again, or for a turn to send one."""
    began = time.monotonic()
    with _span("wait", SpanKind.INTERNAL, {}):
        try:
            yield
        finally:
            _seconds("ecs_dr.wait.duration", "A wait, in a tool call or behind it.").record(time.monotonic() - began)


@contextmanager
def tool_call(tool: str) -> Iterator[dict[str, AttributeValue]]:
    """The duration of a tool call, whose span the MCP SDK opens; what is put into the mapping is told of it."""
    named: dict[str, AttributeValue] = {"mcp.method.name": "tools/call", "gen_ai.tool.name": tool}
    began = time.monotonic()
    try:
        yield named
    finally:
        trace.get_current_span().set_attributes(named)
        _seconds("mcp.server.operation.duration", "A tool call.").record(time.monotonic() - began, named)


def question(key: str, outcome: str, road: str | None, seconds: float) -> None:
    """The span of a question, from when it was put until it was answered or closed.

    Args:
        key: Which question it is, as `launch.confirm`.
        outcome: `answered`, or how it was closed.
        road: How it reached the person, where that is known.
        seconds: How long it was open.
    """
    named: dict[str, AttributeValue] = {"ecs_dr.question.key": key, "ecs_dr.question.outcome": outcome}
    if road is not None:
        named["ecs_dr.question.road"] = road
    ended = time.time_ns()
    asked = ended - int(seconds * _NANOSECONDS)
    span = _TRACER.start_span(f"question {key}", kind=SpanKind.INTERNAL, attributes=named, start_time=asked)
    span.end(ended)
    _seconds("ecs_dr.question.duration", "How long a question was open.").record(seconds, named)


@contextmanager
def _span(name: str, kind: SpanKind, attributes: dict[str, AttributeValue]) -> Iterator[Span]:
    span = _TRACER.start_span(name, kind=kind, attributes=attributes)
    # Without an SDK nothing need be found below it. One that is only not sampled says so to what is below it.
    if not span.get_span_context().is_valid:
        yield span
        return
    # An exception's words may hold what the cloud or a person wrote: only its kind is told, by whoever knows it.
    with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        yield span
