"""Several sources recovered together: consent, waves, failing members, and taking it up again."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import ApiError, ApiRequest
from ecs_dr.domain.questions import PinnedQuestion
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import InvalidInput
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import MUTATING, Desk
from tests.support.shop import shop, waves_of
from tests.support.shopper import Shopper, recommended
from tests.workflow.test_create_instance import NOT_SHOWN, stands_on

NOTHING = dict.fromkeys(MUTATING, 0)


def made(images: int, vswitches: int, replicas: int) -> dict[str, int]:
    return {"CreateImage": images, "CreateVSwitch": vswitches, "RunInstances": replicas}


async def test_twelve_instances_in_three_waves_take_six_questions_at_most() -> None:
    desk = Desk(shop(12))
    async with desk.open():
        shopper = Shopper(desk)
        answer = await shopper.go_on(await shopper.plan(waves_of(2, 4, 6)))
    assert (answer.step, answer.status) == ("application", "done")
    assert shopper.keys == [
        "application.plan",
        "application.launch.options.4",
        "application.images",
        *(f"application.wave{number}" for number in (1, 2, 3)),
    ]
    assert desk.mutations == made(12, 0, 12)


async def alone(image_seconds: float) -> float:
    """How long one recovery takes whose image takes so long."""
    world = shop(1)
    world.behaviour.image_seconds = image_seconds
    single = Desk(world)
    async with single.open():
        begun = single.clock.now()
        await single.recover()
    return (single.clock.now() - begun).total_seconds()


MIXED = ((60, 300), (30, 120), (900, 45))
"""By wave: how long the image of each member takes."""


async def test_waves_end_to_end_take_no_longer_than_their_slowest_recoveries_would() -> None:
    slowest = [await alone(max(seconds)) for seconds in MIXED]
    desk = Desk(shop(6))
    speeds = dict(enumerate((seconds for wave in MIXED for seconds in wave), 1))
    launched: list[float] = []

    def look(request: ApiRequest) -> None:
        for image in desk.world.images.values():
            if (source := image.tags.get("ecs-dr:source")) is not None:
                image.seconds = speeds[int(source[-4:])]
        if request.action == "RunInstances" and not request.params.get("DryRun"):
            launched.append((desk.clock.now() - begun).total_seconds())

    async with desk.open():
        begun, shopper = desk.clock.now(), Shopper(desk)
        desk.transport.before.append(look)
        answer = await shopper.go_on(await shopper.plan(waves_of(2, 2, 2)))
    assert answer.status == "done"
    assert (desk.clock.now() - begun).total_seconds() <= 1.1 * sum(slowest)
    assert launched[1] <= 1.1 * slowest[0], "the first wave waits for no image of a later one"
    assert launched[-1] <= 1.1 * max(slowest), "images are made side by side"


async def test_a_wave_begins_when_the_one_before_is_verified() -> None:
    desk = Desk(shop(4))
    verified: list[tuple[str, int]] = []

    def look(request: ApiRequest) -> None:
        if request.action == "RunInstances" and not request.params.get("DryRun"):
            application = desk.recovery.sessions.get(application_id).application
            assert application is not None
            tags = request.params["Tag"]
            assert isinstance(tags, list)
            wave = next(tag["Value"] for tag in tags if isinstance(tag, dict) and tag["Key"] == "ecs-dr:wave")
            verified.append((str(wave), sum(member.is_verified for member in application.members)))

    async with desk.open():
        shopper = Shopper(desk)
        answer = await shopper.plan(waves_of(2, 2))
        application_id = answer.session_id or ""
        desk.transport.before.append(look)
        await shopper.go_on(answer)
    assert verified == [("1", 0), ("1", 0), ("2", 2), ("2", 2)]


async def test_every_creating_request_was_shown_and_agreed_to_before() -> None:
    desk = Desk(shop(5, "no-vswitch"))
    agreed: list[str] = []
    unagreed: list[str] = []

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        agreed.append(pinned.question.text)
        return recommended(pinned)

    def look(request: ApiRequest) -> None:
        if request.action not in MUTATING or request.params.get("DryRun"):
            return
        named = [request.params.get(name) for name in ("ImageName", "CidrBlock", "InstanceName", "ImageId")]
        told = "\n".join(agreed)
        unagreed.extend(str(value) for value in named if value is not None and str(value) not in told)

    async with desk.open():
        shopper = Shopper(desk, choose)
        desk.transport.before.append(look)
        answer = await shopper.go_on(await shopper.plan(waves_of(2, 3)))
    assert answer.status == "done"
    assert not unagreed
    assert desk.mutations == made(5, 1, 5)


async def test_an_answer_creates_nothing_whatever_it_permits() -> None:
    desk = Desk(shop(2))
    async with desk.open():
        shopper = Shopper(desk, called="answer_question")
        shopper.until = lambda answer: answer.question is not None and answer.question.key == "application.images"
        answer = await shopper.go_on(await shopper.plan(waves_of(1, 1)))
        assert answer.question is not None
        recorded = await desk.recovery.answer(
            answer.session_id or "", answer.question.question_id, "confirm", called="answer_question"
        )
        assert (recorded.status, recorded.next and recorded.next.tool) == ("in_progress", "recover_application")
        assert desk.mutations == NOTHING
        await desk.recovery.call("recover_application", {"application_id": answer.session_id})
        assert desk.mutations == made(2, 0, 0)


@pytest.mark.parametrize("key", ["application.plan", "application.images", "application.wave1"])
async def test_what_is_not_agreed_to_is_not_made(key: str) -> None:
    desk = Desk(shop(2))

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        return ("abort", None) if pinned.key == key else recommended(pinned)

    async with desk.open():
        shopper = Shopper(desk, choose)
        answer = await shopper.go_on(await shopper.plan(waves_of(2)))
        assert answer.status == "stopped"
        assert desk.mutations == made(2 if key == "application.wave1" else 0, 0, 0)
        # Called again it asks again, and goes on.
        shopper.choose = recommended
        again = await desk.recovery.call("recover_application", {"application_id": answer.session_id})
        answer = await shopper.go_on(again)
    assert answer.status == "done"
    assert desk.mutations == made(2, 0, 2)


@pytest.mark.parametrize(
    ("waves", "code"),
    [
        ("", "WavesMissing"),
        ("i-2zesource0001||i-2zesource0002", "EmptyWave"),
        ("i-2zesource0001|", "EmptyWave"),
        ("i-2zesource0001,", "InvalidInstanceId"),
        ("i-2zesource0001,web-1", "InvalidInstanceId"),
        ("i-2zesource0001,i-2zesource0001", "DoubledInstance"),
        ("i-2zesource0001|i-2zesource0001", "DoubledInstance"),
        (waves_of(101), "TooManyInstances"),
    ],
)
async def test_waves_that_cannot_be_are_refused_before_anything_is_sent(waves: str, code: str) -> None:
    desk = Desk()
    async with desk.open():
        with pytest.raises(InvalidInput) as refused:
            await Shopper(desk).plan(waves)
    assert refused.value.code == code
    assert not desk.simulator.journal


async def test_ids_that_are_no_instances_of_the_region_are_named_before_anything_else_is_read() -> None:
    desk = Desk(shop(2))
    async with desk.open():
        with pytest.raises(InvalidInput) as refused:
            await Shopper(desk).plan(f"{waves_of(2)},i-2zestranger1")
    assert refused.value.values["ids"] == "i-2zestranger1"
    assert {entry.action for entry in desk.simulator.journal} == {"DescribeInstances"}


async def test_without_tags_no_application_is_begun() -> None:
    desk = Desk(shop(1), RecoveryOptions(profile_tags=False))
    async with desk.open():
        with pytest.raises(InvalidInput) as refused:
            await Shopper(desk).plan(waves_of(1))
    assert refused.value.code == "TagsNeeded"
    assert not desk.simulator.journal


async def test_a_person_changes_the_plan() -> None:
    desk = Desk(shop(3))
    second = "i-2zesource0002"
    wanted = ("i-2zesource0009 out", f"{second} zone=cn-beijing-h", f"{second} zone=cn-beijing-l; i-2zesource0003 out")
    texts = iter(wanted)

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        if pinned.key == "application.plan" and (text := next(texts, None)):
            return "custom", text
        return recommended(pinned)

    async with desk.open():
        shopper = Shopper(desk, choose)
        answer = await shopper.go_on(await shopper.plan(waves_of(1, 2)))
    assert "i-2zesource0009 is not in this plan" in shopper.asked[1].question.text
    assert "i-2zesource0002 cannot go to cn-beijing-h" in shopper.asked[2].question.text
    zones = [row["zone_id"] for wave in answer.data["waves"] for row in wave]  # type: ignore[union-attr,index,call-overload]
    assert zones[:2] == ["cn-beijing-k", "cn-beijing-l"]
    assert desk.mutations == made(2, 1, 2)  # zone l has no VSwitch yet


async def test_a_person_takes_another_of_the_types_that_are_offered() -> None:
    desk = Desk(shop(2, "sold-out"))
    texts = iter(["i-2zesource0002 type=ecs.g8i.xlarge"])

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        text = next(texts, None) if pinned.key == "application.plan" else None
        return recommended(pinned) if text is None else ("custom", text)

    async with desk.open():
        shopper = Shopper(desk, choose)
        answer = await shopper.go_on(await shopper.plan(waves_of(1, 1)))
    assert (answer.status, shopper.keys.count("application.plan")) == ("done", 2)
    members = [row for wave in answer.data["waves"] for row in wave]  # type: ignore[union-attr]
    replicas = [desk.world.instances[str(row["replica_id"])] for row in members]  # type: ignore[index,call-overload]
    assert [one.instance_type for one in replicas] == ["ecs.g7e.xlarge", "ecs.g8i.xlarge"]


@pytest.mark.parametrize("choice", ["leave_out", "retry", "abort"])
async def test_a_member_that_cannot_go_on_is_a_question_and_the_others_wait_for_the_answer(choice: str) -> None:
    desk = Desk(shop(3))
    refusals = 0

    def refuse(request: ApiRequest) -> None:
        nonlocal refusals
        if request.action == "RunInstances" and not request.params.get("DryRun") and not refusals:
            refusals += 1
            raise ApiError("QuotaExceed.ElasticQuota", "no more", http_status=403, request_id="request-1")

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        return (choice, None) if pinned.question.option("leave_out") else recommended(pinned)

    async with desk.open():
        shopper = Shopper(desk, choose)
        desk.transport.before.append(refuse)
        answer = await shopper.go_on(await shopper.plan(waves_of(2, 1)))
    failed = next(one for one in shopper.asked if one.question.option("leave_out"))
    assert {"retry", "leave_out", "abort"} <= {option.value for option in failed.question.options}
    assert "QuotaExceed.ElasticQuota" in failed.question.text
    if choice == "abort":
        assert answer.status == "stopped"
        assert desk.mutations == made(3, 0, 1)
        return
    assert answer.status == "done"
    assert desk.mutations == made(3, 0, 2 if choice == "leave_out" else 3)
    left = [row["status"] for wave in answer.data["waves"] for row in wave].count("left_out")  # type: ignore[union-attr,index,call-overload]
    assert left == (choice == "leave_out")


async def test_what_is_made_carries_application_wave_and_number_of_members() -> None:
    desk = Desk(shop(2, "no-vswitch"))
    async with desk.open():
        shopper = Shopper(desk)
        answer = await shopper.go_on(await shopper.plan(waves_of(1, 1)))
    replicas = [one for one in desk.world.instances.values() if one.launched_at is not None]
    images = [one for one in desk.world.images.values() if one.tags.get("ecs-dr:application")]
    assert sorted(one.tags["ecs-dr:wave"] for one in replicas) == ["1", "2"]
    assert len(images) == 2
    for tags in (*(one.tags for one in replicas), *(one.tags for one in images)):
        assert tags["ecs-dr:application"] == answer.session_id
        assert tags["ecs-dr:members"] == "2"


async def test_whoever_comes_back_finds_the_open_plan_by_the_id_alone() -> None:
    desk = Desk(shop(2))
    async with desk.open():
        shopper = Shopper(desk)
        asked = await shopper.plan(waves_of(2))
        found = await desk.recovery.call("get_session", {"session_id": asked.session_id})
        assert (found.next and found.next.tool) == "recover_application"
        again = await shopper.call(found)
        assert again.question == asked.question
        assert (await shopper.go_on(again)).status == "done"


async def test_a_finished_application_is_done_again_and_creates_nothing() -> None:
    desk = Desk(shop(1))
    async with desk.open():
        shopper = Shopper(desk)
        answer = await shopper.go_on(await shopper.plan(waves_of(1)))
        again: Answer = await desk.recovery.call("recover_application", {"application_id": answer.session_id})
    assert (again.status, again.data["waves"]) == ("done", answer.data["waves"])
    assert desk.mutations == made(1, 0, 1)


async def test_in_a_dead_zone_a_member_is_recovered_from_its_snapshots_by_decision() -> None:
    desk = Desk("zone-outage")

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        return ("from_snapshots", None) if pinned.question.option("from_snapshots") else recommended(pinned)

    async with desk.open():
        shopper = Shopper(desk, choose)
        answer = await shopper.go_on(await shopper.plan(waves_of(1)))
    assert answer.status == "done"
    images = [one for one in shopper.asked if one.key == "application.images"]
    assert "image of existing snapshots" in images[-1].question.text
    assert desk.mutations["RunInstances"] == 1


async def test_images_are_asked_about_once_however_long_the_names_take_to_be_looked_up() -> None:
    desk = Desk(shop(12), RecoveryOptions(simulated=True, call_budget_seconds=20))

    def slow(request: ApiRequest) -> None:
        if request.action == "DescribeImages":
            desk.clock.advance(3)

    async with desk.open():
        shopper = Shopper(desk)
        shopper.until = lambda answer: answer.step == "application" and answer.status == "done"
        answer = await shopper.go_on(await shopper.plan(waves_of(6, 6)))
        desk.transport.before.append(slow)
        shopper.until = lambda _answer: False
        answer = await shopper.go_on(answer)
    assert answer.status == "done"
    assert shopper.keys.count("application.images") == 1


async def test_plans_that_take_several_calls_to_read_go_on_where_they_were() -> None:
    desk = Desk(shop(60), RecoveryOptions(simulated=True, call_budget_seconds=20))
    listed = []

    def slow(request: ApiRequest) -> None:
        if request.action == "DescribeInstances":
            listed.append(desk.clock.now())
        if request.action == "DescribeDisks":
            desk.clock.advance(1)

    async with desk.open():
        desk.transport.before.append(slow)
        shopper = Shopper(desk)
        shopper.until = lambda answer: answer.question is not None
        answer = await shopper.plan(waves_of(60))
        assert (answer.status, answer.next and answer.next.tool) == ("in_progress", "plan_application")
        again = answer
        while again.question is None:
            again = await shopper.plan(waves_of(60))
            assert again.session_id == answer.session_id
    assert desk.sent("DescribeDisks") == 60
    read = [one.source_read for one in desk.recovery.sessions.all() if one.application is None]
    assert [when is not None and when[0] <= listed[0] for when in read] == [True] * 60, "told as of a later call"


async def test_the_question_of_a_wave_shows_each_sent_value_of_each_launch() -> None:
    desk = Desk(shop(3))
    told: list[str] = []

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        told.append(pinned.question.text)
        return recommended(pinned)

    async with desk.open():
        shopper = Shopper(desk, choose)
        await shopper.go_on(await shopper.plan(waves_of(1, 2)))
    page = "\n".join(told)
    sent = [one for one in desk.simulator.calls("RunInstances") if one.outcome == "OK"]
    assert len(sent) == 3
    for one in sent:
        for name, value in one.params.items():
            if name not in NOT_SHOWN | {"Amount"} and not name.endswith("Encrypted"):
                assert stands_on(page, name, value), (name, value)
