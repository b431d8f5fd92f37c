from __future__ import annotations

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_vpc20160428.models import (
    CreateVSwitchRequest,
    CreateVSwitchRequestTag,
    DescribeVSwitchAttributesRequest,
)

from tests.contract.sdk_support import Sdk, World, check_shape


def request(**changes: object) -> CreateVSwitchRequest:
    return CreateVSwitchRequest(
        **{
            "region_id": "cn-beijing",
            "zone_id": "cn-beijing-l",
            "vpc_id": "vpc-2zesource0001",
            "cidr_block": "172.20.0.0/24",
            "v_switch_name": "dr-cn-beijing-l",
            "client_token": "token-1",
            "tag": [CreateVSwitchRequestTag(key="purpose", value="dr")],
            **changes,
        }
    )


def test_a_vswitch_is_pending_and_then_available(sdk: Sdk, world: World) -> None:
    body = sdk.send(request())
    check_shape(body, {"VSwitchId": str, "RequestId": str})
    query = DescribeVSwitchAttributesRequest(region_id="cn-beijing", v_switch_id=body["VSwitchId"])
    assert sdk.send(query)["Status"] == "Pending"
    world.advance(5)
    seen = sdk.send(query)
    assert (seen["Status"], seen["VSwitchName"], seen["AvailableIpAddressCount"]) == (
        "Available",
        "dr-cn-beijing-l",
        252,
    )


def test_the_same_token_makes_one_vswitch(sdk: Sdk, world: World) -> None:
    first = sdk.send(request())["VSwitchId"]
    assert sdk.send(request())["VSwitchId"] == first
    assert len(world.state.vswitches) == 5


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"cidr_block": "172.16.32.0/24"}, "InvalidCidrBlock.Overlapped", 400),
        ({"cidr_block": "10.200.0.0/24"}, "InvalidParameter", 400),
        ({"cidr_block": "172.20.0.0/30"}, "InvalidCirdrBlock.MaskLength", 400),
        ({"vpc_id": "vpc-unknown"}, "InvalidVpcId.NotFound", 404),
        ({"zone_id": "cn-beijing-z"}, "InvalidZoneId.NotFound", 404),
    ],
)
def test_a_wrong_request_is_refused(sdk: Sdk, world: World, changes: dict[str, object], code: str, status: int) -> None:
    with pytest.raises(ClientException) as refused:
        sdk.send(request(**changes))
    assert (refused.value.code, refused.value.status_code) == (code, status)
    assert len(world.state.vswitches) == 4


def test_two_at_once_are_refused(sdk: Sdk) -> None:
    sdk.send(request())
    with pytest.raises(ClientException) as refused:
        sdk.send(request(cidr_block="172.21.0.0/24", client_token="token-2"))
    assert refused.value.code == "IncorrectVSwitchStatus"
