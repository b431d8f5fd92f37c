"""The terminal client against the real server, workflow and simulated cloud, on a stepped clock."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, get_args

import pytest
from rich.console import Console

from ecs_dr.cloud.transport import ApiError, ApiRequest, NoAnswer
from ecs_dr.domain.steps import ToolName
from ecs_dr.domain.texts import Language
from ecs_dr.protocol.app import build_server
from ecs_dr.protocol.sdk import Server
from ecs_dr.terminal.askers import Asker, RecommendedAsker
from ecs_dr.terminal.client import TerminalClient
from ecs_dr.terminal.forms import Form, Reply
from ecs_dr.terminal.screen import Screen
from ecs_dr.terminal.start import run_to_the_end
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import REGION, SOURCE, Desk


@dataclass
class Person:
    """Takes the recommended option, except for questions whose text holds one of the given parts."""

    replies: dict[str, Callable[[], Reply | None]] = field(default_factory=dict)
    asked: list[Form] = field(default_factory=list)

    async def choose(self, form: Form) -> Reply | None:
        self.asked.append(form)
        for part, reply in self.replies.items():
            if part in form.body:
                return reply()
        return Reply(form.choices[0].value)

    async def type_in(self, label: str) -> str | None:
        raise AssertionError(label)


def image_ids(desk: Desk) -> set[str]:
    """The ids of all images of a cloud."""
    return set(desk.world.images)


@dataclass
class Seat:
    """A person's place at a terminal."""

    desk: Desk
    server: Server
    console: Console
    page: io.StringIO
    asker: Asker

    def take(self, asker: Asker) -> None:
        """Whoever sits there answers."""
        self.asker = asker

    @property
    def client(self) -> TerminalClient:
        texts = self.desk.recovery.texts
        return TerminalClient(self.server, Screen(self.console, texts), self.asker, texts)

    async def recover(self) -> int:
        return await self.client.run(SOURCE, REGION)

    @property
    def image_id(self) -> str:
        """The one image that was created."""
        (created,) = image_ids(self.desk) - image_ids(Desk())
        return created

    @property
    def said(self) -> str:
        """Everything shown, with single spaces."""
        return " ".join(self.page.getvalue().split())


@asynccontextmanager
async def seated(
    asker: Asker | None = None,
    world: str = "healthy",
    *,
    elicitation: Literal["auto", "off"] = "auto",
    options: RecoveryOptions | None = None,
) -> AsyncIterator[Seat]:
    page = io.StringIO()
    console = Console(file=page, width=160)
    async with Desk(world, options).open() as desk:
        server = build_server(desk.recovery, elicitation=elicitation, simulated=True, own_client=True)
        yield Seat(desk, server, console, page, asker or RecommendedAsker(console))


@pytest.mark.parametrize("world", ["healthy", "no-vswitch", "sold-out", "many", "eip-only", "encrypted", "slow-image"])
async def test_the_recommended_answers_lead_to_a_matching_replica(world: str) -> None:
    async with seated(world=world) as seat:
        assert await seat.recover() == 0
        assert seat.desk.mutations["CreateImage"] == 1
        assert seat.desk.mutations["RunInstances"] == 1
        assert "all six success criteria hold" in seat.said
        assert "✗" not in seat.said


def headings(seat: Seat) -> list[str]:
    """What the headings say, in the order in which they were shown."""
    return [line.removeprefix("━━ ") for line in seat.page.getvalue().splitlines() if line.startswith("━━ ")]


async def test_every_step_has_its_heading_and_the_wait_within_the_launch_its_own() -> None:
    person = Person({"Go ahead with the recommendation": lambda: Reply("step_by_step")})
    async with seated(person) as seat:
        assert await seat.recover() == 0
        assert [line.split(":")[0].removesuffix(" of 6") for line in headings(seat)] == [
            "Before the start",
            "Step 1",
            "Before anything is spent",
            "Step 2",
            "Step 4a",
            "Step 4b",
            "Step 4c",
            "Step 5",
            "Step 3",
            "Step 5 of 6, continued",
            "Step 6",
        ]


async def test_a_wait_that_goes_over_several_calls_has_one_heading() -> None:
    options = RecoveryOptions(simulated=True, call_budget_seconds=5)
    async with seated(world="slow-image", options=options) as seat:
        assert await seat.recover() == 0
        assert [line for line in headings(seat) if line.startswith("Step 3")] == ["Step 3 of 6: waiting for the image"]
        assert headings(seat)[-3:-1] == [
            "Step 3 of 6: waiting for the image",
            "Step 5 of 6, continued: creating the replica",
        ]


async def test_an_image_that_fails_ends_in_the_part_that_waits_for_it() -> None:
    async with seated(world="image-fails") as seat:
        assert await seat.recover() == 1
        assert headings(seat)[-1] == "Step 3 of 6: waiting for the image"
        assert f"Created so far: image {seat.image_id}" in seat.said


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("world", ["healthy", "sold-out", "denied", "local-disk", "image-fails"])
async def test_no_tool_and_no_address_for_hosts_is_shown_to_a_person(world: str, language: Language) -> None:
    async with seated(world=world, options=RecoveryOptions(language=language, simulated=True, for_people=True)) as seat:
        await seat.recover()
        assert [tool for tool in get_args(ToolName) if tool in seat.said] == []
        assert "ecs-dr://" not in seat.said


@pytest.mark.parametrize(
    ("world", "reason"),
    [("local-disk", "local"), ("image-fails", "CreateFailed"), ("denied", "ecs:RunInstances")],
)
async def test_a_recovery_that_cannot_succeed_ends_with_1_and_says_why(world: str, reason: str) -> None:
    async with seated(world=world) as seat:
        assert await seat.recover() == 1
        assert reason in seat.said
        assert seat.desk.mutations["RunInstances"] == 0


async def test_chinese_is_spoken_to_the_end() -> None:
    async with seated(options=RecoveryOptions(language="zh", simulated=True, for_people=True)) as seat:
        assert await seat.recover() == 0
        assert "六项成功标准全部满足" in seat.said
        assert "（推荐）" in seat.said


async def test_where_forms_are_off_the_questions_are_answered_by_the_tool() -> None:
    person = Person()
    async with seated(person, elicitation="off") as seat:
        assert await seat.recover() == 0
        assert len(person.asked) >= 4
        assert all(choice.description for form in person.asked for choice in form.choices)


async def test_a_typed_name_is_used() -> None:
    person = Person({"whole-instance image": lambda: Reply("custom", "my-own-image")})
    async with seated(person) as seat:
        assert await seat.recover() == 0
        assert seat.desk.world.images[seat.image_id].image_name == "my-own-image"


async def test_an_unanswered_question_ends_it_and_says_that_nothing_was_created() -> None:
    async with seated(Person({"whole-instance image": lambda: None})) as seat:
        assert await seat.recover() == 1
        assert "left without an answer" in seat.said
        assert "created nothing" in seat.said
        assert seat.desk.mutations == {"CreateImage": 0, "CreateVSwitch": 0, "RunInstances": 0}


async def test_abort_ends_it_and_says_what_exists() -> None:
    async with seated(Person({"Create 1 instance?": lambda: Reply("abort")})) as seat:
        assert await seat.recover() == 1
        image = seat.image_id
        assert f"Created so far: image {image} (" in seat.said
        assert f"https://ecs.console.aliyun.com/image/{REGION}/images. What exists is billed" in seat.said
        assert seat.desk.mutations["RunInstances"] == 0


def interrupt() -> Reply | None:
    """Ctrl-C at the prompt."""
    raise KeyboardInterrupt


async def test_ctrl_c_at_a_question_ends_with_130_and_says_what_exists() -> None:
    async with seated(Person({"Create 1 instance?": interrupt})) as seat:
        assert await seat.recover() == 130
        image = seat.image_id
        assert "Stopped by Ctrl-C" in seat.said
        assert "Nothing further is created" not in seat.said, "a request that is under way may create something yet"
        assert f"image {image}" in seat.said
        assert "only read source" in seat.said


class StuckPerson(Person):
    """Looks at the launch question for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.looking = asyncio.Event()

    async def choose(self, form: Form) -> Reply | None:
        if "Create 1 instance?" in form.body:
            self.looking.set()
            await asyncio.Event().wait()
        return await super().choose(form)


async def test_ctrl_c_during_a_wait_says_what_exists_before_the_program_ends() -> None:
    person = StuckPerson()
    async with seated(person) as seat:
        running = asyncio.create_task(run_to_the_end(seat.client, SOURCE, REGION))
        looking = asyncio.create_task(person.looking.wait())
        await asyncio.wait([running, looking], return_when=asyncio.FIRST_COMPLETED)
        assert looking.done(), seat.said
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        image = seat.image_id
        assert "Stopped by Ctrl-C" in seat.said
        assert f"image {image}" in seat.said


def no_image_answers(request: ApiRequest) -> None:
    """The network swallows every CreateImage."""
    if request.action == "CreateImage":
        raise NoAnswer("connection reset")


async def test_a_step_that_failed_in_passing_is_tried_again_when_the_person_wants_it() -> None:
    async with seated() as seat:
        hooks = seat.desk.transport.before
        hooks.append(no_image_answers)

        def again() -> Reply:
            hooks.clear()
            return Reply("again")

        seat.take(Person({"may succeed later": again}))
        assert await seat.recover() == 0
        assert seat.desk.mutations["CreateImage"] == 1


async def test_a_step_that_keeps_failing_is_not_tried_for_ever() -> None:
    async with seated() as seat:
        seat.desk.transport.before.append(no_image_answers)
        assert await seat.recover() == 1
        assert seat.said.count("→ Try again (Recommended)") == 5


def no_quota(request: ApiRequest) -> None:
    """The account has as many images as it may have."""
    if request.action == "CreateImage" and "DryRun" not in request.params:
        raise ApiError("QuotaExceeded.Image", "The image quota is used up.", http_status=400, request_id="REQ-1")


async def test_what_the_person_puts_right_outside_is_gone_on_with_in_the_same_recovery() -> None:
    async with seated() as seat:
        hooks = seat.desk.transport.before
        hooks.append(no_quota)

        def mended() -> Reply:
            hooks.clear()
            return Reply("retry")

        seat.take(Person({"The image quota is used up": mended}))
        assert await seat.recover() == 0
        assert seat.desk.mutations["CreateImage"] == 1


async def test_what_somebody_has_to_put_right_is_not_tried_for_ever_by_nobody() -> None:
    async with seated() as seat:
        seat.desk.transport.before.append(no_quota)
        assert await seat.recover() == 1
        assert seat.said.count("→ Try again — ") == 1  # nobody recommends to say what a person has done
        assert seat.said.count("→ Abort (Recommended)") == 1


async def test_the_end_is_worded_in_the_language_of_the_person() -> None:
    async with seated() as seat:
        assert await seat.recover() == 0
        assert "Running; ecs.g7.xlarge; cn-beijing-k Addresses private 172.16.32." in seat.said
    async with seated(options=RecoveryOptions(language="zh", simulated=True, for_people=True)) as seat:
        assert await seat.recover() == 0
        assert "运行中；ecs.g7.xlarge；cn-beijing-k IP 地址 私网 172.16.32." in seat.said
        assert "present" not in seat.said


async def test_how_things_stand_is_said_once_while_it_does_not_change() -> None:
    async with seated() as seat:
        assert await seat.recover() == 0
        image = seat.image_id
        for status in ("accepted", "Creating", "Available"):
            assert seat.said.count(f"Created so far: image {image} ({status}") <= 2, status
