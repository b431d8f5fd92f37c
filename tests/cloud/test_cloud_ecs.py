"""Reading instances, disks and images: what is asked, and what the odd answers become."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from ecs_dr.cloud.ecs import ADDITIONAL_ATTRIBUTES
from ecs_dr.cloud.transport import Json
from ecs_dr.domain.model import Tag
from ecs_dr.errors import CloudRefused
from tests.cloud.fakes import ScriptedTransport, cloud, refusal, scope

INSTANCE: Mapping[str, Json] = {
    "InstanceId": "i-1",
    "InstanceName": "prod-web",
    "RegionId": "cn-beijing",
    "ZoneId": "cn-beijing-h",
    "Status": "Running",
    "InstanceType": "ecs.g7.xlarge",
    "Memory": 16384,
    "InstanceChargeType": "PostPaid",
    "SpotStrategy": "NoSpot",
    "SpotPriceLimit": 0.0,
    "SpotDuration": 1,
    "InternetMaxBandwidthOut": 5,
    "PublicIpAddress": {"IpAddress": ["39.105.0.1"]},
    "EipAddress": {"AllocationId": "", "IpAddress": ""},
    "VpcAttributes": {"VpcId": "vpc-1", "VSwitchId": "vsw-1", "PrivateIpAddress": {"IpAddress": ["172.17.0.5"]}},
    "SecurityGroupIds": {"SecurityGroupId": ["sg-1", "sg-2"]},
    "OperationLocks": {"LockReason": [{"LockReason": "security"}]},
    "MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 2},
    "ImageOptions": {"LoginAsNonRoot": True},
    "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 2, "Numa": "ON"},
    "Tags": {"Tag": [{"TagKey": "env", "TagValue": "prod"}]},
    "NetworkInterfaces": {
        "NetworkInterface": [
            {
                "NetworkInterfaceId": "eni-1",
                "Type": "Primary",
                "PrivateIpSets": {
                    "PrivateIpSet": [
                        {"PrivateIpAddress": "172.17.0.5", "Primary": True},
                        {"PrivateIpAddress": "172.17.0.6", "Primary": False},
                    ]
                },
                "Ipv6Sets": {"Ipv6Set": [{"Ipv6Address": "2408::1"}]},
            },
            {"NetworkInterfaceId": "eni-2", "Type": "Secondary"},
        ]
    },
}


def instances(*rows: Mapping[str, Json]) -> Mapping[str, Json]:
    return {"Instances": {"Instance": [dict(row) for row in rows]}, "NextToken": ""}


def images(*rows: Json) -> Mapping[str, Json]:
    return {"Images": {"Image": list(rows)}, "TotalCount": len(rows)}


async def test_an_instance_is_read_with_everything_that_must_be_asked_for() -> None:
    transport = ScriptedTransport(instances(INSTANCE))
    found = await cloud(transport).describe_instance(scope(), "i-1")
    assert found is not None
    asked = transport.requests[0].params
    assert asked["InstanceIds"] == '["i-1"]'
    assert asked["AdditionalAttributes"] == list(ADDITIONAL_ATTRIBUTES)
    assert (found.security_group_ids, found.public_ips, found.private_ips) == (
        ("sg-1", "sg-2"),
        ("39.105.0.1",),
        ("172.17.0.5",),
    )
    assert (found.secondary_private_ips, found.secondary_eni_ids, found.ipv6_addresses) == (
        ("172.17.0.6",),
        ("eni-2",),
        ("2408::1",),
    )
    assert found.metadata_options is not None
    assert (found.metadata_options.http_tokens, found.metadata_options.hop_limit) == ("required", 2)
    assert found.login_as_non_root is True
    assert found.cpu_options is not None
    assert (found.cpu_options.core_count, found.cpu_options.threads_per_core) == (2, 2)
    assert (found.locks, found.tags[0].key, found.tags[0].value) == (("security",), "env", "prod")


async def test_spot_fields_that_are_filled_in_for_every_instance_are_dropped_without_spot() -> None:
    found = await cloud(ScriptedTransport(instances(INSTANCE))).describe_instance(scope(), "i-1")
    assert found is not None
    assert (found.is_spot, found.spot_price_limit, found.spot_duration) == (False, None, None)


async def test_metadata_options_that_were_not_answered_are_unknown_not_optional() -> None:
    bare = {"InstanceId": "i-1", "RegionId": "r", "ZoneId": "z", "Status": "Running", "InstanceType": "t"}
    found = await cloud(ScriptedTransport(instances(bare))).describe_instance(scope(), "i-1")
    assert found is not None
    assert found.metadata_options is None
    assert found.cpu_options is None


async def test_a_region_that_refuses_the_additional_attributes_is_asked_without_them() -> None:
    transport = ScriptedTransport(refusal("InvalidParameter.AdditionalAttributes"), instances(INSTANCE))
    assert await cloud(transport).describe_instance(scope(), "i-1") is not None
    assert "AdditionalAttributes" not in transport.requests[1].params


async def test_a_missing_permission_is_not_taken_for_refused_attributes() -> None:
    transport = ScriptedTransport(refusal("Forbidden.RAM", status=403))
    with pytest.raises(CloudRefused):
        await cloud(transport).describe_instance(scope(), "i-1")
    assert len(transport.requests) == 1


@pytest.mark.parametrize("answer", [instances(), {}, {"Instances": None}, {"Instances": ""}, instances(INSTANCE)])
async def test_an_instance_that_is_not_in_the_answer_is_none(answer: Mapping[str, Json]) -> None:
    assert await cloud(ScriptedTransport(answer)).describe_instance(scope(), "i-other") is None


@pytest.mark.parametrize(
    ("code", "allowed"), [("DryRunOperation", True), ("Forbidden.RAM", False), ("NoPermission", False)]
)
async def test_a_dry_run_tells_whether_instances_may_be_read(code: str, allowed: bool) -> None:  # noqa: FBT001
    transport = ScriptedTransport(refusal(code))
    assert await cloud(transport).may_describe_instances(scope()) is allowed
    assert transport.requests[0].params["DryRun"] is True


async def test_a_dry_run_refused_for_another_reason_is_an_error() -> None:
    with pytest.raises(CloudRefused):
        await cloud(ScriptedTransport(refusal("InvalidAccessKeyId.NotFound", status=404))).may_describe_instances(
            scope()
        )


async def test_disks_come_system_first_then_in_device_order() -> None:
    devices = ["/dev/xvdaa", "/dev/xvdc", "/dev/xvdb", "/dev/xvdz"]
    rows: list[Json] = [
        {"DiskId": d, "Type": "data", "Device": d, "Category": "cloud_essd", "Size": 1} for d in devices
    ]
    rows.append({"DiskId": "sys", "Type": "system", "Device": "/dev/xvda", "Category": "cloud_essd", "Size": "40"})
    found = await cloud(ScriptedTransport({"Disks": {"Disk": rows}})).describe_disks(scope(), "i-1")
    assert [disk.disk_id for disk in found] == ["sys", "/dev/xvdb", "/dev/xvdc", "/dev/xvdz", "/dev/xvdaa"]
    assert found[0].size_gib == 40


async def test_fields_that_mean_nothing_for_a_category_are_dropped() -> None:
    row: Json = {
        "DiskId": "d-1",
        "Type": "data",
        "Category": "cloud_efficiency",
        "PerformanceLevel": "PL2",
        "Size": 20,
        "BurstingEnabled": False,
        "ProvisionedIops": 0,
        "DeleteWithInstance": False,
    }
    (disk,) = await cloud(ScriptedTransport({"Disks": {"Disk": [row]}})).describe_disks(scope(), "i-1")
    assert (disk.performance_level, disk.bursting_enabled, disk.provisioned_iops) == (None, None, None)
    assert disk.delete_with_instance is False


async def test_autopl_disks_keep_iops_and_burst_and_essd_its_level() -> None:
    rows: list[Json] = [
        {
            "DiskId": "a",
            "Type": "data",
            "Category": "cloud_auto",
            "Size": 1,
            "ProvisionedIops": 1000,
            "BurstingEnabled": True,
        },
        {"DiskId": "b", "Type": "data", "Category": "cloud_essd", "Size": 1, "PerformanceLevel": "PL0"},
    ]
    found = await cloud(ScriptedTransport({"Disks": {"Disk": rows}})).describe_disks(scope(), "i-1")
    by_id = {disk.disk_id: disk for disk in found}
    assert (by_id["a"].provisioned_iops, by_id["a"].bursting_enabled) == (1000, True)
    assert by_id["b"].performance_level == "PL0"


async def test_a_shared_disk_takes_its_device_from_the_attachment() -> None:
    row: Json = {
        "DiskId": "d-1",
        "Type": "data",
        "Category": "cloud_essd",
        "Size": 20,
        "Device": "",
        "MultiAttach": "Enabled",
        "Attachments": {"Attachment": [{"InstanceId": "i-1", "Device": "/dev/xvdf"}]},
    }
    (disk,) = await cloud(ScriptedTransport({"Disks": {"Disk": [row]}})).describe_disks(scope(), "i-1")
    assert (disk.device, disk.multi_attach) == ("/dev/xvdf", True)


async def test_an_image_is_looked_for_in_every_status() -> None:
    row: Json = {
        "ImageId": "m-1",
        "ImageName": "n",
        "Status": "Creating",
        "Progress": "45%",
        "Usable": False,
        "Features": {"NvmeSupport": "supported", "ImdsSupport": "v2"},
        "DiskDeviceMappings": {
            "DiskDeviceMapping": [{"Device": "/dev/xvda", "Type": "system", "Size": "60", "SnapshotId": "s-1"}]
        },
    }
    transport = ScriptedTransport(images(row))
    image = await cloud(transport).describe_image(scope(), "m-1")
    assert image is not None
    assert transport.requests[0].params["Status"] == "ALL"
    assert (image.progress, image.usable, image.phase) == (45, False, "building")
    assert (image.mappings[0].size_gib, image.mappings[0].snapshot_id) == (60, "s-1")
    assert (image.nvme_support, image.imds_support) == ("supported", "v2")


async def test_an_image_without_progress_or_usable_says_so() -> None:
    image = await cloud(
        ScriptedTransport(images({"ImageId": "m-1", "Status": "Available", "Progress": ""}))
    ).describe_image(scope(), "m-1")
    assert image is not None
    assert (image.progress, image.usable, image.phase) == (None, None, "ready")


async def test_a_region_that_does_not_know_all_is_asked_with_the_list_of_statuses() -> None:
    transport = ScriptedTransport(
        refusal("InvalidStatus.ValueNotSupported"), images({"ImageId": "m-1", "Status": "CreateFailed"})
    )
    image = await cloud(transport).describe_image(scope(), "m-1")
    assert image is not None
    assert image.phase == "failed"
    status = transport.requests[1].params["Status"]
    assert isinstance(status, str)
    assert {"CreateFailed", "Waiting", "Creating", "Available", "UnAvailable"} <= set(status.split(","))


@pytest.mark.parametrize("answer", [images(), refusal("InvalidImageId.NotFound", status=404)])
async def test_an_image_not_visible_yet_is_none(answer: Mapping[str, Json] | Exception) -> None:
    transport = ScriptedTransport(answer)
    assert await cloud(transport).describe_image(scope(), "m-1") is None
    assert len(transport.requests) == 1


async def test_images_are_found_by_exact_name_though_the_filter_is_fuzzy() -> None:
    transport = ScriptedTransport(
        images({"ImageId": "m-1", "ImageName": "dr"}, {"ImageId": "m-2", "ImageName": "dr-2"})
    )
    assert [image.image_id for image in await cloud(transport).find_images(scope(), "dr")] == ["m-1"]
    assert transport.requests[0].params["ImageOwnerAlias"] == "self"


async def test_instances_are_found_by_all_of_their_tags() -> None:
    both: Json = {"Tag": [{"TagKey": "env", "TagValue": "prod"}, {"TagKey": "dr", "TagValue": "1"}]}
    transport = ScriptedTransport(instances({**INSTANCE, "Tags": both}, {**INSTANCE, "InstanceId": "i-2"}))
    wanted = (Tag(key="dr", value="1"), Tag(key="env", value="prod"))
    found = await cloud(transport).instances_tagged(scope(), wanted)
    assert [instance.instance_id for instance in found] == ["i-1"]
    asked = transport.requests[0].params
    assert asked["Tag"] == [{"Key": "dr", "Value": "1"}, {"Key": "env", "Value": "prod"}]
    assert asked["MaxResults"] == 100


async def test_images_are_found_by_all_of_their_tags_in_whatever_status() -> None:
    tagged: Json = {"ImageId": "m-1", "Status": "Creating", "Tags": {"Tag": [{"TagKey": "dr", "TagValue": "1"}]}}
    transport = ScriptedTransport(images(tagged, {"ImageId": "m-2", "Status": "Available"}))
    found = await cloud(transport).images_tagged(scope(), (Tag(key="dr", value="1"),))
    assert [image.image_id for image in found] == ["m-1"]
    asked = transport.requests[0].params
    assert (asked["Status"], asked["ImageOwnerAlias"], asked["Tag"]) == ("ALL", "self", [{"Key": "dr", "Value": "1"}])


async def test_no_tags_find_nothing_instead_of_everything() -> None:
    transport = ScriptedTransport(instances(INSTANCE))
    assert await cloud(transport).instances_tagged(scope(), ()) == ()
    assert await cloud(transport).images_tagged(scope(), ()) == ()
    assert transport.requests == []


async def test_user_data_is_noticed_and_never_kept() -> None:
    transport = ScriptedTransport({"UserData": "c2VjcmV0", "InstanceId": "i-1"})
    assert await cloud(transport).has_user_data(scope(), "i-1") is True
    assert await cloud(ScriptedTransport({"UserData": ""})).has_user_data(scope(), "i-1") is False


async def test_a_ram_role_is_read_by_name() -> None:
    transport = ScriptedTransport(
        {"InstanceRamRoleSets": {"InstanceRamRoleSet": [{"InstanceId": "i-1", "RamRoleName": "Role"}]}, "TotalCount": 1}
    )
    assert await cloud(transport).describe_ram_role(scope(), "i-1") == "Role"
    assert json.loads(str(transport.requests[0].params["InstanceIds"])) == ["i-1"]
    assert await cloud(ScriptedTransport({})).describe_ram_role(scope(), "i-1") == ""


async def test_renewal_settings_are_read_or_none() -> None:
    row: Json = {
        "InstanceId": "i-1",
        "AutoRenewEnabled": "True",
        "Duration": 1,
        "PeriodUnit": "Month",
        "RenewalStatus": "AutoRenewal",
    }
    found = await cloud(
        ScriptedTransport({"InstanceRenewAttributes": {"InstanceRenewAttribute": [row]}, "TotalCount": 1})
    ).describe_auto_renew(scope(), "i-1")
    assert found == {"auto_renew_enabled": True, "duration": 1, "period_unit": "Month", "renewal_status": "AutoRenewal"}
    assert await cloud(ScriptedTransport({})).describe_auto_renew(scope(), "i-1") is None


async def test_history_events_come_newest_first() -> None:
    rows: list[Json] = [
        {"EventPublishTime": "2026-01-01T00:00:00Z", "EventType": {"Code": 1, "Name": "SystemMaintenance.Reboot"}},
        {"EventPublishTime": "2026-02-01T00:00:00Z", "EventType": {"Code": 38, "Name": "SystemFailure.Delete"}},
    ]
    transport = ScriptedTransport({"InstanceSystemEventSet": {"InstanceSystemEventType": rows}})
    found = await cloud(transport).describe_history_events(scope(), "i-1")
    assert found == ("SystemFailure.Delete", "SystemMaintenance.Reboot")


async def test_every_request_names_region_session_and_version() -> None:
    transport = ScriptedTransport({})
    adapter = cloud(transport)
    await adapter.describe_instance(scope(), "i-1")
    await adapter.describe_vpc(scope(), "vpc-1")
    for request in transport.requests:
        assert request.params["RegionId"] == request.region_id == "cn-beijing"
        assert request.session_id == scope().session_id
    assert [request.version for request in transport.requests] == ["2014-05-26", "2016-04-28"]
