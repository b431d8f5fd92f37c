"""`verify-report`: a kept file is whole, or the first place where it is not is named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ecs_dr.cli import main
from ecs_dr.domain.report.model import SealedReport
from ecs_dr.domain.report.seal import seal
from ecs_dr.report.check import check_report
from ecs_dr.report.render import render_html, render_json, render_markdown
from ecs_dr.report_shelf import LARGEST_READ
from tests.report.sample import sample


def page() -> str:
    return render_html(seal(sample()))


@pytest.mark.parametrize("render", [render_html, render_json])
def test_a_kept_report_is_whole(render: Callable[[SealedReport], str]) -> None:
    found = check_report(render(seal(sample())))
    assert (found.outcome, found.head) == ("intact", seal(sample()).seal.head)


def test_other_line_ends_break_nothing() -> None:
    assert check_report(page().replace("\n", "\r\n")).outcome == "intact"


def test_a_page_that_shows_something_else_than_its_data_is_broken_where_it_does() -> None:
    shown = page()
    request_id = sample().requests[0].request_id or ""
    place = shown.index(request_id)
    found = check_report(shown[:place] + "0" * len(request_id) + shown[place + len(request_id) :])
    assert (found.outcome, found.part) == ("page", "requests")


def test_a_page_with_something_added_after_its_end_is_broken() -> None:
    assert not check_report(page() + "<p>One more thing.</p>").whole


def test_changed_data_inside_a_page_is_named() -> None:
    inside = page().replace('"verdict":"match","headline"', '"verdict":"differs","headline"')
    assert inside != page()
    found = check_report(inside)
    assert (found.outcome, found.part) == ("changed", "verdict")


def test_a_page_of_another_version_is_not_compared_but_its_data_is() -> None:
    old = render_html(seal(sample().model_copy(update={"version": "0.0.1"})))
    found = check_report(old.replace("<h1>", "<h1 class='old'>"))
    assert (found.outcome, found.version, found.whole) == ("page_other_version", "0.0.1", True)


def test_a_report_that_was_sealed_anew_is_recognised_by_the_seal_that_was_noted() -> None:
    noted = seal(sample()).seal.head
    forged = render_html(seal(sample().model_copy(update={"headline": "Fine."})))
    assert check_report(forged).whole
    assert check_report(forged, noted).outcome == "other_head"


@pytest.mark.parametrize("text", ["", "{}", "<html></html>", "[" * 100_000, "null", '{"report": 1, "seal": 2}'])
def test_anything_else_is_no_report(text: str) -> None:
    assert check_report(text).outcome == "no_seal"


def test_markdown_says_that_it_is_not_sealed() -> None:
    assert check_report(render_markdown(seal(sample()))).outcome == "no_seal"


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert isinstance(end.value.code, int)
    return end.value.code


def test_the_command_says_that_a_report_is_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.html"
    file.write_text(page(), encoding="utf-8")
    assert ended("verify-report", str(file), "--seal", seal(sample()).seal.head) == 0
    said = capsys.readouterr().out
    assert seal(sample()).seal.head in said
    assert said.endswith("\n")


def test_the_command_names_the_first_broken_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.json"
    file.write_text(render_json(seal(sample())).replace('"attempt": 1', '"attempt": 2', 1), encoding="utf-8")
    assert ended("verify-report", str(file)) == 1
    assert "requests[0]" in capsys.readouterr().out


def test_the_command_tells_in_one_line_that_there_is_no_such_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended("verify-report", str(tmp_path / "none.html")) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("what", "told"), [("pipe", "no regular file"), ("huge", "larger than any report")])
def test_the_command_reads_no_pipe_and_nothing_without_bound(
    what: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_DR_LANGUAGE", "en")
    file = tmp_path / what
    if what == "pipe":
        os.mkfifo(file)
    else:
        with file.open("wb") as made:
            made.truncate(LARGEST_READ + 1)
    assert ended("verify-report", str(file)) == 2
    assert told in capsys.readouterr().err
