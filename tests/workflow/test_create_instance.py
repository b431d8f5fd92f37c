"""Step 5: every parameter shown, one go-ahead, exactly one instance."""

from __future__ import annotations

import re

import anyio
import pytest

from ecs_dr.domain.questions import ABORT, CONFIRM, CUSTOM
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import InvalidInput, StepOutOfOrder
from ecs_dr.redact import safe_display
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.run import RecoveryOptions
from ecs_dr.workflow.steps.launch.billing import PAY_AS_YOU_GO, SPOT, SUBSCRIPTION_MONTH
from tests.support.desk import SOURCE, Desk
from tests.workflow.bench import (
    NOTHING,
    go_ahead,
    id_of,
    key_of,
    launch_put_off,
    no_requests,
    sends,
    text_of,
    until,
    up_to,
    values_of,
    world_with,
)

KEY = "launch.confirm"
ONE_EACH = {**NOTHING, "CreateImage": 1, "RunInstances": 1}


async def finish(desk: Desk, asked: Answer, choice: str = CONFIRM, text: str | None = None) -> Answer:
    """Give the go-ahead, and wait until the instance is accepted."""
    answer = await desk.answer(asked, choice, text)
    while answer.status == "in_progress":
        answer = await desk.call("create_instance")
    return answer


@pytest.mark.parametrize(
    ("tools", "missing"),
    [
        ((), "create_image"),
        (("create_image",), "choose_target"),
        (("create_image", "choose_target"), "prepare_vswitch"),
        (("create_image", "choose_target", "prepare_vswitch"), "check_disks"),
    ],
)
async def test_what_is_missing_is_named_with_the_tool_that_supplies_it(tools: tuple[str, ...], missing: str) -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    for tool in tools:
        await desk.settle(await desk.call(tool))  # type: ignore[arg-type]
    with no_requests(desk), pytest.raises(StepOutOfOrder) as refused:
        await desk.call("create_instance")
    assert refused.value.next_tool == missing
    assert refused.value.step == "instance"


NOT_SHOWN = frozenset({"ClientToken", "DryRun"})
IN_WORDS = {
    "PostPaid": "pay-as-you-go",
    "PayByTraffic": "paid by traffic",
    "cloud_essd": "ESSD",
    "cloud_auto": "ESSD AutoPL",
    "DeletionProtection": "release protection on",
    "BurstingEnabled": "burst on",
    "DeleteWithInstance true": "yes",
    "DeleteWithInstance false": "NO",
    "InternetMaxBandwidthOut 0": "no public IP",
    "Amount": "Create 1 instance",
}


def stands_on(page: str, name: str, value: str) -> bool:
    """Whether a sent value is on the page: itself as a whole word, or the words of a console for it."""
    last = name.rpartition(".")[2]
    wanted = IN_WORDS.get(f"{last} {value.lower()}", IN_WORDS.get(last, IN_WORDS.get(value, value)))
    return re.search(rf"(?<![\w.-]){re.escape(wanted)}(?![\w-])", page) is not None


@pytest.mark.parametrize("world", ["healthy", "many", "eip-only", "encrypted", "sold-out", "prepaid"])
async def test_every_sent_value_stands_on_the_page_whatever_the_world(world: str) -> None:
    desk = Desk(world)
    asked = await until(desk, KEY)
    page = text_of(asked)
    await finish(desk, asked)
    (sent,) = sends(desk, "RunInstances")
    words = {"Encrypted": "encrypted", "BurstingEnabled": "burst"}
    for name, value in sent.params.items():
        last = name.rpartition(".")[2]
        if name not in NOT_SHOWN and value:
            assert (words[last] in page) if last in words else stands_on(page, name, value), (name, value)


async def test_one_question_shows_every_parameter_of_the_launch() -> None:
    desk = Desk()
    asked = await until(desk, KEY)
    assert values_of(asked)[:2] == [CONFIRM, CUSTOM]
    assert values_of(asked)[-1] == ABORT
    done = await finish(desk, asked)
    (sent,) = sends(desk, "RunInstances")
    parameters = {name: value for name, value in sent.params.items() if name not in NOT_SHOWN}
    page = text_of(asked)
    missing = {name: value for name, value in parameters.items() if not stands_on(page, name, value)}
    assert missing == {}
    assert done.data["instance_id"]
    assert parameters["Amount"] == "1"
    assert parameters["InstanceName"] == "recovery-prod-web"
    assert parameters["SystemDisk.PerformanceLevel"] == "PL0"
    assert parameters["DataDisk.1.Device"] == "/dev/xvdb"
    assert not any("SnapshotId" in name for name in parameters)


async def test_nothing_is_created_before_the_go_ahead_and_one_instance_after_it() -> None:
    desk = Desk()
    asked = await until(desk, KEY)
    assert desk.mutations["RunInstances"] == 0
    done = await finish(desk, asked)
    assert (done.status, done.step) == ("done", "instance")
    assert desk.mutations == ONE_EACH
    with no_requests(desk):
        again = await desk.call("create_instance", instance_name="another-name")
    assert again.data == done.data


async def test_the_launch_is_rehearsed_without_a_token_before_it_is_sent() -> None:
    desk = Desk()
    await finish(desk, await until(desk, KEY))
    rehearsed, sent = desk.simulator.calls("RunInstances")
    assert rehearsed.outcome == "DryRunOperation"
    assert "ClientToken" not in rehearsed.params
    assert sent.params["ClientToken"]


async def test_two_calls_at_once_create_one_instance() -> None:
    desk = Desk()
    await up_to(desk, "check_disks")
    while (await desk.call("wait_for_image")).status == "in_progress":
        pass
    asked = await go_ahead(desk)
    answers: list[Answer] = []

    async def answer() -> None:
        answers.append(await desk.answer(asked, CONFIRM))

    async def call() -> None:
        answers.append(await desk.call("create_instance"))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(answer)
        tasks.start_soon(call)
    assert [one.status for one in answers] == ["done", "done"]
    assert desk.mutations == ONE_EACH


@pytest.mark.parametrize("how", ["abort", "decline", "cancel"])
async def test_stopping_creates_nothing_and_a_new_call_asks_again(how: str) -> None:
    desk = Desk()
    asked = await until(desk, KEY)
    if how == "abort":
        stopped = await desk.answer(asked, ABORT)
    else:
        stopped = await desk.recovery.dismiss(
            desk.session_id, id_of(asked), "decline" if how == "decline" else "cancel"
        )
    assert (stopped.status, stopped.step) == ("stopped", "instance")
    again = await go_ahead(desk)
    assert (key_of(again), id_of(again) == id_of(asked)) == (KEY, False)
    assert sends(desk, "RunInstances") == []


@pytest.mark.parametrize("name", ["1web", "w", "web[1,4]", "http://web", "my web", "x" * 129])
async def test_a_bad_instance_name_is_refused_before_anything_is_sent(name: str) -> None:
    desk = Desk()
    await up_to(desk, "check_disks")
    with no_requests(desk), pytest.raises(InvalidInput) as refused:
        await desk.call("create_instance", instance_name=name)
    assert refused.value.code == "InvalidInstanceName"


async def test_a_proposed_name_is_shown_and_still_asked_about() -> None:
    desk = Desk()
    await up_to(desk, "check_disks")
    asked = await go_ahead(desk, instance_name="standby-web")
    assert key_of(asked) == KEY
    assert "standby-web" in text_of(asked)
    await finish(desk, asked)
    (sent,) = sends(desk, "RunInstances")
    assert sent.params["InstanceName"] == "standby-web"


@pytest.mark.parametrize("name", ["another-name", "**bad** name"])
async def test_a_name_that_is_proposed_after_the_replica_was_made_is_answered_and_changes_nothing(name: str) -> None:
    desk = Desk()
    done = await finish(desk, await until(desk, KEY))
    with no_requests(desk):
        again = await desk.call("create_instance", instance_name=name)
        same = await desk.call("create_instance", instance_name=sends(desk, "RunInstances")[0].params["InstanceName"])
    assert (again.status, again.data, same.data) == ("done", done.data, done.data)
    assert f"{safe_display(name)} was proposed, but replica {done.data['instance_id']} was created" in again.message
    assert "was proposed" not in same.message


async def test_a_name_that_is_proposed_for_a_launch_under_way_is_answered_and_changes_nothing() -> None:
    desk = Desk()
    await launch_put_off(desk)
    done = await desk.settle(await desk.call("create_instance", instance_name="another-name"))
    assert done.status == "done"
    assert "another-name was proposed" in done.message
    assert [entry.params["InstanceName"] == "another-name" for entry in sends(desk, "RunInstances")] == [False]


async def test_a_typed_name_is_checked_and_then_used_while_all_else_stays_as_shown() -> None:
    desk = Desk()
    asked = await until(desk, KEY)
    again = await desk.answer(asked, CUSTOM, "web[1,4]")
    assert key_of(again) == KEY
    assert id_of(again) != id_of(asked)
    assert again.problem is not None
    assert again.problem.code == "InvalidInstanceName"
    await finish(desk, again, CUSTOM, "standby-web")
    (sent,) = sends(desk, "RunInstances")
    assert sent.params["InstanceName"] == "standby-web"
    assert desk.mutations == ONE_EACH


async def test_a_target_that_changes_while_the_question_is_open_makes_a_new_question() -> None:
    desk = Desk()
    asked = await until(desk, KEY)
    await desk.settle(await desk.call("choose_target", target_zone_id="cn-beijing-i"))
    with pytest.raises(Exception, match="StaleQuestion"):
        await desk.answer(asked, CONFIRM)
    await desk.settle(await desk.call("prepare_vswitch"))
    await desk.settle(await desk.call("check_disks"))
    new = await go_ahead(desk)
    assert "cn-beijing-i" in text_of(new)
    await finish(desk, new)
    (sent,) = sends(desk, "RunInstances")
    assert sent.params["ZoneId"] == "cn-beijing-i"


async def test_the_price_is_shown_and_its_absence_is_no_reason_to_stop() -> None:
    assert "CNY an hour" in text_of(await until(Desk(), KEY))
    asked = await until(Desk(world_with(denied=("ecs:DescribePrice",))), KEY)
    assert "price could not be read" in text_of(asked)


async def test_a_source_without_a_public_address_leads_to_no_bandwidth() -> None:
    desk = Desk("eip-only")
    await finish(desk, await until(desk, KEY))
    (sent,) = sends(desk, "RunInstances")
    assert sent.params["InternetMaxBandwidthOut"] == "0"


async def test_lineage_tags_are_set_unless_they_are_switched_off() -> None:
    for tagged in (True, False):
        desk = Desk("healthy", RecoveryOptions(profile_tags=tagged))
        await finish(desk, await until(desk, KEY))
        replica = next(item for item in desk.world.instances.values() if item.launched_at is not None)
        assert replica.tags["env"] == "prod"
        assert (replica.tags.get("ecs-dr:source") == SOURCE) is tagged


async def test_a_subscription_source_is_asked_about_with_prices() -> None:
    desk = Desk("prepaid")
    asked = await until(desk, "launch.billing")
    assert values_of(asked) == [PAY_AS_YOU_GO, SUBSCRIPTION_MONTH, ABORT]
    assert asked.question is not None
    descriptions = [option.description for option in asked.question.question.options]
    assert "an hour" in descriptions[0]
    assert "a month, paid at once" in descriptions[1]
    confirm = await go_ahead(desk, await desk.answer(asked, PAY_AS_YOU_GO))
    assert key_of(confirm) == KEY
    await finish(desk, confirm)
    (sent,) = sends(desk, "RunInstances")
    assert sent.params["InstanceChargeType"] == "PostPaid"
    assert "Period" not in sent.params


async def test_a_subscription_is_bought_only_when_it_was_chosen_and_does_not_renew_itself() -> None:
    desk = Desk("prepaid")
    confirm = await go_ahead(desk, await desk.answer(await until(desk, "launch.billing"), SUBSCRIPTION_MONTH))
    assert "subscription for 1 month(s), paid at once; not renewed" in text_of(confirm)
    await finish(desk, confirm)
    (sent,) = sends(desk, "RunInstances")
    assert (sent.params["InstanceChargeType"], sent.params["Period"]) == ("PrePaid", "1")
    assert sent.params["AutoRenew"] == "False"


async def test_a_spot_source_is_asked_about() -> None:
    for choice, strategy in ((PAY_AS_YOU_GO, None), (SPOT, "SpotAsPriceGo")):
        world = load_world("healthy")
        world.instances[SOURCE].spot_strategy = "SpotAsPriceGo"
        world.instances[SOURCE].deletion_protection = False
        desk = Desk(world)
        asked = await until(desk, "launch.billing")
        assert values_of(asked) == [PAY_AS_YOU_GO, SPOT, ABORT]
        await finish(desk, await go_ahead(desk, await desk.answer(asked, choice)))
        (sent,) = sends(desk, "RunInstances")
        assert sent.params.get("SpotStrategy") == strategy


async def test_abort_at_the_billing_question_creates_nothing_and_a_new_call_asks_it_again() -> None:
    desk = Desk("prepaid")
    stopped = await desk.answer(await until(desk, "launch.billing"), ABORT)
    assert stopped.status == "stopped"
    assert key_of(await desk.call("create_instance")) == "launch.billing"
    assert sends(desk, "RunInstances") == []


async def test_the_go_ahead_given_while_the_image_is_made_launches_once_it_is_ready() -> None:
    async with Desk().open() as desk:
        await up_to(desk, "check_disks")
        asked = await go_ahead(desk)
        assert key_of(asked) == KEY
        waiting = await desk.answer(asked, CONFIRM)
        assert waiting.status == "in_progress"
        assert sends(desk, "RunInstances") == []
        done = await desk.settle(waiting)
        assert (done.status, done.step) == ("done", "instance")
        assert desk.asked.count(KEY) == 1
        assert desk.mutations == ONE_EACH
