"""What creates something: only under an attempt on exactly its parameters, and with one ClientToken."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

import pytest

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.allowlist import ALLOWED_ACTIONS
from ecs_dr.cloud.calls import Caller
from ecs_dr.cloud.retry import Retrier, RetryPolicy
from ecs_dr.cloud.transport import Json, NoAnswer
from ecs_dr.domain.disks.model import ReplicaDisk
from ecs_dr.domain.images.model import ImageRequest
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.network.model import VSwitchRequest
from ecs_dr.errors import CloudRefused, ConsentViolation, ErrorKind, OutcomeUnknown
from ecs_dr.workflow.ports import Attempt, Identity
from tests.cloud.fakes import ScriptedTransport, StepClock, cloud, permit, refusal, scope

IMAGE = ImageRequest(region_id="cn-beijing", instance_id="i-1", image_name="dr-1")
VSWITCH = VSwitchRequest(region_id="cn-beijing", vpc_id="vpc-1", zone_id="z-1", cidr_block="10.0.0.0/24", name="dr")
DISK = ReplicaDisk(
    device="/dev/xvda",
    type="system",
    category="cloud_essd",
    performance_level="PL1",
    size_gib=40,
    source_category="cloud_essd",
    source_performance_level="PL1",
    source_disk_id="d-1",
)
LAUNCH = LaunchRequest(
    region_id="cn-beijing",
    zone_id="z-1",
    image_id="m-1",
    instance_type="ecs.g7.xlarge",
    vswitch_id="vsw-1",
    security_group_ids=("sg-1", "sg-2"),
    instance_name="recovery-web",
    disks=(DISK,),
)


async def create(adapter: AlibabaCloud, what: str, attempt: Attempt) -> str:
    if what == "image":
        return await adapter.create_image(scope(), IMAGE, attempt)
    if what == "vswitch":
        return await adapter.create_vswitch(scope(), VSWITCH, attempt)
    return await adapter.run_instance(scope(), LAUNCH, attempt)


PARAMETERS = {"image": IMAGE.parameters(), "vswitch": VSWITCH.parameters(), "instance": LAUNCH.parameters()}
ANSWERS: dict[str, Mapping[str, Json]] = {
    "image": {"ImageId": "new-1"},
    "vswitch": {"VSwitchId": "new-1"},
    "instance": {"InstanceIdSets": {"InstanceIdSet": ["new-1"]}},
}
KINDS = list(PARAMETERS)


@pytest.mark.parametrize("what", KINDS)
async def test_exactly_the_decided_parameters_and_the_token_are_sent(what: str) -> None:
    transport = ScriptedTransport(ANSWERS[what])
    assert await create(cloud(transport), what, permit(PARAMETERS[what], "token-7")) == "new-1"
    (request,) = transport.requests
    assert request.params == {**PARAMETERS[what], "ClientToken": "token-7"}


@pytest.mark.parametrize("what", KINDS)
async def test_an_attempt_on_other_parameters_sends_nothing(what: str) -> None:
    transport = ScriptedTransport(ANSWERS[what])
    other = permit({**PARAMETERS[what], "Description": "changed"})
    with pytest.raises(ConsentViolation):
        await create(cloud(transport), what, other)
    assert transport.requests == []


@pytest.mark.parametrize("token", ["", "t" * 65, "tokén", "to\nken"])
@pytest.mark.parametrize("what", KINDS)
async def test_a_token_the_api_would_refuse_sends_nothing(what: str, token: str) -> None:
    transport = ScriptedTransport(ANSWERS[what])
    with pytest.raises(ConsentViolation):
        await create(cloud(transport), what, permit(PARAMETERS[what], token))
    assert transport.requests == []


@pytest.mark.parametrize("what", KINDS)
async def test_a_token_of_64_characters_is_sent(what: str) -> None:
    transport = ScriptedTransport(ANSWERS[what])
    assert await create(cloud(transport), what, permit(PARAMETERS[what], "t" * 64)) == "new-1"


@pytest.mark.parametrize("what", KINDS)
async def test_a_lost_answer_is_asked_for_again_with_the_same_token(what: str) -> None:
    transport = ScriptedTransport(NoAnswer("reset"), ANSWERS[what])
    assert await create(cloud(transport), what, permit(PARAMETERS[what])) == "new-1"
    assert transport.requests[0] == transport.requests[1]


@pytest.mark.parametrize("what", KINDS)
async def test_an_answer_that_names_nothing_new_is_an_unknown_outcome(what: str) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        await create(cloud(ScriptedTransport({"RequestId": "R-1"})), what, permit(PARAMETERS[what]))
    assert caught.value.request_id == "R-1"


async def test_the_instance_id_is_found_in_a_doubly_nested_list() -> None:
    transport = ScriptedTransport({"InstanceIdSets": {"InstanceIdSet": [["i-9"]]}})
    assert await cloud(transport).run_instance(scope(), LAUNCH, permit(LAUNCH.parameters())) == "i-9"


async def test_more_than_one_instance_is_never_taken_for_one() -> None:
    transport = ScriptedTransport({"InstanceIdSets": {"InstanceIdSet": ["i-8", "i-9"]}})
    with pytest.raises(OutcomeUnknown):
        await cloud(transport).run_instance(scope(), LAUNCH, permit(LAUNCH.parameters()))


async def test_a_vswitch_still_pending_is_waited_for_before_the_launch() -> None:
    transport, clock = ScriptedTransport(refusal("IncorrectVSwitchStatus"), ANSWERS["instance"]), StepClock()
    assert await cloud(transport, clock).run_instance(scope(), LAUNCH, permit(LAUNCH.parameters())) == "new-1"
    assert clock.slept == [5]


async def test_a_dry_run_sends_no_token_and_passes_on_dry_run_operation() -> None:
    transport = ScriptedTransport(
        refusal("DryRunOperation", "Request validation has been passed with DryRun flag set.")
    )
    await cloud(transport).dry_run_launch(scope(), LAUNCH)
    assert transport.requests[0].params == {**LAUNCH.parameters(), "DryRun": True}


async def test_a_dry_run_that_would_fail_says_why() -> None:
    transport = ScriptedTransport(refusal("OperationDenied.NoStock", status=403))
    with pytest.raises(CloudRefused) as caught:
        await cloud(transport).dry_run_launch(scope(), LAUNCH)
    assert caught.value.kind is ErrorKind.NO_STOCK


async def test_a_reading_call_cannot_send_a_creating_action() -> None:
    transport = ScriptedTransport({})
    caller = Caller("ecs", Retrier(transport, StepClock(), RetryPolicy()))
    with pytest.raises(ConsentViolation):
        await caller.read(scope(), "RunInstances", {})
    assert transport.requests == []


def test_every_method_that_creates_takes_an_attempt_and_no_other_does() -> None:
    methods = {name: f for name, f in inspect.getmembers(AlibabaCloud, inspect.isfunction) if not name.startswith("_")}
    with_attempt = {name for name, f in methods.items() if "attempt" in inspect.signature(f).parameters}
    assert with_attempt == {"create_image", "create_vswitch", "run_instance"}
    for name in with_attempt:
        assert inspect.signature(methods[name]).parameters["attempt"].default is inspect.Parameter.empty
    assert sum(allowed.mutating for allowed in ALLOWED_ACTIONS) == len(with_attempt)


async def test_a_transport_without_an_identity_says_so() -> None:
    assert await cloud(ScriptedTransport({})).identity() == Identity(provider="in-process", identity_type="none")
