"""What the terminal shows: headings, messages, tables."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.style import Style
from rich.table import Table
from rich.text import Text

from ecs_dr.domain.steps import Problem, StepName
from ecs_dr.domain.texts import Texts
from ecs_dr.terminal import tables
from ecs_dr.terminal.flow import Flowing
from ecs_dr.terminal.forms import Form
from ecs_dr.terminal.page import Page
from ecs_dr.terminal.views import DisksData, ReceivedAnswer, SourceData

WIDTH = 110

Heading = StepName | Literal["launch"]
"""A part of the recovery that gets a heading. The launch is what is left of Step 5 after a wait for the image."""


_OF_STEP_4 = frozenset({"target", "vswitch", "disks"})


class Screen:
    """Words and draws for one person.

    Args:
        console: Where to.
        texts: The person's language.
        keeps_reports: Whether a report was to be kept: then nobody is told how to keep one.
    """

    def __init__(self, console: Console, texts: Texts, *, keeps_reports: bool = False) -> None:
        self.console = console
        self._texts = texts
        self._keeps_reports = keeps_reports
        self._step: Heading | None = None
        self._settled: dict[str, str] = {}

    def opening(self, instance_id: str, region_id: str, scenario: str | None, *, of_many: bool = False) -> None:
        """Who is recovered, and on which cloud."""
        key = "terminal.opening_waves" if of_many else "terminal.opening"
        lines = [self._texts(key, instance=instance_id, region=region_id)]
        if scenario is not None:
            lines.append(self._texts("terminal.simulated", scenario=scenario))
        title = f"[bold]{self._texts('terminal.title')}[/]"
        self.console.print(Panel(Flowing(Text("\n".join(lines))), title=title, title_align="left", width=self._width))

    @property
    def step(self) -> Heading | None:
        """What the last heading said."""
        return self._step

    def heading(self, step: Heading) -> None:
        """Say which step begins, once."""
        key = f"terminal.step.{step}"
        if step == self._step or not self._texts.has(key):
            return
        if step in _OF_STEP_4:
            self._settled = {}
        if step == "instance" and self._settled:
            self._head(self._texts("terminal.step.settled", **self._settled))
            self._settled = {}
        self._step = step
        self._head(self._texts(key))

    def _head(self, text: str) -> None:
        self.console.print()
        self.console.print(Flowing(Text.assemble(("━━ ", "bold cyan"), (text, "bold"))), width=self._width)

    def question(self, form: Form) -> None:
        """What is asked; the options follow where the person picks one.

        Why it is put again goes below it, where it is still seen after a long one.
        """
        self.console.print()
        self.markdown(form.body)
        if form.remark:
            line = Text(f"! {form.remark}", style="bold magenta")
            self.console.print(Padding(line, (0, 0, 0, 2)), width=self._width)

    def answer(self, answer: ReceivedAnswer) -> None:
        """What a step came to."""
        if answer.status == "failed" and answer.problem is not None:
            self.failure(answer.message, answer.problem)
        elif answer.status == "stopped":
            self.markdown(answer.message)
        else:
            self.markdown(answer.message)
        if answer.step == "plan" and answer.data.get("accepted") is True:
            best = answer.data.get("recommended")
            self._settled = {k: str(v) for k, v in best.items() if v} if isinstance(best, dict) else {}
        for table in self._tables(answer):
            self.console.print(Padding(table, (1, 0, 0, 3)))

    def failure(self, message: str, problem: Problem) -> None:
        """What is wrong, why, what to do next, and where to read or ask.

        Args:
            message: What is said beside.
            problem: Without what that says already.
        """
        code = self._texts("terminal.code", code=problem.code)
        line = Text.assemble(("✗ ", "bold red"), (problem.message, "bold red"), code)
        self.console.print(Flowing(line), width=self._width)
        self.markdown(message)
        self.markdown(problem.cause)
        links = (self._texts("terminal.link", link=link) for link in problem.links)
        bullets: list[str] = [*problem.actions, *links]
        if problem.request_id:
            bullets.append(f"RequestId: {problem.request_id}")
        self.markdown("\n".join(f"- {line}" for line in bullets))

    def markdown(self, text: str) -> None:
        """A message as the server words it."""
        if text:
            self.console.print(Padding(Page(text), (0, 0, 0, 2)), width=self._width)

    def note(self, text: str) -> None:
        """A line of this client's own."""
        self.console.print(text, markup=False, highlight=False)

    def verdict(self, *, holds: bool, match: str = "terminal.match", differs: str = "terminal.differs") -> None:
        """The last line: whether all criteria hold, or which does not; or the keys of another last word."""
        mark, style, key = ("✓", "green", match) if holds else ("✗", "red", differs)
        self.console.print()
        self.console.print(Flowing(Text(f"{mark} {self._texts(key)}", style=f"bold {style}")), width=self._width)

    def report(self, files: tuple[str, ...], digest: str) -> None:
        """Where the report is, as a link that a terminal can open, and the seal that it is to be compared with."""
        if not files:
            if not self._keeps_reports:
                self.console.print(Text(self._texts("terminal.report_hint"), style="dim"))
            return
        if digest:
            self.console.print(Text(self._texts("terminal.seal", digest=digest)), soft_wrap=True)
        style = Style(link=Path(files[0]).as_uri())
        line = Text.assemble(self._texts("terminal.report"), (files[0], style))
        self.console.print(line, soft_wrap=True)

    @property
    def _width(self) -> int:
        return min(self.console.width, WIDTH)

    def _tables(self, answer: ReceivedAnswer) -> list[Table]:
        """The tables of a step; a step that failed early has nothing to fill one with."""
        try:
            if answer.step == "source":
                return tables.source(SourceData.model_validate(answer.data), self._texts)
            if answer.step == "disks" and answer.status == "done":
                return [tables.planned_disks(DisksData.model_validate(answer.data), self._texts)]
        except ValidationError:
            return []
        return []
