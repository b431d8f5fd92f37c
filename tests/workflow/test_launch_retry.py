"""A launch that found no stock, sent once more: the choice to retry is the consent to exactly what was refused."""

from __future__ import annotations

import re

from ecs_dr.cloud.transport import ApiRequest, Json
from ecs_dr.domain.questions import ABORT, CONFIRM, CUSTOM, PICK_ANOTHER_ZONE, RETRY
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.simulator.world import World, load_world
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import Desk
from tests.workflow.bench import (
    NOTHING,
    Fault,
    break_line,
    go_ahead,
    id_of,
    key_of,
    refusal,
    sends,
    session_of,
    text_of,
    until,
    up_to,
    values_of,
)

KEY, NO_STOCK = "launch.confirm", "launch.refused"
ZONE_K, TYPE = "cn-beijing-k", "ecs.g7.xlarge"
MEANWHILE: tuple[ToolName, ...] = ("choose_target", "prepare_vswitch", "check_disks")
ONE_EACH = {**NOTHING, "CreateImage": 1, "RunInstances": 1}


def world_without_substitutes() -> World:
    """Zone K sells the source's type alone, so that trying once more is offered."""
    world = load_world("healthy")
    for name in list(world.stock[ZONE_K]):
        if name != TYPE:
            world.stock[ZONE_K][name] = "WithoutStock"
    return world


async def refused_launch(choice: str = CONFIRM, text: str | None = None) -> tuple[Desk, Answer]:
    """The go-ahead is given, and the rehearsal of the launch finds no stock."""
    desk = Desk(world_without_substitutes())
    return desk, await refused_by(desk, choice, text)


async def refused_by(desk: Desk, choice: str = CONFIRM, text: str | None = None, *, rehearsed: bool = True) -> Answer:
    """The question after a launch that found no stock: in its rehearsal, or when it was sent."""
    await up_to(desk, "check_disks")
    await desk.settle(await desk.call("wait_for_image"))
    break_line(desk, Fault("RunInstances", refusal("OperationDenied.NoStock", http_status=403), dry_run=rehearsed))
    question = await desk.answer(await go_ahead(desk), choice, text)
    assert key_of(question) == NO_STOCK
    assert values_of(question) == [PICK_ANOTHER_ZONE, RETRY, ABORT]
    return question


async def test_trying_once_more_after_a_refused_rehearsal_sends_the_same_launch_without_another_question() -> None:
    desk, question = await refused_launch()
    done = await desk.answer(question, RETRY)
    assert (done.status, desk.asked.count(KEY)) == ("done", 1)
    assert desk.mutations == ONE_EACH


async def test_trying_once_more_after_a_refused_launch_sends_the_same_parameters_under_a_new_token() -> None:
    desk = Desk(world_without_substitutes())
    sent: list[dict[str, Json]] = []

    def note(request: ApiRequest) -> None:
        if request.action == "RunInstances" and "DryRun" not in request.params:
            sent.append(dict(request.params))

    desk.transport.before.append(note)
    question = await refused_by(desk, rehearsed=False)
    done = await desk.answer(question, RETRY)
    assert (done.status, desk.asked.count(KEY), desk.mutations) == ("done", 1, ONE_EACH)
    first, second = sent
    assert first.pop("ClientToken") != second.pop("ClientToken")
    assert first == second


async def test_each_further_refusal_is_asked_about_and_each_retry_counts_once() -> None:
    desk, question = await refused_launch()
    fault = Fault("RunInstances", refusal("OperationDenied.NoStock", http_status=403), times=2, dry_run=True)
    break_line(desk, fault)
    again = await desk.answer(question, RETRY)
    assert (key_of(again), id_of(again) == id_of(question)) == (NO_STOCK, False)
    third = await desk.answer(again, RETRY)
    assert (key_of(third), fault.times) == (NO_STOCK, 0)
    assert (await desk.answer(third, RETRY)).status == "done"
    assert (desk.mutations, desk.asked.count(KEY)) == (ONE_EACH, 1)


async def test_a_typed_name_is_kept_by_the_retry() -> None:
    desk, question = await refused_launch(CUSTOM, "the-standby")
    done = await desk.answer(question, RETRY)
    assert done.status == "done"
    assert [entry.params["InstanceName"] for entry in sends(desk, "RunInstances")] == ["the-standby"]


async def test_a_price_that_changed_is_shown_and_asked_about() -> None:
    desk, question = await refused_launch()
    desk.world.prices.instance_hour[TYPE] *= 2
    confirm = await desk.answer(question, RETRY)
    assert key_of(confirm) == KEY
    assert sends(desk, "RunInstances") == []
    stopped = await desk.answer(confirm, ABORT)
    assert (stopped.status, desk.mutations["RunInstances"]) == ("stopped", 0)
    assert key_of(await go_ahead(desk)) == KEY


async def test_parameters_that_changed_are_shown_and_asked_about() -> None:
    desk, question = await refused_launch()
    assert key_of(await go_ahead(desk, instance_name="renamed-meanwhile")) == KEY
    confirm = await desk.answer(question, RETRY)
    assert key_of(confirm) == KEY
    assert "renamed-meanwhile" in text_of(confirm)
    assert sends(desk, "RunInstances") == []


async def test_a_retry_for_parameters_that_are_no_longer_proposed_does_not_count_later() -> None:
    desk, question = await refused_launch()
    desk.world.prices.instance_hour[TYPE] *= 2
    assert key_of(await desk.answer(question, RETRY)) == KEY
    desk.world.prices.instance_hour[TYPE] /= 2
    assert key_of(await desk.call("create_instance")) == KEY
    assert sends(desk, "RunInstances") == []


async def test_nothing_is_sent_again_while_the_question_is_not_answered() -> None:
    desk, question = await refused_launch()
    assert id_of(await go_ahead(desk)) == id_of(question)
    await desk.recovery.dismiss(desk.session_id, id_of(question), "cancel")
    assert key_of(await go_ahead(desk)) == KEY
    assert sends(desk, "RunInstances") == []


async def test_a_missing_permission_that_the_retry_meets_pauses_it_and_the_same_goes_on_when_granted() -> None:
    desk, question = await refused_launch()
    break_line(desk, Fault("RunInstances", refusal("Forbidden.RAM", http_status=403)))
    paused = await desk.answer(question, RETRY)
    assert key_of(paused) == "permission.instance"
    done = await desk.answer(paused, RETRY)
    assert (done.status, desk.asked.count(KEY), desk.mutations) == ("done", 1, ONE_EACH)


async def test_tags_that_may_not_be_set_do_not_stop_the_retry() -> None:
    desk, question = await refused_launch()
    break_line(desk, Fault("RunInstances", refusal("NoPermission.Tag", http_status=403)))
    done = await desk.answer(question, RETRY)
    assert (done.status, desk.asked.count(KEY), desk.mutations) == ("done", 1, ONE_EACH)


async def test_waits_are_told_with_what_they_wait_for_and_reads_leave_no_note() -> None:
    desk = Desk()
    told: list[str] = []

    async def listen(*said: object) -> None:
        told.append(str(said[-1]))

    await until(desk, KEY)
    line = break_line(desk, Fault("DescribeImages", refusal("Throttling.User")))
    session = session_of(desk)
    image = session.image
    assert image is not None
    run = desk.recovery._new_run(session, "wait_for_image", {}, listen)
    await run.cloud.describe_image(run.scope, image.image_id)
    assert line.faults[0].times == 0
    waits = [one for one in told if "Throttling.User" in one]
    assert len(waits) == 1
    assert "ClientToken" not in waits[0]
    (seconds,) = re.findall(r"waiting ([\d.]+) s", waits[0])
    assert len(seconds.replace(".", "")) <= 3, "rounded"
    assert session.notes == []


async def cut_off_by_its_refusal(desk: Desk) -> None:
    """The launch is refused when the call's time is over: nothing could be read any more, and nothing was told."""

    def refuse_late(request: ApiRequest) -> None:
        if request.action == "RunInstances" and not request.params.get("DryRun"):
            desk.clock.advance(11)
            raise refusal("OperationDenied.NoStock", http_status=403)

    await up_to(desk, "check_disks")
    await desk.settle(await desk.call("wait_for_image"))
    asked = await go_ahead(desk)
    desk.transport.before.append(refuse_late)
    assert (await desk.answer(asked, CONFIRM)).status == "in_progress"
    desk.transport.before.clear()


async def test_a_refusal_that_used_up_its_call_is_told_in_the_next_and_nothing_is_sent_again_for_it() -> None:
    desk = Desk(options=RecoveryOptions(simulated=True, call_budget_seconds=10))
    async with desk.open():
        await cut_off_by_its_refusal(desk)
        sent = len(desk.simulator.calls("RunInstances"))
        told = await desk.call("create_instance")
        assert key_of(told) == NO_STOCK
        assert "OperationDenied.NoStock" in text_of(told)
        assert len(desk.simulator.calls("RunInstances")) == sent
        assert session_of(desk).refusals.launch is None


async def test_a_refusal_that_nobody_was_told_of_is_dropped_once_another_zone_was_chosen() -> None:
    desk = Desk(options=RecoveryOptions(simulated=True, call_budget_seconds=10))
    async with desk.open():
        await cut_off_by_its_refusal(desk)
        session_of(desk).leave_zone()
        for tool in MEANWHILE:
            await desk.settle(await desk.call(tool))
        target = session_of(desk).target
        assert target is not None
        assert target.zone_id != ZONE_K
        assert key_of(await go_ahead(desk)) == KEY
