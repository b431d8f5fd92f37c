"""What an earlier report tells of its source: the form of today, and what can be taken from the forms before it."""

from __future__ import annotations

from ecs_dr.domain.recall.model import Remembered, RememberedDisk
from ecs_dr.domain.report.model import DiskEntry, RecoveryReport


def told_by_report(report: RecoveryReport) -> Remembered:
    """Its own record of the source; where it has none, what its pages showed in the cloud's own terms."""
    if not report.was.is_empty:
        return report.was
    shown = {row.key: row.source for row in report.fidelity if not row.device and row.source not in {"-", "?"}}
    groups = tuple(group.strip() for group in shown.get("security_group_ids", "").split(",") if group.strip())
    return Remembered(
        instance_type=report.source.instance_type,
        charge_type=shown.get("charge_type", ""),
        zone_id=report.source.zone_id,
        vpc_id=shown.get("vpc_id", ""),
        vswitch_id=shown.get("vswitch_id", ""),
        security_group_ids=groups,
        key_pair_name=shown.get("key_pair_name", ""),
        name=report.source.name,
        disks=tuple(_disk(entry) for entry in report.disks),
    )


def _disk(entry: DiskEntry) -> RememberedDisk:
    category, _, level = entry.source_kind.partition(" ")
    return RememberedDisk(
        device=entry.device,
        disk_id=entry.source_disk_id,
        type=entry.type,
        size_gib=entry.size_gib,
        category=category,
        performance_level=level or None,
    )
