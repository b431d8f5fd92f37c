"""Nothing but the listed actions can be sent: shown by trying the rest of both APIs."""

from __future__ import annotations

import importlib
import re

import pytest

from ecs_dr.cloud.allowlist import ALLOWED_ACTIONS, AllowListTransport, check, is_read
from ecs_dr.cloud.transport import API_VERSIONS, ApiRequest, Product
from ecs_dr.errors import ActionNotAllowed
from tests.cloud.fakes import ScriptedTransport

CORE = {
    "ecs:DescribeInstances",
    "ecs:DescribeDisks",
    "ecs:CreateImage",
    "ecs:DescribeImages",
    "ecs:DescribeAvailableResource",
    "vpc:DescribeVSwitches",
    "vpc:CreateVSwitch",
    "ecs:RunInstances",
}
OPTIONAL = {
    "vpc:DescribeVpcs",
    "ecs:DescribePrice",
    "ecs:DescribeInstanceTypes",
    "ecs:DescribeInstanceRamRole",
    "ecs:DescribeUserData",
    "ecs:DescribeInstanceHistoryEvents",
    "ecs:DescribeInstanceAutoRenewAttribute",
    "ecs:GetInstanceConsoleOutput",
    "ecs:DescribeSnapshots",
    "ecs:DescribeSnapshotGroups",
    "ecs:DescribeSecurityGroups",
}
SDK_MODULES: dict[Product, str] = {"ecs": "alibabacloud_ecs20140526", "vpc": "alibabacloud_vpc20160428"}


def actions_of_the_sdk(product: Product) -> set[str]:
    """Every action for which the SDK has a request model and a method."""
    package = SDK_MODULES[product]
    models = importlib.import_module(f"{package}.models")
    client = importlib.import_module(f"{package}.client").Client
    methods = {
        name.removesuffix("_with_options_async").replace("_", "")
        for name in dir(client)
        if name.endswith("_with_options_async")
    }
    names = {name.removesuffix("Request") for name in dir(models) if name.endswith("Request")}
    return {name for name in names if name.lower() in methods}


def request(product: Product, action: str, **changes: str) -> ApiRequest:
    region = changes.get("region", "cn-beijing")
    return ApiRequest(
        product=product,
        version=changes.get("version", API_VERSIONS[product]),
        action=action,
        region_id=region,
        params={"RegionId": changes.get("named", "cn-beijing")},
    )


def test_the_list_is_exactly_what_is_promised() -> None:
    assert {allowed.name for allowed in ALLOWED_ACTIONS if not allowed.optional} == CORE
    assert {allowed.name for allowed in ALLOWED_ACTIONS if allowed.optional} == OPTIONAL


def test_three_actions_create_and_every_other_one_only_reads() -> None:
    creating = {allowed.name for allowed in ALLOWED_ACTIONS if allowed.mutating}
    assert creating == {"ecs:CreateImage", "vpc:CreateVSwitch", "ecs:RunInstances"}
    assert all(
        allowed.action.startswith(("Describe", "GetInstanceConsole"))
        for allowed in ALLOWED_ACTIONS
        if not allowed.mutating
    )


def test_no_optional_action_creates_anything() -> None:
    assert not [allowed.name for allowed in ALLOWED_ACTIONS if allowed.optional and allowed.mutating]


@pytest.mark.parametrize("product", ["ecs", "vpc"])
async def test_every_other_action_of_the_sdk_is_refused_before_it_is_sent(product: Product) -> None:
    inner = ScriptedTransport({})
    transport = AllowListTransport(inner)
    actions = actions_of_the_sdk(product)
    assert len(actions) > 250
    refused = set()
    for action in actions:
        try:
            await transport.call(request(product, action))
        except ActionNotAllowed:
            refused.add(f"{product}:{action}")
    allowed = {name for name in CORE | OPTIONAL if name.startswith(product)}
    assert refused == {f"{product}:{action}" for action in actions} - allowed
    assert set(inner.actions) == allowed


@pytest.mark.parametrize("verb", ["Delete", "Release", "Stop", "Start", "Reboot", "Detach", "Modify", "Unassociate"])
def test_no_verb_that_changes_the_source_is_on_the_list(verb: str) -> None:
    assert not [allowed.name for allowed in ALLOWED_ACTIONS if re.match(verb, allowed.action)]


@pytest.mark.parametrize(
    ("product", "action"),
    [
        ("ecs", "describeinstances"),
        ("ecs", "DescribeInstances "),
        ("ecs", "DescribeVSwitches"),
        ("ecs", "CreateVSwitch"),
        ("vpc", "RunInstances"),
        ("ECS", "RunInstances"),
        ("sts", "GetCallerIdentity"),
        ("", ""),
    ],
)
def test_a_look_alike_is_refused(product: str, action: str) -> None:
    with pytest.raises(ActionNotAllowed):
        check(product, action)


@pytest.mark.parametrize(
    "wrong",
    [{"version": "2016-04-28"}, {"named": "cn-shanghai"}, {"region": "", "named": ""}],
    ids=["another version", "another region in the parameters", "no region"],
)
async def test_a_listed_action_must_name_its_version_and_region(wrong: dict[str, str]) -> None:
    inner = ScriptedTransport({})
    with pytest.raises(ActionNotAllowed):
        await AllowListTransport(inner).call(request("ecs", "DescribeInstances", **wrong))
    assert inner.requests == []


def test_what_reads_is_told_by_the_list_and_not_by_a_name() -> None:
    assert is_read(request("ecs", "GetInstanceConsoleOutput"))
    assert {one.name for one in ALLOWED_ACTIONS if not is_read(request(one.product, one.action))} == {
        "ecs:CreateImage",
        "vpc:CreateVSwitch",
        "ecs:RunInstances",
    }
    assert not is_read(request("ecs", "DescribeNothingOfOurs"))
