"""What a host, a person and a network may do to a recovery: one name per move, drawn by numbers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import anyio

from ecs_dr.errors import RecoveryFailed
from ecs_dr.protocol.catalogue import TOOLS as SPECS
from ecs_dr.simulator.lifecycle import image_visible, instance_visible
from tests.faults.line import MUTATING, Fault, Kind
from tests.faults.oracle import Oracle
from tests.faults.rig import Outcome, Rig
from tests.faults.somebody import Somebody
from tests.faults.truth import check_said

WORLDS = ("healthy", "no-vswitch", "disk-unsupported", "many", "prepaid", "sold-out")
FAULTY = (
    *MUTATING,
    *MUTATING,
    "DescribeInstances",
    "DescribeDisks",
    "DescribeImages",
    "DescribeAvailableResource",
    "DescribeVSwitches",
    "DescribeVpcs",
    "*",
)
KINDS = tuple(Kind)
OF_SESSIONS = frozenset({spec.name for spec in SPECS if "session_id" in {one.name for one in spec.arguments}})
CALLABLE = tuple(sorted(OF_SESSIONS - {"answer_question"}))
BAD_CHOICES = ("", "yes", "confirm ", "CONFIRM", "approve everything", "custom", "retry", "keep_waiting")
NO_LINE = "192.168.77.0/24"


@dataclass
class Moves:
    """The moves, over one rig."""

    rig: Rig
    somebody: Somebody | None = None
    oracle: Oracle | None = None
    """With somebody else at the cloud: who judges what is said."""

    @property
    def may_finish(self) -> bool:
        """Whether nothing happened that rightly ends a recovery before its verification."""
        ends = (one for one in self.rig.outcomes if isinstance(one, RecoveryFailed))
        return all(one.code == "ProcessDied" for one in ends)

    async def make(self, name: str, *values: int) -> None:
        """Make a move, and hold what it answers against what is true."""
        before, began_at = self._begins()
        check_said(self.rig, await self._move(name, values))
        await self._judge(before, began_at)

    async def judged(self, call: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """A call of one's own, held against the same truth."""
        before, began_at = self._begins()
        outcome = await call()
        check_said(self.rig, outcome)
        await self._judge(before, began_at)
        return outcome

    def _begins(self) -> tuple[int, datetime]:
        if self.oracle is not None:
            self.oracle.begins()
        return len(self.rig.outcomes), self.rig.clock.now()

    async def _judge(self, before: int, began_at: datetime) -> None:
        if self.oracle is not None:
            for outcome in self.rig.outcomes[before:]:
                await self.oracle.judge(outcome, began_at)

    async def _move(self, name: str, values: tuple[int, ...]) -> Outcome | None:
        outcome: Outcome | None = None
        match name, values:
            case "step", ():
                outcome = await self.rig.step()
            case "any_tool", (number,):
                outcome = await self._any_tool(number)
            case "any_answer", (number,):
                outcome = await self._any_answer(number)
            case "bad_answer", (number,):
                outcome = await self._bad_answer(number)
            case "dismiss", (number,):
                outcome = await self.rig.dismiss("decline" if number else "cancel")
            case "parallel", (number,):
                await self._parallel(number)
            case _:
                await self._befall(name, values)
        return outcome

    async def _befall(self, name: str, values: tuple[int, ...]) -> None:
        """What neither host nor person does."""
        match name, values:
            case "fault", (action, kind, times):
                self._fault(action, kind, times)
            case "wait", (seconds,):
                self.rig.clock.advance(seconds)
                await self.rig.clock.sleep(1)
            case "crash", ():
                await self.rig.crash()
            case "change", (number,):
                self._change(number)
            case "somebody", (number,) if self.somebody is not None:
                await self.somebody.do(number)
            case "another_server", () if self.somebody is not None:
                await self.somebody.another_server()
            case _:
                raise ValueError(f"no such move: {name} with {len(values)} numbers")

    async def finish(self) -> None:
        """The line is repaired; a well-meant host brings the recovery to its end."""
        await self.rig.line.heal()
        self._denied().clear()
        if self.rig.finished:
            self.rig.finished, self.rig.question, self.rig.next_tool = False, None, "verify_instance"
        for _ in range(120):
            self.rig.clock.advance(2)  # nobody answers in no time
            before, began_at = self._begins()
            outcome = await self.rig.step()
            check_said(self.rig, outcome)
            await self._judge(before, began_at)
            if self.rig.finished or (isinstance(outcome, RecoveryFailed) and outcome.code != "ProcessDied"):
                return

    async def _any_tool(self, number: int) -> Outcome | None:
        if not self.rig.session_id:
            return await self.rig.go_on()
        tool = CALLABLE[number % len(CALLABLE)]
        if tool == "adopt_image":
            return await self.rig.call(tool, image_id="m-2zenosuchimage001")
        if tool == "choose_target" and number % 3 == 0:
            zones = sorted(self.rig.world.zones)
            return await self.rig.call(tool, target_zone_id=zones[number % len(zones)])
        if tool == "prepare_vswitch" and number % 3 == 0:
            return await self.rig.call(tool, cidr_block=NO_LINE)
        return await self.rig.call(tool)

    async def _any_answer(self, number: int) -> Outcome | None:
        if self.rig.question is None:
            return await self.rig.step()
        options = self.rig.question.question.options
        choice = options[number % len(options)].value
        texts = {"vswitch": NO_LINE, "image": f"image-{number}", "launch": f"replica-{number}"}
        return await self.rig.answer(choice, texts.get(self.rig.question.key.partition(".")[0]))

    async def _bad_answer(self, number: int) -> Outcome | None:
        """Unknown choices, answers to questions long gone, and answers in another session's name."""
        rig = self.rig
        if number % 3 == 0 and rig.old_questions:
            old = rig.old_questions[number % len(rig.old_questions)]
            return await rig.answer(old.question.options[0].value, question=old)
        if number % 3 == 1 and rig.question is not None:
            asked = rig.question
            return await rig.answer(asked.question.options[0].value, question=asked, session="f" * 32)
        choice = BAD_CHOICES[number % len(BAD_CHOICES)]
        if rig.question is not None and rig.question.question.option(choice) is not None:
            return None
        return await rig.answer(choice)

    def _fault(self, action: int, kind: int, times: int) -> None:
        named, what = FAULTY[action % len(FAULTY)], KINDS[kind % len(KINDS)]
        if what.value.startswith("dies"):
            named, times = MUTATING[action % len(MUTATING)], 1
        self.rig.line.faults.append(Fault(named, what, times))

    async def _parallel(self, number: int) -> None:
        """The same call, or the same answer, several times at once: a host that repeats itself."""
        rig = self.rig
        if any(fault.kind.value.startswith("dies") for fault in rig.line.faults):
            return
        asked, tool = rig.question, rig.next_tool

        async def again() -> None:
            if asked is not None:
                await rig.answer(asked.question.options[0].value, question=asked)
            elif rig.session_id and tool in CALLABLE:
                await rig.call(tool)

        async with anyio.create_task_group() as tasks:
            for _ in range(number):
                tasks.start_soon(again)
        if asked is not None and rig.question is asked:
            rig.question = None

    def _change(self, number: int) -> None:
        """Something on the cloud changes under the recovery, as others do."""
        behaviour = self.rig.world.behaviour
        if number % 4 == 0:
            self._denied()[:] = ["ecs:RunInstances"]
        elif number % 4 == 1:
            self._denied().clear()
        elif number % 4 == 2:
            listed, before = self._listed(), behaviour.visibility_delay_seconds
            behaviour.visibility_delay_seconds = float(number)
            if self._listed() < listed:  # no cloud takes back what it has listed
                behaviour.visibility_delay_seconds = before
        else:
            behaviour.image_seconds = 60.0 + number * 10

    def _listed(self) -> set[str]:
        """What was made and can be seen by now."""
        world, now = self.rig.world, self.rig.clock.now()
        images = (world.images[one] for one in self.rig.made("CreateImage"))
        replicas = (world.instances[one] for one in self.rig.made("RunInstances"))
        return {
            *(one.image_id for one in images if image_visible(world, one, now)),
            *(one.instance_id for one in replicas if instance_visible(world, one, now)),
        }

    def _denied(self) -> list[str]:
        """What the identity may not do."""
        world = self.rig.world
        return world.identities[world.default_identity].denied
