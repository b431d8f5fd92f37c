"""Schedules that are written, not drawn: situations that chance meets too seldom, played before the same oracle."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.simulator.errors import Fault as SimulatedRefusal
from tests.faults.line import Fault, Kind
from tests.faults.moves import Moves
from tests.faults.oracle import Oracle
from tests.faults.rig import Outcome, Rig
from tests.faults.somebody import NAMES, Somebody
from tests.faults.truth import check_always

Script = Callable[[Moves], Awaitable[None]]
MOST_STEPS = 80
MOST_VSWITCHES = 2
SHORTER_THAN_A_READ = 10.0
"""Seconds of a call, where each answer takes 18."""


async def play_script(script: Script, world: str = "healthy") -> Moves:
    """Play it from the start.

    Raises:
        AssertionError: A word was false, or something was made beyond the decisions.
    """
    rig = Rig.of(world, visibility_seconds=2.0)
    await rig.start()
    somebody = Somebody(rig)
    moves = Moves(rig, somebody, Oracle(rig, somebody))
    try:
        await script(moves)
        await moves.finish()
        check_always(rig)
    finally:
        await somebody.leave()
        await rig.stop()
    return moves


async def until_asked(moves: Moves, key: str) -> None:
    """A well-meant host goes on until that question is open."""
    for _ in range(MOST_STEPS):
        if moves.rig.question is not None and moves.rig.question.key == key:
            return
        moves.rig.clock.advance(2)
        await moves.make("step")
    raise AssertionError(f"{key} was never asked: {moves.rig.outcomes[-3:]}")


async def until_done(moves: Moves, step: str) -> None:
    """A well-meant host goes on until that step is done."""
    for _ in range(MOST_STEPS):
        moves.rig.clock.advance(2)
        await moves.make("step")
        last = moves.rig.outcomes[-1]
        if isinstance(last, Answer) and (last.step, last.status) == (step, "done"):
            return
    raise AssertionError(f"{step} was never done: {moves.rig.outcomes[-3:]}")


async def ask(moves: Moves, tool: ToolName, **arguments: str) -> Outcome:
    """One call, judged like any other."""
    return await moves.judged(lambda: moves.rig.call(tool, **arguments))


async def deed(moves: Moves, name: str) -> None:
    """Somebody else does that."""
    await moves.make("somebody", NAMES.index(name))


async def two_servers_launch_beside_a_new_tag(moves: Moves) -> None:
    """Both are at the go-ahead, and the source got a tag between: the second finds the replica of the first."""
    await until_done(moves, "image")
    await until_asked(moves, "launch.confirm")
    await deed(moves, "source retagged")
    await moves.make("another_server")
    await until_asked(moves, "launch.confirm")
    await moves.make("another_server")
    await until_done(moves, "instance")
    moves.rig.clock.advance(60)
    await moves.make("another_server")
    await until_done(moves, "instance")


async def _both_at_the_go_ahead(moves: Moves) -> None:
    """One server launches as it was shown; the other has another name for it, and neither sees the other's yet."""
    await until_done(moves, "image")
    moves.rig.world.behaviour.visibility_delay_seconds = 60.0
    moves.rig.clock.advance(600)
    await until_asked(moves, "launch.confirm")
    await moves.make("another_server")
    await until_asked(moves, "launch.confirm")


async def two_servers_launch_with_other_values_before_the_first_is_listed(moves: Moves) -> None:
    """The cloud knows the token and refuses the second; its replica is looked for, and there is one in the end."""
    await _both_at_the_go_ahead(moves)
    await moves.judged(lambda: _said(moves, "custom", "another-name"))
    await moves.make("another_server")
    await moves.make("step")
    for _ in range(12):
        moves.rig.clock.advance(2)
        await moves.make("step")
    assert len(moves.rig.ever["RunInstances"]) == 1, "two replicas"
    _check_the_second_was_refused(moves)


async def a_launch_of_another_server_that_was_refused(moves: Moves) -> None:
    """Nothing will come of it: the look has an end, and another launch has a go-ahead of its own."""
    await _both_at_the_go_ahead(moves)
    await _refused_here_then_launched_there(moves)


async def a_refused_launch_before_the_session_was_taken_up(moves: Moves) -> None:
    """The same the other way round: the server that took the session up is the one that comes second."""
    await _both_at_the_go_ahead(moves)
    await moves.make("another_server")
    await _refused_here_then_launched_there(moves)


async def _refused_here_then_launched_there(moves: Moves) -> None:
    moves.rig.line.faults.append(Fault("RunInstances", Kind.NO_STOCK, 1, skip=1))
    await moves.judged(lambda: _said(moves, "custom", "another-name"))
    _remember_refusal(moves)
    await moves.make("another_server")
    await until_done(moves, "instance")
    _check_the_second_was_refused(moves)


def _check_the_second_was_refused(moves: Moves) -> None:
    sent = moves.rig.simulator.calls("RunInstances")
    assert any(one.outcome == "IdempotentParameterMismatch" for one in sent), "the second was never refused"


def _remember_refusal(moves: Moves) -> None:
    """The cloud has the last launch under its token, as one for which there was no stock."""
    sent = [one for one in moves.rig.line.sent if one.action == "RunInstances" and not one.params.get("DryRun")][-1]
    params = {name: str(value) for name, value in sent.params.items()}
    key = (params["RegionId"], "ecs", "RunInstances", params["ClientToken"])
    fault = SimulatedRefusal("OperationDenied.NoStock", "The requested resource is sold out.", 403)
    moves.rig.simulator._tokens.remember(key, params, fault=fault)


async def _said(moves: Moves, choice: str, text: str) -> Outcome:
    said = await moves.rig.answer(choice, text)
    assert said is not None, "it was never asked"
    return said


async def an_image_in_doubt(moves: Moves) -> None:
    """No answer to CreateImage, however often it is sent: what comes next settles that."""
    await until_asked(moves, "image.name")
    moves.rig.line.faults.append(Fault("CreateImage", Kind.RESET, 99))
    await moves.make("step")
    await ask(moves, "get_session")
    moves.rig.line.faults.clear()


async def a_server_that_is_asked_to_take_up_what_it_has(moves: Moves) -> None:
    """Its session lives, and another server on it made the image meanwhile: it looks before it says anything."""
    await until_asked(moves, "image.name")
    await moves.make("another_server")
    await until_done(moves, "image")
    moves.rig.clock.advance(60)
    await moves.make("another_server")
    last = await ask(moves, "resume_session")
    assert isinstance(last, Answer)
    await until_done(moves, "verify")
    assert len(moves.rig.ever["CreateImage"]) == 1, "a second image"


async def a_vswitch_of_another_server(moves: Moves) -> None:
    """One server makes a VSwitch in one zone; another, which knows nothing of it, recovers into another zone."""
    await until_done(moves, "image")
    await moves.make("another_server")
    await until_done(moves, "session")
    await moves.make("another_server")
    await until_done(moves, "vswitch")
    await moves.make("another_server")
    first = next(iter(moves.rig.made("CreateVSwitch")))
    zone = moves.rig.world.vswitches[first].zone_id
    others = sorted(set(moves.rig.world.stock) - {zone, "cn-beijing-h"})
    for _ in range(MOST_STEPS):
        last = await ask(moves, "choose_target", target_zone_id=others[0])
        if isinstance(last, Answer) and last.question is not None:
            await moves.make("step")
        if isinstance(last, Answer) and last.data.get("zone_id") == others[0]:
            break
    await until_done(moves, "verify")
    assert len(moves.rig.made("CreateVSwitch")) == MOST_VSWITCHES, "each server never made one"


async def a_slow_cloud_beside_renames(moves: Moves) -> None:
    """The verification reads over several calls, and the replica is renamed after it was read in one of them."""
    await until_done(moves, "instance")
    moves.rig.clock.advance(120)
    recovery = moves.rig.recovery
    recovery.options = replace(recovery.options, call_budget_seconds=SHORTER_THAN_A_READ)
    moves.rig.line.faults.append(Fault("*", Kind.DELAYED, 60))
    for _ in range(MOST_STEPS):
        await ask(moves, "verify_instance")
        last = moves.rig.outcomes[-1]
        if isinstance(last, Answer) and last.status == "done":
            break
        await deed(moves, "replica renamed")
    moves.rig.line.faults.clear()


async def a_change_before_it_is_taken_up(moves: Moves) -> None:
    """The source is renamed after the image, then another server takes the session up and brings it to its end."""
    await until_done(moves, "image")
    await deed(moves, "source renamed")
    await moves.make("another_server")
    await until_done(moves, "verify")


async def an_image_deleted_while_it_is_waited_for(moves: Moves) -> None:
    """It was seen, then it is not there any more: that is told, and another is made by a decision of its own."""
    await until_done(moves, "image")
    await ask(moves, "wait_for_image")
    await deed(moves, "image deleted")
    for _ in range(8):
        await ask(moves, "wait_for_image")


async def a_disk_taken_before_the_verification(moves: Moves) -> None:
    """It will never come: the wait for it has an end, and the replica is judged as it is."""
    await until_done(moves, "instance")
    moves.rig.clock.advance(60)
    await deed(moves, "replica disk gone")
    await until_done(moves, "verify")


async def begun(moves: Moves) -> None:
    """The image is made; then the host begins anew, as if it knew nothing, and stops at the second image."""
    await until_done(moves, "image")
    moves.rig.clock.advance(60)
    await ask(moves, "collect_source")
    await until_asked(moves, "image.name")


async def a_new_recovery_beside_an_image(moves: Moves) -> None:
    """A second session of the same source, on the same server: it made nothing, and there is an image all the same."""
    await begun(moves)
    await moves.make("dismiss", 1)
    assert moves.oracle is not None
    assert moves.oracle.others_named, "the situation was never met"


async def a_new_recovery_that_is_put_off(moves: Moves) -> None:
    """The same, while the cloud has no time for the first reading of the new session."""
    await until_done(moves, "image")
    moves.rig.line.faults.append(Fault("DescribeInstances", Kind.THROTTLED, 99))
    await ask(moves, "collect_source")
    for _ in range(8):
        await moves.make("step")
    moves.rig.line.faults.clear()


async def a_runbook_beside_what_exists(moves: Moves) -> None:
    """A runbook is exported of a recovery that has an image: the export made nothing, the recovery did."""
    await until_done(moves, "image")
    last = await ask(moves, "export_runbook")
    assert isinstance(last, Answer), f"it was never exported: {last!r}"


async def a_plan_with_a_new_vswitch(moves: Moves) -> None:
    """Who accepts a plan that shows a new VSwitch has agreed to it: it is made once, and not asked about again."""
    await ask(moves, "collect_source")
    await moves.make("step")
    await ask(moves, "plan_recovery")
    await moves.make("step")
    await ask(moves, "prepare_vswitch")
    last = moves.rig.outcomes[-1]
    assert isinstance(last, Answer)
    assert moves.rig.made("CreateVSwitch"), f"it was never made: {last.message}"


async def a_source_that_only_its_image_remembers(moves: Moves) -> None:
    """It was released after the image: what is known of it is confirmed, and the replica matches that."""
    await until_done(moves, "image")
    moves.rig.clock.advance(600)
    await deed(moves, "source released")
    await moves.rig.crash()
    await until_done(moves, "verify")


async def an_image_that_comes_after_its_server_ended(moves: Moves) -> None:
    """The request was under way when the process was killed: the next one cannot know of it before it has looked."""
    await until_asked(moves, "image.name")
    moves.rig.line.faults.append(Fault("CreateImage", Kind.LATE, 1))
    moves.rig.line.faults.append(Fault("CreateImage", Kind.RESET, 99))
    await moves.make("step")
    await moves.rig.crash()
    moves.rig.line.faults.clear()
    await ask(moves, "resume_session")
    await moves.make("dismiss", 1)
    moves.rig.clock.advance(60)
    await moves.rig.line.deliver()
    assert moves.rig.made("CreateImage"), "it never came"
    await ask(moves, "create_instance")


SCRIPTS: dict[Script, str] = {
    two_servers_launch_beside_a_new_tag: "healthy",
    two_servers_launch_with_other_values_before_the_first_is_listed: "healthy",
    a_launch_of_another_server_that_was_refused: "healthy",
    a_refused_launch_before_the_session_was_taken_up: "healthy",
    an_image_in_doubt: "healthy",
    an_image_that_comes_after_its_server_ended: "healthy",
    a_server_that_is_asked_to_take_up_what_it_has: "healthy",
    a_vswitch_of_another_server: "no-vswitch",
    a_slow_cloud_beside_renames: "healthy",
    a_change_before_it_is_taken_up: "healthy",
    an_image_deleted_while_it_is_waited_for: "healthy",
    a_disk_taken_before_the_verification: "healthy",
    a_new_recovery_beside_an_image: "healthy",
    a_new_recovery_that_is_put_off: "healthy",
    a_runbook_beside_what_exists: "healthy",
    a_plan_with_a_new_vswitch: "no-vswitch",
    a_source_that_only_its_image_remembers: "healthy",
}
"""With the world of each."""
