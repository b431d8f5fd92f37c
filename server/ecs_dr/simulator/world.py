"""The whole state of a simulated cloud, and the files it starts from."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.bounds import Moment
from ecs_dr.simulator.errors import WorldError
from ecs_dr.simulator.ids import IdMaker
from ecs_dr.simulator.model_catalogue import (
    Account,
    Behaviour,
    DiskOffer,
    Identity,
    InstanceType,
    Outage,
    Prices,
    Region,
    StockLevel,
    Zone,
    ZoneDisks,
)
from ecs_dr.simulator.model_compute import (
    Disk,
    HistoryEvent,
    Image,
    Instance,
    KeyPair,
    RamRole,
    Snapshot,
    SnapshotGroup,
)
from ecs_dr.simulator.model_network import SecurityGroup, Vpc, VSwitch
from ecs_dr.simulator.tables import Disks, Images, Instances, Snapshots
from ecs_dr.simulator.toml_files import Table
from ecs_dr.simulator.variants import checked
from ecs_dr.simulator.world_files import builtin_table, builtin_worlds, merge, read_world_file, read_world_text

_SECRETS = {"identities": {"__all__": {"access_key_secret", "security_token"}}}
_KEY_FIELDS = {
    "regions": "region_id",
    "zones": "zone_id",
    "instance_types": "instance_type",
    "vpcs": "vpc_id",
    "vswitches": "vswitch_id",
    "security_groups": "security_group_id",
    "instances": "instance_id",
    "disks": "disk_id",
    "snapshots": "snapshot_id",
    "snapshot_groups": "snapshot_group_id",
    "images": "image_id",
    "identities": "name",
    "ram_roles": "role_name",
    "key_pairs": "key_pair_name",
}


@dataclass
class WorldState:
    """Everything that exists in a simulated cloud, by id.

    Attributes:
        name: The scenario's name.
        description: What it is for, in one or two sentences.
        description_zh: The same in Chinese; empty: nobody has translated it.
        seed: Decides the ids of what is created.
        start_time: The cloud's time at the beginning.
        source_instance_id: The instance that a recovery starts from.
        default_identity: Who sends requests that carry no access key.
        stock: By zone and instance type; what is not listed is not sold there.
        stock_by_charge: The same by charge type (`PrePaid`, `Spot`) where it differs from `stock`.
        disk_support: The disks that each zone sells.
        variants: Which reading of each unsettled fact this cloud plays (see `variants.py`).
    """

    name: str = "custom"
    description: str = ""
    description_zh: str = ""
    seed: str = "ecs-dr"
    start_time: Moment = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    source_instance_id: str = "i-2zesource0001"
    default_region: str = "cn-beijing"
    default_identity: str = "operator"
    variants: dict[str, str] = field(default_factory=dict)
    behaviour: Behaviour = field(default_factory=Behaviour)
    outage: Outage = field(default_factory=Outage)
    account: Account = field(default_factory=Account)
    prices: Prices = field(default_factory=Prices)
    identities: dict[str, Identity] = field(default_factory=dict)
    regions: dict[str, Region] = field(default_factory=dict)
    zones: dict[str, Zone] = field(default_factory=dict)
    instance_types: dict[str, InstanceType] = field(default_factory=dict)
    stock: dict[str, dict[str, StockLevel]] = field(default_factory=dict)
    stock_by_charge: dict[str, dict[str, dict[str, StockLevel]]] = field(default_factory=dict)
    disk_support: dict[str, ZoneDisks] = field(default_factory=dict)
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    vswitches: dict[str, VSwitch] = field(default_factory=dict)
    security_groups: dict[str, SecurityGroup] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    disks: dict[str, Disk] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    snapshot_groups: dict[str, SnapshotGroup] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)
    ram_roles: dict[str, RamRole] = field(default_factory=dict)
    key_pairs: dict[str, KeyPair] = field(default_factory=dict)
    history_events: list[HistoryEvent] = field(default_factory=list)

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


_STATE = TypeAdapter(WorldState)


class World(WorldState):
    """A simulated cloud's state that knows where it began.

    Args:
        table: The parsed world file, with what it extends already merged in.
        origin: The name or path to mention when the table is wrong.
    """

    instances: Instances
    disks: Disks
    snapshots: Snapshots
    images: Images

    def __init__(self, table: Table, origin: str = "world") -> None:
        self._table = table
        self._origin = origin
        self.began_at: datetime | None = None
        self.ids = IdMaker("")
        self.reset()

    @classmethod
    def from_toml(cls, source: Path | str) -> World:
        """A world from a file (a `Path`) or from TOML text (a `str`).

        Raises:
            WorldError: The file cannot be read, is not TOML, or has a key or a value that makes no sense.
        """
        if isinstance(source, Path):
            return cls(read_world_file(source), str(source))
        return cls(read_world_text(source), "world text")

    def reset(self) -> None:
        """Go back to the beginning: everything that was created is gone, and ids start over."""
        fresh = _validated(self._table, self._origin)
        for each in fields(WorldState):
            setattr(self, each.name, getattr(fresh, each.name))
        self.instances, self.disks = Instances(fresh.instances), Disks(fresh.disks)
        self.snapshots, self.images = Snapshots(fresh.snapshots), Images(fresh.images)
        self.ids = IdMaker(f"{self.seed}/{self.name}")

    def begin(self, now: datetime) -> None:
        """The cloud's clock begins to run: what is dated so many hours ago gets its date."""
        self.began_at = now
        dated: list[Snapshot | SnapshotGroup | Image] = [*self.snapshots.values(), *self.snapshot_groups.values()]
        for row in [*dated, *self.images.values()]:
            if row.taken_hours_ago is not None:
                row.creation_time = now - timedelta(hours=row.taken_hours_ago)
        for snapshot in self.snapshots.values():
            if snapshot.creation_time is not None:
                day = f"{snapshot.creation_time:%Y%m%d}"
                snapshot.snapshot_name = snapshot.snapshot_name.replace("{day}", day)

    def snapshot(self) -> dict[str, Json]:
        """The whole state as JSON, without the identities' secrets."""
        dumped: dict[str, Json] = _STATE.dump_python(self, mode="json", exclude=_SECRETS)
        return dumped

    def region_of(self, zone_id: str) -> str:
        """The region of a zone, the empty string for an unknown one."""
        zone = self.zones.get(zone_id)
        return zone.region_id if zone else ""

    def new_id(self, kind: str, region_id: str) -> str:
        """A new id of a resource of a region."""
        return self.ids.resource(kind, self.regions[region_id].id_prefix)

    def stock_of(self, zone_id: str, instance_type: str, charge: str = "PostPaid") -> StockLevel | None:
        """How much of a type a zone has for a charge type (`PostPaid`, `PrePaid`, `Spot`); None: not sold."""
        if zone_id in self.outage.zones:
            return None
        special = self.stock_by_charge.get(charge, {}).get(zone_id, {})
        return special.get(instance_type, self.stock.get(zone_id, {}).get(instance_type))

    def disk_offer(self, zone_id: str, instance_type: str) -> DiskOffer:
        """The disks that a zone sells with an instance type; no categories at all when nothing is listed."""
        zone = self.disk_support.get(zone_id)
        if zone is None:
            return DiskOffer(system=[], data=[])
        family = self.instance_types[instance_type].family if instance_type in self.instance_types else ""
        return zone.types.get(instance_type) or zone.types.get(family) or zone


def load_world(name_or_path: str, variants: Mapping[str, str] | None = None) -> World:
    """A built-in world by its name, or a person's own file by its path.

    Args:
        name_or_path: Which.
        variants: Readings that go before those of the file.

    Raises:
        WorldError: There is no such world, variant or reading, or the file is wrong; the text says what to do.
    """
    builtin, over = builtin_worlds(), {"variants": dict(variants or {})}
    if name_or_path in builtin:
        return World(merge(builtin_table(name_or_path), over), name_or_path)
    path = Path(name_or_path)
    if path.is_file():
        return World(merge(read_world_file(path), over), str(path))
    raise WorldError(
        f"there is no world {name_or_path!r}. Built-in worlds: {', '.join(sorted(builtin))}; "
        "or give the path of a TOML file."
    )


def _validated(table: Table, origin: str) -> WorldState:
    try:
        state = _STATE.validate_python(table)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WorldError(f"{origin}: {where}: {first['msg']}") from None
    for collection, key_field in _KEY_FIELDS.items():
        for key, item in getattr(state, collection).items():
            setattr(item, key_field, key)
    for name, kind in state.instance_types.items():
        kind.family = kind.family or name.rpartition(".")[0]
    _check_references(state, origin)
    state.variants = checked(state.variants, origin)
    _complete(state)
    return state


def _complete(state: WorldState) -> None:
    """Fill in what follows from the rest, so that a file need not say it twice."""
    delays = {"at_once": 0.0, "a_minute": 60.0}
    delay = delays.get(state.variants["listing"], state.behaviour.visibility_delay_seconds)
    state.behaviour.visibility_delay_seconds = delay
    for instance in state.instances.values():
        instance.region_id = state.zones[instance.zone_id].region_id
        if not instance.vpc_id and instance.vswitch_id in state.vswitches:
            instance.vpc_id = state.vswitches[instance.vswitch_id].vpc_id
    for disk in state.disks.values():
        owner = state.instances[disk.instance_id]
        disk.zone_id = disk.zone_id or owner.zone_id
        disk.region_id = owner.region_id
        disk.resource_group_id = disk.resource_group_id or owner.resource_group_id
    for snapshot in state.snapshots.values():
        of_disk = state.disks.get(snapshot.source_disk_id)
        snapshot.instance_id = snapshot.instance_id or (of_disk.instance_id if of_disk is not None else "")


def _check_references(state: WorldState, origin: str) -> None:
    """Refuse a file whose parts point at each other wrongly: far easier to mend than a strange recovery."""
    claims: list[tuple[str, str, Container[str]]] = [
        *((f"zones.{z.zone_id}.region_id", z.region_id, state.regions) for z in state.zones.values()),
        *((f"vswitches.{v.vswitch_id}.vpc_id", v.vpc_id, state.vpcs) for v in state.vswitches.values()),
        *((f"vswitches.{v.vswitch_id}.zone_id", v.zone_id, state.zones) for v in state.vswitches.values()),
        *((f"instances.{i.instance_id}.zone_id", i.zone_id, state.zones) for i in state.instances.values()),
        *(
            (f"instances.{i.instance_id}.instance_type", i.instance_type, state.instance_types)
            for i in state.instances.values()
        ),
        *((f"disks.{d.disk_id}.instance_id", d.instance_id, state.instances) for d in state.disks.values()),
        *((f"stock.{zone}", zone, state.zones) for zone in state.stock),
        *((f"disk_support.{zone}", zone, state.zones) for zone in state.disk_support),
        *(("outage.zones", zone, state.zones) for zone in state.outage.zones),
        *(
            (f"instances.{i.instance_id}.security_group_ids", group, state.security_groups)
            for i in state.instances.values()
            for group in i.security_group_ids
        ),
        *((f"instances.{i.instance_id}.vswitch_id", i.vswitch_id, state.vswitches) for i in _in_vpcs(state)),
        *((f"vpcs.{v.vpc_id}.region_id", v.region_id, state.regions) for v in state.vpcs.values()),
        *(
            (f"snapshots.{s.snapshot_id}.snapshot_group_id", s.snapshot_group_id, {"", *state.snapshot_groups})
            for s in state.snapshots.values()
        ),
        ("default_identity", state.default_identity, state.identities),
        ("default_region", state.default_region, state.regions),
    ]
    for where, value, known in claims:
        if value not in known:
            raise WorldError(f"{origin}: {where}: {value!r} is not in this world")
    blocks = [
        *((f"vpcs.{vpc.vpc_id}", vpc.cidr_block) for vpc in state.vpcs.values()),
        *((f"vswitches.{vswitch.vswitch_id}", vswitch.cidr_block) for vswitch in state.vswitches.values()),
    ]
    for where, block in blocks:
        try:
            IPv4Network(block)
        except ValueError as error:
            raise WorldError(f"{origin}: {where}.cidr_block: {error}") from None


def _in_vpcs(state: WorldState) -> list[Instance]:
    return [instance for instance in state.instances.values() if instance.network_type == "vpc"]
