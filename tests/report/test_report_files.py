"""Reports as files: whole, private, and never in another's place."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import anyio
import anyio.from_thread
import pytest

from ecs_dr import report_files
from ecs_dr.domain.questions import ABORT
from ecs_dr.domain.report.model import RecoveryReport
from ecs_dr.report.check import check_report
from ecs_dr.report_files import ReportFiles
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.reporting.ports import ReportNotKept
from tests.report.sample import SlowDesk, sample
from tests.support.ids import CountedIds


def occupied(folder: Path) -> Path:
    """A place where no folder can be made."""
    file = folder / "file"
    file.write_text("", encoding="utf-8")
    return file


def keeping(folder: Path) -> SlowDesk:
    """A desk whose reports are kept in a folder."""
    desk = SlowDesk()
    old = desk.recovery
    desk.recovery = Recovery(old._cloud, desk.clock, CountedIds(), old.options, ReportFiles(folder))
    return desk


def test_three_forms_are_written_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "reports"
    paths = [Path(path) for path in ReportFiles(folder).keep(sample())]
    assert [path.suffix for path in paths] == [".html", ".md", ".json"]
    assert sorted(folder.iterdir()) == sorted(paths)
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert check_report(paths[0].read_text(encoding="utf-8")).whole
    assert check_report(paths[2].read_text(encoding="utf-8")).whole


def test_a_fuller_report_of_the_same_session_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    files = ReportFiles(tmp_path)
    files.keep(sample().model_copy(update={"headline": "Not yet."}))
    (page, *_) = files.keep(sample())
    assert "Not yet." not in Path(page).read_text(encoding="utf-8")


def test_a_file_that_is_no_report_of_the_session_stays(tmp_path: Path) -> None:
    mine = tmp_path / f"ecs-dr-report-{sample().session_id}.md"
    mine.write_text("something of mine", encoding="utf-8")
    with pytest.raises(ReportNotKept, match="is not a report of this session"):
        ReportFiles(tmp_path).keep(sample())
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["something of mine"]


def test_a_link_in_the_report_s_place_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_text(sample().session_id, encoding="utf-8")
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / f"ecs-dr-report-{sample().session_id}.html").symlink_to(target)
    with pytest.raises(ReportNotKept):
        ReportFiles(folder).keep(sample())
    assert target.read_text(encoding="utf-8") == sample().session_id


def test_what_is_no_file_is_written_into_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    report_files.write_whole(pipe, "text")
    assert os.read(reading, 10) == b"text"
    os.close(reading)
    assert pipe.is_fifo()


def test_a_file_that_stdout_goes_to_is_not_put_in_the_place_of_its_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`/dev/stdout` is a link to it then, and whoever may write there would take the device from everybody."""
    monkeypatch.setattr(report_files, "DEVICES", tmp_path)
    target, device = tmp_path / "file", tmp_path / "stdout"
    target.write_text("as it was", encoding="utf-8")
    device.symlink_to(target)
    with pytest.raises(PermissionError):
        report_files.write_whole(device, "text")
    assert device.is_symlink()
    assert target.read_text(encoding="utf-8") == "as it was"


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ReportNotKept) as told:
        ReportFiles(tmp_path / "file" / "reports").keep(sample())
    assert "\n" not in str(told.value)


def test_reports_of_two_sessions_stand_side_by_side(tmp_path: Path) -> None:
    files = ReportFiles(tmp_path)
    files.keep(sample())
    files.keep(sample().model_copy(update={"session_id": "f" * 32}))
    assert len(list(tmp_path.iterdir())) == 6


def kept(folder: Path) -> dict[str, str]:
    """The files of a folder, by path."""
    return {str(path): path.read_text(encoding="utf-8") for path in folder.iterdir()}


async def test_a_finished_recovery_is_kept_and_the_answer_says_where(tmp_path: Path) -> None:
    desk = keeping(tmp_path)
    async with desk.open():
        answer = await desk.recover()
    files = answer.data["report_files"]
    assert isinstance(files, list)
    assert kept(tmp_path).keys() == set(files)
    assert f"Written to {files[0]}" in answer.message
    found = check_report(kept(tmp_path)[str(files[0])], str(answer.data["report_digest"]))
    assert found.outcome == "intact"


@pytest.mark.parametrize("choices", [{}, {"launch.confirm": ABORT}], ids=["finished", "stopped"])
async def test_files_are_drawn_and_written_beside_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choices: dict[str, str]
) -> None:
    desk, threads = keeping(tmp_path), set[str]()

    def noted(path: Path, text: str) -> None:
        threads.add(threading.current_thread().name)
        path.write_text(text, encoding="utf-8")

    monkeypatch.setattr(report_files, "write_whole", noted)
    async with desk.open():
        await desk.recover(choices)
        written_by = set(threads)  # at the end of the process nothing is waited for
    assert written_by
    assert threading.main_thread().name not in written_by


async def test_a_stopped_recovery_is_kept_too_with_what_it_left_behind(tmp_path: Path) -> None:
    desk = keeping(tmp_path)
    async with desk.open():
        await desk.recover({"launch.confirm": ABORT})
        image = desk.report.leftovers[0].id
    assert all(image in text for text in kept(tmp_path).values())


async def test_a_report_that_cannot_be_written_does_not_harm_the_recovery(tmp_path: Path) -> None:
    desk = keeping(occupied(tmp_path))
    async with desk.open():
        answer = await desk.recover()
    assert (answer.status, answer.data["verdict"]) == ("done", "match")
    assert answer.data["report_files"] == []
    assert "The report could not be written" in answer.message


async def test_of_a_declined_question_the_kept_report_says_that_the_recovery_was_stopped(tmp_path: Path) -> None:
    desk = keeping(tmp_path)
    async with desk.open():
        await desk.settle(await desk.collect())
        asked = await desk.call("create_image")
        assert asked.question is not None
        await desk.recovery.dismiss(desk.session_id, asked.question.question_id, "decline")
    (page,) = (text for path, text in kept(tmp_path).items() if path.endswith(".md"))
    assert "The recovery was stopped at a question." in page


async def test_who_goes_on_while_the_report_of_a_declined_question_is_written_is_not_silenced(tmp_path: Path) -> None:
    desk = keeping(tmp_path)
    async with desk.open():
        await desk.settle(await desk.collect())
        asked = await desk.call("create_image")
        assert asked.question is not None

        class Slow(ReportFiles):
            def keep(self, report: RecoveryReport) -> tuple[str, ...]:
                anyio.from_thread.run(desk.call, "create_image")
                return super().keep(report)

        desk.recovery._reports._keeper = Slow(tmp_path)
        await desk.recovery.dismiss(desk.session_id, asked.question.question_id, "decline")
        assert not desk.recovery.sessions.get(desk.session_id).quiet
