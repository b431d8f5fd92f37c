"""VPCs and VSwitches."""

from __future__ import annotations

from ecs_dr.domain.model import JsonObject, Model, Tag, as_parameters


class Vpc(Model):
    """A VPC (DescribeVpcs)."""

    vpc_id: str
    cidr_block: str
    secondary_cidr_blocks: tuple[str, ...] = ()
    status: str = "Available"


class VSwitch(Model):
    """A VSwitch (DescribeVSwitches)."""

    vswitch_id: str
    name: str = ""
    vpc_id: str
    zone_id: str
    cidr_block: str
    status: str
    available_ip_count: int
    route_table_id: str = ""
    ipv6_cidr_block: str = ""
    tags: tuple[Tag, ...] = ()


class SecurityGroup(Model):
    """A security group (DescribeSecurityGroups); it belongs to one VPC and serves every zone."""

    group_id: str
    name: str = ""
    vpc_id: str = ""
    """Empty: of the classic network."""
    managed: bool = False
    """A service's own (`ServiceManaged`): nobody else launches into it."""


class VSwitchRequest(Model):
    """A VSwitch to be created (CreateVSwitch)."""

    region_id: str
    vpc_id: str
    zone_id: str
    cidr_block: str
    name: str
    description: str = ""
    tags: tuple[Tag, ...] = ()

    def parameters(self) -> JsonObject:
        """The parameters as sent, without the ClientToken."""
        params: JsonObject = {
            "RegionId": self.region_id,
            "VpcId": self.vpc_id,
            "ZoneId": self.zone_id,
            "CidrBlock": self.cidr_block,
            "VSwitchName": self.name,
        }
        if self.description:
            params["Description"] = self.description
        if self.tags:
            params["Tag"] = as_parameters(self.tags)
        return params
