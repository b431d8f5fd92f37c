"""What is sent again, when, and what is believed afterwards."""

from __future__ import annotations

from collections.abc import Mapping

import anyio
import pytest

from ecs_dr.cloud.retry import Retrier, RetryPolicy
from ecs_dr.cloud.transport import ApiError, ApiRequest, Json, NoAnswer
from ecs_dr.denial import Denial
from ecs_dr.domain.diagnosis import stem
from ecs_dr.errors import CloudRefused, ErrorKind, NoCredentials, OutcomeUnknown
from tests.cloud.fakes import Notices, Reply, ScriptedTransport, StepClock, refusal

FAKE_KEY = "LTAI" + "fake" * 3
OK: Mapping[str, Json] = {"RequestId": "REQUEST-OK", "ImageId": "m-1"}


def request() -> ApiRequest:
    return ApiRequest(
        product="ecs",
        version="2014-05-26",
        action="CreateImage",
        region_id="cn-beijing",
        params={"RegionId": "cn-beijing", "ClientToken": "token-1"},
    )


class Bench:
    """A retrier over a script, with what it did."""

    def __init__(self, *replies: Reply, attempts: int = 3, jitter: float = 0.0) -> None:
        self.transport = ScriptedTransport(*replies)
        self.clock = StepClock()
        self.notices = Notices()
        policy = RetryPolicy(wait_seconds=15, attempts=attempts)
        self.retrier = Retrier(self.transport, self.clock, policy, jitter=lambda: jitter)

    async def create(self) -> Mapping[str, Json]:
        return await self.retrier.send(request(), mutating=True, notify=self.notices)

    async def read(self) -> Mapping[str, Json]:
        return await self.retrier.send(request(), mutating=False, notify=self.notices)


@pytest.mark.parametrize("code", ["InternalError", "ServiceUnavailable", "IdempotentProcessing", "OperationConflict"])
async def test_a_transient_refusal_is_sent_again_after_the_wait(code: str) -> None:
    bench = Bench(refusal(code), OK)
    assert await bench.create() == OK
    assert bench.clock.slept == [15]


async def test_every_send_is_the_same_request_with_the_same_client_token() -> None:
    bench = Bench(refusal("InternalError", status=500), NoAnswer("reset"), refusal("Throttling"), OK)
    await bench.create()
    assert bench.transport.requests == [request()] * 4


async def test_every_wait_is_announced_before_it_begins() -> None:
    bench = Bench(refusal("InternalError", status=500), NoAnswer("reset"), OK)
    await bench.create()
    told = [(n.action, n.code, n.attempt, n.of, n.wait_seconds) for n in bench.notices.seen]
    assert told == [("ecs:CreateImage", "InternalError", 1, 3, 15), ("ecs:CreateImage", "NoAnswer", 2, 3, 15)]


async def test_a_refusal_for_good_is_not_sent_again() -> None:
    bench = Bench(refusal("OperationDenied.NoStock", "sold out", 403))
    with pytest.raises(CloudRefused) as caught:
        await bench.create()
    error = caught.value
    assert (error.kind, error.code, error.http_status, error.request_id) == (
        ErrorKind.NO_STOCK,
        "OperationDenied.NoStock",
        403,
        "REQUEST-1",
    )
    assert len(bench.transport.requests) == 1
    assert bench.clock.slept == []


async def test_the_retries_are_bounded_by_the_policy() -> None:
    bench = Bench(refusal("InternalError", status=500), attempts=2)
    with pytest.raises(OutcomeUnknown):
        await bench.create()
    assert len(bench.transport.requests) == 3
    assert bench.clock.slept == [15, 15]


async def test_no_retries_means_one_send() -> None:
    bench = Bench(refusal("ServiceUnavailable", status=503), attempts=0)
    with pytest.raises(CloudRefused):
        await bench.read()
    assert len(bench.transport.requests) == 1


async def test_throttling_waits_longer_each_time_and_is_spread() -> None:
    bench = Bench(*[refusal("Throttling.User")] * 3, OK, jitter=1.0)
    await bench.create()
    assert bench.clock.slept == [15 * 1.25, 30 * 1.25, 60 * 1.25]


async def test_throttling_honours_the_time_the_server_names_within_reason() -> None:
    bench = Bench(refusal("Throttling", retry_after=40), refusal("Throttling", retry_after=9000), OK)
    await bench.create()
    assert bench.clock.slept == [40, 60]


async def test_a_vswitch_still_pending_is_waited_for_with_short_growing_waits() -> None:
    bench = Bench(*[refusal("IncorrectVSwitchStatus")] * 3, OK)
    await bench.create()
    assert bench.clock.slept == [5, 10, 15]


async def test_waiting_for_a_dependency_ends_in_a_definite_refusal() -> None:
    bench = Bench(refusal("IncorrectVSwitchStatus"))
    with pytest.raises(CloudRefused) as caught:
        await bench.create()
    assert caught.value.kind is ErrorKind.DEPENDENCY
    assert len(bench.transport.requests) == 4


async def test_a_read_does_not_wait_for_dependencies() -> None:
    bench = Bench(refusal("IncorrectVSwitchStatus"))
    with pytest.raises(CloudRefused):
        await bench.read()
    assert len(bench.transport.requests) == 1


async def test_no_answer_to_a_read_is_asked_again_and_then_told_as_such() -> None:
    bench = Bench(NoAnswer(f"timed out: /?AccessKeyId={FAKE_KEY}&Amount=1"))
    with pytest.raises(OutcomeUnknown) as caught:
        await bench.read()
    assert len(bench.transport.requests) == 4
    assert caught.value.code == "NoAnswer"
    assert FAKE_KEY not in caught.value.message
    assert "Amount" not in caught.value.message


async def test_a_trial_without_an_answer_is_not_told_as_what_may_have_been_carried_out() -> None:
    with pytest.raises(OutcomeUnknown) as tried:
        await Bench(NoAnswer("reset")).read()
    tried.value.action = "ecs:RunInstances"
    with pytest.raises(OutcomeUnknown) as sent:
        await Bench(NoAnswer("reset")).create()
    assert (stem(tried.value), stem(sent.value)) == ("diagnosis.no_answer", "diagnosis.outcome_unknown")


async def test_a_read_refused_with_5xx_is_a_refusal() -> None:
    with pytest.raises(CloudRefused) as caught:
        await Bench(refusal("InternalError", status=500)).read()
    assert caught.value.kind is ErrorKind.TRANSIENT


@pytest.mark.parametrize(
    "reply", [NoAnswer("reset"), refusal("InternalError", status=500), refusal("LastTokenProcessing", status=403)]
)
async def test_a_creating_call_without_a_clear_answer_ends_as_unknown(reply: Exception) -> None:
    with pytest.raises(OutcomeUnknown):
        await Bench(reply).create()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InvalidImageName.Duplicated", 400),
        ("InvalidCidrBlock.Overlapped", 400),
        ("InvalidSecurityToken.Expired", 403),
        ("Forbidden.RAM", 403),
        ("IdempotentParameterMismatch", 400),
        ("Throttling", 429),
    ],
)
async def test_after_a_lost_answer_a_refusal_that_it_may_have_caused_leaves_the_outcome_unknown(
    code: str, status: int
) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        await Bench(NoAnswer("reset"), refusal(code, status=status)).create()
    assert caught.value.code == code


async def test_the_same_refusal_without_a_lost_answer_is_definite() -> None:
    with pytest.raises(CloudRefused):
        await Bench(refusal("InvalidImageName.Duplicated")).create()


async def test_a_refusal_that_answers_the_token_is_definite_after_a_lost_answer() -> None:
    with pytest.raises(CloudRefused) as caught:
        await Bench(NoAnswer("reset"), refusal("OperationDenied.NoStock", status=403)).create()
    assert caught.value.kind is ErrorKind.NO_STOCK


async def test_throttling_alone_never_makes_an_outcome_unknown() -> None:
    with pytest.raises(CloudRefused) as caught:
        await Bench(refusal("Throttling", status=429)).create()
    assert caught.value.kind is ErrorKind.THROTTLED


async def test_the_missing_permission_is_the_one_the_api_names() -> None:
    denied = Denial("ecs:CreateSnapshot", "ImplicitDeny", "AccountLevelIdentityBasedPolicy", "SubUser")
    with pytest.raises(CloudRefused) as caught:
        await Bench(ApiError("Forbidden.RAM", "no", http_status=403, access_denied=denied)).create()
    assert caught.value.missing_permission == "ecs:CreateSnapshot"


@pytest.mark.parametrize(
    ("code", "permission"),
    [("Forbbiden", "ecs:CreateImage"), ("InvalidUser.PassRoleForbidden", "ram:PassRole"), ("InternalError", None)],
)
async def test_without_detail_the_missing_permission_is_the_action(code: str, permission: str | None) -> None:
    with pytest.raises(CloudRefused) as caught:
        await Bench(refusal(code, status=403), attempts=0).create()
    assert caught.value.missing_permission == permission


async def test_missing_credentials_are_not_retried() -> None:
    bench = Bench(NoCredentials("NoCredentials", "no_credentials"))
    with pytest.raises(NoCredentials):
        await bench.create()
    assert len(bench.transport.requests) == 1


class SlowTransport:
    """Answers only when it is let."""

    def __init__(self) -> None:
        self.started = anyio.Event()
        self.release = anyio.Event()
        self.finished = 0

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        self.started.set()
        await self.release.wait()
        self.finished += 1
        return {"ImageId": request.action}


@pytest.mark.parametrize("mutating", [True, False])
async def test_only_a_creating_send_survives_a_cancelled_call_and_its_outcome_is_brought_home(
    mutating: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    transport = SlowTransport()
    retrier = Retrier(transport, StepClock(), RetryPolicy())
    recorded: list[Mapping[str, Json]] = []

    async def step() -> None:
        recorded.append(await retrier.send(request(), mutating=mutating))

    async with anyio.create_task_group() as group:
        group.start_soon(step)
        await transport.started.wait()
        group.cancel_scope.cancel()
        transport.release.set()
    assert (transport.finished, len(recorded)) == ((1, 1) if mutating else (0, 0))


async def test_a_cancelled_call_sends_nothing_more_after_the_send_under_way() -> None:
    transport = ScriptedTransport(refusal("InternalError", status=500))
    waiting = anyio.Event()

    class EndlessClock(StepClock):
        async def sleep(self, seconds: float) -> None:
            self.slept.append(seconds)
            waiting.set()
            await anyio.sleep_forever()

    retrier = Retrier(transport, EndlessClock(), RetryPolicy())
    async with anyio.create_task_group() as group:

        async def step() -> None:
            await retrier.send(request(), mutating=True)

        group.start_soon(step)
        await waiting.wait()
        group.cancel_scope.cancel()
    assert len(transport.requests) == 1
