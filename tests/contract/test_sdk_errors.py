from __future__ import annotations

import pytest
from alibabacloud_ecs20140526.models import DescribeRegionsRequest, RunInstancesRequest, StopInstanceRequest
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException, ThrottlingException
from alibabacloud_vpc20160428.models import CreateVSwitchRequest
from darabonba.exceptions import UnretryableException

from tests.contract.sdk_support import Sdk, World

CREATE = {
    "region_id": "cn-beijing",
    "zone_id": "cn-beijing-l",
    "vpc_id": "vpc-2zesource0001",
    "cidr_block": "172.20.0.0/24",
    "client_token": "token-1",
}


def test_a_4xx_is_a_client_exception(sdk: Sdk, world: World) -> None:
    world.plan('[[fault]]\naction="*"\neffect="error"\ncode="OperationConflict"\nhttp_status=409')
    with pytest.raises(ClientException) as refused:
        sdk.send(DescribeRegionsRequest())
    assert (refused.value.code, refused.value.status_code) == ("OperationConflict", 409)
    assert refused.value.request_id == world.simulator.journal[-1].request_id


def test_a_5xx_is_a_server_exception(sdk: Sdk, world: World) -> None:
    world.plan('[[fault]]\naction="*"\neffect="error"\ncode="InternalError"')
    with pytest.raises(ServerException) as refused:
        sdk.send(DescribeRegionsRequest())
    assert (refused.value.code, refused.value.status_code) == ("InternalError", 500)


def test_throttling_carries_the_milliseconds_to_wait(sdk: Sdk, world: World) -> None:
    world.plan('[[fault]]\naction="*"\neffect="throttle"\nretry_after_seconds=2')
    with pytest.raises(ThrottlingException) as refused:
        sdk.send(DescribeRegionsRequest())
    assert (refused.value.code, refused.value.retry_after) == ("Throttling.User", 2000)


@pytest.mark.parametrize(
    ("effect", "made"), [("reset", 0), ("lost_response", 1), ("gateway_page", 0), ("gateway_page_after", 1)]
)
def test_without_an_answer_the_outcome_is_unknown(sdk: Sdk, world: World, effect: str, made: int) -> None:
    world.plan(f'[[fault]]\naction="vpc:CreateVSwitch"\neffect="{effect}"')
    with pytest.raises(UnretryableException) as lost:
        sdk.send(CreateVSwitchRequest(**CREATE))
    assert getattr(lost.value, "code", None) is None
    assert len(world.state.vswitches) == 4 + made
    sdk.send(CreateVSwitchRequest(**CREATE))
    assert len(world.state.vswitches) == 5


def test_an_answer_that_comes_too_late_is_no_answer(sdk: Sdk, world: World) -> None:
    world.plan('[[fault]]\naction="vpc:CreateVSwitch"\ndelay_seconds=0.3')
    sdk.read_timeout_ms = 100
    with pytest.raises(UnretryableException):
        sdk.send(CreateVSwitchRequest(**CREATE))


def test_nothing_listening_is_no_answer(sdk: Sdk) -> None:
    with pytest.raises(UnretryableException):
        sdk.send(DescribeRegionsRequest(), endpoint="127.0.0.1:1")


def test_a_missing_permission_says_which(sdk: Sdk, world: World) -> None:
    world.state.identities["operator"].denied = ["ecs:RunInstances"]
    with pytest.raises(ClientException) as refused:
        sdk.send(RunInstancesRequest(region_id="cn-beijing"))
    detail = refused.value.access_denied_detail
    assert (refused.value.code, refused.value.status_code) == ("Forbidden.RAM", 403)
    assert (detail["AuthAction"], detail["NoPermissionType"]) == ("ecs:RunInstances", "ImplicitDeny")
    assert {"AuthPrincipalType", "PolicyType", "EncodedDiagnosticMessage"} <= set(detail)


def test_an_action_that_is_not_simulated_is_no_empty_success(sdk: Sdk) -> None:
    with pytest.raises(ServerException) as refused:
        sdk.send(StopInstanceRequest(instance_id="i-2zesource0001"))
    assert (refused.value.code, refused.value.status_code) == ("NotSimulated", 501)
    assert "ecs:StopInstance" in refused.value.message


def test_an_unknown_region_is_refused(sdk: Sdk) -> None:
    with pytest.raises(ClientException) as refused:
        sdk.send(RunInstancesRequest(region_id="moon-1"))
    assert (refused.value.code, refused.value.status_code) == ("InvalidRegionId.NotFound", 404)
