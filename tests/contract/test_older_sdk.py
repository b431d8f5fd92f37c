"""The older official Python SDK, which signs with HMAC-SHA1 (version 1.0), against the simulator over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx2
import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.composer.rpc_signature_composer import get_signed_url
from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import RpcRequest
from aliyunsdkecs.request.v20140526.CreateImageRequest import CreateImageRequest
from aliyunsdkecs.request.v20140526.DescribeEipAddressesRequest import DescribeEipAddressesRequest
from aliyunsdkecs.request.v20140526.DescribeInstancesRequest import DescribeInstancesRequest
from aliyunsdkecs.request.v20140526.DescribeVpcsRequest import DescribeVpcsRequest
from aliyunsdkecs.request.v20140526.DescribeVSwitchesRequest import DescribeVSwitchesRequest

from ecs_dr.simulator.http import SimulatorServer
from tests.contract.sdk_support import REGION, SOURCE, World

SESSION = "0123456789abcdef0123456789abcdef"


def client(server: SimulatorServer, **changes: str) -> AcsClient:
    keys = {"ak": server.access_key_id, "secret": server.access_key_secret}
    return AcsClient(**{**keys, **changes}, region_id=REGION, auto_retry=False)


def send(server: SimulatorServer, request: RpcRequest, through: AcsClient | None = None) -> Mapping[str, object]:
    request.set_endpoint(server.endpoint)
    request.set_accept_format("json")
    answer: Mapping[str, object] = json.loads((through or client(server)).do_action_with_exception(request))
    return answer


def refusal(server: SimulatorServer, request: RpcRequest, through: AcsClient | None = None) -> str:
    with pytest.raises(ServerException) as refused:
        send(server, request, through)
    code: str = refused.value.get_error_code()
    return code


@pytest.mark.parametrize(
    ("request_type", "outer", "inner"),
    [
        (DescribeInstancesRequest, "Instances", "Instance"),
        (DescribeVpcsRequest, "Vpcs", "Vpc"),
        (DescribeVSwitchesRequest, "VSwitches", "VSwitch"),
    ],
)
def test_what_people_list_first_is_listed(
    server: SimulatorServer, request_type: type[RpcRequest], outer: str, inner: str
) -> None:
    container = send(server, request_type())[outer]
    assert isinstance(container, dict)
    assert container[inner]


def test_parameters_in_a_body_are_signed_and_read_as_those_of_the_address(
    server: SimulatorServer, world: World
) -> None:
    request = CreateImageRequest()
    request.set_method("POST")
    name = "备份 a+b/c*d~e&f=g%20'h"
    request.add_body_params("InstanceId", SOURCE)
    request.add_body_params("ImageName", "older-client")
    request.add_body_params("Description", name)
    image_id = send(server, request)["ImageId"]
    assert world.state.images[str(image_id)].description == name


def test_nothing_of_the_signature_reaches_the_journal(server: SimulatorServer, world: World) -> None:
    request = DescribeEipAddressesRequest()
    send(server, request)
    assert world.simulator.journal[-1].params == {"RegionId": REGION}


def test_a_wrong_secret_is_refused_by_code(server: SimulatorServer, world: World) -> None:
    # The client says so because the string that was signed came back as its own.
    assert refusal(server, DescribeVpcsRequest(), client(server, secret="another")) == "InvalidAccessKeySecret"
    assert world.simulator.journal[-1].action == "DescribeVpcs"


def test_temporary_credentials_carry_their_token(server: SimulatorServer, world: World) -> None:
    world.state.identities["operator"].security_token = "test-security-token"
    keys = (server.access_key_id, server.access_key_secret)
    temporary = AcsClient(
        region_id=REGION, credential=StsTokenCredential(*keys, "test-security-token"), auto_retry=False
    )
    assert send(server, DescribeVpcsRequest(), temporary)["RequestId"]
    assert refusal(server, DescribeVpcsRequest()) == "MissingSecurityToken"


@pytest.mark.parametrize(("wanted", "status"), [("JSON", 200), ("XML", 501), (None, 501)])
def test_another_format_than_json_is_refused_by_name(server: SimulatorServer, wanted: str | None, status: int) -> None:
    given = {"Action": "DescribeRegions", "Version": "2014-05-26"}
    keys = (server.access_key_id, server.access_key_secret)
    url, _ = get_signed_url(given, *keys, wanted, "GET", {})
    answer = httpx2.get(f"http://{server.endpoint}{url}", trust_env=False)
    assert answer.status_code == status
    assert ("JSON alone" in answer.text) == (status != 200)
