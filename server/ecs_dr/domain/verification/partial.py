"""What can be said of a replica whose source nobody can read any more: its disks against its image, and no more.

The criteria that need the source are not met, and say why; so the verdict is never `match`.
"""

from __future__ import annotations

from ecs_dr.domain.attributes.model import label_key
from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.disks.plan import disks_of_image
from ecs_dr.domain.facts import Compared, Fact, Named, values
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.verification.comparison import UNKNOWN, AttributeRow, DiskRow, disk_fidelity, disk_rows
from ecs_dr.domain.verification.verdict import RUNNING, Criterion, FidelityRow, Verification, gone, status_row

NOT_COMPARED = "not_compared"
"""What a criterion has found where the source would be needed; worded like other values of the cloud."""
OF_THE_IMAGE = frozenset({"device", "type", "size_gib", "content"})
"""What an image tells of its disks; category and the rest were the source's."""


def compare_without_source(
    source_id: str, image: Image, launch: LaunchRequest, replica: Instance, disks: tuple[Disk, ...], *, is_gone: bool
) -> Verification:
    """Judge the replica by its image alone.

    Args:
        source_id: The instance of which nothing was read before.
        image: The image, as far as it is there.
        launch: Where the replica went.
        replica: As it is now.
        disks: Its disks.
        is_gone: Whether the source is not there either now; else it is, and there is nothing to compare it with.
    """
    rows = _disk_rows(image, launch, replica, disks)
    status = status_row(replica)
    wrong = sorted({row.device for row in rows if not row.matches})
    held = values(*(mapping.device for mapping in image.mappings)) or values(UNKNOWN)
    has_address = bool(replica.private_ips)
    changes = (gone(source_id),) if is_gone else ()
    criteria = (
        Criterion(
            name="image_creation",
            passed=False,
            expected=values(launch.image_id, "Available"),
            actual=values(image.image_id, image.status, NOT_COMPARED),
        ),
        Criterion(
            name="new_instance",
            passed=status.matches and has_address,
            expected=values(RUNNING),
            actual=values(status.actual, *replica.private_ips),
        ),
        Criterion(name="zone_switch", passed=False, expected=values(launch.zone_id), actual=_beside(replica.zone_id)),
        Criterion(
            name="disk_recovery",
            passed=bool(rows) and not wrong,
            expected=held,
            actual=tuple(Compared(device=device, unlike=("",)) for device in wrong) or held,
        ),
        Criterion(
            name="network_billing",
            passed=False,
            expected=values(launch.charge_type),
            actual=_beside(replica.charge_type),
        ),
        Criterion(
            name="source_integrity", passed=False, expected=values(source_id), actual=changes or _beside(source_id)
        ),
    )
    return Verification(verdict="differs", criteria=criteria, disks=rows, instance=(status,), source_changes=changes)


def _beside(value: str) -> tuple[Fact, ...]:
    return values(value or UNKNOWN, NOT_COMPARED)


def _disk_rows(image: Image, launch: LaunchRequest, replica: Instance, disks: tuple[Disk, ...]) -> tuple[DiskRow, ...]:
    """The disks as the image alone tells what they were to be."""
    of_image = launch.model_copy(update={"disks": disks_of_image(image.mappings)})
    nobody, copy = Source(instance=replica, disks=()), Source(instance=replica, disks=disks)
    rows = disk_fidelity(nobody, image, of_image, copy) if image.mappings else ()
    return disk_rows(tuple(row for row in rows if row.key in OF_THE_IMAGE))


def with_image_rows(verification: Verification, rows: tuple[AttributeRow, ...]) -> Verification:
    """The comparison with that of an image that existed before: what differs of it fails the image's criterion."""
    wrong = [row for row in rows if not row.matches]
    wanted = tuple(Named(field=row.field, value=row.expected) for row in wrong)
    told = tuple(Named(field=row.field, value=row.actual) for row in wrong)
    criteria = tuple(
        one.model_copy(
            update={
                "passed": one.passed and not wrong,
                "expected": (*one.expected, *wanted),
                "actual": (*one.actual, *told),
            }
        )
        if one.name == "image_creation"
        else one
        for one in verification.criteria
    )
    return verification.model_copy(
        update={
            "verdict": "match" if all(one.passed for one in criteria) else "differs",
            "criteria": criteria,
            "instance": (*verification.instance, *rows),
            "rows": (*verification.rows, *(_fidelity(row) for row in rows)),
        }
    )


def _fidelity(row: AttributeRow) -> FidelityRow:
    known = UNKNOWN not in {row.expected, row.actual}
    return FidelityRow(
        key=row.field,
        label_key=label_key(row.field),
        group="compute",
        source=row.expected,
        decided=row.expected,
        replica=row.actual,
        verdict="differs" if not row.matches else "matches" if known else "not_readable",
        blocking=not row.matches,
    )
