"""What a launch is worked out from: the source, the place, the bill, and what the person wants carried along."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ecs_dr.domain import lineage
from ecs_dr.domain.disks.model import ReplicaDisk
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.model import Model, Tag
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.stock.model import Charge

MAX_TAGS = 20
"""RunInstances, Tag.N."""

SYSTEM_TAG_PREFIXES = ("acs:", "aliyun")
SERVICE_DOMAINS = ("aliyun.com", "alibabacloud.com", "aliyuncs.com", "k8s.io", "x-k8s.io", "kubernetes.io")
"""Domains under which a service names its tags: `ehpc.aliyun.com`, `node.kubernetes.io/role`."""
SERVICE_NAMES = frozenset({"ack", "ehpc", "ess", "k8s", "kubernetes", "cluster-autoscaler"})
"""What stands alone before the first `.`, `/` or `:` of a service's tag: `ack.cluster`, `k8s.io/...`."""
_SERVICE_KEYS = re.compile(r"ESS|WebPlus(?:_\w+)?|ehpc-[a-z]{2}-[\w-]+", re.ASCII)
"""Whole keys as recorded on nodes of scaling groups, of EDAS (WebPlus) and of E-HPC clusters (DescribeInstances)."""


class Billing(Model):
    """How the person decided that the replica is paid for. Period in months, PrePaid alone."""

    charge: Charge = Charge()
    period: int | None = None


class Placement(Model):
    """Where the replica goes, and with what type."""

    zone_id: str
    instance_type: str
    vswitch_id: str
    has_ipv6: bool = False
    """Whether the VSwitch hands out IPv6 addresses."""


class LaunchChoices(Model):
    """What the person decided beyond place and bill. The defaults are the safe ones.

    Attributes:
        carried: Words of what is carried along although it acts on production (`ram_role`, `user_data`).
        public_ip: Whether a source with a public address of its own gets a replica with one.
        release_time: When the cloud releases the replica by itself: a drill. UTC, `2026-11-22T08:00:00Z`.
        left_out: Attributes that were refused and that the person goes on without, by their keys.
        security_group_ids: Chosen in place of the source's, which were refused; empty: the source's.
    """

    carried: frozenset[str] = frozenset()
    public_ip: bool = True
    release_time: str = ""
    left_out: frozenset[str] = frozenset()
    security_group_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """Everything a launch is worked out from."""

    source: Source
    image: Image
    placement: Placement
    disks: tuple[ReplicaDisk, ...]
    billing: Billing
    choices: LaunchChoices
    name: str
    lineage: tuple[Tag, ...] = ()

    @property
    def instance(self) -> Instance:
        """The source's instance."""
        return self.source.instance

    @property
    def same_type(self) -> bool:
        """Whether the replica has the source's instance type: only then do settings of the type carry over."""
        return self.placement.instance_type == self.source.instance.instance_type

    @property
    def is_spot(self) -> bool:
        """Whether the replica is a spot instance."""
        return self.billing.charge.spot_strategy not in {"", "NoSpot"}

    @property
    def is_prepaid(self) -> bool:
        """Whether the replica is a subscription."""
        return self.billing.charge.charge_type == "PrePaid"

    def carries(self, word: str) -> bool:
        """Whether the person wants it carried along."""
        return word in self.choices.carried


def is_copyable(tag: Tag) -> bool:
    """Whether it is the user's own tag.

    System tags are refused by the API, tags of a cluster's or a scaling group's service would enrol the replica into
    its automation. A service is known by parts of the name, never by a piece of a word: `stack.name`, `business.unit`
    and `my-k8s-notes` are a person's own.
    """
    return not tag.key.lower().startswith(SYSTEM_TAG_PREFIXES) and not _is_of_a_service(tag.key)


def _is_of_a_service(key: str) -> bool:
    domain = key.partition("/")[0].lower()
    first, *rest = re.split(r"[./:]", key.lower(), maxsplit=1)
    return (
        _SERVICE_KEYS.fullmatch(key) is not None
        or (bool(rest) and first in SERVICE_NAMES)
        or any(domain == name or domain.endswith(f".{name}") for name in SERVICE_DOMAINS)
    )


def copyable_tags(tags: tuple[Tag, ...]) -> tuple[Tag, ...]:
    """The user's own tags; what an earlier recovery noted on a replica that is a source now is no part of them."""
    return tuple(tag for tag in tags if is_copyable(tag) and not tag.key.startswith(lineage.PREFIX))


def tags_without_room(source: Source, sent: tuple[Tag, ...]) -> tuple[Tag, ...]:
    """The user's own tags of the source that a launch with these tags leaves out."""
    keys = {tag.key for tag in sent}
    return tuple(tag for tag in copyable_tags(source.instance.tags) if tag.key not in keys)


def bandwidth_out(source: Instance) -> int:
    """Mbps for the replica: the source's, if it has a public IP of its own.

    Anything above 0 makes the API allocate a public address (RunInstances, InternetMaxBandwidthOut), so a source
    that has none, or is reached through an EIP, leads to 0.
    """
    return source.internet_max_bandwidth_out if source.public_ips else 0
