"""Progress of a wait: a bar in a terminal, lines elsewhere."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from ecs_dr.terminal.flow import broken

_INDENT = 4
"""Columns in front of a line that goes on."""


class Waiting:
    """Shows the progress reports of the running call; nothing before the first one."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._last_line = ""

    async def __call__(self, progress: float, total: float | None, message: str | None) -> None:
        """Take a report (the MCP client's progress callback)."""
        text = message or ""
        if total is None or not self._console.is_terminal:
            if text and text != self._last_line:
                self._line(text)
            self._last_line = text
            return
        if self._bar is None or self._task is None:
            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=30),
                TimeElapsedColumn(),
                console=self._console,
            )
            self._task = self._bar.add_task(text, total=total)
            self._bar.start()
        self._bar.update(self._task, completed=min(progress, total), total=total, description=text)

    def _line(self, text: str) -> None:
        first, *others = broken(Text(text), self._console.width - _INDENT).plain.split("\n")
        for line in (f"  … {first}", *(f"{' ' * _INDENT}{line}" for line in others)):
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Leave the bar as it is; a question or the answer comes next."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._task = None
