from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.bench import Bench, rows
from ecs_dr.simulator.model_compute import SecondaryEni

SOURCE = "i-2zesource0001"
ATTRIBUTES: list[Json] = ["META_OPTIONS", "NETWORK_PRIMARY_ENI_IP", "LOGIN_AS_NON_ROOT"]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def instances(bench: Bench, **params: Json) -> list[dict[str, Json]]:
    return rows(bench.ecs("DescribeInstances", **params), "Instances", "Instance")


def source(bench: Bench, **params: Json) -> dict[str, Json]:
    (only,) = instances(bench, InstanceIds=json.dumps([SOURCE]), **params)
    return only


def test_the_source_is_described_with_the_apis_nesting_and_types(bench: Bench) -> None:
    found = source(bench)
    assert found["ZoneId"] == "cn-beijing-h"
    assert found["Memory"] == 16 * 1024
    assert found["PublicIpAddress"] == {"IpAddress": ["39.105.0.10"]}
    assert found["EipAddress"] == {"AllocationId": "", "IpAddress": "", "InternetChargeType": ""}
    assert found["InnerIpAddress"] == {"IpAddress": []}
    assert found["SecurityGroupIds"] == {"SecurityGroupId": ["sg-2zeweb00001", "sg-2zeops00001"]}
    assert found["Tags"] == {"Tag": [{"TagKey": "env", "TagValue": "prod"}, {"TagKey": "app", "TagValue": "web"}]}
    assert found["OperationLocks"] == {"LockReason": []}
    assert found["CpuOptions"] == {"CoreCount": 2, "ThreadsPerCore": 2, "Numa": "ON", "TopologyType": ""}
    assert found["ExpiredTime"] == "2099-12-31T15:59Z"
    assert found["AutoReleaseTime"] == ""


def test_metadata_options_are_shown_only_to_who_asks_for_them(bench: Bench) -> None:
    assert "MetadataOptions" not in source(bench)
    found = source(bench, AdditionalAttributes=ATTRIBUTES)
    assert found["MetadataOptions"] == {
        "HttpEndpoint": "enabled",
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 2,
    }
    assert found["ImageOptions"] == {"LoginAsNonRoot": False}


@pytest.mark.parametrize(
    "params",
    [
        {"InstanceIds": '["i-none"]'},
        {"InstanceIds": "[]"},
        {"RegionId": "cn-hangzhou"},
        {"ZoneId": "cn-beijing-k"},
        {"Status": "Stopped"},
        {"SecurityGroupId": "sg-none"},
        {"InstanceName": "web*"},
        {"Tag": [{"Key": "env", "Value": "test"}]},
        {"PrivateIpAddresses": '["172.16.0.99"]'},
    ],
)
def test_what_does_not_match_is_an_empty_list_and_not_an_error(bench: Bench, params: dict[str, Json]) -> None:
    assert instances(bench, **params) == []


@pytest.mark.parametrize(
    "params",
    [
        {"InstanceName": "prod-*"},
        {"VpcId": "vpc-2zesource0001", "Status": "Running"},
        {"Tag": [{"Key": "env"}]},
        {"PublicIpAddresses": '["39.105.0.10"]'},
    ],
)
def test_what_matches_is_found(bench: Bench, params: dict[str, Json]) -> None:
    assert len(instances(bench, **params)) == 1


@pytest.mark.parametrize("ids", ["i-1", '{"a": 1}', json.dumps([f"i-{n}" for n in range(101)])])
def test_instance_ids_must_be_a_json_array_of_at_most_a_hundred(bench: Bench, ids: str) -> None:
    assert bench.refusal("DescribeInstances", InstanceIds=ids) == ("InvalidParameter", 400)


def test_an_unknown_status_is_refused(bench: Bench) -> None:
    assert bench.refusal("DescribeInstances", Status="Asleep") == ("InvalidStatus.NotFound", 404)


def test_lists_have_ten_rows_unless_more_are_asked_for_and_tokens_lead_on(bench: Bench) -> None:
    for number in range(24):
        name = f"i-2zeclone{number:04d}"
        bench.world.instances[name] = replace(bench.world.instances[SOURCE], instance_id=name)
    assert len(instances(bench)) == 10
    assert bench.ecs("DescribeInstances")["TotalCount"] == 25
    first = bench.ecs("DescribeInstances", MaxResults=20)
    second = bench.ecs("DescribeInstances", MaxResults=20, NextToken=first["NextToken"])
    sizes = [len(rows(page, "Instances", "Instance")) for page in (first, second)]
    assert sizes == [20, 5]
    assert second["NextToken"] == ""
    assert bench.refusal("DescribeInstances", MaxResults=101)[0] == "InvalidParameter"
    assert bench.refusal("DescribeInstances", NextToken="nonsense")[0] == "InvalidParameter.NextToken"


def test_an_instance_behind_an_eip_has_no_public_address_of_its_own() -> None:
    found = source(Bench("eip-only"))
    assert found["PublicIpAddress"] == {"IpAddress": []}
    eip = found["EipAddress"]
    assert isinstance(eip, dict)
    assert eip["IpAddress"] == "47.94.0.10"
    assert eip["Bandwidth"] == 10


def test_a_classic_instance_has_an_inner_address_and_no_vpc(bench: Bench) -> None:
    bench.world.instances[SOURCE].network_type = "classic"
    found = source(bench)
    assert found["InnerIpAddress"] == {"IpAddress": ["172.16.0.10"]}
    vpc = found["VpcAttributes"]
    assert isinstance(vpc, dict)
    assert vpc["VpcId"] == ""


def test_local_storage_is_named(bench: Bench) -> None:
    assert "LocalStorageAmount" not in source(bench)
    assert source(Bench("local-disk"))["LocalStorageAmount"] == 1


def test_what_describe_instances_leaves_out_is_told_elsewhere(bench: Bench) -> None:
    role = bench.ecs("DescribeInstanceRamRole", InstanceIds=json.dumps([SOURCE]))
    assert rows(role, "InstanceRamRoleSets", "InstanceRamRoleSet") == [
        {"InstanceId": SOURCE, "RamRoleName": "ShopWebRole"}
    ]
    assert bench.ecs("DescribeUserData", InstanceId=SOURCE)["UserData"] == "IyEvYmluL3NoCmVjaG8gc2hvcAo="
    assert bench.ecs("DescribeInstanceAttribute", InstanceId=SOURCE)["EnableJumboFrame"] is True
    status = bench.ecs("DescribeInstanceStatus", InstanceId=[SOURCE])
    assert rows(status, "InstanceStatuses", "InstanceStatus") == [{"InstanceId": SOURCE, "Status": "Running"}]
    assert bench.refusal("DescribeUserData", InstanceId="i-none") == ("InvalidInstanceId.NotFound", 404)
    assert bench.refusal("DescribeInstanceRamRole") == ("MissingParameter", 400)


def test_only_subscriptions_have_a_renewal_attribute(bench: Bench) -> None:
    path = ("InstanceRenewAttributes", "InstanceRenewAttribute")
    assert rows(bench.ecs("DescribeInstanceAutoRenewAttribute", InstanceId=SOURCE), *path) == []
    (renewal,) = rows(Bench("prepaid").ecs("DescribeInstanceAutoRenewAttribute", InstanceId=SOURCE), *path)
    assert (renewal["AutoRenewEnabled"], renewal["Duration"], renewal["PeriodUnit"]) == (True, 1, "Month")


def test_network_interfaces_and_groups_and_key_pairs_are_listed(bench: Bench) -> None:
    (interface,) = rows(
        bench.ecs("DescribeNetworkInterfaces", InstanceId=SOURCE), "NetworkInterfaceSets", "NetworkInterfaceSet"
    )
    assert (interface["Type"], interface["PrivateIpAddress"]) == ("Primary", "172.16.0.10")
    groups = rows(
        bench.ecs("DescribeSecurityGroups", SecurityGroupIds='["sg-2zeweb00001", "sg-2zemanaged1"]'),
        "SecurityGroups",
        "SecurityGroup",
    )
    assert {group["SecurityGroupId"]: group["ServiceManaged"] for group in groups} == {
        "sg-2zeweb00001": False,
        "sg-2zemanaged1": True,
    }
    assert len(rows(bench.ecs("DescribeKeyPairs", KeyPairName="prod*"), "KeyPairs", "KeyPair")) == 1


def test_secondary_interfaces_are_listed_beside_the_primary_one(bench: Bench) -> None:
    bench.world.instances[SOURCE].secondary_enis = (SecondaryEni("eni-2zesecond001", "vsw-2zeh0001", "172.16.0.11"),)
    listed = rows(source(bench), "NetworkInterfaces", "NetworkInterface")
    assert [(eni["Type"], eni["PrimaryIpAddress"]) for eni in listed] == [
        ("Primary", "172.16.0.10"),
        ("Secondary", "172.16.0.11"),
    ]
    described = rows(
        bench.ecs("DescribeNetworkInterfaces", Type="Secondary"), "NetworkInterfaceSets", "NetworkInterfaceSet"
    )
    assert [eni["NetworkInterfaceId"] for eni in described] == ["eni-2zesecond001"]


def test_a_deployment_set_group_is_shown_only_when_there_is_one(bench: Bench) -> None:
    assert "DeploymentSetGroupNo" not in source(bench)
    bench.world.instances[SOURCE].placement.deployment_set_group_no = 2
    assert source(bench)["DeploymentSetGroupNo"] == 2


def test_private_dns_options_are_shown_only_to_who_asks_for_them(bench: Bench) -> None:
    assert "PrivateDnsNameOptions" not in source(bench)
    found = source(bench, AdditionalAttributes=["PRIVATE_DNS_OPTIONS"])
    records = (
        "EnableIpDnsARecord",
        "EnableIpDnsPtrRecord",
        "EnableInstanceIdDnsARecord",
        "EnableInstanceIdDnsAAAARecord",
    )
    assert found["PrivateDnsNameOptions"] == {"HostnameType": "Custom", **dict.fromkeys(records, False)}
