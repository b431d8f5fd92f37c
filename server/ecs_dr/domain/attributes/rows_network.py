"""The ledger: where the instance is connected, how it is paid for, and what lies outside of it.

Sources: DescribeInstances (response), RunInstances (request parameters), DescribeInstanceAutoRenewAttribute.
"""

from __future__ import annotations

from ecs_dr.domain.attributes.model import Attribute, LaunchFields
from ecs_dr.domain.attributes.terms import Terms, bandwidth_out
from ecs_dr.domain.attributes.values import as_dns, as_list, as_minute, as_number, months, term, within_a_minute
from ecs_dr.domain.source import Source

AUTO_RENEW = "auto_renew"
NO_PUBLIC_IP = "no_public_ip"
RELEASE = "release_{hours}h"
DRILL_HOURS = 24
MAX_IPV6 = 10
"""RunInstances, Ipv6AddressCount."""
SMALL_BANDWIDTH = 10
"""Mbps. Up to so much outbound, 1 to 10 Mbps inbound can be set; above it, 1 to the outbound bandwidth."""


def _bandwidth(terms: Terms) -> LaunchFields:
    out = bandwidth_out(terms.instance) if terms.choices.public_ip else 0
    inbound = terms.instance.internet_max_bandwidth_in or 0
    settable = out > 0 and 1 <= inbound <= max(SMALL_BANDWIDTH, out)
    return {"internet_max_bandwidth_out": out, "internet_max_bandwidth_in": inbound if settable else None}


def _ipv6(terms: Terms) -> LaunchFields:
    wanted = min(len(terms.instance.ipv6_addresses), MAX_IPV6)
    return {"ipv6_address_count": wanted if terms.placement.has_ipv6 else 0}


def _dns(terms: Terms) -> LaunchFields:
    options = terms.instance.private_dns
    return {} if options is None or options.is_default else {"private_dns": options}


def _auto_renew(terms: Terms) -> LaunchFields:
    if not (terms.is_prepaid and terms.carries(AUTO_RENEW)):
        return {}
    duration = (terms.source.auto_renew or {}).get("duration")
    return {"auto_renew_months": duration if isinstance(duration, int) and duration > 0 else 1}


def _renews(source: Source) -> str | None:
    if source.instance.charge_type != "PrePaid":
        return ""
    if source.auto_renew is None:
        return None
    return "true" if source.auto_renew.get("auto_renew_enabled") else ""


def _spot(terms: Terms) -> LaunchFields:
    source = terms.instance
    if not terms.is_spot:
        return {"spot_strategy": "NoSpot"}
    return {
        "spot_strategy": terms.billing.charge.spot_strategy,
        "spot_price_limit": source.spot_price_limit,
        "spot_duration": source.spot_duration,
        "spot_interruption_behavior": source.spot_interruption_behavior,
    }


PLACEMENT = (
    Attribute(
        "region_id",
        "placement",
        "copied",
        "RegionId",
        "RegionId",
        value=lambda source: source.instance.region_id,
        decided=lambda launch: launch.region_id,
        carry=lambda terms: {"region_id": terms.instance.region_id},
    ),
    Attribute(
        "zone_id",
        "placement",
        "asked",
        "ZoneId",
        "ZoneId",
        numbers=(3,),
        value=lambda source: source.instance.zone_id,
        decided=lambda launch: launch.zone_id,
        carry=lambda terms: {"zone_id": terms.placement.zone_id},
    ),
)

NETWORK = (
    Attribute(
        "vpc_id",
        "network",
        "copied",
        "VpcAttributes.VpcId",
        "VSwitchId",
        keeps=True,
        field="vpc_id",
    ),
    Attribute(
        "vswitch_id",
        "network",
        "asked",
        "VpcAttributes.VSwitchId",
        "VSwitchId",
        numbers=(3,),
        field="vswitch_id",
        decided=lambda launch: launch.vswitch_id,
        carry=lambda terms: {"vswitch_id": terms.placement.vswitch_id},
    ),
    Attribute(
        "security_group_ids",
        "network",
        "copied",
        "SecurityGroupIds.SecurityGroupId",
        "SecurityGroupIds.N",
        numbers=(7,),
        value=lambda source: as_list(source.instance.security_group_ids),
        decided=lambda launch: as_list(launch.security_group_ids),
        carry=lambda terms: {
            "security_group_ids": terms.choices.security_group_ids or terms.instance.security_group_ids
        },
    ),
    Attribute(
        "internet_charge_type",
        "network",
        "copied",
        "InternetChargeType",
        "InternetChargeType",
        numbers=(11,),
        field="internet_charge_type",
        decided=lambda launch: launch.internet_charge_type or None,
        carry=lambda terms: {"internet_charge_type": terms.instance.internet_charge_type},
    ),
    Attribute(
        "internet_max_bandwidth_out",
        "network",
        "copied",
        "InternetMaxBandwidthOut",
        "InternetMaxBandwidthOut",
        numbers=(12,),
        wanted=lambda source: str(bandwidth_out(source.instance)),
        field="internet_max_bandwidth_out",
        decided=lambda launch: str(launch.internet_max_bandwidth_out),
        carry=_bandwidth,
    ),
    Attribute(
        "internet_max_bandwidth_in",
        "network",
        "copied",
        "InternetMaxBandwidthIn",
        "InternetMaxBandwidthIn",
        field="internet_max_bandwidth_in",
        numbers=(13,),
        decided=lambda launch: as_number(launch.internet_max_bandwidth_in) or None,
    ),
    Attribute(
        "public_ip",
        "network",
        "asked",
        "PublicIpAddress.IpAddress",
        "InternetMaxBandwidthOut",
        numbers=(14,),
        value=lambda source: "true" if source.instance.public_ips else "false",
        decided=lambda launch: "true" if launch.internet_max_bandwidth_out else "false",
        word=NO_PUBLIC_IP,
        warned="new_public_ip",
    ),
    Attribute(
        "public_address",
        "network",
        "cannot",
        "PublicIpAddress.IpAddress",
        "",
        value=lambda source: as_list(source.instance.public_ips),
        of_public_address=True,
    ),
    Attribute(
        "eip",
        "network",
        "cannot",
        "EipAddress.IpAddress",
        "",
        numbers=(15,),
        alone=True,
        value=lambda source: source.instance.eip_address or source.instance.eip_allocation_id,
        warned="eip_not_carried",
    ),
    Attribute(
        "private_ip",
        "network",
        "cannot",
        "VpcAttributes.PrivateIpAddress.IpAddress",
        "",
        numbers=(46,),
        required=True,
        value=lambda source: as_list(source.instance.private_ips),
    ),
    Attribute(
        "secondary_enis",
        "network",
        "cannot",
        "NetworkInterfaces.NetworkInterface.NetworkInterfaceId",
        "",
        numbers=(44,),
        alone=True,
        value=lambda source: as_list(source.instance.secondary_eni_ids),
        warned="secondary_interfaces",
    ),
    Attribute(
        "secondary_private_ips",
        "network",
        "cannot",
        "NetworkInterfaces.NetworkInterface.PrivateIpSets.PrivateIpSet.PrivateIpAddress",
        "",
        numbers=(45,),
        alone=True,
        value=lambda source: as_list(source.instance.secondary_private_ips),
        warned="secondary_addresses",
    ),
    Attribute(
        "ipv6",
        "network",
        "copied",
        "NetworkInterfaces.NetworkInterface.Ipv6Sets.Ipv6Set.Ipv6Address",
        "Ipv6AddressCount",
        numbers=(45,),
        value=lambda source: str(len(source.instance.ipv6_addresses)),
        decided=lambda launch: str(launch.ipv6_address_count),
        carry=_ipv6,
        # Addresses that the chosen VSwitch does not have are not a decision about them.
        lost=lambda _source, _replica: True,
        warned="ipv6_not_carried",
    ),
    Attribute(
        "private_dns",
        "network",
        "copied",
        "PrivateDnsNameOptions.HostnameType",
        "PrivateDnsNameOptions",
        numbers=(49,),
        value=lambda source: as_dns(source.instance.private_dns),
        decided=lambda launch: as_dns(launch.private_dns),
        carry=_dns,
    ),
)

BILLING = (
    Attribute(
        "charge_type",
        "billing",
        "asked",
        "InstanceChargeType",
        "InstanceChargeType",
        numbers=(8,),
        value=lambda source: source.instance.charge_type,
        decided=lambda launch: launch.charge_type,
        carry=lambda terms: {"charge_type": terms.billing.charge.charge_type},
        warned="subscription",
    ),
    Attribute(
        "period",
        "billing",
        "asked",
        "ExpiredTime",
        "Period",
        numbers=(9,),
        value=lambda source: term(source.instance),
        decided=lambda launch: months(launch.period) if launch.period else None,
        carry=lambda terms: {"period": terms.billing.period if terms.is_prepaid else None},
    ),
    Attribute(
        "auto_renew",
        "billing",
        "offered",
        "DescribeInstanceAutoRenewAttribute",
        "AutoRenew",
        numbers=(10,),
        value=_renews,
        decided=lambda launch: "true" if launch.auto_renew_months else "",
        carry=_auto_renew,
        word=AUTO_RENEW,
    ),
    Attribute(
        "spot_strategy",
        "billing",
        "asked",
        "SpotStrategy",
        "SpotStrategy",
        numbers=(42,),
        value=lambda source: source.instance.spot_strategy or "NoSpot",
        decided=lambda launch: launch.spot_strategy,
        carry=_spot,
        warned="spot",
    ),
    Attribute(
        "spot_price_limit",
        "billing",
        "asked",
        "SpotPriceLimit",
        "SpotPriceLimit",
        numbers=(42,),
        value=lambda source: as_number(source.instance.spot_price_limit),
        decided=lambda launch: as_number(launch.spot_price_limit) or None,
    ),
    Attribute(
        "spot_duration",
        "billing",
        "asked",
        "SpotDuration",
        "SpotDuration",
        numbers=(42,),
        value=lambda source: as_number(source.instance.spot_duration),
        decided=lambda launch: as_number(launch.spot_duration) or None,
    ),
    Attribute(
        "spot_interruption_behavior",
        "billing",
        "asked",
        "SpotInterruptionBehavior",
        "SpotInterruptionBehavior",
        value=lambda source: source.instance.spot_interruption_behavior if source.instance.is_spot else "",
        decided=lambda launch: launch.spot_interruption_behavior or None,
        numbers=(42,),
    ),
    Attribute(
        "auto_release_time",
        "billing",
        "offered",
        "AutoReleaseTime",
        "AutoReleaseTime",
        field="auto_release_time",
        value=lambda source: as_minute(source.instance.auto_release_time),
        decided=lambda launch: as_minute(launch.auto_release_time),
        alike=within_a_minute,
        carry=lambda terms: {"auto_release_time": terms.choices.release_time},
        word=RELEASE.format(hours=DRILL_HOURS),
        warned="auto_release",
    ),
)

OUTSIDE = tuple(
    Attribute(key, "outside", "cannot", "", "", of_public_address=key == "dns_records")
    for key in (
        "memory_state",
        "hardware_ids",
        "routes_and_acls",
        "load_balancers",
        "nat_entries",
        "dns_records",
        "monitoring",
        "automation",
        "group_references",
    )
)
