"""The tables of a world, each with what is looked for in it other than by its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ecs_dr.simulator.addresses import AddressBook, Held
from ecs_dr.simulator.model_compute import Disk, Image, Instance, Snapshot
from ecs_dr.simulator.table import Changes, DueQueue, Index, Table

INTERNET = "internet"
"""The network of the public addresses, beside the VSwitches."""


class Instances(Table[Instance]):
    """The instances.

    Attributes:
        by_loss: Whether they were lost: `lost`, or `kept`.
        by_image: Those that were not lost, by the id of their image.
        by_security_group: Also those that were lost, by the ids of their groups.
        by_tag: Also those, by key and value.
        addresses: Private addresses by VSwitch (a lost instance gives its own back), and those of the `INTERNET`.
        launches: By the moment of their launch, as long as they are not lost.
        changes: Since the cloud's last look, see `lifecycle.settle`.
    """

    def __init__(self, rows: Mapping[str, Instance]) -> None:
        super().__init__()
        self.by_loss = Index(self, lambda instance: ["lost" if instance.lost else "kept"])
        self.by_image = Index(self, lambda instance: [] if instance.lost else [instance.image_id])
        self.by_security_group = Index(self, lambda instance: instance.security_group_ids)
        self.by_tag = Index(self, lambda instance: instance.tags.items())
        self.addresses = AddressBook(self, _addresses)
        self.launches = DueQueue(self, lambda instance: None if instance.lost else instance.launched_at)
        self.changes = Changes(self)
        self.update(rows)


class Disks(Table[Disk]):
    """The disks, found by the instance that they are attached to."""

    def __init__(self, rows: Mapping[str, Disk]) -> None:
        super().__init__()
        self.by_instance = Index(self, lambda disk: [disk.instance_id])
        self.update(rows)


class Snapshots(Table[Snapshot]):
    """The snapshots, found by the disk that they were taken of and by their group."""

    def __init__(self, rows: Mapping[str, Snapshot]) -> None:
        super().__init__()
        self.by_disk = Index(self, lambda snapshot: [snapshot.source_disk_id])
        self.by_group = Index(self, lambda snapshot: [snapshot.snapshot_group_id])
        self.update(rows)


class Images(Table[Image]):
    """The images.

    Attributes:
        by_name: Names need not differ, except within a region.
        by_owner: By the owner's alias.
        by_source: By the id of the instance that they are made of.
        by_tag: By key and value.
        changes: Since the cloud's last look, see `lifecycle.settle`.
    """

    def __init__(self, rows: Mapping[str, Image]) -> None:
        super().__init__()
        self.by_name = Index(self, lambda image: [image.image_name])
        self.by_owner = Index(self, lambda image: [image.owner_alias])
        self.by_source = Index(self, lambda image: [image.source_instance_id])
        self.by_tag = Index(self, lambda image: image.tags.items())
        self.changes = Changes(self)
        self.update(rows)


def _addresses(instance: Instance) -> Iterator[Held]:
    if not instance.lost:
        yield Held(instance.vswitch_id, instance.private_ip_address)
    for interface in instance.secondary_enis:
        yield Held(interface.vswitch_id, interface.private_ip_address)
    if instance.public_ip_address:
        yield Held(INTERNET, instance.public_ip_address)
