"""Networks of a world: VPCs, VSwitches, security groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import ConfigDict

from ecs_dr.simulator.bounds import Count, Moment

_STRICT = ConfigDict(extra="forbid")


@dataclass
class RouteEntry:
    """One entry of a route table."""

    destination_cidr_block: str
    route_table_id: str = ""
    entry_type: Literal["System", "Custom"] = "Custom"
    next_hop_type: str = "Instance"
    next_hop_id: str = ""
    description: str = ""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Vpc:
    """One VPC. `route_table_id` is its system route table."""

    cidr_block: str
    vpc_id: str = ""
    vpc_name: str = ""
    region_id: str = "cn-beijing"
    description: str = ""
    secondary_cidr_blocks: list[str] = field(default_factory=list)
    user_cidrs: list[str] = field(default_factory=list)
    ipv6_cidr_block: str = ""
    status: Literal["Pending", "Available"] = "Available"
    is_default: bool = False
    cen_status: Literal["", "Attached"] = ""
    route_table_id: str = "vtb-2zesystem0001"
    router_id: str = "vrt-2zesource0001"
    route_entries: list[RouteEntry] = field(default_factory=list)
    resource_group_id: str = ""
    creation_time: Moment | None = None
    tags: dict[str, str] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class VSwitch:
    """One VSwitch.

    Attributes:
        pending_until: Until when a newly created one is `Pending`.
        used_addresses: Addresses taken by things outside this world; instances are counted by themselves.
    """

    vpc_id: str
    zone_id: str
    cidr_block: str
    vswitch_id: str = ""
    vswitch_name: str = ""
    description: str = ""
    ipv6_cidr_block: str = ""
    pending_until: Moment | None = None
    used_addresses: Count = 0
    is_default: bool = False
    network_acl_id: str = ""
    route_table_id: str = "vtb-2zesystem0001"
    route_table_type: Literal["System", "Custom"] = "System"
    share_type: Literal["", "Shared", "Sharing"] = ""
    resource_group_id: str = ""
    creation_time: Moment | None = None
    tags: dict[str, str] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class SecurityGroup:
    """One security group."""

    vpc_id: str
    security_group_id: str = ""
    security_group_name: str = ""
    region_id: str = "cn-beijing"
    description: str = ""
    security_group_type: Literal["normal", "enterprise"] = "normal"
    service_managed: bool = False
    service_id: Count = 0
    rule_count: Count = 2
    resource_group_id: str = ""
    creation_time: Moment | None = None
    tags: dict[str, str] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
