from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import ApiError, ApiRequest
from ecs_dr.simulator.bench import Bench, rows
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.transport import SimulatorTransport, flatten

SOURCE = "i-2zesource0001"
SESSION = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_an_action_that_is_not_simulated_is_refused_by_name(bench: Bench) -> None:
    with pytest.raises(Fault, match="ecs:DeleteInstance") as refused:
        bench.ecs("DeleteInstance", InstanceId=SOURCE)
    assert (refused.value.code, refused.value.http_status) == ("NotSimulated", 501)


@pytest.mark.parametrize("action", ["DescribeInstances", "DescribeDisks", "CreateImage", "RunInstances"])
def test_a_request_without_a_region_is_refused(bench: Bench, action: str) -> None:
    assert bench.refusal(action, RegionId="") == ("MissingParameter", 400)


def test_an_unknown_region_is_refused(bench: Bench) -> None:
    assert bench.refusal("DescribeInstances", RegionId="cn-mars") == ("InvalidRegionId.NotFound", 404)


def test_a_wrong_api_version_is_refused(bench: Bench) -> None:
    with pytest.raises(Fault, match="InvalidVersion"):
        bench.cloud.handle("ecs", "2016-04-28", "DescribeInstances", {"RegionId": "cn-beijing"})


def test_every_request_is_written_down_with_its_outcome(bench: Bench) -> None:
    bench.ecs("DescribeInstances")
    bench.refusal("CreateImage", InstanceId="i-none")
    good, bad = bench.cloud.journal
    assert (good.action, good.outcome, good.http_status) == ("DescribeInstances", "OK", 200)
    assert (bad.action, bad.outcome, bad.http_status) == ("CreateImage", "InvalidInstanceId.NotFound", 404)
    assert good.request_id != bad.request_id
    assert bench.cloud.calls("CreateImage") == [bad]


def test_a_refusal_carries_the_request_id_of_the_journal(bench: Bench) -> None:
    with pytest.raises(Fault) as refused:
        bench.ecs("CreateImage", InstanceId="i-none")
    assert refused.value.request_id == bench.cloud.journal[-1].request_id


def test_the_journal_holds_no_secrets(bench: Bench) -> None:
    bench.refusal("RunInstances", Password="Not-For-The-Journal-1", UserData="c2VjcmV0")
    entry = bench.cloud.journal[-1].as_json()
    assert "Not-For-The-Journal-1" not in str(entry)
    assert "c2VjcmV0" not in str(entry)


def test_the_same_token_and_parameters_make_one_image(bench: Bench) -> None:
    first = bench.ecs("CreateImage", InstanceId=SOURCE, ImageName="dr-1", ClientToken="token-1")
    second = bench.ecs("CreateImage", InstanceId=SOURCE, ImageName="dr-1", ClientToken="token-1")
    assert first["ImageId"] == second["ImageId"]
    assert first["RequestId"] != second["RequestId"]
    assert [entry.replayed for entry in bench.cloud.journal] == [False, True]
    assert len(bench.world.snapshots) == 3


def test_the_same_token_with_other_parameters_is_a_mismatch(bench: Bench) -> None:
    bench.ecs("CreateImage", InstanceId=SOURCE, ImageName="dr-1", ClientToken="token-1")
    refusal = bench.refusal("CreateImage", InstanceId=SOURCE, ImageName="dr-2", ClientToken="token-1")
    assert refusal == ("IdempotenceParamNotMatch", 400)


@pytest.mark.parametrize("token", ["x" * 65, "schlüssel"])
def test_a_malformed_token_is_refused(bench: Bench, token: str) -> None:
    refusal = bench.refusal("CreateImage", InstanceId=SOURCE, ClientToken=token)
    assert refusal == ("InvalidClientToken.ValueNotSupported", 400)


def test_a_dry_run_that_finds_nothing_wrong_is_an_error_and_makes_nothing(bench: Bench) -> None:
    refusal = bench.refusal("CreateImage", InstanceId=SOURCE, ImageName="dr-1", DryRun=True)
    assert refusal == ("DryRunOperation", 400)
    assert len(bench.world.images) == 2
    assert bench.refusal("CreateImage", InstanceId="i-none", DryRun=True)[0] == "InvalidInstanceId.NotFound"


def test_a_missing_permission_to_describe_instances_is_an_empty_list_and_a_dry_run_tells(bench: Bench) -> None:
    bench.world.identities["operator"].denied = ["ecs:DescribeInstances"]
    assert rows(bench.ecs("DescribeInstances"), "Instances", "Instance") == []
    assert bench.refusal("DescribeInstances", DryRun=True) == ("Forbidden.RAM", 403)


def test_with_the_permission_a_dry_run_of_describing_passes(bench: Bench) -> None:
    assert bench.refusal("DescribeInstances", DryRun=True) == ("DryRunOperation", 400)


async def test_the_seam_reaches_the_simulator_with_nested_parameters(bench: Bench) -> None:
    transport = SimulatorTransport(bench.cloud)
    request = ApiRequest(
        "ecs",
        "2014-05-26",
        "DescribeInstances",
        "cn-beijing",
        {"RegionId": "cn-beijing", "Tag": [{"Key": "env", "Value": "prod"}], "DryRun": False},
        SESSION,
    )
    answer = await transport.call(request)
    assert len(rows(dict(answer), "Instances", "Instance")) == 1
    entry = bench.cloud.journal[-1]
    assert entry.params["Tag.1.Key"] == "env"
    assert entry.session_id == SESSION


async def test_the_seam_turns_a_refusal_into_its_own_error(bench: Bench) -> None:
    bench.world.identities["operator"].denied = ["ecs:RunInstances"]
    request = ApiRequest("ecs", "2014-05-26", "RunInstances", "cn-beijing", {"RegionId": "cn-beijing"})
    with pytest.raises(ApiError) as refused:
        await SimulatorTransport(bench.cloud).call(request)
    error = refused.value
    assert (error.code, error.http_status) == ("Forbidden.RAM", 403)
    assert error.request_id == bench.cloud.journal[-1].request_id
    assert error.access_denied is not None
    assert error.access_denied.auth_action == "ecs:RunInstances"


def test_parameters_are_flattened_as_the_sdk_does_it() -> None:
    nested = flatten(
        {
            "SystemDisk": {"Size": "40"},
            "DataDisk": [{"Device": "/dev/xvdb", "DeleteWithInstance": False}],
            "Ids": ["a", "b"],
            "Gone": None,
        }
    )
    assert nested == {
        "SystemDisk.Size": "40",
        "DataDisk.1.Device": "/dev/xvdb",
        "DataDisk.1.DeleteWithInstance": "False",
        "Ids.1": "a",
        "Ids.2": "b",
    }
