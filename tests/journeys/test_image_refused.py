"""An image of the source is refused in a dead zone: on each road the person is led to its snapshots, and recovers."""

from __future__ import annotations

import pytest

from ecs_dr.simulator.world import load_world
from tests.support.ways import ROADS, Way, in_memory
from tests.support.witness import Made


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_a_refused_image_leads_over_snapshots_to_a_replica(way: Way) -> None:
    world = load_world("zone-outage")
    world.outage.failing_call_every = 0
    world.outage.custom_images_refused = {}
    async with in_memory(way, world) as stage:
        await stage.host.collect()
        made = await stage.host.settle(await stage.host.call("create_image"))
        assert "image_from_snapshots" in stage.host.tools
        assert made.data["data_as_of"]
        last = await stage.host.follow(made)
        assert last.data["verdict"] == "match", last.text
        stage.witness.check(stage.host.session_id, Made(images=1, instances=1))
        refused = [entry for entry in stage.simulator.calls("CreateImage") if entry.outcome != "OK"]
        assert [entry.outcome for entry in refused] == ["IncorrectInstanceStatus"]
