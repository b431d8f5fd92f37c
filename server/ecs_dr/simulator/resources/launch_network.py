"""Where a launch puts its instances (ECS API, RunInstances, network parameters and error codes)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network

from ecs_dr.simulator.actions import Call
from ecs_dr.simulator.errors import Fault, missing_parameter
from ecs_dr.simulator.model_network import SecurityGroup, VSwitch
from ecs_dr.simulator.params import integer, repeated, text
from ecs_dr.simulator.vswitches import free_addresses, vswitch_status


@dataclass(frozen=True)
class LaunchNetwork:
    """The VSwitch, the security groups and the addresses of a launch, one address for each instance."""

    vswitch: VSwitch
    security_group_ids: list[str]
    addresses: list[str]
    ipv6_addresses: list[list[str]]


def choose_network(call: Call, amount: int) -> LaunchNetwork:
    """Find the place and the addresses.

    Raises:
        Fault: The VSwitch, the zone, the groups or the addresses cannot be had so.
    """
    vswitch = _vswitch(call)
    groups = _security_groups(call, vswitch)
    addresses = _addresses(call, vswitch, amount)
    return LaunchNetwork(vswitch, groups, addresses, _ipv6(call, vswitch, amount))


def _vswitch(call: Call) -> VSwitch:
    vswitch_id = text(call.params, "VSwitchId")
    zone_id = text(call.params, "ZoneId")
    if zone_id and call.world.region_of(zone_id) != call.region:
        raise Fault("InvalidZoneId.NotFound", "The specified zone does not exist.", 404)
    if not vswitch_id:
        raise missing_parameter("VSwitchId")
    vswitch = call.world.vswitches.get(vswitch_id)
    if vswitch is None or call.world.region_of(vswitch.zone_id) != call.region:
        raise Fault("InvalidVSwitchId.NotFound", "The VSwitchId provided does not exist in our records.", 404)
    if zone_id and zone_id != vswitch.zone_id:
        raise Fault(
            "InvalidParameter.Mismatch", "The specified VSwitchId and ZoneId does not match: it is in another zone."
        )
    if vswitch_status(vswitch, call.now) != "Available":
        raise Fault("IncorrectVSwitchStatus", "The current status of the VSwitch does not support this operation.")
    return vswitch


def _security_groups(call: Call, vswitch: VSwitch) -> list[str]:
    single = text(call.params, "SecurityGroupId")
    several = repeated(call.params, "SecurityGroupIds")
    if single and several:
        raise Fault(
            "InvalidSecurityGroupId.SingleIdAndMultiIdConflict",
            "SecurityGroupId and SecurityGroupIds cannot be specified at the same time.",
        )
    ids = several or ([single] if single else [])
    if not ids:
        raise missing_parameter("SecurityGroupId")
    if len(ids) != len(set(ids)):
        raise Fault("InvalidParameter.SecurityGroupIdRepeated", "The specified SecurityGroupIds are repeated.")
    groups = [_security_group(call, group_id) for group_id in ids]
    if any(group.vpc_id != vswitch.vpc_id for group in groups):
        raise Fault("InvalidParameter.Mismatch", "The specified security group and VSwitch are not in the same VPC.")
    if len({group.security_group_type for group in groups}) > 1:
        raise Fault(
            "EnterpriseGroupLimited.MutliGroupType",
            "The specified instance can't join different types of security group.",
            403,
        )
    return ids


def _security_group(call: Call, group_id: str) -> SecurityGroup:
    group = call.world.security_groups.get(group_id)
    if group is None or group.region_id != call.region:
        raise Fault("InvalidSecurityGroupId.NotFound", "The specified SecurityGroupId does not exist.", 404)
    if group.service_managed:
        raise Fault(
            "InvalidOperation.ResourceManagedByCloudProduct",
            f"The security group {group_id} is managed by a cloud product.",
            403,
        )
    return group


def _addresses(call: Call, vswitch: VSwitch, amount: int) -> list[str]:
    wanted = text(call.params, "PrivateIpAddress")
    held = call.world.instances.addresses
    if wanted:
        return [_wanted_address(wanted, vswitch, held.taken(vswitch.vswitch_id))]
    if free_addresses(call.world, vswitch) < amount:
        raise Fault(
            "QuotaExceeded.PrivateIpAddress",
            "Living private IP address quota exceed in this VSwitch.",
        )
    block = IPv4Network(vswitch.cidr_block)
    # The first and the last three belong to the system.
    free = held.free(vswitch.vswitch_id, block[1], block[-4])
    return [next(free) for _ in range(amount)]


def _wanted_address(wanted: str, vswitch: VSwitch, taken: AbstractSet[str]) -> str:
    block = IPv4Network(vswitch.cidr_block)
    try:
        address = IPv4Address(wanted)
    except ValueError:
        raise Fault("InvalidPrivateIpAddress.Malformed", "Specified private IP address is malformed.") from None
    offset = int(address) - int(block.network_address)
    if not 1 <= offset < block.num_addresses - 3:
        raise Fault("InvalidPrivateIpAddress", "Specified private IP address is not valid in this VSwitch.")
    if wanted in taken:
        raise Fault("InvalidPrivateIpAddress.Duplicated", "Specified private IP address is duplicated.")
    return wanted


def _ipv6(call: Call, vswitch: VSwitch, amount: int) -> list[list[str]]:
    explicit = repeated(call.params, "Ipv6Address")
    count = integer(call.params, "Ipv6AddressCount", 0, 0, 10)
    if (explicit or count) and not vswitch.ipv6_cidr_block:
        raise Fault("InvalidVSwitch.Ipv6NotTurnOn", "The specified VSwitch does not support IPv6.", 403)
    if explicit:
        return [explicit]
    if not count:
        return [[] for _ in range(amount)]
    block = IPv6Network(vswitch.ipv6_cidr_block)
    held = sum(len(one.ipv6_addresses) for one in call.world.instances.values() if one.vswitch_id == vswitch.vswitch_id)
    first = 0x100 + held
    return [[str(block[first + index * count + number]) for number in range(count)] for index in range(amount)]
