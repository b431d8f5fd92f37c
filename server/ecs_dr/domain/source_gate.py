"""Whether the source can be recovered this way, and what the person should know before an image is paid for.

The text of a finding is `finding.<key>` in the catalogue, filled with the finding's values.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ecs_dr.domain.attributes.terms import MAX_TAGS, copyable_tags
from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.disks.pairs import has_name
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.model import Model
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.times import parse_time

MAX_DATA_DISKS = 16
"""RunInstances takes DataDisk.1 to DataDisk.16: more could not all be given their own parameters."""

_IMAGEABLE_STATES = frozenset({"Running", "Stopped"})
_ATTACHED = "In_use"
_REGIONAL_CATEGORY = "cloud_regional_disk_auto"


_FORBID_IMAGING_ALONE = frozenset(
    {"TransitionalState", "Locked", "SubscriptionExpired", "DisksInTransition", "DisksLocked"}
)
"""States of the source in which no image can be made of it; one that was made earlier can be launched all the same."""


_ASKED_LATER = frozenset({"RamRoleNotCarried", "UserDataNotCarried", "SnapshotPolicyNotCarried"})


class Finding(Model):
    """One thing about the source.

    Attributes:
        code: A stable CamelCase name.
        key: The text is `finding.<key>`.
        values: What the text names, safe to show.
    """

    code: str
    key: str
    values: dict[str, str]

    @property
    def is_asked_later(self) -> bool:
        """Whether it is no more than an option of the launch: its text is a name, for a sentence that lists them."""
        return self.code in _ASKED_LATER


def blockers(source: Source, now: datetime) -> tuple[Finding, ...]:
    """Reasons why the recovery cannot start: with any of them nothing may be created.

    Args:
        source: As read in Step 1.
        now: The cloud's time (aware), to tell an expired subscription.
    """
    return (
        *_instance_blockers(source.instance, now),
        *_disk_blockers(source),
    )


def forbid_imaging_alone(findings: tuple[Finding, ...]) -> bool:
    """Whether these blockers leave the road over an image that exists already."""
    return bool(findings) and all(finding.code in _FORBID_IMAGING_ALONE for finding in findings)


def warnings(source: Source, tag_room: int = MAX_TAGS) -> tuple[Finding, ...]:
    """What the replica will not have, what it will cost, what it will do: to be known, no reason to stop.

    Args:
        source: As read in Step 1.
        tag_room: How many tags of the user's own a launch has room for.
    """
    return (
        *_copy_warnings(source),
        *_billing_warnings(source.instance),
        *_network_warnings(source.instance),
        *_attachment_warnings(source),
        *_tag_warnings(source.instance, tag_room),
        *_name_warnings(source),
        *_unread_warnings(source),
        *group_warnings(source),
    )


def group_warnings(source: Source) -> tuple[Finding, ...]:
    """The disks were listed in one resource group alone: those of another are not seen, and the image holds them."""
    groups = {disk.shown_in_group for disk in source.disks} - {""}
    if not groups:
        return ()
    return (_finding("DisksOfOneGroup", "disks_of_one_group", group=", ".join(sorted(groups))),)


def image_warnings(image: Image) -> tuple[Finding, ...]:
    """What only the image tells: that it comes from the Marketplace, whose fee the replica may pay again."""
    if image.product_code:
        return (_finding("MarketplaceImage", "marketplace_image", product_code=image.product_code),)
    return ()


def _finding(code: str, key: str, **values: str) -> Finding:
    return Finding(code=code, key=key, values=values)


def _instance_blockers(instance: Instance, now: datetime) -> Iterator[Finding]:
    if instance.network_type != "vpc" or not instance.vpc_id:
        yield _finding("ClassicNetwork", "classic_network")
    if instance.status not in _IMAGEABLE_STATES:
        yield _finding("TransitionalState", "transitional_state", status=instance.status)
    if instance.locks:
        yield _finding("Locked", "locked", locks=", ".join(instance.locks))
    expiry = parse_time(instance.expired_time)
    if instance.charge_type == "PrePaid" and expiry is not None and expiry <= now:
        yield _finding("SubscriptionExpired", "subscription_expired", expired_time=instance.expired_time)


def _disk_blockers(source: Source) -> Iterator[Finding]:
    disks = source.disks
    shared = [disk for disk in disks if disk.multi_attach or disk.category == _REGIONAL_CATEGORY]
    local = [disk for disk in disks if not disk.is_imageable and disk not in shared]
    moving = [disk for disk in disks if disk.status != _ATTACHED and disk not in shared and disk not in local]
    locked = [disk for disk in disks if disk.locks]
    data_count = sum(disk.type == "data" for disk in disks)
    if not any(disk.type == "system" for disk in disks):
        # A running instance has a system disk, and a list that is empty altogether says nothing of any.
        hidden = not disks or source.instance.status == "Running"
        code, key = ("DisksNotReadable", "disks_not_readable") if hidden else ("NoSystemDisk", "no_system_disk")
        yield _finding(code, key)
    if local or source.instance.local_storage_count > 0:
        named = _names(local) or str(source.instance.local_storage_count)
        yield _finding("LocalDisks", "local_disks", disks=named, instance_type=source.instance.instance_type)
    if shared:
        yield _finding("SharedDisks", "shared_disks", disks=_names(shared))
    if moving:
        states = ", ".join(f"{_name(disk)}: {disk.status or '?'}" for disk in moving)
        yield _finding("DisksInTransition", "disks_in_transition", disks=states)
    if locked:
        yield _finding("DisksLocked", "disks_locked", disks=_names(locked))
    if data_count > MAX_DATA_DISKS:
        yield _finding("TooManyDisks", "too_many_disks", count=str(data_count), limit=str(MAX_DATA_DISKS))


def _copy_warnings(source: Source) -> Iterator[Finding]:
    instance = source.instance
    if instance.status == "Running":
        yield _finding("CrashConsistent", "crash_consistent")
    if instance.status == "Stopped" and instance.stopped_mode == "StopCharging":
        yield _finding("EconomicalStop", "economical_stop")
    yield _finding("RunsTwice", "runs_twice")
    if instance.key_pair_name:
        yield _finding("KeyPairLogin", "key_pair_login", key_pair=instance.key_pair_name)
    else:
        yield _finding("PasswordNotCarried", "password_not_carried")
    encrypted = [disk for disk in source.disks if disk.encrypted]
    if encrypted:
        yield _finding("EncryptedDisks", "encrypted_disks", disks=_names(encrypted))


def _billing_warnings(instance: Instance) -> Iterator[Finding]:
    if instance.charge_type == "PrePaid":
        yield _finding("Subscription", "subscription", expired_time=instance.expired_time or "-")
    if instance.is_spot:
        yield _finding("Spot", "spot", strategy=instance.spot_strategy)
    if instance.auto_release_time:
        yield _finding("AutoRelease", "auto_release", time=instance.auto_release_time)


def _network_warnings(instance: Instance) -> Iterator[Finding]:
    if instance.public_ips:
        yield _finding("NewPublicIp", "new_public_ip", addresses=", ".join(instance.public_ips))
    if instance.eip_address or instance.eip_allocation_id:
        address = instance.eip_address or instance.eip_allocation_id
        yield _finding("EipNotCarried", "eip_not_carried", address=address)
    if instance.ipv6_addresses:
        yield _finding("Ipv6NotCarried", "ipv6_not_carried", addresses=", ".join(instance.ipv6_addresses))
    if instance.secondary_eni_ids:
        interfaces = ", ".join(instance.secondary_eni_ids)
        yield _finding("SecondaryInterfaces", "secondary_interfaces", interfaces=interfaces)
    if instance.secondary_private_ips:
        addresses = ", ".join(instance.secondary_private_ips)
        yield _finding("SecondaryAddresses", "secondary_addresses", addresses=addresses)


def _attachment_warnings(source: Source) -> Iterator[Finding]:
    instance = source.instance
    policies = sorted({disk.auto_snapshot_policy_id for disk in source.disks} - {""})
    placement = [
        value for value in (instance.deployment_set_id, instance.dedicated_host_id, instance.hpc_cluster_id) if value
    ]
    if placement:
        yield _finding("PlacementNotCarried", "placement_not_carried", placement=", ".join(placement))
    if source.ram_role_name:
        yield _finding("RamRoleNotCarried", "ram_role_not_carried", role=source.ram_role_name)
    if source.has_user_data:
        yield _finding("UserDataNotCarried", "user_data_not_carried")
    if policies:
        yield _finding("SnapshotPolicyNotCarried", "snapshot_policy_not_carried", policies=", ".join(policies))


def _tag_warnings(instance: Instance, room: int) -> Iterator[Finding]:
    own = copyable_tags(instance.tags)
    marked = [tag.key for tag in instance.tags if tag not in own]
    if marked:
        yield _finding("TagsNotCarried", "tags_not_carried", tags=", ".join(marked))
    if own[room:]:
        beyond = ", ".join(tag.key for tag in own[room:])
        yield _finding("TagsBeyondLimit", "tags_beyond_limit", tags=beyond, limit=str(MAX_TAGS))


def _name_warnings(source: Source) -> Iterator[Finding]:
    """Data disks that are listed without a device name: the image's disks are told apart by size and order then."""
    nameless = [disk for disk in source.disks if disk.type == "data" and not has_name(disk.device)]
    if nameless:
        named = ", ".join(f"{disk.disk_id} ({disk.size_gib} GiB)" for disk in nameless)
        key = "disks_alike" if _are_alike(nameless) else "no_device_name"
        yield _finding("NoDeviceName", key, disks=named)


def _are_alike(disks: list[Disk]) -> bool:
    """Whether two of them have the same size, and other settings: nothing tells which of them is which then."""
    settings: dict[int, set[str]] = {}
    for disk in disks:
        told = disk.model_dump_json(include={"category", "performance_level", "encrypted", "kms_key_id", "name"})
        settings.setdefault(disk.size_gib, set()).add(told)
    return any(len(different) > 1 for different in settings.values())


def _unread_warnings(source: Source) -> Iterator[Finding]:
    if source.unread:
        yield _finding("NotReadable", "not_readable", actions=", ".join(source.unread))


def _name(disk: Disk) -> str:
    return f"{disk.handle} ({disk.category})"


def _names(disks: list[Disk]) -> str:
    return ", ".join(_name(disk) for disk in disks)
