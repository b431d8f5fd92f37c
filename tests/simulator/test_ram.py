from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ecs_dr.simulator import ram
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.model_catalogue import Identity
from ecs_dr.simulator.world import World, load_world

SOURCE = "i-2zesource0001"


@pytest.fixture
def world() -> World:
    return load_world("healthy")


def allowed(world: World, identity: Identity, product: str, action: str) -> bool:
    try:
        ram.check(world, identity, product, action)
    except Fault as fault:
        return (fault.code, fault.http_status) != ("Forbidden.RAM", 403)
    return True


@pytest.mark.parametrize(
    ("denied", "action", "expected"),
    [
        ([], "RunInstances", True),
        (["ecs:RunInstances"], "RunInstances", False),
        (["ecs:RunInstances"], "CreateImage", True),
        (["ecs:*"], "DescribeDisks", False),
        (["vpc:*"], "DescribeDisks", True),
        (["ecs:Describe*"], "DescribeDisks", False),
        (["*"], "DescribeDisks", False),
    ],
)
def test_an_identity_may_do_what_no_list_denies(
    world: World, denied: list[str], action: str, *, expected: bool
) -> None:
    assert allowed(world, Identity(name="someone", denied=denied), "ecs", action) is expected


def test_a_denial_says_which_action_is_missing_and_why(world: World) -> None:
    identity = Identity(name="someone", denied=["ecs:RunInstances"], explicitly_denied=["ecs:CreateImage"])
    with pytest.raises(Fault) as refused:
        ram.check(world, identity, "ecs", "RunInstances")
    denial = refused.value.denial
    assert denial is not None
    assert (denial.auth_action, denial.no_permission_type) == ("ecs:RunInstances", "ImplicitDeny")
    assert (denial.principal_type, denial.principal_name) == ("SubUser", "someone")
    assert denial.owner_id == world.account.owner_id
    with pytest.raises(Fault) as refused:
        ram.check(world, identity, "ecs", "CreateImage")
    assert refused.value.denial is not None
    assert refused.value.denial.no_permission_type == "ExplicitDeny"


def test_the_account_itself_is_above_every_policy(world: World) -> None:
    assert allowed(world, Identity(principal_type="RootUser", denied=["*"]), "ecs", "RunInstances")


def test_a_key_belongs_to_one_identity(world: World) -> None:
    found = ram.identity_of_key(world, "test-access-key-id")
    assert found is not None
    assert found.name == "operator"
    assert ram.identity_of_key(world, "another-key-id") is None


def test_a_disabled_key_is_refused(world: World) -> None:
    world.identities["operator"].status = "Inactive"
    with pytest.raises(Fault, match=r"InvalidAccessKeyId\.Inactive"):
        ram.identity_of_key(world, "test-access-key-id")


@pytest.fixture
def blind_cloud(world: World) -> Simulator:
    world.identities["operator"].denied = ["ecs:DescribeInstances"]
    return Simulator(world, ManualClock(datetime(2026, 11, 22, 8, 0, tzinfo=UTC)))


def test_instances_are_an_empty_list_for_who_may_not_see_them(blind_cloud: Simulator) -> None:
    params = {"RegionId": "cn-beijing", "InstanceIds": f'["{SOURCE}"]'}
    answer = blind_cloud.handle("ecs", "2014-05-26", "DescribeInstances", params)
    assert answer["Instances"] == {"Instance": []}


def test_a_dry_run_tells_that_the_instances_may_not_be_seen(blind_cloud: Simulator) -> None:
    params = {"RegionId": "cn-beijing", "DryRun": "true"}
    with pytest.raises(Fault, match=r"Forbidden\.RAM"):
        blind_cloud.handle("ecs", "2014-05-26", "DescribeInstances", params)


def test_another_denied_action_is_refused_openly() -> None:
    cloud = Simulator(load_world("denied"), ManualClock(datetime(2026, 11, 22, 8, 0, tzinfo=UTC)))
    with pytest.raises(Fault, match=r"Forbidden\.RAM"):
        cloud.handle("ecs", "2014-05-26", "RunInstances", {"RegionId": "cn-beijing"})
    assert [entry.outcome for entry in cloud.journal] == ["Forbidden.RAM"]
