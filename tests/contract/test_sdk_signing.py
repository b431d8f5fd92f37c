from __future__ import annotations

import pytest
from alibabacloud_ecs20140526.models import DescribeInstancesRequest, DescribeRegionsRequest
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.contract.sdk_support import Sdk, World

SESSION = "0123456789abcdef0123456789abcdef"
AGENT = f"AlibabaCloud-Agent-Skills/alibabacloud-ecs-disaster-recovery-image/{SESSION}"


def refusal(sdk: Sdk, **changes: str) -> tuple[str, int]:
    with pytest.raises(ClientException) as refused:
        sdk.send(DescribeRegionsRequest(), **changes)
    return refused.value.code, refused.value.status_code


def test_a_wrong_secret_does_not_match(sdk: Sdk) -> None:
    assert refusal(sdk, access_key_secret="another-secret") == ("SignatureDoesNotMatch", 400)


def test_an_unknown_key_is_not_found(sdk: Sdk) -> None:
    assert refusal(sdk, access_key_id="another-key-id") == ("InvalidAccessKeyId.NotFound", 404)


def test_a_disabled_key_is_refused(sdk: Sdk, world: World) -> None:
    world.state.identities["operator"].status = "Inactive"
    assert refusal(sdk)[0] == "InvalidAccessKeyId.Inactive"


def test_temporary_credentials_carry_their_token(sdk: Sdk, world: World) -> None:
    world.state.identities["operator"].security_token = "test-security-token"
    assert sdk.send(DescribeRegionsRequest(), security_token="test-security-token")["RequestId"]
    assert refusal(sdk, security_token="another-token")[0] == "InvalidSecurityToken.Malformed"
    assert refusal(sdk)[0] == "MissingSecurityToken"


def test_awkward_characters_are_signed_alike_on_both_sides(sdk: Sdk) -> None:
    name = "备份 a+b/c*d~e&f=g%20'h"
    request = DescribeInstancesRequest(region_id="cn-beijing", instance_name=name, key_pair_name="")
    assert sdk.rows(request, "Instances", "Instance") == []


def test_the_session_in_the_user_agent_is_written_down(sdk: Sdk, world: World) -> None:
    sdk.send(DescribeRegionsRequest(), user_agent=AGENT)
    entry = world.simulator.journal[-1]
    assert (entry.session_id, entry.identity, entry.outcome) == (SESSION, "operator", "OK")


def test_each_attempt_has_its_own_nonce(sdk: Sdk) -> None:
    for _ in range(3):
        sdk.send(DescribeRegionsRequest())
