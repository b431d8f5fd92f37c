"""Describing instances, and what is known of them elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.clock import timestamp
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.lifecycle import instance_status, instance_visible
from ecs_dr.simulator.model_compute import Instance
from ecs_dr.simulator.paging import by_either, by_number
from ecs_dr.simulator.params import has_tags, json_list, repeated, required, tag_filter, text
from ecs_dr.simulator.resources.instance_view import instance_view

_STATUSES = frozenset({"Pending", "Starting", "Running", "Stopping", "Stopped"})
_PLAIN_FILTERS: dict[str, Callable[[Instance], str]] = {
    "VpcId": lambda instance: instance.vpc_id,
    "VSwitchId": lambda instance: instance.vswitch_id,
    "ZoneId": lambda instance: instance.zone_id,
    "InstanceType": lambda instance: instance.instance_type,
    "InstanceChargeType": lambda instance: instance.instance_charge_type,
    "InternetChargeType": lambda instance: instance.internet_charge_type,
    "InstanceNetworkType": lambda instance: instance.network_type,
    "ImageId": lambda instance: instance.image_id,
    "KeyPairName": lambda instance: instance.key_pair_name,
    "ResourceGroupId": lambda instance: instance.resource_group_id,
}
_ADDRESS_FILTERS: dict[str, Callable[[Instance], str]] = {
    "PrivateIpAddresses": lambda instance: instance.private_ip_address,
    "PublicIpAddresses": lambda instance: instance.public_ip_address,
    "EipAddresses": lambda instance: instance.eip.ip_address if instance.eip else "",
}


@action("ecs", "DescribeInstances", dry_run=True, empty_when_denied=True)
def describe_instances(call: Call) -> dict[str, Json]:
    """List instances; an unknown id, another region or a missing permission is an empty list, not an error."""
    ids = json_list(call.params, "InstanceIds")
    status = text(call.params, "Status")
    if status and status not in _STATUSES:
        raise Fault("InvalidStatus.NotFound", "The specified Status does not exist.", 404)
    tags = tag_filter(call.params)
    found = [] if call.hidden else [one for one in _in_region(call, ids, tags) if _matches(call, one)]
    if status:
        found = [one for one in found if instance_status(call.world, one, call.now) == status]
    page = by_either(found, call.params, maximum=100)
    extras = repeated(call.params, "AdditionalAttributes")
    views: list[Json] = [instance_view(call, instance, extras) for instance in page.items]
    return {**page.fields, "Instances": {"Instance": views}}


@action("ecs", "DescribeInstanceStatus")
def describe_instance_status(call: Call) -> dict[str, Json]:
    """List ids and statuses alone."""
    ids = repeated(call.params, "InstanceId")
    found = _in_region(call, ids or None)
    zone = text(call.params, "ZoneId")
    page = by_number([one for one in found if zone in {"", one.zone_id}], call.params, maximum=50)
    rows: list[Json] = [
        {"InstanceId": one.instance_id, "Status": instance_status(call.world, one, call.now)} for one in page.items
    ]
    return {**page.fields, "InstanceStatuses": {"InstanceStatus": rows}}


@action("ecs", "DescribeInstanceAttribute", needs_region=False)
def describe_instance_attribute(call: Call) -> dict[str, Json]:
    """One instance; it alone says whether jumbo frames are on, and it does refuse an unknown id."""
    instance = existing_instance(call, required(call.params, "InstanceId"))
    view = instance_view(call, instance, ())
    unlisted = ("Tags", "OSName", "OSNameEn", "OSType", "IoOptimized", "NetworkInterfaces", "CpuOptions")
    kept: dict[str, Json] = {key: value for key, value in view.items() if key not in unlisted}
    kept["IoOptimized"] = "optimized"
    kept["EnableJumboFrame"] = instance.jumbo_frame
    return kept


@action("ecs", "DescribeInstanceRamRole")
def describe_instance_ram_role(call: Call) -> dict[str, Json]:
    """The RAM roles of instances; an instance without one has an empty name."""
    ids = json_list(call.params, "InstanceIds", 50)
    role = text(call.params, "RamRoleName")
    if ids is None and not role:
        raise Fault("MissingParameter", "The input parameter InstanceIds that is mandatory is not supplied.")
    found = [one for one in _in_region(call, ids) if role in {"", one.ram_role_name}]
    page = by_number(found, call.params, maximum=50)
    rows: list[Json] = [{"InstanceId": one.instance_id, "RamRoleName": one.ram_role_name} for one in page.items]
    return {
        "RegionId": call.region,
        "TotalCount": page.fields["TotalCount"],
        "InstanceRamRoleSets": {"InstanceRamRoleSet": rows},
    }


@action("ecs", "DescribeUserData")
def describe_user_data(call: Call) -> dict[str, Json]:
    """The user data in Base64, the empty string when there is none."""
    instance = existing_instance(call, required(call.params, "InstanceId"))
    return {"RegionId": call.region, "InstanceId": instance.instance_id, "UserData": instance.user_data}


@action("ecs", "DescribeInstanceAutoRenewAttribute")
def describe_instance_auto_renew_attribute(call: Call) -> dict[str, Json]:
    """How subscriptions go on; pay-as-you-go instances are not listed."""
    wanted = [part for part in text(call.params, "InstanceId").split(",") if part]
    found = [one for one in _in_region(call, wanted or None) if one.instance_charge_type == "PrePaid"]
    page = by_number(found, call.params, maximum=100)
    rows: list[Json] = [
        {
            "InstanceId": one.instance_id,
            "AutoRenewEnabled": one.auto_renew.enabled,
            "RenewalStatus": "AutoRenewal" if one.auto_renew.enabled else "Normal",
            "Duration": one.auto_renew.duration if one.auto_renew.enabled else 0,
            "PeriodUnit": one.auto_renew.period_unit if one.auto_renew.enabled else "",
        }
        for one in page.items
    ]
    return {**page.fields, "InstanceRenewAttributes": {"InstanceRenewAttribute": rows}}


@action("ecs", "DescribeInstanceHistoryEvents")
def describe_instance_history_events(call: Call) -> dict[str, Json]:
    """System events, of instances that no longer exist as well."""
    instance_id = text(call.params, "InstanceId")
    kinds = [text(call.params, "EventType"), *repeated(call.params, "InstanceEventType")]
    wanted = {kind for kind in kinds if kind}
    found = [
        event
        for event in call.world.history_events
        if event.region_id == call.region
        and instance_id in {"", event.instance_id}
        and (not wanted or event.event_type in wanted)
    ]
    page = by_number(found, call.params, maximum=100)
    rows: list[Json] = [
        {
            "EventId": event.event_id,
            "InstanceId": event.instance_id,
            "EventType": {"Name": event.event_type, "Code": 42},
            "EventCycleStatus": {"Name": event.cycle_status, "Code": 28},
            "EventPublishTime": timestamp(event.publish_time),
            "NotBefore": timestamp(event.publish_time),
            "EventFinishTime": timestamp(event.publish_time),
            "ImpactLevel": "100",
            "Reason": event.reason,
        }
        for event in page.items
    ]
    return {**page.fields, "InstanceSystemEventSet": {"InstanceSystemEventType": rows}}


def existing_instance(call: Call, instance_id: str) -> Instance:
    """The instance of that id.

    Raises:
        Fault: There is none here (`InvalidInstanceId.NotFound`).
    """
    instance = call.world.instances.get(instance_id)
    elsewhere = instance is not None and call.region not in {"", instance.region_id}
    if instance is None or elsewhere or not instance_visible(call.world, instance, call.now):
        raise Fault("InvalidInstanceId.NotFound", "The specified InstanceId does not exist.", 404)
    return instance


def _in_region(call: Call, ids: list[str] | None, tags: Sequence[tuple[str, str]] = ()) -> list[Instance]:
    """The instances that a request of this region sees; with `ids`, those among them."""
    instances = call.world.instances
    candidates = instances.by_tag.candidates(pair for pair in tags if pair[1]) if ids is None else instances.select(ids)
    return [
        instance
        for instance in candidates
        if has_tags(instance.tags, tags)
        and instance.region_id == call.region
        and instance_visible(call.world, instance, call.now)
    ]


def _matches(call: Call, instance: Instance) -> bool:
    params = call.params
    name = text(params, "InstanceName")
    if name and not fnmatchcase(instance.instance_name, name):
        return False
    group = text(params, "SecurityGroupId")
    if group and group not in instance.security_group_ids:
        return False
    for parameter, read in _ADDRESS_FILTERS.items():
        addresses = json_list(params, parameter)
        if addresses is not None and read(instance) not in addresses:
            return False
    return all(
        params[parameter] in {"", read(instance)} for parameter, read in _PLAIN_FILTERS.items() if parameter in params
    )
