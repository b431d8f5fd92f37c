"""How long a VSwitch that was created is waited for: no wait is without an end."""

from __future__ import annotations

from datetime import datetime

from ecs_dr.domain.network.model import VSwitch
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.domain.times import seconds_between
from ecs_dr.errors import RecoveryFailed
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.needs import check_it_would_be_listed
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.run import Run

PENDING_SECONDS = 300.0
"""A VSwitch is Pending for seconds; one that is not Available after so long is a matter for a person."""


async def look_for_vswitch(run: Run, vpc_id: str, vswitch_id: str) -> VSwitch | None:
    """Read it once; None while it is not listed.

    Raises:
        RecoveryFailed: It is gone, or has been pending for too long.
        CloudRefused: With kind PERMISSION where the empty list hides a missing permission.
    """
    with reading(run.clock.now) as read:
        listed = await run.cloud.describe_vswitches(run.scope, vpc_id, vswitch_id=vswitch_id)
    found = listed[0] if listed else None
    sighting = run.session.sightings.note(vswitch_id, read.at, None if found is None else found.status)
    if sighting.gone_at is not None:
        raise await _vanished(run, vpc_id, vswitch_id, sighting.seen_at)
    waited = seconds_between(sighting.expected_at, read.at)
    if found is not None and found.status != "Available" and waited > PENDING_SECONDS:
        status = worded_value(found.status, run.texts)
        values = {"id": vswitch_id, "status": status, "waited": f"{waited:.0f}"}
        raise RecoveryFailed("VSwitchNotReady", "vswitch_not_ready", values, next_tool="prepare_vswitch")
    return found


async def _vanished(run: Run, vpc_id: str, vswitch_id: str, seen_at: datetime | None) -> RecoveryFailed:
    """It was created and is not there: it is not made once more without a decision of its own."""
    session = run.session
    may, sighting = run.cloud.may_describe_vswitches(run.scope, vpc_id), session.sightings.get(vswitch_id)
    await check_it_would_be_listed(may, "vpc:DescribeVSwitches", sighting)
    session.reopen(Choice.VSWITCH)
    values = {"id": vswitch_id, "seen": run.texts.moment(seen_at)}
    return RecoveryFailed("VSwitchVanished", "vswitch_vanished", values, next_tool="prepare_vswitch")
