"""Forms as they arrive, and what is drawn."""

from __future__ import annotations

import io

import pytest
from mcp_types import ElicitRequestFormParams
from pydantic import ValidationError
from rich.console import Console

from ecs_dr.domain.questions import Option, PinnedQuestion, Question
from ecs_dr.domain.steps import Answer, Problem
from ecs_dr.domain.telling import Table, Telling, Words, tell
from ecs_dr.domain.texts import Language, Texts
from ecs_dr.protocol.results import Presenter
from ecs_dr.terminal.forms import Form, FormOption, form_of
from ecs_dr.terminal.progress import Waiting
from ecs_dr.terminal.screen import Screen
from ecs_dr.terminal.views import CRITERIA, CriterionView, VerifyData

EN = Texts("en")


def paper(*, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=100, force_terminal=terminal)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def question(*, allow_text: bool = False) -> PinnedQuestion:
    options = (
        Option(value="confirm", label="Go (Recommended)", description="goes on: at once", recommended=True),
        Option(value="abort", label="Abort", description="stops"),
    )
    asked = Question(
        telling=tell(Words("Go on?"), Table((("a", "b"),), ("One", "Two"))),
        options=options,
        allow_text=allow_text,
        text_label=Words("A name"),
    )
    return PinnedQuestion(question_id="q" * 32, key="k", question=asked)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_form_of_the_server_is_read_back_with_its_descriptions(language: Language) -> None:
    texts = Texts(language)
    presenter = Presenter(texts, simulated=True, own_client=True)
    pinned = question(allow_text=True)
    answer = Answer(session_id=None, step="image", status="needs_answer", telling=Telling(), question=pinned)
    params = ElicitRequestFormParams(
        message=presenter.form_message(answer, pinned), requested_schema=presenter.form_schema(answer, pinned)
    )
    form = form_of(params)
    assert form.body == pinned.question.text
    assert form.choices == (
        FormOption("confirm", "Go (Recommended)", "goes on: at once"),
        FormOption("abort", "Abort", "stops"),
    )
    assert form.text_label == "A name"


def test_a_form_that_is_no_question_of_this_server_is_refused() -> None:
    params = ElicitRequestFormParams(message="?", requested_schema={"type": "object", "properties": {"choice": 1}})
    with pytest.raises(ValidationError):
        form_of(params)


def verified(**changes: object) -> VerifyData:
    whole = VerifyData(verdict="match", criteria=tuple(CriterionView(passed=True) for _ in range(CRITERIA)))
    return whole.model_copy(update=changes)


def test_a_recovery_holds_only_with_the_verdict_and_all_six_criteria() -> None:
    whole = verified()
    failed = whole.criteria[0].model_copy(update={"passed": False})
    assert whole.holds
    assert not verified(verdict="differs").holds
    assert not verified(criteria=whole.criteria[1:]).holds
    assert not verified(criteria=(failed, *whole.criteria[1:])).holds


@pytest.mark.parametrize("keeps_reports", [False, True])
def test_how_to_keep_a_report_is_told_only_where_none_was_to_be_kept(*, keeps_reports: bool) -> None:
    console = paper()
    Screen(console, EN, keeps_reports=keeps_reports).report((), "")
    assert ("A report can be kept" in written(console)) is not keeps_reports


def test_a_failure_says_what_why_what_next_and_the_request_id() -> None:
    console = paper()
    problem = Problem(
        code="OperationDenied.NoStock",
        message="No stock.",
        cause="Sold out.",
        actions=("Pick another zone.",),
        request_id="REQ-1",
        links=("https://ecs.console.aliyun.com/x",),
    )
    Screen(console, EN).failure("No stock.", problem)
    shown = written(console)
    parts = ("OperationDenied.NoStock", "No stock.", "Sold out.", "Pick another zone.", "REQ-1", "console.aliyun.com/x")
    assert [part for part in parts if part not in shown] == []


def test_a_question_that_is_put_again_says_why_below_it_and_keeps_its_body() -> None:
    console = paper()
    screen = Screen(console, EN)
    screen.question(Form("Create it?\n\n| a |\n|---|\n| 1 |", ()))
    screen.question(Form("Create it?\n\n| a |\n|---|\n| 2 |", (), remark="That name cannot be used."))
    lines = [line.strip() for line in written(console).splitlines() if line.strip()]
    assert lines.count("Create it?") == 2
    assert lines[-1] == "! That name cannot be used."


def test_lines_of_a_message_stay_lines_and_do_not_run_into_lists() -> None:
    console = paper()
    Screen(console, EN).markdown("One.\nTwo.\n- item\nAfter.")
    lines = [line.strip() for line in written(console).splitlines() if line.strip()]
    assert lines == ["One.", "Two.", "• item", "After."]


async def test_progress_without_a_terminal_is_a_line_for_each_change() -> None:
    console = paper()
    waiting = Waiting(console)
    for percent in (10, 10, 20):
        await waiting(percent, 100, f"Creating {percent}%")
    waiting.close()
    assert written(console).splitlines() == ["  … Creating 10%", "  … Creating 20%"]


async def test_progress_in_a_terminal_is_a_bar() -> None:
    console = paper(terminal=True)
    waiting = Waiting(console)
    await waiting(50, 100, "Creating, 50%")
    waiting.close()
    assert "━" in written(console)
    assert max(frame.count("50%") for frame in written(console).split("\r")) == 1


async def test_a_wait_of_unknown_length_is_a_line_for_each_change_in_a_terminal_too() -> None:
    console = paper(terminal=True)
    waiting = Waiting(console)
    for text in ("Starting", "Starting", "Running"):
        await waiting(0, None, text)
    assert [line.strip() for line in written(console).splitlines()] == ["… Starting", "… Running"]
