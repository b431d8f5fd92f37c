"""Step 6 says whether the replica has booted, and never takes Running for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import anyio
import pytest

from ecs_dr.cloud.transport import ApiError, ApiRequest, Json, Transport
from ecs_dr.domain.report.seal import seal
from ecs_dr.domain.steps import Answer
from ecs_dr.report.check import check_report
from ecs_dr.report.render import render_html, render_json, render_markdown
from ecs_dr.simulator.consoles import CANARY, ConsoleName
from ecs_dr.simulator.world import World, load_world
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import SOURCE, Desk
from tests.workflow.bench import up_to


async def verified(world: World) -> tuple[Desk, Answer]:
    desk = Desk(world)
    await up_to(desk, "create_instance")
    return desk, await desk.settle(await desk.call("verify_instance"))


@pytest.mark.parametrize(
    ("console", "boot", "said"),
    [
        ("login", "login", "Login prompt"),
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
    assert CANARY not in repr(desk.recovery.sessions.get(desk.session_id))


async def test_an_empty_console_is_unknown_and_the_next_call_looks_again() -> None:
    world = load_world("healthy")
    world.behaviour.console_delay_seconds = 90
    desk, done = await verified(world)
    assert (done.data["verdict"], done.data["boot"]) == ("match", "unknown")
    assert "Verify once more in a minute (verify_instance)" in done.message
    await desk.clock.sleep(120)
    assert (await desk.settle(await desk.call("verify_instance"))).data["boot"] == "login"


async def attaching_for(seconds: float, console_delay: float) -> tuple[Desk, Answer]:
    """A replica whose disks come so late: meanwhile its console may come. One call waits for it all."""
    world = load_world("healthy")
    world.behaviour.console_delay_seconds = console_delay
    world.behaviour.disk_attach_seconds = seconds
    desk = Desk(world, RecoveryOptions(simulated=True, call_budget_seconds=400))
    await up_to(desk, "create_instance")
    return desk, await desk.settle(await desk.call("verify_instance"))


async def test_an_empty_console_is_asked_for_again_beside_what_is_waited_for() -> None:
    desk, done = await attaching_for(90, console_delay=20)
    assert (done.data["verdict"], done.data["boot"]) == ("match", "login")
    assert len(desk.simulator.calls("GetInstanceConsoleOutput")) > 1


async def test_an_empty_console_is_asked_for_no_longer_than_a_minute_in_a_call() -> None:
    desk, done = await attaching_for(140, console_delay=600)
    assert (done.data["verdict"], done.data["boot"]) == ("match", "unknown")
    asked = [entry.time for entry in desk.simulator.calls("GetInstanceConsoleOutput")]
    assert 40 < (asked[-1] - asked[0]).total_seconds() <= 60


async def test_the_verdict_never_waits_for_the_console() -> None:
    moments = []
    for delay in (0, 600):
        world = load_world("healthy")
        world.behaviour.console_delay_seconds = delay
        desk, _ = await verified(world)
        moments.append(desk.clock.now())
    assert moments[0] == moments[1]


@pytest.mark.parametrize(("refusals", "boot"), [(1, "login"), (99, "unknown")])
async def test_a_refusal_for_now_is_tried_once_more_and_waited_for_by_nobody(refusals: int, boot: str) -> None:
    undisturbed, _ = await verified(load_world("healthy"))
    desk = Desk()
    await up_to(desk, "create_instance")
    left = refusals

    def refuse(request: ApiRequest) -> None:
        nonlocal left
        if request.action == "GetInstanceConsoleOutput" and left > 0:
            left -= 1
            raise ApiError("ServiceUnavailable", "later", http_status=503, request_id="r-1")

    desk.transport.before.append(refuse)
    done = await desk.settle(await desk.call("verify_instance"))
    assert (done.data["verdict"], done.data["boot"]) == ("match", boot)
    assert desk.clock.now() == undisturbed.clock.now()


async def test_a_console_that_may_not_be_read_is_unknown_and_asked_for_once() -> None:
    world = load_world("healthy")
    world.identities["operator"].denied.append("ecs:GetInstanceConsoleOutput")
    desk, done = await verified(world)
    assert (done.data["verdict"], done.data["boot"]) == ("match", "unknown")
    assert "may not call ecs:GetInstanceConsoleOutput" in done.message
    assert len(desk.simulator.calls("GetInstanceConsoleOutput")) == 1


def of_windows() -> World:
    world = load_world("healthy")
    for image in world.images.values():
        image.os_type = "windows"
    source = world.instances[SOURCE]
    source.os_type, source.os_name, source.os_name_en = "windows", *("Windows Server 2022 64 bit",) * 2
    return world


async def test_windows_has_no_console_and_what_to_look_at_is_said() -> None:
    desk, done = await verified(of_windows())
    assert (done.data["verdict"], done.data["boot"]) == ("match", "unknown")
    assert "a Windows instance has no console output" in done.message
    assert desk.simulator.calls("GetInstanceConsoleOutput") == []


@pytest.mark.parametrize(
    ("console", "mark"),
    [("login", "login prompt"), ("emergency", "emergency mode"), ("panic", "panic"), ("binary", "unknown")],
)
async def test_the_report_has_the_row_and_no_word_of_the_console(console: ConsoleName, mark: str) -> None:
    world = load_world("healthy")
    world.behaviour.console = console
    desk, _ = await verified(world)
    report = desk.recovery.report(desk.session_id)
    assert report.boot is not None
    assert report.boot.verdict == {"binary": "unknown"}.get(console, console)
    sealed = seal(report)
    pages = (render_html(sealed), render_markdown(sealed), render_json(sealed))
    for page in pages:
        assert report.boot.label in page
        assert CANARY not in page
    assert mark in pages[0]
    assert mark in pages[1]
    assert check_report(pages[0]).outcome == check_report(pages[2]).outcome == "intact"
    better = pages[2].replace('"text": "', '"text": "All is well. ')
    assert check_report(better).part == "boot"
    assert check_report(pages[0].replace(report.boot.text[:20], "All is well, and so on", 1)).outcome in {
        "page",
        "changed",
    }


async def test_a_report_without_a_verification_has_no_row() -> None:
    desk = Desk()
    await up_to(desk, "create_instance")
    assert desk.recovery.report(desk.session_id).boot is None


async def test_the_console_of_the_source_is_never_read() -> None:
    desk, done = await verified(load_world("healthy"))
    asked = {entry.params["InstanceId"] for entry in desk.simulator.calls("GetInstanceConsoleOutput")}
    made = {one.instance_id for one in desk.world.instances.values() if one.launched_at is not None}
    assert asked == made
    assert done.data["boot"] == "login"


class HangingConsole:
    """Never answers what it is asked of a console."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        if request.action == "GetInstanceConsoleOutput":
            await anyio.sleep_forever()
        return await self._inner.call(request)


async def test_a_console_that_hangs_withholds_no_verdict_however_short_the_call_may_be() -> None:
    desk = Desk()
    await up_to(desk, "create_instance")
    desk.clock.advance(120)
    desk.recovery.options = replace(desk.recovery.options, call_budget_seconds=0.2)
    desk.transport.inner = HangingConsole(desk.transport.inner)
    async with desk.open():
        done = await desk.call("verify_instance")
    assert (done.status, done.data.get("verdict"), done.data.get("boot")) == ("done", "match", "unknown")
    assert "was not there in the time of this call" in done.message
    assert "did not return" not in done.message, "it may not have been asked at all"
