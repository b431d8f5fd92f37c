"""What the plan tries out: prices, permissions, and the launch as a rehearsal that creates nothing."""

from __future__ import annotations

from functools import partial
from typing import Literal

from ecs_dr.domain.disks.plan import plan_disks
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.names import replica_name
from ecs_dr.domain.plan.model import Cost, Permission, PermissionState, PlanFinding, ZonePlan, split_cost
from ecs_dr.domain.replica import Billing, Placement, plan_launch
from ecs_dr.domain.source import Source
from ecs_dr.domain.stock.model import Charge
from ecs_dr.errors import CloudError, CloudRefused, ErrorKind
from ecs_dr.workflow.explaining import problem_of
from ecs_dr.workflow.mutation import try_launch
from ecs_dr.workflow.ports import Price
from ecs_dr.workflow.reads.side_by_side import Read, SideBySide
from ecs_dr.workflow.run import Run

CREATE_IMAGE = "ecs:CreateImage"
RUN_INSTANCES = "ecs:RunInstances"
CREATE_VSWITCH = "vpc:CreateVSwitch"

ENDS_IT = frozenset({ErrorKind.BILLING, ErrorKind.QUOTA, ErrorKind.SOURCE_STATE})
"""Refusals of a rehearsal that the real call would meet as well, wherever the replica goes."""


def rehearsed_launch(run: Run, source: Source, image: Image, zone: ZonePlan, billing: Billing) -> LaunchRequest:
    """The launch as far as it can be known: from the source's own image, since the new one does not exist yet.

    Device names belong to the image that is still to be made, so the data disks have none.
    """
    instance = source.instance
    choices = {disk.device: disk.substitute for disk in zone.disks if disk.substitute is not None}
    disks = tuple(
        disk if disk.type == "system" else disk.model_copy(update={"device": ""})
        for disk in plan_disks(source.disks, choices)
    )
    existing = zone.vswitch.existing
    placement = Placement(
        zone_id=zone.zone_id,
        instance_type=zone.instance_type,
        vswitch_id=existing.vswitch_id if existing is not None else "",
        has_ipv6=existing is not None and bool(existing.ipv6_cidr_block),
    )
    name = replica_name(instance.name, instance.instance_id)
    return plan_launch(source, image, placement, disks, billing, name, run.lineage("instance"))


async def with_costs(
    run: Run, source: Source, image: Image, zones: tuple[ZonePlan, ...], left_out: dict[str, CloudError]
) -> tuple[ZonePlan, ...]:
    """Each zone that works with what DescribePrice says of it; a price that cannot be read goes to `left_out`."""
    prices = SideBySide()
    read: dict[str, Read[Price | CloudError]] = {
        zone.zone_id: prices.read(partial(_price, run, source, image, zone, Billing()))
        for zone in zones
        if zone.readiness != "impossible"
    }
    await prices.finish()
    for price in read.values():
        if isinstance(price.value, CloudError):
            left_out["ecs:DescribePrice"] = price.value
    return tuple(
        zone.model_copy(update={"cost": _cost(read[zone.zone_id].value)}) if zone.zone_id in read else zone
        for zone in zones
    )


async def _price(run: Run, source: Source, image: Image, zone: ZonePlan, billing: Billing) -> Price | CloudError:
    try:
        return await run.cloud.price(run.scope, rehearsed_launch(run, source, image, zone, billing))
    except CloudError as error:
        return error


def _cost(price: Price | CloudError) -> Cost | None:
    if isinstance(price, CloudError):
        return None
    unit: Literal["hour", "month"] = "month" if price.unit == "month" else "hour"
    return split_cost(price.currency, unit, price.total, price.details)


async def subscription_cost(run: Run, source: Source, image: Image, zone: ZonePlan) -> Cost | None:
    """A month's subscription, where the source is one; None for others, or when it cannot be read."""
    if source.instance.charge_type != "PrePaid":
        return None
    monthly = Billing(charge=Charge(charge_type="PrePaid"), period=1)
    return _cost(await _price(run, source, image, zone, monthly))


class Rehearsal:
    """What can be tried of the creating calls without creating anything, and what follows from the answers."""

    def __init__(self, run: Run, source: Source) -> None:
        self._run = run
        self._source = source
        self.permissions: list[Permission] = []
        self.findings: list[PlanFinding] = []

    def note_image(self) -> None:
        """CreateImage cannot be tried out: nothing documents that its DryRun makes no image."""
        self.permissions.append(Permission(action=CREATE_IMAGE, state="not_known", why="no_dry_run"))

    async def try_launch(self, image: Image | None, zone: ZonePlan, *, is_recommended: bool) -> None:
        """RunInstances with DryRun, as far as that can be put together already.

        Args:
            image: The source's own image, None where it cannot be read.
            zone: A zone with a VSwitch.
            is_recommended: It is where the replica would go. Elsewhere only the permission and the account's state
                are of interest, not what the zone lacks.
        """
        if image is None or not image.can_be_rehearsed:
            self.permissions.append(Permission(action=RUN_INSTANCES, state="not_known", why="no_image"))
            return
        try:
            await try_launch(self._run, rehearsed_launch(self._run, self._source, image, zone, Billing()))
        except CloudError as error:
            self._refused(RUN_INSTANCES, error, matters=is_recommended or error.kind in ENDS_IT)
            return
        self.permissions.append(Permission(action=RUN_INSTANCES, state="granted"))

    def note_vswitch(self, zone: ZonePlan | None) -> None:
        """CreateVSwitch cannot be tried out: whether it is permitted shows when the person decides to create one."""
        if zone is not None and zone.vswitch.state == "create":
            self.permissions.append(Permission(action=CREATE_VSWITCH, state="not_known", why="no_dry_run"))

    def _refused(self, action: str, error: CloudError, *, matters: bool = True) -> None:
        """A missing permission, a reason that will stand in the way, or an answer that says nothing for certain."""
        if isinstance(error, CloudRefused) and error.kind is ErrorKind.PERMISSION:
            self.permissions.append(Permission(action=error.missing_permission or action, state="missing"))
            return
        code = error.code
        self.permissions.append(Permission(action=action, state="not_known", why="other_refusal", said=code))
        problem = problem_of(self._run, error)
        values = {"action": action, "code": code, "message": error.message or "-"}
        values |= {"meaning": problem.message, "advice": problem.actions[0] if problem.actions else ""}
        if isinstance(error, CloudRefused) and error.kind in ENDS_IT:
            self.findings.append(
                PlanFinding(code="RehearsalRefused", key="rehearsal_refused", severity="blocker", values=values)
            )
        elif matters:
            self.findings.append(
                PlanFinding(code="RehearsalUnclear", key="rehearsal_unclear", severity="warning", values=values)
            )


def read_permissions(
    source: Source, hidden: tuple[str, ...], left_out: dict[str, CloudError]
) -> tuple[Permission, ...]:
    """What the reads themselves showed: an action that was left out is missing, or is not known."""
    permissions = [Permission(action=action, state="missing") for action in hidden]
    permissions += [Permission(action=action, state="missing", optional=True) for action in source.unread]
    for action, error in sorted(left_out.items()):
        state: PermissionState = "missing" if error.kind is ErrorKind.PERMISSION else "not_known"
        why, said = ("", "") if state == "missing" else ("other_refusal", error.code)
        optional = action != "vpc:DescribeVSwitches"
        permissions.append(Permission(action=action, state=state, optional=optional, why=why, said=said))
    return tuple(permissions)
