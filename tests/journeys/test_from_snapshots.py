"""Recovering from snapshots, on each of the roads: the zone is down, or the source is locked."""

from __future__ import annotations

import pytest

from tests.support.ways import ROADS, Way, in_memory
from tests.support.witness import Made

MOST_QUESTIONS = 8
OUTAGE_SECONDS = 1800 + 60


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_an_outage_is_come_through_with_the_recommended_answers(way: Way) -> None:
    async with in_memory(way, "zone-outage") as stage:
        began = stage.simulator.clock.now()
        last = await stage.host.recover()
        assert last.data["verdict"] == "match", last.text
        stage.witness.check(stage.host.session_id, Made(images=1, instances=1))
        assert (stage.simulator.clock.now() - began).total_seconds() < OUTAGE_SECONDS
        asked = stage.person.forms if way.shows_forms else [heard for heard in stage.host.heard if heard.question]
        assert len(asked) <= MOST_QUESTIONS
        sent = [entry for entry in stage.simulator.calls("CreateImage") if entry.outcome == "OK"]
        assert ["InstanceId" in entry.params for entry in sent] == [False]
        (image,) = stage.witness.new("images").values()
        assert "s-2zenight0001" in str(image["mappings"])


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_a_locked_source_is_recovered_from_its_newest_whole_set(way: Way) -> None:
    async with in_memory(way, "snapshots-mixed") as stage:
        refused = await stage.host.collect()
        assert refused.problem is not None
        made = await stage.host.settle(await stage.host.call("image_from_snapshots"))
        last = await stage.host.follow(made)
        assert last.data["verdict"] == "match", last.text
        stage.witness.check(stage.host.session_id, Made(images=1, instances=1))
        (image,) = stage.witness.new("images").values()
        assert "s-2zegroup0001" in str(image["mappings"])
        assert "s-2zegroup0003" in str(image["mappings"])
