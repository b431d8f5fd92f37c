"""Which reading of an unsettled fact this recovery met: names alone, no ids, for whoever wants to send them back.

The names are those of docs/cloud-facts.md. A fact that could not show here (a source without a gap in its device names
tells nothing of gaps) is not named; a reading that nobody thought of is `other`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ecs_dr.domain.attributes.values import as_minute, within_a_minute
from ecs_dr.domain.disks.model import Disk, DiskMapping, ReplicaDisk
from ecs_dr.domain.disks.pairs import device_rank
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.source import Instance, Source

OTHER = "other"


def observe(
    before: Source,
    after: Source | None,
    image: Image,
    launch: LaunchRequest,
    replica: Instance,
    disks: tuple[Disk, ...],
) -> Mapping[str, str]:
    """Readings by the name of the fact.

    Args:
        before: The source as Step 1 read it.
        after: The source as it was read last; None when it could not be.
        image: As it was used.
        launch: As it was sent.
        replica: As it was read at the end.
        disks: The replica's.
    """
    return dict(
        (
            *_origins(disks),
            *_names("image_devices", _data(before.disks), _data(image.mappings), "kept", "closed"),
            *_names("replica_devices", _data(launch.disks), _data(disks), "as_asked", "renumbered"),
            *_order(before, after),
            *_release(launch, replica),
        )
    )


def _origins(disks: tuple[Disk, ...]) -> Iterator[tuple[str, str]]:
    for kind in ("system", "data"):
        seen = {_origin(disk) for disk in disks if disk.type == kind}
        if seen:
            yield f"{kind}_disk_source", seen.pop() if len(seen) == 1 else OTHER


def _origin(disk: Disk) -> str:
    told = {(True, True): "both", (True, False): "image", (False, True): "snapshot"}
    return told.get((bool(disk.image_id), bool(disk.source_snapshot_id)), OTHER)


_Ranks = list[tuple[int, int, str]]


def _data(disks: Iterable[Disk | DiskMapping | ReplicaDisk]) -> _Ranks:
    return sorted(device_rank(disk.device) for disk in disks if disk.type == "data")


def _names(fact: str, wanted: _Ranks, found: _Ranks, same: str, in_order: str) -> Iterator[tuple[str, str]]:
    """Only names with a gap show whether it is kept."""
    closed = sorted(device_rank(f"/dev/xvd{chr(ord('b') + number)}") for number in range(len(wanted)))
    if wanted and wanted != closed:
        yield fact, same if found == wanted else in_order if found == closed else OTHER


def _order(before: Source, after: Source | None) -> Iterator[tuple[str, str]]:
    one = before.instance.security_group_ids
    other = () if after is None else after.instance.security_group_ids
    if len(one) > 1 and sorted(one) == sorted(other):
        yield "list_order", "kept" if one == other else "shuffled"


def _release(launch: LaunchRequest, replica: Instance) -> Iterator[tuple[str, str]]:
    wanted, found = as_minute(launch.auto_release_time), as_minute(replica.auto_release_time)
    if wanted and found:
        late = "next_minute" if found > wanted and within_a_minute(wanted, found) else OTHER
        yield "release_time", "minute" if wanted == found else late
