from __future__ import annotations

import json

import pytest

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.bench import Bench, rows

SOURCE = "i-2zesource0001"
IMAGE = "aliyun_3_x64_20G_alibase_20240528.vhd"
ARM_IMAGE = "aliyun_3_arm64_20G_alibase_20240528.vhd"
REQUEST: dict[str, Json] = {
    "ImageId": IMAGE,
    "InstanceType": "ecs.g7.xlarge",
    "ZoneId": "cn-beijing-k",
    "VSwitchId": "vsw-2zek0001",
    "SecurityGroupIds": ["sg-2zeweb00001", "sg-2zeops00001"],
}


@pytest.fixture
def bench() -> Bench:
    return Bench()


def launch(bench: Bench, **params: Json) -> str:
    sets = bench.ecs("RunInstances", **{**REQUEST, **params})["InstanceIdSets"]
    assert isinstance(sets, dict)
    ids = sets["InstanceIdSet"]
    assert isinstance(ids, list)
    return str(ids[0])


def refusal(bench: Bench, **params: Json) -> tuple[str, int]:
    return bench.refusal("RunInstances", **{**REQUEST, **params})


def described(bench: Bench, instance_id: str) -> dict[str, Json]:
    extras: list[Json] = ["META_OPTIONS", "NETWORK_PRIMARY_ENI_IP", "LOGIN_AS_NON_ROOT"]
    answer = bench.ecs("DescribeInstances", InstanceIds=json.dumps([instance_id]), AdditionalAttributes=extras)
    found = rows(answer, "Instances", "Instance")
    return found[0] if found else {}


def test_a_replica_shows_up_late_and_goes_through_pending_and_starting(bench: Bench) -> None:
    replica = launch(bench)
    seen = []
    for seconds in (0, 2, 3, 20):
        bench.clock.advance(seconds)
        seen.append(described(bench, replica).get("Status"))
    assert seen == [None, "Pending", "Starting", "Running"]


def test_its_data_disks_are_attached_later_than_its_system_disk(bench: Bench) -> None:
    entries: list[Json] = [{"Category": "cloud_essd", "Size": 20}]
    replica = launch(bench, DataDisk=entries)
    bench.clock.advance(5)
    assert len(rows(bench.ecs("DescribeDisks", InstanceId=replica), "Disks", "Disk")) == 1
    bench.clock.advance(5)
    assert len(rows(bench.ecs("DescribeDisks", InstanceId=replica), "Disks", "Disk")) == 2


def test_an_instance_may_be_lost_after_it_was_accepted_and_an_event_says_so(bench: Bench) -> None:
    bench.world.behaviour.instance_vanishes_after_seconds = 15
    replica = launch(bench)
    bench.clock.advance(10)
    assert described(bench, replica)["Status"] == "Starting"
    bench.clock.advance(10)
    assert described(bench, replica) == {}
    assert rows(bench.ecs("DescribeDisks", InstanceId=replica), "Disks", "Disk") == []
    events = rows(
        bench.ecs("DescribeInstanceHistoryEvents", InstanceId=replica),
        "InstanceSystemEventSet",
        "InstanceSystemEventType",
    )
    assert [event["EventType"] for event in events] == [{"Name": "SystemFailure.Delete", "Code": 42}]


@pytest.mark.parametrize(
    ("params", "code", "status"),
    [
        ({"ImageId": ""}, "MissingParameter", 400),
        ({"InstanceType": ""}, "MissingParameter", 400),
        ({"VSwitchId": ""}, "MissingParameter", 400),
        ({"SecurityGroupIds": []}, "MissingParameter", 400),
        ({"ImageId": "m-none"}, "InvalidImageId.NotFound", 404),
        ({"InstanceType": "ecs.none.large"}, "InvalidInstanceType.ValueNotSupported", 400),
        ({"InstanceType": "ecs.g8y.xlarge"}, "InvalidInstanceType.NotSupported", 400),
        ({"ImageId": ARM_IMAGE}, "InvalidInstanceType.NotSupported", 400),
        ({"ZoneId": "cn-beijing-i"}, "InvalidParameter.Mismatch", 400),
        ({"ZoneId": "cn-mars-a"}, "InvalidZoneId.NotFound", 404),
        ({"VSwitchId": "vsw-none"}, "InvalidVSwitchId.NotFound", 404),
        ({"SecurityGroupId": "sg-2zeweb00001"}, "InvalidSecurityGroupId.SingleIdAndMultiIdConflict", 400),
        ({"SecurityGroupIds": ["sg-2zeweb00001", "sg-2zeweb00001"]}, "InvalidParameter.SecurityGroupIdRepeated", 400),
        ({"SecurityGroupIds": ["sg-none"]}, "InvalidSecurityGroupId.NotFound", 404),
        ({"SecurityGroupIds": ["sg-2zeother001"]}, "InvalidParameter.Mismatch", 400),
        ({"SecurityGroupIds": ["sg-2zemanaged1"]}, "InvalidOperation.ResourceManagedByCloudProduct", 403),
        ({"SecurityGroupIds": ["sg-2zeweb00001", "sg-2zebig00001"]}, "EnterpriseGroupLimited.MutliGroupType", 403),
        ({"PrivateIpAddress": "172.16.32.0"}, "InvalidPrivateIpAddress", 400),
        ({"PrivateIpAddress": "172.16.47.253"}, "InvalidPrivateIpAddress", 400),
        ({"PrivateIpAddress": "elsewhere"}, "InvalidPrivateIpAddress.Malformed", 400),
        ({"Ipv6AddressCount": 1}, "InvalidVSwitch.Ipv6NotTurnOn", 403),
        ({"InstanceChargeType": "PrePaid"}, "MissingParamter", 400),
        ({"InstanceChargeType": "PrePaid", "Period": 10}, "InvalidPeriod", 400),
        ({"InstanceChargeType": "PrePaid", "Period": 1, "SpotStrategy": "SpotAsPriceGo"}, "InvalidSpotPrepaid", 400),
        (
            {"InstanceChargeType": "PrePaid", "Period": 1, "DeletionProtection": True},
            "InvalidChargeType.ValueNotSupported",
            400,
        ),
        ({"InstanceChargeType": "Free"}, "InvalidInstanceChargeType.ValueNotSupported", 400),
        ({"SpotStrategy": "Cheap"}, "InvalidSpotStrategy", 400),
        (
            {"SpotStrategy": "SpotWithPriceLimit", "SpotPriceLimit": 0.1},
            "InvalidSpotPriceLimit.LowerThanPublicPrice",
            400,
        ),
        ({"SpotStrategy": "SpotAsPriceGo", "DeletionProtection": True}, "InvalidChargeType.ValueNotSupported", 400),
        ({"AutoPay": False}, "InvalidAutoPay.PostPaidUnsupported", 400),
        ({"InternetMaxBandwidthOut": 101}, "InvalidParameter", 400),
        ({"InternetChargeType": "Free"}, "InvalidInternetChargeType.ValueNotSupported", 400),
        ({"Amount": 0}, "InvalidParameter", 400),
        ({"Amount": 2, "PrivateIpAddress": "172.16.32.9"}, "InvalidParameter.Conflict", 400),
        ({"InstanceName": "x"}, "InvalidInstanceName.Malformed", 400),
        ({"InstanceName": "web[a,b]"}, "InvalidInstanceName.CustomMalformed", 400),
        ({"Description": "http://x"}, "InvalidDescription.Malformed", 400),
        ({"HostName": "-web"}, "HOSTNAME_ILLEGAL", 404),
        ({"HostName": "web..1"}, "HOSTNAME_ILLEGAL", 404),
        ({"UserData": "not base64!"}, "InvalidUserData.Base64FormatInvalid", 400),
        ({"UserData": "QUFB" * 11000}, "InvalidUserData.SizeExceeded", 400),
        ({"KeyPairName": "none"}, "InvalidKeyPairName.NotFound", 404),
        ({"Password": "weak"}, "InvalidPassword.Malformed", 400),
        ({"PasswordInherit": True}, "InvalidPasswordParam.Mismatch", 400),
        ({"RamRoleName": "none"}, "InvalidRamRole.NotFound", 404),
        ({"RamRoleName": "BackupServiceRole"}, "InvalidRamRole.NotEcsRole", 401),
        ({"CpuOptions": {"ThreadsPerCore": 2}}, "InvalidParam.CpuOptionsCore", 403),
        ({"HttpTokens": "maybe"}, "InvalidParameter", 400),
        ({"HttpEndpoint": "maybe"}, "InvalidParameter", 400),
        ({"ResourceGroupId": "rg-none"}, "InvalidResourceGroup.NotFound", 404),
        ({"Tag": [{"Key": "aliyun-x", "Value": "1"}]}, "InvalidTagKey.Malformed", 400),
        ({"LaunchTemplateId": "lt-1"}, "NotSimulated", 501),
        ({"NetworkInterface": [{"InstanceType": "Primary"}]}, "NotSimulated", 501),
    ],
)
def test_what_a_launch_may_not_ask_for(bench: Bench, params: dict[str, Json], code: str, status: int) -> None:
    assert refusal(bench, **params) == (code, status)
    assert len(bench.world.instances) == 1


def test_a_dry_run_passes_or_tells_what_is_wrong_and_launches_nothing(bench: Bench) -> None:
    assert refusal(bench, DryRun=True) == ("DryRunOperation", 400)
    assert refusal(bench, DryRun=True, VSwitchId="vsw-none")[0] == "InvalidVSwitchId.NotFound"
    assert len(bench.world.instances) == 1


def test_an_image_must_be_finished(bench: Bench) -> None:
    image_id = bench.ecs("CreateImage", InstanceId=SOURCE, ImageName="dr-1")["ImageId"]
    bench.clock.advance(60)
    assert refusal(bench, ImageId=image_id) == ("OperationDenied.ImageNotValid", 403)


def test_a_new_vswitch_must_be_awaited(bench: Bench) -> None:
    created = bench.vpc("CreateVSwitch", ZoneId="cn-beijing-l", VpcId="vpc-2zesource0001", CidrBlock="172.20.0.0/24")
    params: dict[str, Json] = {"ZoneId": "cn-beijing-l", "VSwitchId": created["VSwitchId"]}
    assert refusal(bench, **params) == ("IncorrectVSwitchStatus", 400)
    assert refusal(bench, **params, DryRun=True) == ("IncorrectVSwitchStatus", 400)
    bench.clock.advance(4)
    assert refusal(bench, **params, DryRun=True) == ("DryRunOperation", 400)


def test_a_vswitch_without_free_addresses_is_refused(bench: Bench) -> None:
    bench.world.vswitches["vsw-2zek0001"].used_addresses = 4092
    assert refusal(bench) == ("QuotaExceeded.PrivateIpAddress", 400)


def test_a_lack_of_stock_stays_with_its_token_even_when_stock_is_back(bench: Bench) -> None:
    bench.world.stock["cn-beijing-k"]["ecs.g7.xlarge"] = "WithoutStock"
    assert refusal(bench, ClientToken="token-1") == ("OperationDenied.NoStock", 403)
    bench.world.stock["cn-beijing-k"]["ecs.g7.xlarge"] = "WithStock"
    assert refusal(bench, ClientToken="token-1") == ("OperationDenied.NoStock", 403)
    assert launch(bench, ClientToken="token-2")


def test_little_stock_is_still_sold(bench: Bench) -> None:
    bench.world.stock["cn-beijing-k"]["ecs.g7.xlarge"] = "ClosedWithStock"
    assert launch(bench)


def test_a_type_that_the_zone_does_not_sell_is_refused(bench: Bench) -> None:
    level = bench.world.stock["cn-beijing-k"].pop("ecs.g7.xlarge")
    assert refusal(bench, ClientToken="token-1") == ("InvalidInstanceType.ZoneNotSupported", 403)
    bench.world.stock["cn-beijing-k"]["ecs.g7.xlarge"] = level
    assert refusal(bench, ClientToken="token-1") == ("InvalidInstanceType.ZoneNotSupported", 403)


def test_stock_is_that_of_the_charge_type(bench: Bench) -> None:
    in_i: dict[str, Json] = {"ZoneId": "cn-beijing-i", "VSwitchId": "vsw-2zei0001"}
    assert refusal(bench, **in_i, InstanceChargeType="PrePaid", Period=1)[0] == "OperationDenied.NoStock"
    assert launch(bench, **in_i)


def test_the_same_token_launches_once_and_other_parameters_do_not_match(bench: Bench) -> None:
    first = launch(bench, ClientToken="token-1")
    assert launch(bench, ClientToken="token-1") == first
    assert len(bench.world.instances) == 2
    mismatch = refusal(bench, ClientToken="token-1", InstanceName="other")
    assert mismatch == ("IdempotentParameterMismatch", 400)


def test_without_a_token_a_second_request_is_a_second_instance(bench: Bench) -> None:
    assert launch(bench) != launch(bench)


def test_bandwidth_gives_a_public_address_and_none_gives_none(bench: Bench) -> None:
    open_one, closed = launch(bench, InternetMaxBandwidthOut=5), launch(bench)
    bench.clock.advance(60)
    assert described(bench, open_one)["PublicIpAddress"] == {"IpAddress": ["203.0.113.1"]}
    assert described(bench, closed)["PublicIpAddress"] == {"IpAddress": []}
    assert described(bench, closed)["InternetMaxBandwidthOut"] == 0


def test_a_subscription_has_an_order_and_an_end(bench: Bench) -> None:
    answer = bench.ecs("RunInstances", **REQUEST, InstanceChargeType="PrePaid", Period=1, AutoRenew=True)
    assert str(answer["OrderId"]).isdigit()
    assert "OrderId" not in bench.ecs("RunInstances", **REQUEST)
    path = ("InstanceRenewAttributes", "InstanceRenewAttribute")
    bench.clock.advance(60)
    (renewal,) = rows(bench.ecs("DescribeInstanceAutoRenewAttribute"), *path)
    assert renewal["AutoRenewEnabled"] is True


def test_what_an_instance_costs_is_a_number(bench: Bench) -> None:
    price = bench.ecs("RunInstances", **REQUEST)["TradePrice"]
    assert isinstance(price, float)
    assert price > 1


def test_addresses_are_those_of_the_vswitch_and_used_once(bench: Bench) -> None:
    first, second = launch(bench), launch(bench, PrivateIpAddress="172.16.32.99")
    bench.clock.advance(60)
    addresses = [bench.world.instances[one].private_ip_address for one in (first, second)]
    assert addresses == ["172.16.32.1", "172.16.32.99"]
    assert refusal(bench, PrivateIpAddress="172.16.32.99")[0] == "InvalidPrivateIpAddress.Duplicated"


def test_ipv6_addresses_come_from_the_vswitch(bench: Bench) -> None:
    bench.world.vswitches["vsw-2zek0001"].ipv6_cidr_block = "2001:db8:0:1::/64"
    replica = launch(bench, Ipv6AddressCount=2)
    bench.clock.advance(60)
    (interface,) = rows(described(bench, replica), "NetworkInterfaces", "NetworkInterface")
    assert interface["Ipv6Sets"] == {
        "Ipv6Set": [{"Ipv6Address": "2001:db8:0:1::100"}, {"Ipv6Address": "2001:db8:0:1::101"}]
    }


def test_several_instances_have_numbered_names(bench: Bench) -> None:
    launch(bench, Amount=2, InstanceName="web-[8,2]-x")
    assert {one.instance_name for one in bench.world.instances.values()} == {"prod-web", "web-08-x", "web-09-x"}


def test_a_name_defaults_to_the_id(bench: Bench) -> None:
    replica = launch(bench)
    assert bench.world.instances[replica].instance_name == replica


def test_a_role_can_be_handed_on_only_with_the_permission(bench: Bench) -> None:
    assert launch(bench, RamRoleName="ShopWebRole")
    bench.world.identities["operator"].denied = ["ram:PassRole"]
    assert refusal(bench, RamRoleName="ShopWebRole") == ("InvalidUser.PassRoleForbidden", 403)


def test_an_image_without_imds_v2_cannot_require_tokens(bench: Bench) -> None:
    bench.world.images[IMAGE].imds_support = "v1"
    assert refusal(bench, HttpTokens="required")[0] == "InvalidHttpTokens.NotSupported"


def test_an_image_without_nvme_drivers_cannot_run_on_a_type_that_needs_them(bench: Bench) -> None:
    bench.world.images[IMAGE].nvme_support = "unsupported"
    assert refusal(bench, InstanceType="ecs.g8i.xlarge") == ("ImageNotSupportInstanceType", 403)


def test_windows_takes_no_key_pair(bench: Bench) -> None:
    bench.world.images[IMAGE].os_type = "windows"
    assert refusal(bench, KeyPairName="prod-key")[0] == "DependencyViolation.WindowsInstance"


def test_the_account_must_have_quota_and_be_able_to_pay(bench: Bench) -> None:
    bench.world.account.quotas.public_bandwidth_mbps = 4
    assert refusal(bench, InternetMaxBandwidthOut=5)[0] == "QuotaExceeded.InternetBandwidth"
    bench.world.account.quotas.instances = 1
    assert refusal(bench) == ("QuotaExceed.ElasticQuota", 403)
    bench.world.account.payment_method = False
    assert refusal(bench)[0] == "InvalidPayMethod"
    bench.world.account.in_arrears = True
    assert refusal(bench)[0] == "Account.Arrearage"


def test_the_denied_world_names_the_missing_action() -> None:
    assert refusal(Bench("denied")) == ("Forbidden.RAM", 403)


def test_what_is_asked_for_can_be_read_back(bench: Bench) -> None:
    bench.world.instance_types["ecs.g7.xlarge"].hyper_threading_adjustable = True
    replica = launch(
        bench,
        InstanceName="recovery-web",
        Description="the copy",
        HostName="web-02",
        KeyPairName="prod-key",
        RamRoleName="ShopWebRole",
        ResourceGroupId="rg-2zeproduction01",
        DeletionProtection=True,
        HttpTokens="required",
        HttpPutResponseHopLimit=3,
        CpuOptions={"Core": 2, "ThreadsPerCore": 1},
        CreditSpecification="Standard",
        NetworkOptions={"EnableJumboFrame": False},
        ImageOptions={"LoginAsNonRoot": True},
        AutoReleaseTime="2026-12-01T00:00:00Z",
        UserData="IyEvYmluL3NoCg==",
        InternetChargeType="PayByBandwidth",
        InternetMaxBandwidthOut=3,
        SpotStrategy="NoSpot",
        DeploymentSetId="ds-1",
        Tag=[{"Key": "env", "Value": "dr"}],
    )
    bench.clock.advance(60)
    found = described(bench, replica)
    expected: dict[str, Json] = {
        "InstanceName": "recovery-web",
        "Description": "the copy",
        "HostName": "web-02",
        "KeyPairName": "prod-key",
        "ResourceGroupId": "rg-2zeproduction01",
        "DeletionProtection": True,
        "MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 3},
        "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 1, "Numa": "ON", "TopologyType": ""},
        "CreditSpecification": "Standard",
        "ImageOptions": {"LoginAsNonRoot": True},
        "AutoReleaseTime": "2026-12-01T00:00Z",
        "InternetChargeType": "PayByBandwidth",
        "InternetMaxBandwidthOut": 3,
        "DeploymentSetId": "ds-1",
        "SecurityGroupIds": {"SecurityGroupId": ["sg-2zeweb00001", "sg-2zeops00001"]},
        "Tags": {"Tag": [{"TagKey": "env", "TagValue": "dr"}]},
    }
    assert {name: found[name] for name in expected} == expected
    assert bench.ecs("DescribeUserData", InstanceId=replica)["UserData"] == "IyEvYmluL3NoCg=="
    assert bench.ecs("DescribeInstanceAttribute", InstanceId=replica)["EnableJumboFrame"] is False
    (disk,) = rows(bench.ecs("DescribeDisks", InstanceId=replica), "Disks", "Disk")
    assert disk["Tags"] == {"Tag": [{"TagKey": "env", "TagValue": "dr"}]}


def test_a_spot_instance_says_so(bench: Bench) -> None:
    replica = launch(bench, SpotStrategy="SpotWithPriceLimit", SpotPriceLimit=0.9, SpotDuration=0)
    bench.clock.advance(60)
    found = described(bench, replica)
    assert (found["SpotStrategy"], found["SpotPriceLimit"], found["SpotDuration"]) == ("SpotWithPriceLimit", 0.9, 0)


def test_given_ipv6_addresses_are_taken_as_they_are(bench: Bench) -> None:
    bench.world.vswitches["vsw-2zek0001"].ipv6_cidr_block = "2001:db8:0:1::/64"
    replica = launch(bench, Ipv6Address=["2001:db8:0:1::7"])
    assert bench.world.instances[replica].ipv6_addresses == ["2001:db8:0:1::7"]
