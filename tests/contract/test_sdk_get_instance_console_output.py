from __future__ import annotations

import base64

import pytest
from alibabacloud_ecs20140526.models import GetInstanceConsoleOutputRequest
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.contract.sdk_support import Sdk, World, check_shape

SOURCE = "i-2zesource0001"


def test_the_console_is_base64_and_dated(sdk: Sdk) -> None:
    body = sdk.send(GetInstanceConsoleOutputRequest(region_id="cn-beijing", instance_id=SOURCE))
    check_shape(body, {"InstanceId": str, "ConsoleOutput": str, "LastUpdateTime": str, "RequestId": str})
    assert base64.b64decode(str(body["ConsoleOutput"])).decode().endswith(" login: ")


def test_windows_has_none(sdk: Sdk, world: World) -> None:
    world.state.instances[SOURCE].os_type = "windows"
    with pytest.raises(ClientException) as refused:
        sdk.send(GetInstanceConsoleOutputRequest(region_id="cn-beijing", instance_id=SOURCE))
    assert (refused.value.code, refused.value.status_code) == ("NotSupported", 405)
