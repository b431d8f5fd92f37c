"""What a report tells, of recoveries that ended well, otherwise, or not at all."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from ecs_dr.cloud.transport import NoAnswer
from ecs_dr.domain.questions import ABORT
from ecs_dr.domain.report.model import LAUNCH, RecoveryReport
from ecs_dr.domain.report.seal import seal
from ecs_dr.domain.times import told_time
from ecs_dr.errors import OutcomeUnknown
from ecs_dr.report.render import render_html
from ecs_dr.report.words import zone_of
from tests.report.sample import SlowDesk, recovered, sample
from tests.support.desk import REGION, SOURCE
from tests.workflow.bench import Fault, break_line


def seconds_of(report: RecoveryReport, key: str) -> list[float]:
    return [span.seconds for span in report.timeline.spans if span.key == key]


async def create_image_at_last(desk: SlowDesk) -> None:
    """Call until it ends; a call that waits for its next retry answers in_progress."""
    for _ in range(9):
        await desk.settle(await desk.call("create_image"))


def test_recovery_point_and_time_are_measured() -> None:
    report = sample()
    measures, timeline = report.measures, report.timeline
    assert measures.snapshot_at is not None
    assert measures.running_at is not None
    assert measures.rpo_seconds == round((measures.running_at - measures.snapshot_at).total_seconds(), 1)
    assert measures.rto_seconds == round((measures.running_at - timeline.began_at).total_seconds(), 1)
    assert 0 < measures.rpo_seconds < measures.rto_seconds


def test_the_person_s_time_is_counted_apart_from_the_cloud_s() -> None:
    report = sample()
    timeline = report.timeline
    assert timeline.person_seconds == 20 * len(report.decisions)
    assert abs(timeline.cloud_seconds - sum(seconds_of(report, "image") + seconds_of(report, "launch"))) < 0.5
    answered_meanwhile = [one for one in report.decisions if one.key.partition(".")[0] not in {"source", "image"}]
    assert timeline.overlap_seconds == 20 * len(answered_meanwhile)


def test_the_parts_of_the_timeline_add_up_to_the_whole() -> None:
    timeline = sample().timeline
    busy = timeline.cloud_seconds + timeline.person_seconds - timeline.overlap_seconds + timeline.product_seconds
    assert abs(timeline.total_seconds - busy - timeline.idle_seconds) < 0.5


def test_every_phase_lies_within_the_recovery() -> None:
    timeline = sample().timeline
    assert {"image", "launch", "verify"} <= {span.key for span in timeline.spans}
    for span in timeline.spans:
        assert timeline.began_at <= span.began_at <= span.ended_at <= timeline.ended_at


def test_every_request_is_told_with_its_request_id() -> None:
    report = sample()
    assert report.requests_omitted == 0
    assert [record.number for record in report.requests] == list(range(1, len(report.requests) + 1))
    assert all(record.request_id for record in report.requests)
    assert [record.action for record in report.requests if record.mutating] == ["ecs:CreateImage", "ecs:RunInstances"]


def test_every_decision_is_told_with_what_was_shown_and_when() -> None:
    launch = next(one for one in sample().decisions if one.key == "launch.confirm")
    assert "Create 1 instance?" in launch.text
    assert launch.options[0].label == launch.chosen
    assert launch.answered_at - launch.asked_at == timedelta(seconds=20)
    assert launch.label == "Go-ahead for the launch"


def test_what_was_created_is_listed_with_console_links() -> None:
    report = sample()
    assert [one.kind for one in report.leftovers] == ["instance", "image", "snapshot", "snapshot", "snapshot"]
    assert all(one.link.startswith("https://ecs.console.aliyun.com/") for one in report.leftovers)
    image = next(one for one in report.leftovers if one.kind == "image")
    assert {one.state for one in report.leftovers if one.kind == "snapshot"} == {
        f"in the list of image {image.id}: {image.state}"
    }


def test_what_cannot_be_carried_is_left_to_do_by_hand() -> None:
    report = sample()
    by_hand = {row.manual for row in report.fidelity if row.verdict == "cannot_be_carried"}
    assert by_hand
    assert by_hand <= {one.text for one in report.todo}


def test_a_disk_s_content_is_proven_by_its_snapshot() -> None:
    assert [(disk.content_proven, disk.matches) for disk in sample().disks] == [(True, True)] * 3


def test_a_chosen_disk_category_is_marked_as_a_decision() -> None:
    assert [disk.replica_kind for disk in sample("disk-unsupported").disks if disk.substituted]


async def test_a_drill_is_told_with_the_time_of_its_end() -> None:
    outcome = await recovered(choices={"launch.options": "drill"})
    released = outcome.report.drill_until
    assert released.endswith("Z")
    moment = told_time(datetime.fromisoformat(released), zone_of(outcome.report.utc_offset_minutes))
    assert f"Drill: Alibaba Cloud releases the replica and its disks at {moment}" in render_html(seal(outcome.report))


async def test_a_report_changes_with_a_later_verification_alone_and_the_time_between_is_nobodys() -> None:
    desk = SlowDesk()
    async with desk.open():
        await desk.recover()
        first = desk.report
        desk.clock.advance(3600)
        await desk.call("get_session")
        assert desk.report == first
        await desk.call("verify_instance")
        later = desk.report
    before, after = first.timeline, later.timeline
    assert after.total_seconds == before.total_seconds + 3600
    assert after.idle_seconds - before.idle_seconds == pytest.approx(3600)
    assert (after.product_seconds, after.spans[: len(before.spans)]) == (before.product_seconds, before.spans)
    assert later.requests[: len(first.requests)] == first.requests
    kept = {"timeline": before, "requests": first.requests, "made_at": first.made_at}
    assert [one.id for one in later.leftovers] == [one.id for one in first.leftovers]
    assert later.leftovers != first.leftovers, "each says when it was read"
    kept["leftovers"] = first.leftovers
    assert later.model_copy(update=kept) == first


async def test_a_recovery_that_was_stopped_before_the_image_created_nothing() -> None:
    outcome = await recovered(choices={"image.name": ABORT})
    report = outcome.report
    assert (report.verdict, report.leftovers, report.replica) == ("not_verified", (), None)
    stopped = "The recovery was stopped at a question."
    assert report.headline == f"{stopped} The recovery is not complete; it has neither an image nor a replica."
    assert report.decisions[-1].choice == ABORT


async def test_a_recovery_that_was_stopped_before_the_launch_names_its_image() -> None:
    outcome = await recovered(choices={"launch.confirm": ABORT})
    report = outcome.report
    assert {one.kind for one in report.leftovers} >= {"image"}
    image = next(one for one in report.leftovers if one.kind == "image")
    assert re.fullmatch(r"(Creating|Available), read at [-\d]+ [:\d]+ UTC\+8", image.state), image.state
    assert f"image {image.id} ({image.state})" in report.headline
    assert report.measures.rto_seconds is None
    assert any(not span.finished for span in report.timeline.spans if span.key == "image")
    assert any("resume_session" in one.text for one in report.todo)


async def test_a_declined_question_is_told_as_one() -> None:
    desk = SlowDesk()
    async with desk.open():
        asked = await desk.collect()
        assert asked.question is not None
        await desk.recovery.dismiss(desk.session_id, asked.question.question_id, "decline")
        (entry,) = desk.report.decisions
    assert (entry.choice, entry.chosen) == ("decline", "")


async def test_a_request_of_unknown_outcome_is_among_what_may_exist() -> None:
    desk = SlowDesk()
    async with desk.open():
        await desk.settle(await desk.collect())
        break_line(desk, Fault("CreateImage", NoAnswer("reset"), times=99))
        with pytest.raises(OutcomeUnknown):
            await create_image_at_last(desk)
        report = desk.report
    assert report.headline == "The recovery is not complete. Sent without a clear answer, so it may exist: the image."
    assert not [one for one in report.todo if "refused" in one.text or "Nothing was created" in one.text]
    assert [(one.kind, one.state) for one in report.leftovers] == [("unknown", "")]
    sends = [record for record in report.requests if record.action == "ecs:CreateImage"]
    assert [record.attempt for record in sends] == list(range(1, len(sends) + 1))
    assert {record.result for record in sends} == {"NoAnswer"}
    assert "This recovery has no replica." in render_html(seal(report))
    launch = report.leftovers[0].model_copy(update={"id": LAUNCH})
    shown = render_html(seal(report.model_copy(update={"leftovers": (launch,)})))
    assert "This recovery has no replica." not in shown
    assert "Not known: the request for it got no clear answer." in shown


async def test_a_session_that_was_taken_up_says_so_and_measures_from_the_image_on() -> None:
    desk = SlowDesk()
    async with desk.open():
        await desk.settle(await desk.collect())
        await desk.settle(await desk.call("create_image"))
        desk.clock.advance(600)
        desk.recovery.sessions._sessions.clear()
        await desk.settle(await desk.call("resume_session", instance_id=SOURCE, region_id=REGION))
        answer = await desk.call("choose_target")
        for _ in range(30):
            answer = await desk.settle(answer)
            if answer.next is None:
                break
            answer = await desk.call(answer.next.tool)
        report = desk.report
    assert report.resumed
    assert report.verdict == "match"
    assert report.measures.rpo_seconds is not None
    assert report.measures.rpo_seconds >= 600
    assert report.timeline.total_seconds < 600


async def test_the_answer_of_the_verification_names_the_report_and_its_seal() -> None:
    outcome = await recovered()
    data = outcome.answer.data
    assert data["report_uri"] == f"ecs-dr://report/{outcome.report.session_id}"
    assert str(data["report_digest"]) in outcome.answer.message
    assert data["report_files"] == []
