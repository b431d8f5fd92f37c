"""From the question of the launch back to what it rests on, and forward again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecs_dr.domain.questions import CONFIRM
from tests.support.desk import Desk
from tests.workflow.bench import go_ahead, key_of, session_of, text_of, up_to, values_of


async def at_the_launch() -> Desk:
    desk = Desk()
    await up_to(desk, "check_disks")
    await desk.settle(await desk.call("wait_for_image"))
    return desk


WAYS = (("target", "target.zone"), ("vswitch", "vswitch."), ("disks", "disks."), ("options", "launch.options"))


@pytest.mark.parametrize(("choice", "key"), WAYS, ids=[choice for choice, _ in WAYS])
async def test_the_launch_question_leads_back_to_each_decision_and_ends_in_a_launch_all_the_same(
    choice: str, key: str
) -> None:
    desk = await at_the_launch()
    what = await desk.answer(await go_ahead(desk), "change")
    assert values_of(what) == ["target", "vswitch", "disks", "options"]
    asked = await desk.answer(what, choice)
    assert (key_of(asked) or "").startswith(key)
    assert desk.mutations["RunInstances"] == 0
    await desk.settle(asked)
    assert session_of(desk).reconsidered == set()
    await desk.settle(await desk.call("choose_target"))
    await desk.settle(await desk.call("prepare_vswitch"))
    await desk.settle(await desk.call("check_disks"))
    launched = await desk.settle(await desk.call("create_instance"))
    assert (launched.step, launched.status) == ("instance", "done")
    assert desk.mutations["RunInstances"] == 1


async def test_what_was_reopened_and_then_declined_stays_as_it_was() -> None:
    desk = await at_the_launch()
    asked = await desk.answer(await desk.answer(await go_ahead(desk), "change"), "target")
    before = session_of(desk).target
    assert asked.question is not None
    await desk.recovery.dismiss(desk.session_id, asked.question.question_id, "decline")
    assert session_of(desk).target is before
    assert (await desk.answer(await go_ahead(desk), CONFIRM)).status == "done"


async def test_disks_that_the_zone_sells_can_be_chosen_anew() -> None:
    desk = await at_the_launch()
    asked = await desk.answer(await desk.answer(await go_ahead(desk), "change"), "disks")
    assert "on the source" in text_of(asked)
    assert len(values_of(asked)) >= 2


async def test_another_type_in_the_same_zone_keeps_the_vswitch_and_another_zone_does_not() -> None:
    desk = await at_the_launch()
    session = session_of(desk)
    target, vswitch = session.target, session.vswitch
    assert target is not None
    assert vswitch is not None
    session.choose(replace(target, instance_type="ecs.c7.xlarge"))
    assert (session.vswitch, session.disks) == (vswitch, None)
    session.choose(replace(target, zone_id="cn-beijing-l"))
    assert session.vswitch is None


async def test_what_is_carried_along_is_not_asked_again_for_another_zone() -> None:
    desk = await at_the_launch()
    await go_ahead(desk)
    asked_before = desk.asked.count("launch.options")
    await desk.settle(await desk.call("choose_target", target_zone_id="cn-beijing-l"))
    await desk.settle(await desk.call("prepare_vswitch"))
    await desk.settle(await desk.call("check_disks"))
    assert key_of(await desk.call("create_instance")) == "launch.confirm"
    assert desk.asked.count("launch.options") == asked_before == 1


async def test_the_same_decision_once_more_leaves_a_go_ahead_in_force() -> None:
    desk = await at_the_launch()
    shown = await go_ahead(desk)
    session = session_of(desk)
    assert session.vswitch is not None
    session.choose(session.vswitch)
    assert (await desk.answer(shown, CONFIRM)).status == "done"
