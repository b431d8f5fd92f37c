from __future__ import annotations

import pytest
from alibabacloud_ecs20140526.models import DescribeUserDataRequest
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.contract.sdk_support import Sdk, World, check_shape

SOURCE = "i-2zesource0001"


def test_user_data_is_base64(sdk: Sdk) -> None:
    body = sdk.send(DescribeUserDataRequest(region_id="cn-beijing", instance_id=SOURCE))
    check_shape(body, {"RegionId": str, "InstanceId": str, "UserData": str, "RequestId": str})
    assert body["UserData"] == "IyEvYmluL3NoCmVjaG8gc2hvcAo="


def test_no_user_data_is_an_empty_string(sdk: Sdk, world: World) -> None:
    world.state.instances[SOURCE].user_data = ""
    assert sdk.send(DescribeUserDataRequest(region_id="cn-beijing", instance_id=SOURCE))["UserData"] == ""


def test_an_unknown_instance_is_an_error(sdk: Sdk) -> None:
    with pytest.raises(ClientException) as refused:
        sdk.send(DescribeUserDataRequest(region_id="cn-beijing", instance_id="i-unknown"))
    assert refused.value.code == "InvalidInstanceId.NotFound"
