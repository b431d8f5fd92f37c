"""Whole recoveries over every starting world, in both languages: what was made, and that the source is untouched."""

from __future__ import annotations

import re

import pytest

from ecs_dr.domain.questions import CREATE_VSWITCH
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.texts import Language
from ecs_dr.errors import RecoveryFailed
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import Desk
from tests.workflow.bench import NOTHING, source_state

COMPLETED = {
    "healthy": ["source.confirm", "image.name", "target.zone", "target.type", "launch.confirm"],
    "no-vswitch": ["source.confirm", "image.name", "target.zone", "target.type", "vswitch.create", "launch.confirm"],
    "sold-out": ["source.confirm", "image.name", "target.zone", "target.substitute", "launch.confirm"],
    "disk-unsupported": [
        "source.confirm",
        "image.name",
        "target.zone",
        "target.type",
        "disks.data.cloud_auto.None",
        "launch.confirm",
    ],
    "many": ["source.confirm", "image.name", "target.zone", "target.type", "vswitch.pick", "launch.confirm"],
    "prepaid": ["source.confirm", "image.name", "target.zone", "target.type", "launch.billing", "launch.confirm"],
    "eip-only": ["source.confirm", "image.name", "target.zone", "target.type", "launch.confirm"],
    "encrypted": ["source.confirm", "image.name", "target.zone", "target.type", "launch.confirm"],
    "slow-image": ["source.confirm", "image.name", "target.zone", "target.type", "launch.confirm"],
}
ENGLISH = re.compile(r"[A-Za-z]+(?: [A-Za-z]+){3,}")
"""Four English words in a row: no id, code or product name is that."""


class WitnessDesk(Desk):
    """Keeps every answer that a person would see."""

    def __init__(self, world: str, language: Language = "en") -> None:
        super().__init__(world, RecoveryOptions(language=language, simulated=True))
        self.seen: list[Answer] = []

    async def settle(self, answer: Answer, choices: object = None) -> Answer:
        assert choices is None
        for _ in range(120):
            self.seen.append(answer)
            if answer.question is not None:
                answer = await self.answer(answer, answer.question.question.options[0].value)
            elif answer.status == "in_progress" and answer.next is not None:
                answer = await self.call(answer.next.tool)
            else:
                return answer
        raise AssertionError("the questions do not end")


SETTLED_BY_THE_PLAN = {"target.zone", "target.type", "target.substitute", "vswitch.pick", "vswitch.create"}


def questions(world: str, *, plans: bool) -> list[str]:
    """What is asked: the plan takes the place of the choices that Step 4 would put."""
    at_once = COMPLETED[world]
    if not plans:
        return at_once
    return [
        at_once[0],
        "plan.accept",
        *(key for key in at_once[1:] if key not in SETTLED_BY_THE_PLAN and not key.startswith("disks.")),
    ]


@pytest.mark.parametrize("plans", [True, False], ids=["planned", "at once"])
@pytest.mark.parametrize("world", COMPLETED)
async def test_a_recovery_with_recommended_answers_ends_in_a_match(world: str, *, plans: bool) -> None:
    desk = WitnessDesk(world)
    desk.plans = plans
    before = source_state(desk)
    async with desk.open():
        end = await desk.recover()
    assert (end.status, end.step, end.data["verdict"]) == ("done", "verify", "match")
    asked = [key for key in desk.asked if key not in {"image_wait", "launch.options"}]
    assert asked == questions(world, plans=plans)
    assert desk.mutations == {
        "CreateImage": 1,
        "CreateVSwitch": 1 if "vswitch.create" in COMPLETED[world] else 0,
        "RunInstances": 1,
    }
    assert source_state(desk) == before


@pytest.mark.parametrize("world", COMPLETED)
async def test_every_request_belongs_to_the_session_and_nothing_but_creating_is_done(world: str) -> None:
    desk = WitnessDesk(world)
    async with desk.open():
        await desk.recover()
    assert {entry.session_id for entry in desk.simulator.journal} == {desk.session_id}
    others = {entry.action for entry in desk.simulator.journal if not entry.action.startswith("Describe")}
    assert others <= {"CreateImage", "CreateVSwitch", "RunInstances", "GetInstanceConsoleOutput"}
    assert all(entry.params["RegionId"] == "cn-beijing" for entry in desk.simulator.journal)


async def test_a_slow_image_is_asked_about_and_waited_for() -> None:
    desk = WitnessDesk("slow-image")
    async with desk.open():
        await desk.recover()
    assert desk.asked.count("image_wait") in {4, 5}


async def test_an_image_that_fails_ends_before_an_instance_is_created() -> None:
    desk = WitnessDesk("image-fails")
    before = source_state(desk)
    async with desk.open():
        with pytest.raises(RecoveryFailed) as failed:
            await desk.recover()
    assert failed.value.code == "ImageFailed"
    assert desk.mutations == {**NOTHING, "CreateImage": 1}
    assert source_state(desk) == before


async def test_a_local_disk_ends_it_before_anything_is_created() -> None:
    desk = WitnessDesk("local-disk")
    end = await desk.recover()
    assert (end.status, end.step) == ("failed", "source")
    assert desk.mutations == NOTHING


async def test_a_denied_launch_pauses_and_completes_once_it_is_granted() -> None:
    desk = WitnessDesk("denied")
    async with desk.open():
        answer = await desk.collect()
        for _ in range(60):
            if answer.question is not None and answer.question.key == "permission.instance":
                desk.world.identities["operator"].denied.clear()
            if answer.question is not None:
                answer = await desk.answer(answer, answer.question.question.options[0].value)
            elif answer.next is not None:
                answer = await desk.go_on(answer)
            else:
                break
    assert answer.data["verdict"] == "match"
    assert desk.asked.count("launch.confirm") == 1
    assert desk.mutations == {**NOTHING, "CreateImage": 1, "RunInstances": 1}


@pytest.mark.parametrize("world", COMPLETED)
async def test_in_chinese_no_question_option_or_message_falls_back_to_english(world: str) -> None:
    desk = WitnessDesk(world, "zh")
    async with desk.open():
        end = await desk.recover()
    assert end.data["verdict"] == "match"
    assert desk.seen
    for answer in desk.seen:
        shown = [answer.message, answer.next.why if answer.next is not None else ""]
        if answer.question is not None:
            question = answer.question.question
            shown += [question.text, question.text_label]
            shown += [text for option in question.options for text in (option.shown, option.description)]
            assert question.options[0].shown.endswith("（推荐）")
        for text in shown:
            assert not ENGLISH.search(_without_the_cloud_s_own_words(text)), text


def _without_the_cloud_s_own_words(text: str) -> str:
    """Descriptions and names of resources are the user's own, in whatever language."""
    for theirs in ("System image for AZ disaster recovery", "the shop's web server", "what customers upload"):
        text = text.replace(theirs, "")
    return text


async def test_in_english_the_recommended_option_says_so_and_comes_first() -> None:
    desk = WitnessDesk("no-vswitch")
    async with desk.open():
        await desk.recover()
    questions = [answer.question.question for answer in desk.seen if answer.question is not None]
    assert questions
    for question in questions:
        assert 2 <= len(question.options) <= 4
        assert question.options[0].shown.endswith(" (Recommended)")
        assert not any("(Recommended)" in option.shown for option in question.options[1:])
        assert all(option.description for option in question.options)


async def test_every_answer_names_the_session_and_says_of_the_source_only_what_was_read() -> None:
    desk = WitnessDesk("no-vswitch")
    async with desk.open():
        end = await desk.recover()
    assert {answer.session_id for answer in desk.seen} == {desk.session_id}
    for done in (answer for answer in desk.seen if answer.status == "done"):
        compared = done.step == "verify"
        assert ("Source i-2zesource0001 is untouched: at" in done.message) is compared
        assert not compared or "This recovery only read source i-2zesource0001" not in done.message
    accepted = next(answer for answer in desk.seen if answer.step == "instance" and answer.status == "done")
    assert "This recovery only read source i-2zesource0001. Created so far: image m-" in accepted.message
    vswitch = next(item for item in desk.world.vswitches.values() if item.vswitch_name.startswith("ecs-dr-"))
    assert vswitch.vswitch_id in end.message
    assert CREATE_VSWITCH not in end.message
