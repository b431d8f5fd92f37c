"""A report names the reading that was played, and nothing that could be an id."""

from __future__ import annotations

import json

import pytest

from ecs_dr.simulator.variants import variants
from ecs_dr.simulator.world import load_world
from tests.support.desk import Desk
from tests.variants.recoveries import Choices

SEEN = ("system_disk_source", "data_disk_source", "image_devices", "replica_devices", "list_order", "release_time")
PLAYED = [(name, reading) for name in SEEN for reading in variants()[name].readings or {}]


@pytest.mark.parametrize(("name", "reading"), PLAYED)
async def test_the_reading_that_was_played_is_the_one_that_is_named(name: str, reading: str) -> None:
    desk = Desk(load_world("device-gap", {name: reading}))
    async with desk.open():
        end = await desk.recover(Choices({"launch.options": "drill"}))
        report = desk.recovery.report(desk.session_id)
    assert end.data["verdict"] == "match"
    assert report is not None
    played = {name: fact.default for name, fact in variants().items()} | {name: reading}
    expected = {seen: played[seen] for seen in SEEN}
    found = dict(report.observations)
    if name == "list_order":
        # Two groups in another order now and then come in the same order.
        assert found.pop(name) in {reading, "kept"}
        expected.pop(name)
    if name == "image_devices" and reading == "closed":
        # Without a gap in what the launch asks for, a replica that is renumbered looks like one that is not.
        expected.pop("replica_devices")
    assert found == expected
    told = {value for fact in variants().values() for value in fact.readings or {}}
    assert set(json.loads(report.model_dump_json())["observations"].values()) <= told
