"""Describing security groups, key pairs and network interfaces."""

from __future__ import annotations

from fnmatch import fnmatchcase

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.clock import timestamp
from ecs_dr.simulator.lifecycle import instance_visible
from ecs_dr.simulator.model_compute import Instance
from ecs_dr.simulator.paging import by_either, by_number
from ecs_dr.simulator.params import json_list, matches_tags, repeated, text
from ecs_dr.simulator.resources.instance_view import ecs_tags


@action("ecs", "DescribeSecurityGroups", dry_run=True)
def describe_security_groups(call: Call) -> dict[str, Json]:
    """List security groups; they belong to a VPC, and so serve every zone of the region."""
    params = call.params
    ids = json_list(params, "SecurityGroupIds")
    found = [
        group
        for group in call.world.security_groups.values()
        if group.region_id == call.region
        and (ids is None or group.security_group_id in ids)
        and text(params, "SecurityGroupId") in {"", group.security_group_id}
        and text(params, "VpcId") in {"", group.vpc_id}
        and text(params, "SecurityGroupType") in {"", group.security_group_type}
        and text(params, "SecurityGroupName") in {"", group.security_group_name}
        and matches_tags(params, group.tags)
    ]
    page = by_either(found, params, maximum=100)
    rows: list[Json] = []
    for group in page.items:
        members = call.world.instances.by_security_group.count(group.security_group_id)
        rows.append(
            {
                "SecurityGroupId": group.security_group_id,
                "SecurityGroupName": group.security_group_name,
                "SecurityGroupType": group.security_group_type,
                "Description": group.description,
                "VpcId": group.vpc_id,
                "ServiceManaged": group.service_managed,
                "ServiceID": group.service_id,
                "RuleCount": group.rule_count,
                "EcsCount": members,
                "AvailableInstanceAmount": 2000 - members,
                "ResourceGroupId": group.resource_group_id,
                "CreationTime": timestamp(group.creation_time),
                "Tags": ecs_tags(group.tags),
            }
        )
    return {**page.fields, "RegionId": call.region, "SecurityGroups": {"SecurityGroup": rows}}


@action("ecs", "DescribeKeyPairs")
def describe_key_pairs(call: Call) -> dict[str, Json]:
    """List SSH key pairs."""
    name = text(call.params, "KeyPairName", "*")
    found = [
        pair
        for pair in call.world.key_pairs.values()
        if pair.region_id == call.region and fnmatchcase(pair.key_pair_name, name)
    ]
    page = by_number(found, call.params, maximum=50)
    rows: list[Json] = [
        {
            "KeyPairName": pair.key_pair_name,
            "KeyPairFingerPrint": pair.fingerprint,
            "CreationTime": timestamp(pair.creation_time),
            "ResourceGroupId": pair.resource_group_id,
            "Tags": ecs_tags(pair.tags),
        }
        for pair in page.items
    ]
    return {**page.fields, "KeyPairs": {"KeyPair": rows}}


@action("ecs", "DescribeNetworkInterfaces", dry_run=True)
def describe_network_interfaces(call: Call) -> dict[str, Json]:
    """List network interfaces, primary and secondary."""
    params = call.params
    ids = repeated(params, "NetworkInterfaceId")
    instances = call.world.instances
    wanted = text(params, "InstanceId")
    rows = [
        row
        for instance in (instances.select([wanted]) if wanted else instances.values())
        if instance.region_id == call.region
        and instance.network_type == "vpc"
        and instance_visible(call.world, instance, call.now)
        for row in _interfaces(instance)
        if (not ids or row["NetworkInterfaceId"] in ids)
        and text(params, "Type") in {"", row["Type"]}
        and text(params, "VSwitchId") in {"", row["VSwitchId"]}
    ]
    page = by_either(rows, params, maximum=500)
    return {**page.fields, "NetworkInterfaceSets": {"NetworkInterfaceSet": list(page.items)}}


def _interfaces(instance: Instance) -> list[dict[str, Json]]:
    primary = _interface(
        instance, instance.network_interface_id, "Primary", instance.vswitch_id, instance.private_ip_address
    )
    addresses: list[Json] = [{"Ipv6Address": address} for address in instance.ipv6_addresses]
    primary["Ipv6Sets"] = {"Ipv6Set": addresses}
    primary["MacAddress"] = instance.mac_address
    secondary: list[dict[str, Json]] = [
        {
            **_interface(instance, eni.network_interface_id, "Secondary", eni.vswitch_id, eni.private_ip_address),
            "Ipv6Sets": {"Ipv6Set": []},
            "MacAddress": eni.mac_address,
        }
        for eni in instance.secondary_enis
    ]
    return [primary, *secondary]


def _interface(instance: Instance, interface_id: str, kind: str, vswitch_id: str, address: str) -> dict[str, Json]:
    return {
        "NetworkInterfaceId": interface_id,
        "NetworkInterfaceName": "",
        "Description": "",
        "Type": kind,
        "Status": "InUse",
        "InstanceId": instance.instance_id,
        "VpcId": instance.vpc_id,
        "VSwitchId": vswitch_id,
        "ZoneId": instance.zone_id,
        "PrivateIpAddress": address,
        "PrivateIpSets": {"PrivateIpSet": [{"PrivateIpAddress": address, "Primary": True}]},
        "SecurityGroupIds": {"SecurityGroupId": list(instance.security_group_ids)},
        "ResourceGroupId": instance.resource_group_id,
        "CreationTime": timestamp(instance.creation_time),
        "Tags": ecs_tags({}),
    }
