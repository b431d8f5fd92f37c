"""One page before anything is spent: what is known, what is refused, what accepting it settles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from ecs_dr.cloud.transport import ApiError, ApiRequest, Json
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.questions import ABORT, CONFIRM, RETRY
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.errors import StepOutOfOrder
from ecs_dr.simulator.world import World, load_world
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import SOURCE, Desk
from tests.workflow.bench import NOTHING, Fault, break_line, key_of, refusal, session_of, text_of, values_of, world_with

ACCEPT, STEP_BY_STEP = CONFIRM, "step_by_step"


async def planned(desk: Desk) -> Answer:
    await desk.settle(await desk.collect())
    return await desk.call("plan_recovery")


def entries(answer: Answer, name: str) -> list[JsonObject]:
    found = answer.data[name]
    assert isinstance(found, list)
    return [entry for entry in found if isinstance(entry, dict)]


def numbers(value: JsonValue) -> dict[str, float]:
    assert isinstance(value, dict)
    return {name: float(entry) for name, entry in value.items() if isinstance(entry, int | float)}


def zone_of(answer: Answer, zone_id: str) -> JsonObject:
    return next(zone for zone in entries(answer, "zones") if zone["zone_id"] == zone_id)


def states(answer: Answer) -> dict[JsonValue, JsonValue]:
    return {str(entry["action"]): entry["state"] for entry in entries(answer, "permissions")}


def codes(answer: Answer) -> list[JsonValue]:
    return [entry["code"] for entry in entries(answer, "findings")]


async def test_every_other_zone_is_shown_with_stock_disks_vswitch_and_price() -> None:
    desk = Desk()
    async with desk.open():
        answer = await planned(desk)
    assert [zone["zone_id"] for zone in entries(answer, "zones")] == [
        "cn-beijing-k",
        "cn-beijing-l",
        "cn-beijing-i",
        "cn-beijing-j",
    ]
    best, sold_out = zone_of(answer, "cn-beijing-k"), zone_of(answer, "cn-beijing-j")
    assert (best["stock"], best["instance_type"], best["vswitch_id"]) == ("WithStock", "ecs.g7.xlarge", "vsw-2zek0001")
    assert (sold_out["stock"], sold_out["instance_type"]) == ("WithoutStock", "ecs.g8i.xlarge")
    assert sold_out["disks_not_offered"] == [
        {"device": "/dev/xvdc", "category": "cloud_auto", "instead": "cloud_essd PL1"}
    ]
    price = numbers(best["price"])
    assert price["per_month"] == pytest.approx(price["total"] * 720, rel=0.01)


async def test_a_plan_creates_nothing_and_tries_only_what_documents_its_dry_run() -> None:
    """A dry run of CreateImage might make an image: none is sent, and the plan says that it was not tried."""
    desk = Desk()
    async with desk.open():
        answer = await planned(desk)
    assert states(answer)["ecs:CreateImage"] == "not_known"
    assert "ecs:CreateImage (cannot be tried without creating)" in answer.message
    tried = [entry for entry in desk.simulator.journal if entry.action in NOTHING]
    assert {entry.action for entry in tried} == {"RunInstances"}
    assert all(entry.params["DryRun"] == "True" and "ClientToken" not in entry.params for entry in tried)
    assert desk.mutations == NOTHING


async def test_what_is_accepted_is_not_asked_again() -> None:
    desk = Desk()
    async with desk.open():
        answer = await desk.answer(await planned(desk), ACCEPT)
        assert (answer.status, answer.data["accepted"]) == ("done", True)
        assert answer.next is not None
        assert answer.next.tool == "create_image"
        while answer.next is not None:
            answer = await desk.settle(await desk.go_on(answer))
    assert answer.data["verdict"] == "match"
    assert not any(key.startswith(("target", "vswitch", "disks")) for key in desk.asked)
    assert desk.mutations == {"CreateImage": 1, "CreateVSwitch": 0, "RunInstances": 1}


async def test_step_four_looks_again_at_what_was_accepted_and_asks_nothing_while_it_holds() -> None:
    desk = Desk()
    async with desk.open():
        await desk.answer(await planned(desk), ACCEPT)
        before = len(desk.simulator.journal)
        tools: tuple[ToolName, ...] = ("choose_target", "prepare_vswitch", "check_disks")
        for tool in tools:
            assert (await desk.call(tool)).status == "done"
        looked = [entry.action for entry in desk.simulator.journal[before:]]
        assert looked == [
            "DescribeAvailableResource",
            "DescribeVSwitches",
            "DescribeAvailableResource",
            "DescribeAvailableResource",
        ]
        before = len(desk.simulator.journal)
        assert (await desk.call("choose_target")).status == "done"
        assert len(desk.simulator.journal) == before


async def test_a_type_that_sold_out_after_the_plan_is_asked_about_again() -> None:
    desk = Desk()
    async with desk.open():
        await desk.answer(await planned(desk), ACCEPT)
        desk.world.stock["cn-beijing-k"]["ecs.g7.xlarge"] = "WithoutStock"
        answer = await desk.call("choose_target")
    assert key_of(answer) == "target.zone"
    assert "not in stock in the zone any more" in answer.message


async def test_a_vswitch_that_filled_up_after_the_plan_is_asked_about_again() -> None:
    desk = Desk()
    async with desk.open():
        await desk.answer(await planned(desk), ACCEPT)
        del desk.world.vswitches["vsw-2zek0001"]
        answer = await desk.call("prepare_vswitch")
    assert key_of(answer) == "vswitch.create"
    assert "cannot be used any more" in answer.message


async def test_disks_that_the_zone_gave_up_after_the_plan_are_asked_about_again() -> None:
    desk = Desk()
    async with desk.open():
        await desk.answer(await planned(desk), ACCEPT)
        desk.world.disk_support["cn-beijing-k"].data.remove("cloud_auto")
        answer = await desk.call("check_disks")
    assert key_of(answer) == "disks.data.cloud_auto.None"


async def test_step_by_step_decides_nothing() -> None:
    desk = Desk()
    async with desk.open():
        answer = await desk.answer(await planned(desk), STEP_BY_STEP)
        assert (answer.status, answer.data["accepted"]) == ("done", False)
        assert session_of(desk).target is None
        answer = await desk.call("plan_recovery")
        assert answer.status == "done"
        assert key_of(await desk.call("choose_target")) == "target.zone"


async def test_abort_leaves_nothing_decided_and_the_next_plan_is_read_anew() -> None:
    desk = Desk()
    async with desk.open():
        answer = await desk.answer(await planned(desk), ABORT)
        assert answer.status == "stopped"
        before = len(desk.simulator.journal)
        again = await desk.call("plan_recovery")
        assert values_of(again) == [ACCEPT, STEP_BY_STEP, ABORT]
        assert len(desk.simulator.journal) > before


async def test_an_open_question_is_put_again_without_reading_anything() -> None:
    desk = Desk()
    async with desk.open():
        first = await planned(desk)
        before = len(desk.simulator.journal)
        second = await desk.call("plan_recovery")
        assert len(desk.simulator.journal) == before
    assert first.question is not None
    assert second.question == first.question
    assert second.data == first.data


async def test_the_new_vswitch_that_the_accepted_plan_showed_is_created_without_another_question() -> None:
    desk = Desk("no-vswitch")
    async with desk.open():
        answer = await planned(desk)
        assert answer.data["recommended"] == {
            "zone_id": "cn-beijing-k",
            "instance_type": "ecs.g7.xlarge",
            "cidr_block": "172.16.16.0/20",
            "disks_as_source": True,
        }
        assert "172.16.16.0/20" in answer.message
        accepted = await desk.answer(answer, ACCEPT)
        assert (accepted.status, desk.mutations["CreateVSwitch"]) == ("done", 0)
        made = await desk.call("prepare_vswitch")
        assert (made.status, made.data["cidr_block"]) == ("done", "172.16.16.0/20")
        again = await desk.call("prepare_vswitch")
    assert (again.data["vswitch_id"], desk.mutations["CreateVSwitch"]) == (made.data["vswitch_id"], 1)
    assert states(answer) == {
        "ecs:CreateImage": "not_known",
        "ecs:RunInstances": "granted",
        "vpc:CreateVSwitch": "not_known",
    }


async def test_the_plan_permits_the_vswitch_that_it_showed_and_no_other() -> None:
    desk = Desk("no-vswitch")
    async with desk.open():
        await desk.answer(await planned(desk), ACCEPT)
        other = await desk.call("prepare_vswitch", cidr_block="172.16.64.0/24")
        assert (key_of(other), desk.mutations["CreateVSwitch"]) == ("vswitch.create", 0)


async def test_a_block_that_was_taken_after_the_plan_is_asked_about_again() -> None:
    desk = Desk("no-vswitch")
    async with desk.open():
        await desk.answer(await planned(desk), ACCEPT)
        one = next(iter(desk.world.vswitches.values()))
        taken = replace(one, vswitch_id="vsw-2zeother0001", zone_id="cn-beijing-i", cidr_block="172.16.16.0/20")
        desk.world.vswitches[taken.vswitch_id] = taken
        asked = await desk.call("prepare_vswitch")
    assert (key_of(asked), desk.mutations["CreateVSwitch"]) == ("vswitch.create", 0)
    assert "172.16.16.0/20" not in text_of(asked)


async def test_another_zone_withdraws_what_the_plan_permitted() -> None:
    desk = Desk("no-vswitch")
    async with desk.open():
        await desk.answer(await planned(desk), ACCEPT)
        await desk.settle(await desk.call("choose_target", target_zone_id="cn-beijing-l"))
        asked = await desk.call("prepare_vswitch")
        assert (key_of(asked), desk.mutations["CreateVSwitch"]) == ("vswitch.create", 0)


async def test_the_substitute_that_the_accepted_plan_showed_is_not_asked_about_again() -> None:
    desk = Desk("disk-unsupported")
    async with desk.open():
        answer = await planned(desk)
        assert (answer.data["verdict"], codes(answer)) == ("ready_with_choices", ["OtherDisks"])
        await desk.answer(answer, ACCEPT)
        settled = await desk.call("check_disks")
    (other,) = (row for row in entries(settled, "disks") if row["substituted"])
    assert (settled.status, other["category"]) == ("done", "cloud_essd")
    assert str(other["device"]) in answer.message


async def test_a_missing_permission_is_known_before_anything_is_spent() -> None:
    action = "ecs:RunInstances"
    desk = Desk(world_with(denied=(action,)))
    async with desk.open():
        answer = await planned(desk)
    assert (answer.status, values_of(answer)) == ("needs_answer", [RETRY, ABORT])
    assert states(answer)[action] == "missing"
    assert answer.problem is not None
    assert answer.problem.missing_permission == action
    assert f'"Action": "{action}"' in answer.message
    assert desk.mutations == NOTHING


async def test_the_plan_waits_for_a_permission_and_goes_on_once_it_is_granted() -> None:
    desk = Desk(world_with(denied=("ecs:RunInstances",)))
    async with desk.open():
        waiting = await planned(desk)
        still = await desk.answer(waiting, RETRY)
        assert values_of(still) == [ABORT, RETRY], "nothing has changed since: stopping is recommended"
        desk.world.identities["operator"].denied.clear()
        answer = await desk.answer(still, RETRY)
    assert values_of(answer) == [ACCEPT, STEP_BY_STEP, ABORT]


async def test_giving_up_on_a_permission_ends_the_plan_and_nothing_was_created() -> None:
    desk = Desk(world_with(denied=("ecs:RunInstances",)))
    async with desk.open():
        answer = await desk.answer(await planned(desk), ABORT)
    assert answer.status == "stopped"
    assert desk.mutations == NOTHING


async def test_a_permission_is_not_waited_for_where_something_else_is_in_the_way() -> None:
    world = sold_out_everywhere()
    world.identities["operator"].denied.append("ecs:RunInstances")
    desk = Desk(world)
    async with desk.open():
        answer = await planned(desk)
    assert (answer.status, answer.question) == ("failed", None)
    assert answer.problem is not None
    assert (answer.problem.code, answer.problem.missing_permission) == ("RecoveryImpossible", "ecs:RunInstances")


@pytest.mark.parametrize("action", ["ecs:DescribePrice", "vpc:DescribeVpcs", "ecs:DescribeInstanceTypes"])
async def test_an_optional_permission_that_is_missing_is_said_and_stops_nothing(action: str) -> None:
    desk = Desk(world_with(denied=(action,)))
    async with desk.open():
        answer = await planned(desk)
    assert answer.status == "needs_answer"
    assert answer.data["verdict"] != "blocked"
    assert states(answer)[action] == "missing"
    assert f'"Action": "{action}"' in answer.message
    assert "PermissionMissing" in codes(answer)


def sold_out_everywhere() -> World:
    world = load_world("sold-out")
    for types in world.stock.values():
        for name in types:
            types[name] = "WithoutStock"
    return world


async def test_an_impossible_recovery_is_refused_within_seconds_and_costs_nothing() -> None:
    desk = Desk(sold_out_everywhere())
    async with desk.open():
        before = desk.clock.now()
        answer = await planned(desk)
        assert (desk.clock.now() - before).total_seconds() < 5
    assert answer.status == "failed"
    assert answer.problem is not None
    assert answer.problem.code == "RecoveryImpossible"
    assert "NoZone" in codes(answer)
    assert answer.data["recommended"] is None
    assert desk.mutations == NOTHING


async def test_an_account_in_arrears_is_found_out_by_the_trials() -> None:
    world = load_world("healthy")
    world.account.in_arrears = True
    desk = Desk(world)
    async with desk.open():
        answer = await planned(desk)
    assert answer.status == "failed"
    assert "RehearsalRefused" in codes(answer)
    assert desk.mutations == NOTHING


async def test_an_answer_to_the_trial_that_nobody_expects_counts_as_not_known() -> None:
    desk = Desk()
    async with desk.open():
        break_line(desk, Fault("RunInstances", refusal("InvalidParameter.Puzzling"), dry_run=True))
        answer = await planned(desk)
    assert states(answer)["ecs:RunInstances"] == "not_known"
    assert answer.status == "needs_answer"
    assert "InvalidParameter.Puzzling" in answer.message


async def test_a_price_that_cannot_be_read_is_no_reason_to_stop() -> None:
    desk = Desk()
    async with desk.open():
        break_line(desk, Fault("DescribePrice", ApiError("PriceNotFound", "none", http_status=400), times=99))
        answer = await planned(desk)
    assert "PriceUnknown" in codes(answer)
    assert "price" not in zone_of(answer, "cn-beijing-k")
    assert "| VSwitch |\n" in answer.message, "no column without a value"
    assert answer.status == "needs_answer"


async def test_a_subscription_is_shown_both_ways_and_its_own_stock_counts() -> None:
    desk = Desk("prepaid")
    async with desk.open():
        answer = await planned(desk)
    other = zone_of(answer, "cn-beijing-i")
    assert (other["stock"], other["stock_pay_as_you_go"]) == ("WithoutStock", "ClosedWithStock")
    monthly = answer.data["subscription_month"]
    assert isinstance(monthly, dict)
    assert monthly["unit"] == "month"


async def test_a_plan_needs_a_source() -> None:
    desk = Desk()
    async with desk.open():
        desk.session_id = desk.recovery.sessions.create(SOURCE, "cn-beijing").session_id
        with pytest.raises(StepOutOfOrder):
            await desk.call("plan_recovery")


async def test_the_page_is_there_in_chinese() -> None:
    desk = Desk(options=RecoveryOptions(simulated=True, language="zh"))
    async with desk.open():
        answer = await planned(desk)
    assert "恢复方案" in answer.message
    assert "交换机" in answer.message


@pytest.mark.parametrize(("action", "name"), [("DescribeVSwitches", "vpc"), ("DescribeImages", "ecs")])
async def test_a_list_that_is_empty_for_lack_of_permission_is_found_out(action: str, name: str) -> None:
    desk = Desk(world_with(denied=(f"{name}:{action}",)))
    inner = desk.transport.inner

    class Hiding:
        """A cloud that hides what may not be seen, as DescribeInstances does, and says so to a dry run alone."""

        async def call(self, request: ApiRequest) -> Mapping[str, Json]:
            if request.action == action and not request.params.get("DryRun"):
                return {"RequestId": "1", "TotalCount": 0}
            return await inner.call(request)

    desk.transport.inner = Hiding()
    async with desk.open():
        answer = await planned(desk)
    assert values_of(answer) == [RETRY, ABORT]
    assert states(answer)[f"{name}:{action}"] == "missing"
