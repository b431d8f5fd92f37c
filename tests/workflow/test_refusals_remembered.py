"""A launch that is refused in one place after another: nothing is recommended in a circle, and the end is said."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import ApiRequest
from ecs_dr.domain.questions import ABORT, CHOOSE_ANOTHER_TYPE, KEEP_TYPE, MORE_OPTIONS, PICK_ANOTHER_ZONE, RETRY
from ecs_dr.domain.steps import Answer
from ecs_dr.simulator.world import World, load_world
from tests.support.desk import Desk
from tests.workflow.bench import (
    Fault,
    break_line,
    go_ahead,
    key_of,
    refusal,
    session_of,
    text_of,
    values_of,
)

ZONE_I, ZONE_J, ZONE_K, ZONE_L = "cn-beijing-i", "cn-beijing-j", "cn-beijing-k", "cn-beijing-l"
TYPE = "ecs.g7.xlarge"
NO_STOCK = refusal("OperationDenied.NoStock", "sold out after all", 403)
ALWAYS = 10_000


def refusing_desk(code: str = "OperationDenied.NoStock", world: World | None = None) -> Desk:
    """A cloud that lists stock and refuses every launch."""
    desk = Desk(world or load_world("healthy"))
    break_line(desk, Fault("RunInstances", refusal(code, "refused", 403), times=ALWAYS, dry_run=True))
    return desk


async def at_the_go_ahead(desk: Desk, zone: str = ZONE_K) -> Answer:
    """The image is ready and everything is settled for the source's own type; the go-ahead is asked for."""
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("create_image"))
    await desk.settle(await desk.call("choose_target", target_zone_id=zone))
    await desk.settle(await desk.call("prepare_vswitch"))
    await desk.settle(await desk.call("check_disks"))
    await desk.settle(await desk.call("wait_for_image"))
    return await go_ahead(desk)


async def launch_anew(desk: Desk, answer: Answer) -> Answer:
    """Past the questions about disks and options to the go-ahead, which is given; what follows it."""
    while key_of(answer) != "launch.confirm":
        answer = await desk.answer(answer, recommended(answer)) if answer.question else await go_ahead(desk)
    return await desk.answer(answer, "confirm")


def recommended(answer: Answer) -> str:
    return values_of(answer)[0]


def description_of(answer: Answer, value: str) -> str:
    assert answer.question is not None
    option = answer.question.question.option(value)
    assert option is not None
    return option.description


async def always_the_recommended(desk: Desk, answer: Answer, rounds: int = 200) -> tuple[Answer, list[Answer]]:
    """Take what is recommended, and go where `next` leads, until the recovery stops; also the questions on the way."""
    questions: list[Answer] = []
    for _ in range(rounds):
        if answer.question is not None:
            questions.append(answer)
            answer = await desk.answer(answer, recommended(answer))
        elif answer.status in {"stopped", "failed"} or answer.next is None:
            return answer, questions
        else:
            answer = await desk.go_on(answer)
    raise AssertionError(f"goes round: {desk.asked[-12:]}")


@pytest.mark.parametrize(
    "code",
    [
        "OperationDenied.NoStock",
        "InvalidDiskCategory.NotSupported",
        "InvalidSystemDiskCategory.ValueNotSupported",
        "InvalidDataDiskCategory.ValueNotSupported",
        "InvalidPerformanceLevel.ValueNotSupported",
        "InvalidDiskSize.NotSupported",
    ],
)
async def test_always_taking_the_recommended_option_comes_to_an_end_without_trying_anything_twice(code: str) -> None:
    desk = refusing_desk(code)
    tried: list[tuple[object, ...]] = []

    def note(request: ApiRequest) -> None:
        if request.action == "RunInstances":
            names = ("ZoneId", "InstanceType", "SystemDisk", "DataDisk")
            tried.append(tuple(repr(request.params.get(name)) for name in names))

    desk.transport.before.append(note)
    end, questions = await always_the_recommended(desk, await at_the_go_ahead(desk))
    assert end.status == "stopped"
    assert desk.mutations["RunInstances"] == 0
    assert len(tried) == len(set(tried)), "the same launch was recommended twice"
    assert {entry[0] for entry in tried} >= {repr(zone) for zone in (ZONE_K, ZONE_L, ZONE_I)}
    assert recommended(questions[-1]) == ABORT
    assert key_of(questions[-1]) in {"launch.refused", "target.zone"}


async def test_where_every_zone_and_type_was_refused_this_is_said_and_stopping_or_retrying_offered() -> None:
    desk = refusing_desk()
    _, questions = await always_the_recommended(desk, await at_the_go_ahead(desk))
    last = questions[-1]
    assert key_of(last) == "launch.refused"
    assert values_of(last) == [ABORT, RETRY, PICK_ANOTHER_ZONE]
    assert "No zone is left" in text_of(last)
    assert f"- {ZONE_K}: {TYPE}, ecs.g7e.xlarge" in text_of(last)
    assert f"- {ZONE_J}: ecs.g8i.xlarge" in text_of(last)


async def test_when_the_only_other_zone_refuses_the_question_names_what_was_refused() -> None:
    world = load_world("healthy")
    for zone in (ZONE_I, ZONE_J, ZONE_L):
        world.stock[zone].clear()
    for name in list(world.stock[ZONE_K]):
        if name != TYPE:
            world.stock[ZONE_K][name] = "WithoutStock"
    desk = refusing_desk(world=world)
    asked = await desk.answer(await at_the_go_ahead(desk), "confirm")
    assert key_of(asked) == "launch.refused"
    assert values_of(asked) == [ABORT, RETRY, PICK_ANOTHER_ZONE]
    assert "No zone is left" in text_of(asked)
    assert f"- {ZONE_K}: {TYPE}\n" in text_of(asked)
    again = await desk.answer(asked, RETRY)
    assert values_of(again) == [ABORT, RETRY, PICK_ANOTHER_ZONE]
    assert (await desk.answer(again, ABORT)).status == "stopped"


async def test_types_that_were_refused_are_not_offered_again_after_the_next_refusal() -> None:
    desk = refusing_desk()
    asked = await desk.answer(await at_the_go_ahead(desk), "confirm")
    offered: list[str] = []
    while (choice := recommended(asked)) != PICK_ANOTHER_ZONE:
        offered.append(choice)
        asked = await launch_anew(desk, await desk.answer(asked, choice))
    assert len(offered) == len(set(offered)) >= 2
    assert TYPE not in offered


async def test_after_a_substitute_is_refused_the_source_s_own_type_comes_first_when_the_zone_lists_it() -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("create_image"))
    other = {"target.type": CHOOSE_ANOTHER_TYPE}
    await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_K), other)
    await desk.settle(await desk.call("prepare_vswitch"))
    await desk.settle(await desk.call("check_disks"))
    await desk.settle(await desk.call("wait_for_image"))
    break_line(desk, Fault("RunInstances", NO_STOCK, dry_run=True))
    asked = await desk.answer(await go_ahead(desk), "confirm")
    assert recommended(asked) == TYPE


async def test_a_zone_that_refused_a_launch_comes_last_and_says_so() -> None:
    desk = Desk()
    break_line(desk, Fault("RunInstances", NO_STOCK, dry_run=True))
    refused = await desk.answer(await at_the_go_ahead(desk), "confirm")
    zones = await desk.answer(refused, PICK_ANOTHER_ZONE)
    assert values_of(zones) == [ZONE_L, ZONE_I, ZONE_J, ZONE_K]
    assert TYPE in description_of(zones, ZONE_K)
    assert "refused" in description_of(zones, ZONE_K)
    assert "refused" not in description_of(zones, ZONE_L)


async def test_a_type_that_was_refused_in_the_zone_may_be_kept_and_is_not_recommended() -> None:
    desk = Desk()
    break_line(desk, Fault("RunInstances", NO_STOCK, dry_run=True))
    refused = await desk.answer(await at_the_go_ahead(desk), "confirm")
    zones = await desk.answer(refused, PICK_ANOTHER_ZONE)
    types = await desk.answer(zones, ZONE_K)
    assert values_of(types) == [CHOOSE_ANOTHER_TYPE, KEEP_TYPE, ABORT]
    assert "refused" in description_of(types, KEEP_TYPE)
    done = await desk.answer(types, KEEP_TYPE)
    assert (done.data["zone_id"], done.data["instance_type"]) == (ZONE_K, TYPE)


async def test_a_substitute_that_was_refused_comes_after_those_that_were_not() -> None:
    desk = Desk()
    line = break_line(desk, Fault("RunInstances", NO_STOCK, times=2, dry_run=True))
    refused = await desk.answer(await at_the_go_ahead(desk), "confirm")
    first = recommended(refused)
    refused = await launch_anew(desk, await desk.answer(refused, first))
    assert line.faults[0].times == 0
    zones = await desk.answer(refused, PICK_ANOTHER_ZONE)
    types = await desk.answer(await desk.answer(zones, ZONE_K), CHOOSE_ANOTHER_TYPE)
    assert recommended(types) != first
    while first not in values_of(types):
        types = await desk.answer(types, MORE_OPTIONS)
    assert "refused" in description_of(types, first)


async def test_a_zone_in_which_nothing_can_be_had_is_not_recommended_over_and_over() -> None:
    world = load_world("healthy")
    for stock in world.stock.values():
        for name in stock:
            stock[name] = "WithoutStock"
    desk = Desk(world)
    await desk.settle(await desk.collect())
    end, questions = await always_the_recommended(desk, await desk.call("choose_target"))
    assert end.status == "stopped"
    assert "Every zone was left" in text_of(questions[-1])
    picked = [recommended(one) for one in questions if key_of(one) == "target.zone"]
    assert sorted(picked[:-1]) == [ZONE_I, ZONE_J, ZONE_K, ZONE_L]
    assert picked[-1] == ABORT


async def test_a_refused_performance_level_leaves_the_other_levels_of_the_category() -> None:
    desk = Desk()
    code = "InvalidPerformanceLevel.ValueNotSupported"
    break_line(desk, Fault("RunInstances", refusal(code, "for the system disk"), dry_run=True))
    asked = await desk.answer(await at_the_go_ahead(desk), "confirm")
    assert key_of(asked) == "disks.system.cloud_essd.PL0"
    assert "cloud_essd:PL1" in values_of(asked)
    assert "cloud_essd:PL0" not in values_of(asked)
    assert "ESSD PL0" in text_of(asked)


async def test_a_refused_category_takes_all_its_levels_with_it() -> None:
    desk = Desk()
    code = "InvalidSystemDiskCategory.ValueNotSupported"
    break_line(desk, Fault("RunInstances", refusal(code), dry_run=True))
    asked = await desk.answer(await at_the_go_ahead(desk), "confirm")
    assert not [value for value in values_of(asked) if value.startswith("cloud_essd:")]


async def test_refused_disks_are_remembered_when_the_zone_is_left_and_chosen_again() -> None:
    desk = Desk()
    code = "InvalidSystemDiskCategory.ValueNotSupported"
    break_line(desk, Fault("RunInstances", refusal(code), dry_run=True))
    asked = await desk.answer(await at_the_go_ahead(desk), "confirm")
    zones = await desk.settle(await desk.answer(asked, "cloud_auto"))
    assert zones.status == "done"
    await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_L))
    await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_K))
    again = await desk.call("check_disks")
    assert key_of(again) == "disks.system.cloud_essd.PL0"
    assert "refused here with ESSD" in text_of(again)


async def test_refused_disks_are_tried_once_more_when_the_person_wants_it() -> None:
    desk = Desk()
    code = "InvalidSystemDiskCategory.ValueNotSupported"
    for support in (desk.world.disk_support[ZONE_K], *desk.world.disk_support[ZONE_K].types.values()):
        support.system = ["cloud_essd"]
    break_line(desk, Fault("RunInstances", refusal(code), dry_run=True))
    asked = await desk.answer(await at_the_go_ahead(desk), "confirm")
    assert values_of(asked) == [PICK_ANOTHER_ZONE, RETRY, ABORT]
    done = await desk.answer(asked, RETRY)
    assert (done.status, done.step) == ("done", "disks")
    assert (await desk.answer(await go_ahead(desk), "confirm")).status == "done"
    assert session_of(desk).replica is not None
