"""The road over snapshots x each fault: one image, of exactly the chosen snapshots, and the recovery is finished."""

from __future__ import annotations

import pytest

from ecs_dr.simulator.world import World, load_world
from tests.faults.line import DEATHS, TRANSIENT, Fault, Kind
from tests.faults.rig import Rig
from tests.faults.test_fault_matrix import OF_A_READ, go_through

ONCE = {"CreateImage": 1, "CreateVSwitch": 0, "RunInstances": 1}
SNAPSHOTS = ["s-2zenight0001", "s-2zenight0002", "s-2zenight0003"]


def quiet_outage() -> World:
    """The source's zone sells nothing; all else that goes wrong is the test's own."""
    world = load_world("zone-outage")
    world.outage.failing_call_every = 0
    world.outage.custom_images_refused.clear()
    return world


async def recovered(fault: Fault) -> Rig:
    rig = Rig(quiet_outage())
    await go_through(rig, fault)
    assert rig.line.applied, f"{fault.action} was never called"
    assert {made: len(rig.made(made)) for made in ONCE} == ONCE
    (image_id,) = rig.made("CreateImage")
    assert [mapping.snapshot_id for mapping in rig.world.images[image_id].mappings] == SNAPSHOTS
    return rig


@pytest.mark.sweep(3)
@pytest.mark.parametrize("kind", TRANSIENT)
@pytest.mark.parametrize("times", [1, 5])
async def test_a_fault_of_the_creating_call_makes_one_image(kind: Kind, times: int) -> None:
    await recovered(Fault("CreateImage", kind, times))


@pytest.mark.parametrize("action", ["DescribeSnapshots", "DescribeSnapshotGroups"])
@pytest.mark.parametrize("kind", OF_A_READ)
async def test_a_fault_of_a_read_ends_nothing(action: str, kind: Kind) -> None:
    await recovered(Fault(action, kind, 1))


@pytest.mark.parametrize("kind", DEATHS)
async def test_a_process_that_dies_in_the_creating_call_is_taken_up_from_the_cloud(kind: Kind) -> None:
    rig = await recovered(Fault("CreateImage", kind))
    assert rig.crashes == 1
