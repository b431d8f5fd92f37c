"""Somebody else at the cloud of an application: between plan and waves its sources, images and VSwitches change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from ecs_dr.cloud.transport import ApiRequest
from ecs_dr.domain.questions import PinnedQuestion
from ecs_dr.domain.steps import Answer
from ecs_dr.workflow.recovery import Recovery
from tests.support.desk import MUTATING, REGION, Desk
from tests.support.ids import CountedIds
from tests.support.shop import shop, waves_of
from tests.support.shopper import Shopper, recommended

VICTIM = "i-2zesource0002"
"""Of the second wave."""


@dataclass
class Consents:
    """Every creating request that was carried out stands in a question that the person said yes to."""

    desk: Desk
    agreed: list[str] = field(default_factory=list)
    unagreed: list[str] = field(default_factory=list)

    def agree(self, pinned: PinnedQuestion, choice: str) -> None:
        option = pinned.question.option(choice)
        assert option is not None
        self.agreed.append(f"{pinned.question.text} {option.label} {option.description}")

    def look(self, request: ApiRequest) -> None:
        if request.action not in MUTATING or request.params.get("DryRun"):
            return
        named = ("ImageName", "CidrBlock", "InstanceName", "ImageId", "InstanceType", "ZoneId")
        told = "\n".join(self.agreed)
        wanted = [str(request.params[name]) for name in named if name in request.params]
        self.unagreed += [f"{request.action} {value}" for value in wanted if value not in told]

    def check(self) -> None:
        assert self.unagreed == []
        launched = Counter(
            one.tags["ecs-dr:source"] for one in self.desk.world.instances.values() if one.launched_at is not None
        )
        assert not launched or max(launched.values()) == 1, launched


def released(desk: Desk) -> None:
    world = desk.world
    for disk in world.disks.by_instance.rows(VICTIM):
        del world.disks[disk.disk_id]
    del world.instances[VICTIM]


def stopped(desk: Desk) -> None:
    desk.world.instances[VICTIM].status = "Stopped"


def resized(desk: Desk) -> None:
    desk.world.instances[VICTIM].instance_type = "ecs.g7.2xlarge"


def vswitch_filled(desk: Desk) -> None:
    desk.world.vswitches["vsw-2zek0001"].used_addresses = 60_000


def image_deleted(desk: Desk) -> None:
    for image in [one for one in desk.world.images.values() if one.tags.get("ecs-dr:source") == VICTIM]:
        del desk.world.images[image.image_id]


Deed = Callable[[Desk], None]
DEEDS: tuple[Deed, ...] = (released, stopped, resized, vswitch_filled, image_deleted)


async def played(deed: Deed, at: str) -> tuple[Desk, Answer, list[PinnedQuestion]]:
    """Three waves of one; the deed is done as soon as that question is open, before it is answered."""
    desk = Desk(shop(3))
    consents = Consents(desk)
    done: list[str] = []
    seen: Counter[str] = Counter()

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        if pinned.key == at and not done:
            done.append(at)
            deed(desk)
        choice, text = recommended(pinned)
        seen[pinned.key] += 1
        if pinned.question.option("leave_out") is not None and seen[pinned.key] > 1:
            choice = "leave_out"
        consents.agree(pinned, choice)
        return choice, text

    async with desk.open():
        shopper = Shopper(desk, choose)
        desk.transport.before.append(consents.look)
        answer = await shopper.go_on(await shopper.plan(waves_of(1, 1, 1)))
    assert done == [at]
    consents.check()
    return desk, answer, shopper.asked


@pytest.mark.parametrize("at", ["application.images", "application.wave2"])
@pytest.mark.parametrize("deed", DEEDS, ids=lambda one: one.__name__)
async def test_nothing_is_made_that_was_not_agreed_to_and_the_others_are_recovered(deed: Deed, at: str) -> None:
    desk, answer, asked = await played(deed, at)
    assert answer.status == "done", answer.message
    application = desk.recovery.sessions.get(answer.session_id or "").application
    assert application is not None
    states = {member.instance_id: member.status for member in application.members}
    assert (states["i-2zesource0001"], states["i-2zesource0003"]) == ("verified", "verified")
    failing = [one for one in asked if one.question.option("leave_out") is not None]
    assert states[VICTIM] == "verified" or (states[VICTIM] == "left_out" and failing)


async def test_a_second_server_that_takes_up_the_whole_makes_nothing_twice() -> None:
    desk = Desk(shop(3))
    consents = Consents(desk)
    desk.transport.before.append(consents.look)

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        choice, text = recommended(pinned)
        consents.agree(pinned, choice)
        return choice, text

    first = Shopper(desk, choose)
    first.until = lambda answer: answer.question is not None and answer.question.key == "application.wave2"
    async with desk.open():
        here = await first.go_on(await first.plan(waves_of(1, 1, 1)))
        one = desk.recovery
        two = Recovery(one._cloud, desk.clock, CountedIds(), one.options)
        async with two.running():
            desk.recovery = two
            taken = {"application_id": here.session_id, "region_id": REGION, "waves": waves_of(1, 1, 1)}
            there = await Shopper(desk, choose).go_on(await two.call("recover_application", taken))
            assert there.status == "done", there.message
        desk.recovery = one
        first.until = lambda _answer: False
        last = await first.go_on(here)
    assert last.status in {"done", "stopped"}
    consents.check()
    assert desk.mutations == {"CreateImage": 3, "CreateVSwitch": 0, "RunInstances": 3}
