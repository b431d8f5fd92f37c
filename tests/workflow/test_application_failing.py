"""A member that fails, in each wave and in each way: what is asked, with what exists, and nothing made twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from ecs_dr.cloud.transport import ApiError, ApiRequest
from ecs_dr.domain.questions import PinnedQuestion
from ecs_dr.domain.steps import Answer
from ecs_dr.simulator.model_compute import Image, Instance
from tests.support.desk import Desk
from tests.support.shop import shop, waves_of
from tests.support.shopper import Shopper, recommended

WAVES = (1, 2, 3)
SOURCE_TAG = "ecs-dr:source"


def source_of(request: ApiRequest) -> str:
    tags = request.params.get("Tag")
    found = (
        {str(tag["Key"]): str(tag["Value"]) for tag in tags if isinstance(tag, dict)} if isinstance(tags, list) else {}
    )
    return found.get(SOURCE_TAG, "")


T = TypeVar("T", Image, Instance)


@dataclass
class Trouble:
    """Something that goes wrong for one member, once."""

    desk: Desk
    victim: str
    over: bool = False
    seen: list[str] = field(default_factory=list)

    def image_fails(self, _request: ApiRequest) -> None:
        for image in self.of(self.desk.world.images.values()):
            if image.image_id not in self.seen and (not self.seen or not self.over):
                self.seen.append(image.image_id)
                image.outcome = "CreateFailed"

    def launch_is_refused(self, request: ApiRequest) -> None:
        self.refuse(request, "OperationDenied.NoStock")

    def quota_is_used_up(self, request: ApiRequest) -> None:
        self.refuse(request, "QuotaExceed.PostPaidInstance")

    def replica_differs(self, _request: ApiRequest) -> None:
        for replica in self.of(one for one in self.desk.world.instances.values() if one.launched_at is not None):
            groups = ("sg-2zeweb00001", "sg-2zeops00001")
            replica.security_group_ids = groups if self.over else groups[:1]

    def refuse(self, request: ApiRequest, code: str) -> None:
        is_real = request.action == "RunInstances" and not request.params.get("DryRun")
        if is_real and source_of(request) == self.victim and not self.over and not self.seen:
            self.seen.append(code)
            raise ApiError(code, "no", http_status=403, request_id="request-1")

    def of(self, things: Iterable[T]) -> list[T]:
        return [one for one in things if one.tags.get(SOURCE_TAG) == self.victim]


KINDS: dict[str, Callable[[Trouble, ApiRequest], None]] = {
    "image": Trouble.image_fails,
    "launch": Trouble.launch_is_refused,
    "quota": Trouble.quota_is_used_up,
    "verification": Trouble.replica_differs,
}


async def run(kind: str, wave: int, choice: str) -> tuple[Desk, Shopper, Answer, PinnedQuestion]:
    """An application of three waves of one, of which one fails; that question is answered like this."""
    desk = Desk(shop(3))
    trouble = Trouble(desk, f"i-2zesource{wave:04d}")
    failing: list[PinnedQuestion] = []

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        if pinned.question.option("leave_out") is None:
            return recommended(pinned)
        failing.append(pinned)
        trouble.over = True
        return (choice, None) if pinned.question.option(choice) else recommended(pinned)

    async with desk.open():
        shopper = Shopper(desk, choose)
        desk.transport.before.append(lambda request: KINDS[kind](trouble, request))
        answer = await shopper.go_on(await shopper.plan(waves_of(1, 1, 1)))
    assert failing, shopper.keys
    assert len(failing) == 1, [one.question.text for one in failing]
    return desk, shopper, answer, failing[0]


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_asked_about_with_what_exists_and_once_more_makes_it_whole(kind: str, wave: int) -> None:
    desk, shopper, answer, asked = await run(kind, wave, "retry")
    victim = f"i-2zesource{wave:04d}"
    text = asked.question.text
    assert victim in text
    assert all(f"i-2zesource{number:04d}" not in text for number in WAVES if number != wave)
    assert asked.question.option("abort") is not None
    assert kind == "launch" or asked.question.option("retry") is not None
    if kind in {"image", "verification"}:
        assert "exists: image m-" in text
        assert ("replica i-" in text) is (kind == "verification")
    assert (answer.step, answer.status) == ("application", "done")
    assert desk.mutations == {"CreateImage": 4 if kind == "image" else 3, "CreateVSwitch": 0, "RunInstances": 3}
    assert shopper.keys.count("application.images") == (2 if kind == "image" else 1)


@pytest.mark.parametrize("kind", KINDS)
async def test_left_out_the_others_are_recovered_and_nothing_more_is_made_of_it(kind: str) -> None:
    desk, _, answer, _ = await run(kind, 2, "leave_out")
    assert answer.status == "done"
    rows = [row for each in answer.data["waves"] for row in each]  # type: ignore[union-attr]
    left = [row["instance_id"] for row in rows if row["status"] == "left_out"]  # type: ignore[index,call-overload]
    assert left == ["i-2zesource0002"]
    launched = 3 if kind == "verification" else 2
    assert desk.mutations == {"CreateImage": 3, "CreateVSwitch": 0, "RunInstances": launched}


async def test_aborted_no_later_wave_is_launched() -> None:
    desk, _, answer, _ = await run("launch", 2, "abort")
    assert answer.status == "stopped"
    assert desk.mutations["RunInstances"] == 1
    assert "i-2zesource0002" in answer.message


async def test_what_stays_as_it_is_is_not_recommended_a_second_time() -> None:
    desk = Desk(shop(2))
    trouble = Trouble(desk, "i-2zesource0001")
    failing: list[PinnedQuestion] = []

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        if pinned.question.option("leave_out") is not None:
            failing.append(pinned)
        return recommended(pinned)

    async with desk.open():
        shopper = Shopper(desk, choose)
        desk.transport.before.append(trouble.replica_differs)
        answer = await shopper.go_on(await shopper.plan(waves_of(1, 1)))
    assert [one.question.options[0].value for one in failing] == ["retry", "abort"]
    assert "Network/billing" in failing[0].question.text
    assert answer.status == "stopped"


@pytest.mark.parametrize("choice", ["without_it", "leave_out"])
async def test_a_launch_without_what_was_refused_is_not_a_recovery_without_the_member(choice: str) -> None:
    """A single launch calls both ways by the same value: in a question for all they are told apart."""
    desk, ops = Desk(shop(2)), "sg-2zeops00001"

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        if pinned.key == "application.wave1":
            desk.world.security_groups.pop(ops, None)
        return (choice, None) if pinned.question.option("without_it") else recommended(pinned)

    async with desk.open():
        shopper = Shopper(desk, choose)
        answer = await shopper.go_on(await shopper.plan(waves_of(2)))
    (asked,) = [one for one in shopper.asked if one.key.startswith("application.launch.refused")]
    assert [one.value for one in asked.question.options] == ["without_it", "retry", "leave_out", "abort"]
    assert ops in asked.question.options[0].label
    assert answer.status == "done"
    assert desk.mutations["RunInstances"] == (2 if choice == "without_it" else 0)
