"""What is told of image, source and replica rests on a reading of them: not on what was sent, and not on the clock."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import Literal

import pytest

from ecs_dr.cloud.transport import ApiRequest
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.times import told_time
from ecs_dr.simulator.model_compute import AutoRenew, Instance
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import SOURCE, Desk
from tests.support.ids import CountedIds
from tests.workflow.bench import go_ahead, text_of, up_to
from tests.workflow.test_changing_world import restarted, taken_up
from tests.workflow.test_groups_refused import ENTERPRISE, OPS, WEB
from tests.workflow.test_reading import SlowLine

UTC_TIMES = RecoveryOptions(simulated=True, zone=UTC)


def replica_of(desk: Desk) -> Instance:
    return next(one for one in desk.world.instances.values() if one.launched_at is not None)


def consistency(desk: Desk) -> str:
    """The report's first sentence on how the disks lie to one another."""
    return desk.recovery.report(desk.session_id).consistency[0]


@pytest.mark.parametrize(("at_the_image", "afterwards"), [("Stopped", "Running"), ("Running", "Stopped")])
async def test_how_the_disks_lie_to_one_another_follows_from_the_moment_of_the_image(
    at_the_image: Literal["Stopped", "Running"], afterwards: Literal["Stopped", "Running"]
) -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    desk.world.instances[SOURCE].status = at_the_image
    begun = await desk.settle(await desk.call("create_image"))
    assert "keeps running" not in begun.message
    answer = await desk.settle(await desk.call("wait_for_image"))
    desk.world.instances[SOURCE].status = afterwards
    while answer.next is not None:
        answer = await desk.settle(await desk.go_on(answer))
    assert consistency(desk) == Texts("en")(f"report.consistency.{at_the_image.lower()}")


@pytest.mark.parametrize("how", ["taken up", "adopted"])
async def test_of_an_image_that_was_not_asked_for_here_nobody_knows_how_its_source_was(how: str) -> None:
    desk = Desk()
    await up_to(desk, "create_image")
    await desk.settle(await desk.call("wait_for_image"))
    desk.world.instances[SOURCE].status = "Stopped"
    image_id = desk.recovery.sessions.get(desk.session_id).summary()["image_id"]
    if how == "taken up":
        await taken_up(restarted(desk))
    else:
        restarted(desk, CountedIds(7)).session_id = ""
        await desk.settle(await desk.collect())
        await desk.settle(await desk.call("adopt_image", image_id=str(image_id)))
    assert consistency(desk) == Texts("en")("report.consistency.unknown")


async def launched_as(choices: dict[str, str], world: str = "healthy") -> Desk:
    desk = Desk(world, UTC_TIMES)
    await up_to(desk, "create_instance", choices)
    desk.clock.advance(120)
    return desk


async def verified(desk: Desk) -> Answer:
    return await desk.settle(await desk.call("verify_instance"))


async def test_when_a_drill_ends_is_as_the_replica_tells_it_and_not_as_it_was_sent() -> None:
    desk = await launched_as({"launch.options": "drill"})
    later = desk.clock.now() + timedelta(hours=9)
    replica_of(desk).auto_release_time = later
    done = await verified(desk)
    assert f"releases the replica with its disks at {later:%Y-%m-%d %H:%M}" in done.message
    assert desk.recovery.report(desk.session_id).drill_until == f"{later:%Y-%m-%dT%H:%MZ}"
    replica_of(desk).auto_release_time = None
    done = await verified(desk)
    assert "releases the replica" not in done.message
    assert "release the replica" in done.message


async def test_disks_login_and_what_stays_are_as_the_replica_has_them() -> None:
    desk = await launched_as({})
    replica = replica_of(desk)
    own = [one for one in desk.world.disks.values() if one.instance_id == replica.instance_id]
    kept = max(own, key=lambda one: one.device)
    kept.size += 60
    kept.delete_with_instance = False
    replica.key_pair_name = "ops-2027"
    done = await verified(desk)
    assert f"({sum(one.size for one in own)} GiB)" in done.message
    assert "key pair ops-2027" in done.message
    assert f"release /dev/xvdb, {kept.device} as well" in done.message


@pytest.mark.parametrize(
    ("renewal", "told"),
    [
        ("on", ", then it renews by itself"),
        ("off", ", then it ends"),
        ("denied", "; whether it renews"),
    ],
)
async def test_until_when_a_subscription_is_paid_and_whether_it_renews_is_read(renewal: str, told: str) -> None:
    desk = await launched_as({"launch.billing": "subscription_1_month"}, "prepaid")
    replica_of(desk).expired_time = desk.clock.now() + timedelta(days=400)
    replica_of(desk).auto_renew = AutoRenew(enabled=renewal == "on", duration=1)
    if renewal == "denied":
        desk.world.identities["operator"].denied.append("ecs:DescribeInstanceAutoRenewAttribute")
    done = await verified(desk)
    until = told_time(desk.clock.now() + timedelta(days=400), UTC)[:16]
    assert re.search(rf"paid until {until}[:\d]* UTC{told}", done.message), done.message


async def test_beside_an_image_that_the_last_read_did_not_show_stands_no_progress_of_an_earlier_one() -> None:
    desk = Desk(options=RecoveryOptions(simulated=True, call_budget_seconds=1))
    await up_to(desk, "create_image")
    while "%" not in (answer := await desk.call("wait_for_image")).message:
        desk.clock.advance(1)
    del desk.world.images[str(answer.data["image_id"])]
    desk.clock.advance(60)
    answer = await desk.call("wait_for_image")
    assert "not found at" in answer.message
    assert "%" not in answer.message
    assert answer.data["progress"] is None


async def test_an_image_that_is_gone_is_not_said_to_have_failed() -> None:
    desk = Desk(options=RecoveryOptions(simulated=True, language="zh"))
    await up_to(desk, "create_image")
    await desk.settle(await desk.call("wait_for_image"))
    image_id = desk.recovery.sessions.get(desk.session_id).summary()["image_id"]
    del desk.world.images[str(image_id)]
    session = desk.recovery.sessions.get(desk.session_id)
    assert session.image is not None
    assert session.image.image is not None
    session.image.gone = True
    asked = await desk.call("create_image")
    assert f"镜像 {image_id} 不能用来创建实例（状态：已不存在）" in text_of(asked)
    session.image.gone, session.image.image = False, session.image.image.model_copy(update={"status": "CreateFailed"})
    session.book.forget("image.name")
    asked = await desk.call("create_image")
    assert f"镜像 {image_id} 不能用来创建实例（状态：创建失败）" in text_of(asked)


def times_of(desk: Desk, action: str) -> list[str]:
    """When each request of that action was sent, as it is told; from now on every answer takes three seconds."""
    desk.transport.inner = SlowLine(desk.transport.inner, desk.clock, 3)
    sent: list[str] = []

    def note(request: ApiRequest) -> None:
        if request.action == action:
            sent.append(told_time(desk.clock.now(), UTC))

    desk.transport.before.append(note)
    return sent


@pytest.mark.parametrize("gone", [(OPS,), (OPS, WEB, ENTERPRISE)])
async def test_which_groups_there_are_is_told_as_of_the_reading(gone: tuple[str, ...]) -> None:
    desk = Desk(options=UTC_TIMES)
    await up_to(desk, "check_disks")
    await desk.settle(await desk.call("wait_for_image"))
    asked = await go_ahead(desk)
    for group_id in gone:
        del desk.world.security_groups[group_id]
    sent = times_of(desk, "DescribeSecurityGroups")
    asked = await desk.answer(asked, "confirm")
    assert sent
    assert f"at {sent[-1]}" in text_of(asked)


async def test_an_earlier_recovery_is_told_as_of_the_reading() -> None:
    desk = Desk()
    await desk.recover()
    restarted(desk, CountedIds(7)).session_id = ""
    desk.recovery.options = UTC_TIMES
    sent = times_of(desk, "DescribeImages")
    await desk.settle(await desk.collect())
    (finding,) = desk.recovery.sessions.get(desk.session_id).recovered_before
    assert finding.values["at"] == sent[0]


async def test_a_replica_that_is_not_verified_yet_heads_the_report_as_it_was_last_read() -> None:
    desk = Desk()
    await up_to(desk, "create_instance")
    headline = f"Replica {replica_of(desk).instance_id} was launched ({{}}) and has not been verified yet."
    assert desk.recovery.report(desk.session_id).headline == headline.format("accepted, not read yet")


async def test_of_an_image_that_is_gone_the_report_does_not_say_that_it_stays() -> None:
    desk = Desk()
    await up_to(desk, "create_image")
    await desk.settle(await desk.call("wait_for_image"))
    session = desk.recovery.sessions.get(desk.session_id)
    assert session.image is not None
    session.image.gone = True
    texts = [one.text for one in desk.recovery.report(desk.session_id).todo]
    assert any("who deleted the image" in text for text in texts)
    assert not any("stay until" in text for text in texts)
