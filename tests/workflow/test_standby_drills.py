"""What the register says of the last recovery of an instance: from kept reports alone, and only from whole ones."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from ecs_dr.domain.report.model import RecoveryReport, RequestRecord
from ecs_dr.domain.standby.model import Drill, StandbyFinding
from ecs_dr.domain.standby.page import exit_code, remedy, told_finding
from ecs_dr.domain.texts import Language, Texts
from ecs_dr.report_files import ReportFiles
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.standbys.progress import RegisterProgress
from ecs_dr.workflow.standbys.wanted import register_query
from tests.report.sample import sample
from tests.support.desk import REGION, SOURCE, Desk
from tests.support.ids import CountedIds

ENGLISH = Texts("en")


@pytest.fixture(autouse=True, scope="module")
def _sample_before_any_loop_runs() -> None:
    sample()


def report_of(source: str = SOURCE, *, session: str = "a", hours_later: float = 0, **fields: object) -> RecoveryReport:
    """The sample report, of another source, session or moment."""
    whole = sample()
    changed = {
        "session_id": session * 32,
        "made_at": whole.made_at + timedelta(hours=hours_later),
        "source": whole.source.model_copy(update={"instance_id": source}),
        **fields,
    }
    return whole.model_copy(update=changed)


def keep(folder: Path, *reports: RecoveryReport) -> None:
    for report in reports:
        ReportFiles(folder).keep(report)


def drill_of(folder: Path) -> Drill | None:
    return ReportFiles(folder).drills().get(SOURCE)


async def finding_of(folder: Path) -> StandbyFinding | None:
    """As the register tells it."""
    desk = Desk()
    recovery = Recovery(desk.recovery._cloud, desk.clock, CountedIds(), desk.recovery.options, ReportFiles(folder))
    rows, _ = await recovery.register.rows(
        register_query({"region_id": REGION}), RegisterProgress(REGION, ENGLISH, None)
    )
    assert exit_code(rows) == 1
    return next((one for row in rows for one in row.findings if one.code in {"drill", "drill_failed"}), None)


@pytest.mark.parametrize(("language", "words"), [("en", "MATCH"), ("zh", "一致")])
async def test_the_last_whole_recovery_is_named_with_its_verdict_and_report(
    tmp_path: Path, language: Language, words: str
) -> None:
    keep(tmp_path, report_of(session="b", hours_later=-300, verdict="differs"), report_of(session="a"))
    found = await finding_of(tmp_path)
    assert found is not None
    assert found.code == "drill"
    texts = Texts(language)
    sentence = told_finding(found, texts)
    assert words in sentence
    assert texts.moment(report_of().made_at) in sentence
    assert f"ecs-dr-report-{'a' * 32}.html" in remedy(found, texts, REGION)
    assert str(tmp_path) not in remedy(found, texts, REGION)


@pytest.mark.parametrize("order", [(0, -300), (-300, 0)])
def test_the_newest_is_the_one_that_ended_last_whichever_file_was_written_last(
    tmp_path: Path, order: tuple[float, float]
) -> None:
    for session, hours in zip("ab", order, strict=True):
        keep(tmp_path, report_of(session=session, hours_later=hours))
    drill = drill_of(tmp_path)
    assert drill is not None
    assert drill.ended_at == report_of().made_at


@pytest.mark.parametrize("verdict", ["differs", "not_verified"])
async def test_a_recovery_that_failed_is_the_last_one_all_the_same_and_needs_somebody(
    tmp_path: Path, verdict: str
) -> None:
    keep(tmp_path, report_of(session="b", hours_later=-300), report_of(verdict=verdict))
    found = await finding_of(tmp_path)
    assert found is not None
    assert (found.code, found.values["verdict"]) == ("drill_failed", verdict)


def made(action: str, *, mutating: bool) -> RequestRecord:
    moment = sample().made_at
    return RequestRecord(number=1, action=action, sent_at=moment, seconds=1, attempt=1, result="OK", mutating=mutating)


@pytest.mark.parametrize(("mutating", "counts"), [(True, True), (False, False)])
def test_one_that_ended_before_its_verification_counts_if_it_sent_a_creating_request(
    tmp_path: Path, *, mutating: bool, counts: bool
) -> None:
    sent = (made("ecs:CreateImage" if mutating else "ecs:DescribeImages", mutating=mutating),)
    keep(tmp_path, report_of(criteria=(), replica=None, verdict="not_verified", requests=sent))
    assert (drill_of(tmp_path) is not None) is counts


@pytest.mark.parametrize("damage", ["verdict", "seal", "text", "cut", "link"])
async def test_a_report_that_was_changed_is_not_believed_and_an_older_whole_one_is(tmp_path: Path, damage: str) -> None:
    keep(tmp_path, report_of(session="b", hours_later=-300, verdict="differs"), report_of(session="a"))
    file = tmp_path / f"ecs-dr-report-{'a' * 32}.json"
    document = json.loads(file.read_text("utf-8"))
    if damage == "verdict":
        document["report"]["headline"] = "All is well."
    if damage == "seal":
        document["seal"]["head"] = "0" * 64
    text = {"text": "no report", "cut": json.dumps(document)[:-40]}.get(damage, json.dumps(document))
    file.write_text(text, "utf-8")
    if damage == "link":
        (tmp_path / "elsewhere").mkdir()
        file.rename(tmp_path / "elsewhere" / "x.json")
        file.symlink_to(tmp_path / "elsewhere" / "x.json")
    found = await finding_of(tmp_path)
    assert found is not None
    assert (found.code, found.values["verdict"]) == ("drill_failed", "differs")


async def test_the_report_of_another_source_says_nothing_of_this_one(tmp_path: Path) -> None:
    keep(tmp_path, report_of("i-2zeanother001"))
    assert await finding_of(tmp_path) is None


async def test_a_practised_recovery_says_nothing_of_the_real_instance_of_that_id(tmp_path: Path) -> None:
    keep(tmp_path, report_of(simulated=not report_of().simulated))
    assert await finding_of(tmp_path) is None


@pytest.mark.parametrize("folder", [".", "nowhere"])
async def test_without_a_report_nothing_is_said_of_a_recovery(tmp_path: Path, folder: str) -> None:
    assert await finding_of(tmp_path / folder) is None
