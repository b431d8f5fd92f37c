"""Step 6 says whether the replica has booted, and never takes Running for it."""

from __future__ import annotations

import json

import pytest

from ecs_dr.domain.steps import Answer
from ecs_dr.simulator.consoles import CANARY, ConsoleName
from ecs_dr.simulator.world import World, load_world
from tests.support.desk import Desk
from tests.workflow.bench import up_to


async def verified(world: World) -> tuple[Desk, Answer]:
    desk = Desk(world)
    await up_to(desk, "create_instance")
    return desk, await desk.settle(await desk.call("verify_instance"))


@pytest.mark.parametrize(
    ("console", "boot", "said"),
    [
        ("login", "login", "login prompt"),
        ("emergency", "emergency", "WARNING"),
        ("panic", "panic", "WARNING"),
        ("restarting", "unknown", "unknown"),
        ("binary", "unknown", "unknown"),
    ],
)
async def test_the_console_is_judged_beside_the_criteria_and_its_text_is_kept_nowhere(
    console: ConsoleName, boot: str, said: str
) -> None:
    world = load_world("healthy")
    world.behaviour.console = console
    desk, done = await verified(world)
    assert done.data["boot"] == boot
    assert done.data["verdict"] == "match"
    assert said in done.message
    assert CANARY not in done.message + json.dumps(done.data)
    reports = [text for text in vars(desk.recovery.sessions.get(desk.session_id)).values() if CANARY in repr(text)]
    assert reports == []


async def test_an_empty_console_is_unknown_and_the_next_call_looks_again() -> None:
    world = load_world("healthy")
    world.behaviour.console_delay_seconds = 90
    desk, done = await verified(world)
    assert (done.data["verdict"], done.data["boot"]) == ("match", "unknown")
    assert "Verify once more in a minute (verify_instance)" in done.message
    await desk.clock.sleep(120)
    assert (await desk.settle(await desk.call("verify_instance"))).data["boot"] == "login"


async def test_windows_and_a_missing_permission_are_unknown_and_say_why() -> None:
    world = load_world("healthy")
    world.identities["operator"].denied.append("ecs:GetInstanceConsoleOutput")
    _, done = await verified(world)
    assert (done.data["verdict"], done.data["boot"]) == ("match", "unknown")
    assert "may not call ecs:GetInstanceConsoleOutput" in done.message


async def test_the_console_of_the_source_is_never_read() -> None:
    desk, done = await verified(load_world("healthy"))
    asked = {entry.params["InstanceId"] for entry in desk.simulator.calls("GetInstanceConsoleOutput")}
    made = {one.instance_id for one in desk.world.instances.values() if one.launched_at is not None}
    assert asked == made
    assert done.data["boot"] == "login"
