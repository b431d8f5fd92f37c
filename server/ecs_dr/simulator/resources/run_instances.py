"""Launching instances."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.devices import free_devices
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.model_catalogue import InstanceType
from ecs_dr.simulator.model_compute import Image
from ecs_dr.simulator.outage import check_launching
from ecs_dr.simulator.params import boolean, integer, required, tags, text
from ecs_dr.simulator.resources.launch_checks import (
    check_billing,
    check_hardware_options,
    check_internet,
    check_login,
    check_names,
    check_role,
    check_simulated,
    check_stock,
    launchable_image,
    launchable_type,
)
from ecs_dr.simulator.resources.launch_disks import LaunchPlace, PlannedDisk, plan_disks
from ecs_dr.simulator.resources.launch_network import LaunchNetwork, choose_network
from ecs_dr.simulator.resources.launch_result import new_disk, new_instance, new_local_disks

_NAME = re.compile(r"[\w:.\-]{2,128}")
_SEQUENCE = re.compile(r"([^\[\],]*)\[(\d{0,6}),(\d?)\]([^\[\],]*)")


@dataclass(frozen=True)
class _Launch:
    """A launch in which nothing is wrong."""

    image: Image
    kind: InstanceType
    network: LaunchNetwork
    disks: list[PlannedDisk]
    names: list[str]
    tags: dict[str, str]


@action("ecs", "RunInstances", mutating=True, dry_run=True)
def run_instances(call: Call) -> dict[str, Json]:
    """Launch instances: all or none. They start by themselves, and show up a little later."""
    launch = _checked(call)
    if boolean(call.params, "DryRun"):
        return {}
    made: list[Json] = [_make(call, launch, index) for index in range(len(launch.network.addresses))]
    answer: dict[str, Json] = {
        "InstanceIdSets": {"InstanceIdSet": made},
        "TradePrice": round(_hourly_price(call, launch) * len(made), 4),
    }
    if text(call.params, "InstanceChargeType") == "PrePaid":
        answer["OrderId"] = str(call.world.ids.number("order"))
    return answer


def _checked(call: Call) -> _Launch:
    check_simulated(call)
    image_id = required(call.params, "ImageId")
    instance_type = required(call.params, "InstanceType")
    amount = _amount(call)
    names = _names(call, amount)
    owned = tags(call.params)
    image = launchable_image(call, image_id)
    kind = launchable_type(call, instance_type, image)
    check_names(call, image)
    check_billing(call)
    check_internet(call)
    check_login(call, image)
    check_role(call)
    check_hardware_options(call, kind, image)
    _check_resource_group(call)
    network = choose_network(call, amount)
    zone_id = network.vswitch.zone_id
    check_stock(call, zone_id, instance_type)
    check_launching(call.world, image, zone_id, call.now)
    place = LaunchPlace(zone_id, instance_type, call.world.disk_offer(zone_id, instance_type))
    disks = plan_disks(call, image, place)
    _check_quota(call, amount)
    return _Launch(image, kind, network, disks, names, owned)


def _amount(call: Call) -> int:
    amount = integer(call.params, "Amount", 1, 1, 100)
    if amount > 1 and text(call.params, "PrivateIpAddress"):
        raise Fault("InvalidParameter.Conflict", "PrivateIpAddress goes with an Amount of 1 alone.")
    return amount


def _names(call: Call, amount: int) -> list[str]:
    """The instances' names; brackets and commas ask for numbered ones (`web-[1,3]-x`)."""
    name = text(call.params, "InstanceName")
    if not name:
        return [""] * amount
    if any(mark in name for mark in "[],"):
        match = _SEQUENCE.fullmatch(name)
        if match is None:
            raise Fault("InvalidInstanceName.CustomMalformed", "The sequential InstanceName is not valid.")
        first, digits = int(match[2] or 0), int(match[3] or 3)
        return [f"{match[1]}{first + index:0{digits}d}{match[4]}" for index in range(amount)]
    if not _NAME.fullmatch(name) or not name[0].isalpha() or name.startswith(("http://", "https://")):
        raise Fault("InvalidInstanceName.Malformed", "The specified parameter InstanceName is not valid.")
    return [name] * amount


def _check_resource_group(call: Call) -> None:
    group = text(call.params, "ResourceGroupId")
    if group and group not in call.world.account.resource_groups:
        raise Fault("InvalidResourceGroup.NotFound", "The ResourceGroup provided does not exist.", 404)


def _check_quota(call: Call, amount: int) -> None:
    if call.world.instances.by_loss.count("kept") + amount > call.world.account.quotas.instances:
        raise Fault("QuotaExceed.ElasticQuota", "The number of the specified instances exceeds the quota.", 403)


def _make(call: Call, launch: _Launch, index: int) -> str:
    world = call.world
    instance = new_instance(call, launch.image, launch.network, index, launch.names[index])
    instance.tags = dict(launch.tags)
    world.instances[instance.instance_id] = instance
    attached = call.now + timedelta(seconds=world.behaviour.disk_attach_seconds)
    disks = [new_disk(call, instance, planned, launch.image, attached) for planned in launch.disks]
    disks += new_local_disks(call, instance, launch.kind, [planned.device for planned in launch.disks])
    if world.variants["replica_devices"] == "renumbered":
        names = free_devices()
        for disk in disks:
            disk.device = disk.device if disk.type == "system" else next(names)
    for disk in disks:
        disk.tags = dict(launch.tags)
        world.disks[disk.disk_id] = disk
    return instance.instance_id


def _hourly_price(call: Call, launch: _Launch) -> float:
    prices = call.world.prices
    total = prices.instance_hour.get(launch.kind.instance_type, 0.0)
    for disk in launch.disks:
        category, level = disk.choice.category, disk.choice.performance_level
        total += disk.size * prices.disk_gib_hour.get(f"{category}.{level}" if level else category, 0.0)
    if text(call.params, "InternetChargeType", "PayByTraffic") == "PayByBandwidth":
        total += integer(call.params, "InternetMaxBandwidthOut", 0) * prices.bandwidth_mbps_hour
    return total
