"""Whether the replica booted, as it reaches the person: on each road, and never a word of the console itself."""

from __future__ import annotations

import json
from itertools import cycle

import pytest

from ecs_dr.simulator.consoles import CANARY
from ecs_dr.simulator.world import World, load_world
from tests.support.ways import ROADS, Way, in_memory

SOURCE = "i-2zesource0001"


def denied(world: World) -> None:
    world.identities["operator"].denied.append("ecs:GetInstanceConsoleOutput")


def silent(world: World) -> None:
    world.behaviour.console = "silent"


def late(world: World) -> None:
    world.behaviour.console_delay_seconds = 100


def hanging(world: World) -> None:
    world.behaviour.console = "emergency"


def panicking(world: World) -> None:
    world.behaviour.console = "panic"


def windows(world: World) -> None:
    world.instances[SOURCE].os_type = "windows"
    for image in world.images.values():
        image.os_type = "windows"


CASES = {
    denied: ("unknown", ("may not call", "无权调用")),
    silent: ("unknown", ("still empty", "仍为空")),
    late: ("unknown", ("still empty", "仍为空")),
    hanging: ("emergency", ("WARNING", "警告")),
    panicking: ("panic", ("WARNING", "警告")),
    windows: ("unknown", ("Windows", "Windows")),
}


IN_TURNS = list(zip(CASES, cycle(ROADS)))
"""Each trouble on one road, each road with two of them or more."""


@pytest.mark.parametrize(("trouble", "way"), IN_TURNS, ids=lambda one: getattr(one, "__name__", str(one)))
async def test_how_it_started_is_told_and_the_console_is_not(way: Way, trouble: object) -> None:
    world = load_world("healthy")
    boot, words = CASES[trouble]  # type: ignore[index]
    trouble(world)  # type: ignore[operator]
    async with in_memory(way, world) as stage:
        last = await stage.host.recover()
        assert (last.data["verdict"], last.data["boot"]) == ("match", boot)
        assert words[way.language == "zh"] in last.text
        if trouble is late:
            stage.clock.advance(200)
            again = await stage.host.settle(await stage.host.call("verify_instance"))
            assert again.data["boot"] == "login"
        uri = str(last.data["report_uri"])
        page = str(await stage.host.client.read_resource(uri))
        said = json.dumps([heard.data for heard in stage.host.heard]) + page
        said += " ".join(heard.text for heard in stage.host.heard)
        assert CANARY not in said
