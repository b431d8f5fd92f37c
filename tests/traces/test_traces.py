"""What OpenTelemetry sees of a recovery: each request, wait, question and tool call, and nothing that is a secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import mcp.shared._otel
import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind, StatusCode, TraceState
from opentelemetry.util.types import Attributes

from ecs_dr import traces
from ecs_dr.cloud.transport import ApiRequest, NoAnswer
from ecs_dr.workflow.clock import ScaledClock
from tests.support.person import DECLINED, Person
from tests.support.ways import ANSWER_MODERN, INPUT_REQUEST, in_memory


@dataclass
class Seen:
    """What was exported."""

    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name == name]

    def counts(self) -> Counter[str]:
        """How many values each metric has."""
        found: Counter[str] = Counter()
        data = self.reader.get_metrics_data()
        for resource in data.resource_metrics if data is not None else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    found[metric.name] += sum(getattr(point, "count", 0) for point in metric.data.data_points)
        return found


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    """An exporter that keeps everything, for this test alone."""
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(), MeterProvider([reader])
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(traces, "_TRACER", tracers.get_tracer("ecs_dr"))
    monkeypatch.setattr(mcp.shared._otel, "_tracer", tracers.get_tracer("mcp-python-sdk"))
    meter = meters.get_meter("ecs_dr")
    monkeypatch.setattr(traces, "_seconds", cache(lambda name, _description: meter.create_histogram(name, "s")))
    yield Seen(exporter, reader)
    tracers.shutdown()
    meters.shutdown()


async def test_each_request_of_a_recovery_is_a_span_below_its_tool_call(seen: Seen) -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        await stage.host.recover()
        journal = stage.simulator.journal
        requests = [
            span for span in seen.spans if span.kind is SpanKind.CLIENT and span.name.startswith(("ecs/", "vpc/"))
        ]
        assert Counter(span.name for span in requests) == Counter(f"{one.product}/{one.action}" for one in journal)
        ids = {span.attributes["alibaba_cloud.request_id"] for span in requests if span.attributes}
        assert ids == {entry.request_id for entry in journal}
    calls = {span.context.span_id: span for span in seen.spans if span.name.startswith("tools/call")}
    (launch,) = (span for span in seen.named("ecs/RunInstances") if not dry(span))
    assert launch.parent is not None
    assert calls[launch.parent.span_id].name == "tools/call create_instance"
    assert (launch.attributes or {})["cloud.region"] == "cn-beijing"
    assert seen.counts()["rpc.client.call.duration"] == len(requests)
    assert seen.counts()["mcp.server.operation.duration"] == len(stage.host.tools) + len(stage.person.forms)


def dry(span: ReadableSpan) -> bool:
    return bool((span.attributes or {}).get("alibaba_cloud.dry_run"))


async def test_a_refusal_and_what_is_sent_again_say_so(seen: Seen) -> None:
    async with in_memory(ANSWER_MODERN, "denied") as stage:
        await stage.host.recover()
    refused = [span for span in seen.named("ecs/RunInstances") if span.status.status_code is StatusCode.ERROR]
    assert refused
    assert {(span.attributes or {})["error.type"] for span in refused} == {"Forbidden.RAM"}
    assert {(span.attributes or {})["http.response.status_code"] for span in refused} == {403}


async def test_a_request_that_goes_out_again_counts_its_resends(seen: Seen) -> None:
    async with in_memory(ANSWER_MODERN) as stage:
        lost = iter([True, True])

        def lose(request: ApiRequest) -> None:
            if request.action == "DescribeInstances" and next(lost, False):
                raise NoAnswer("lost")

        stage.line.before.append(lose)
        await stage.host.call("check_credentials")
        await stage.host.collect()
    first, second, third, *_ = seen.named("ecs/DescribeInstances")
    resent = [(span.attributes or {}).get("http.request.resend_count") for span in (first, second, third)]
    assert resent == [None, 1, 2]


async def test_each_question_is_a_span_with_its_outcome_and_road(seen: Seen) -> None:
    async with in_memory(INPUT_REQUEST, person=Person()) as stage:
        await stage.host.collect()
        stage.person.first = [DECLINED]
        await stage.host.call("create_image")
    questions = [span for span in seen.spans if span.name.startswith("question ")]
    told = [(span.attributes or {}) for span in questions]
    outcomes = [(one["ecs_dr.question.outcome"], one["ecs_dr.question.road"]) for one in told]
    assert outcomes == [("answered", "input_request"), ("decline", "input_request")]
    assert seen.counts()["ecs_dr.question.duration"] == 2


async def test_a_wait_is_a_span(seen: Seen) -> None:
    await ScaledClock(1000).sleep(5)
    (span,) = seen.named("wait")
    assert (span.end_time or 0) > (span.start_time or 0)
    assert seen.counts()["ecs_dr.wait.duration"] == 1


async def test_no_span_holds_a_parameter_a_choice_or_a_session(seen: Seen) -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        await stage.host.recover()
        world = stage.simulator.world
        private = {stage.host.session_id, world.source_instance_id, *world.vswitches, *world.images, *world.disks}
        private |= {world.instances[world.source_instance_id].instance_name, "cn-beijing-k", "ecs-dr-"}
    exported = "\n".join(span.to_json() for span in seen.spans)
    assert [one for one in sorted(private) if one and one in exported] == []


async def test_a_failed_tool_call_names_its_code(seen: Seen) -> None:
    async with in_memory(ANSWER_MODERN) as stage:
        await stage.host.call("create_image", session_id="0" * 32)
    (call,) = (span for span in seen.spans if span.name == "tools/call create_image")
    told = call.attributes or {}
    assert (told["ecs_dr.status"], told["ecs_dr.problem"]) == ("failed", "UnknownSession")


class LeavesWaitsOut(Sampler):
    """As one that takes a share: of what begins with a wait nothing is wanted."""

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        del parent_context, trace_id, kind, attributes, links, trace_state
        return SamplingResult(Decision.DROP if name == "wait" else Decision.RECORD_AND_SAMPLE)

    def get_description(self) -> str:
        return "leaves waits out"


def test_what_happens_below_a_span_that_is_not_sampled_begins_no_trace_of_its_own(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracers = TracerProvider(ParentBased(LeavesWaitsOut()))
    tracers.add_span_processor(SimpleSpanProcessor(seen.exporter))
    monkeypatch.setattr(traces, "_TRACER", tracers.get_tracer("ecs_dr"))
    with traces.wait(), traces.cloud_request("ecs", "DescribeImages", "cn-beijing", 1, dry_run=False):
        pass
    assert seen.spans == ()
    with traces.cloud_request("ecs", "DescribeImages", "cn-beijing", 1, dry_run=False):
        pass
    assert len(seen.spans) == 1
    tracers.shutdown()
