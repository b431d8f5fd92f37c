"""The ways on from a refused launch, as options, the best first: what the blame says can help, without a circle."""

from __future__ import annotations

from ecs_dr.domain.questions import ABORT, MAX_OPTIONS, PICK_ANOTHER_ZONE, RETRY, Option
from ecs_dr.domain.refusals import Blame, Row
from ecs_dr.domain.source import Instance
from ecs_dr.workflow.memory.chosen import Target
from ecs_dr.workflow.memory.refusals import Refused
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps import choose_target
from ecs_dr.workflow.steps.launch.image_refused import other_zones

LEAVE_OUT = "leave_out"
OTHER_CATEGORY = "other_category"
SHOWN_TYPES = 2

OF_THE_TYPE = frozenset({Blame.TYPE, Blame.IMAGE_TYPE, Blame.DISK_COUNT})
"""Another type is the first thing that helps."""
OF_THE_ZONE = frozenset({Blame.ZONE, Blame.PUBLIC_ADDRESSES})
EVERYWHERE = frozenset({Blame.IMAGE_TYPE, Blame.DISK_COUNT})
"""A type that is refused for this is refused in every zone."""
ASKED = (
    OF_THE_TYPE
    | OF_THE_ZONE
    | {
        Blame.DISK_SIZE,
        Blame.DISK_IOPS,
        Blame.DISK_BURST,
        Blame.DISK_DEVICE,
        Blame.ENCRYPTION,
        Blame.OPTION,
        Blame.TERMS,
        Blame.IMAGE,
        Blame.IMAGE_NOT_READY,
        Blame.MARKETPLACE,
        Blame.GROUP,
        Blame.QUOTA,
        Blame.PAYMENT,
        Blame.ACCOUNT,
        Blame.REQUEST,
    }
)
"""What leads to a question of ways; the rest has a step of its own, or only its cause can be told."""

_ORDER: dict[Blame, tuple[str, ...]] = {
    Blame.PUBLIC_ADDRESSES: (PICK_ANOTHER_ZONE, LEAVE_OUT, RETRY),
    Blame.ZONE: (PICK_ANOTHER_ZONE, RETRY),
    Blame.DISK_SIZE: (OTHER_CATEGORY, "type", PICK_ANOTHER_ZONE, RETRY),
    Blame.DISK_IOPS: (LEAVE_OUT, OTHER_CATEGORY, "type", PICK_ANOTHER_ZONE),
    Blame.DISK_BURST: (LEAVE_OUT, OTHER_CATEGORY, "type", PICK_ANOTHER_ZONE),
    Blame.DISK_DEVICE: ("type", PICK_ANOTHER_ZONE, RETRY),
    Blame.ENCRYPTION: (RETRY, PICK_ANOTHER_ZONE, "type"),
    Blame.OPTION: (LEAVE_OUT, RETRY),
    Blame.TERMS: (LEAVE_OUT, "type", PICK_ANOTHER_ZONE, RETRY),
    Blame.QUOTA: (RETRY, "type", PICK_ANOTHER_ZONE),
    Blame.REQUEST: ("type", PICK_ANOTHER_ZONE, RETRY),
}
"""The options of each blame; where none is named: again, once it was put right elsewhere."""


async def options_for(run: Run, row: Row, source: Instance, target: Target) -> list[Option]:
    """What the person can choose, the recommended option first, stopping always among them."""
    if row.blame in OF_THE_TYPE:
        return _types_and_zones(run, target, await other_types(run, source, target))
    if row.blame is Blame.IMAGE_NOT_READY and (zones := other_zones(run, target)):
        return [*zones, run.option(RETRY, "retry_launch"), run.abort_option()]
    latest = run.session.refusals.latest or Refused(row.blame)
    order = _ORDER.get(row.blame, (RETRY,))
    names = await other_types(run, source, target) if "type" in order else []
    options: list[Option] = []
    for way in order:
        option = _way(run, way, latest, target, names)
        if option is not None:
            options.append(option)
    if options[0].value == PICK_ANOTHER_ZONE and _all_left(run, target):
        # Every zone was tried: going round recommends itself to nobody.
        return [run.abort_option(), *sorted(options, key=lambda one: one.value == PICK_ANOTHER_ZONE)]
    if options[0].value == RETRY and latest.code in run.session.refusals.retried:
        return [run.abort_option(), *sorted(options[: MAX_OPTIONS - 1], key=lambda one: one.value == RETRY)]
    return [*options[: MAX_OPTIONS - 1], run.abort_option()]


def _way(run: Run, way: str, latest: Refused, target: Target, names: list[str]) -> Option | None:
    devices = ", ".join(latest.devices)
    if way == LEAVE_OUT:
        return _leave_out(run, latest, devices)
    if way == "type":
        return run.option(names[0], "launch_other_type", type=names[0], zone=target.zone_id) if names else None
    if way == OTHER_CATEGORY:
        return run.option(OTHER_CATEGORY, "other_category", devices=devices) if latest.devices else None
    return run.option(way, "retry_mended" if way == RETRY else "pick_another_zone")


def _leave_out(run: Run, latest: Refused, devices: str) -> Option | None:
    """To go on without what was refused."""
    if latest.blame is Blame.DISK_IOPS:
        return run.option(LEAVE_OUT, "leave_out_iops", devices=devices)
    if latest.blame is Blame.DISK_BURST:
        return run.option(LEAVE_OUT, "leave_out_burst", devices=devices)
    if latest.blame is Blame.TERMS and latest.option:
        return run.option(LEAVE_OUT, "leave_out_terms")
    if not latest.option:
        return None
    return run.option(LEAVE_OUT, "leave_out", option=run.texts(f"ledger.{latest.option}.label"))


def _types_and_zones(run: Run, target: Target, names: list[str]) -> list[Option]:
    leave, again, stop = (
        run.option(PICK_ANOTHER_ZONE, "pick_another_zone"),
        run.option(RETRY, "retry_launch"),
        run.abort_option(),
    )
    if names:
        offered = [run.option(name, "launch_other_type", type=name, zone=target.zone_id) for name in names]
        return [*offered[:SHOWN_TYPES], leave, stop]
    return [stop, again, leave] if _all_left(run, target) else [leave, again, stop]


def all_refused(run: Run, target: Target, options: list[Option]) -> bool:
    """Whether nothing is left that was not tried: stopping comes first then."""
    return options[0].value == ABORT and _all_left(run, target)


def _all_left(run: Run, target: Target) -> bool:
    return all(zone.zone_id in run.session.refusals.left_zones for zone in target.zones)


async def other_types(run: Run, source: Instance, target: Target) -> list[str]:
    """Types that the zone lists and that no launch was refused for there: the source's own before its substitutes."""
    found = await choose_target.substitutes(run, source, target.zone_id)
    listed = [entry.facts.instance_type for entry in found]
    own = (target.zone_id, source.instance_type)
    if any((zone.zone_id, zone.instance_type) == own and zone.stock.buyable for zone in target.zones):
        listed.insert(0, source.instance_type)
    refused = {*run.session.refusals.types_in(target.zone_id), target.instance_type}
    return [name for name in dict.fromkeys(listed) if name not in refused]
