"""The standby register in a terminal or for a program: a table and what to do about it, or JSON. Reads only."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from ecs_dr.domain.diagnosis import explain
from ecs_dr.domain.standby.model import Standby, Tier
from ecs_dr.domain.standby.page import HEADS, advice, as_data, cells, exit_code, summary
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import EcsDrError
from ecs_dr.terminal.flow import Flowing
from ecs_dr.terminal.progress import Waiting
from ecs_dr.terminal.rows import Rows
from ecs_dr.terminal.screen import Screen
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.standbys.progress import RegisterProgress
from ecs_dr.workflow.standbys.wanted import RegisterQuery, register_query

EXIT_UNREAD = 2

_STYLE: dict[Tier, str] = {"T0": "bold red", "unknown": "bold magenta", "T1": "red", "T2": "green", "T3": "green"}


async def show(recovery: Recovery, arguments: Mapping[str, str | None], errors: Console, *, as_text: bool) -> int:
    """Read and print the register; returns the exit code: 2 where it could not be read, or an argument is of no use.

    What is wrong goes to `errors` (stderr), so that a program that reads JSON never finds anything else; so does
    the progress, and only where a person sees it: cron would mail every line.
    """
    texts = recovery.texts
    try:
        asked = register_query(arguments)
        waiting = Waiting(errors)
        progress = RegisterProgress(asked.region_id, texts, waiting if errors.is_terminal else None)
        try:
            rows, replicas = await recovery.register.rows(asked, progress)
        finally:
            waiting.close()
    except EcsDrError as error:
        problem = explain(error, texts, recovery.diagnosis_context(None))
        Screen(errors, texts).failure(problem.message, problem)
        return EXIT_UNREAD
    if as_text:
        return draw(Console(), rows, replicas, asked, texts)
    sys.stdout.write(as_json(rows, asked, texts) + "\n")
    return exit_code(rows)


def as_json(rows: tuple[Standby, ...], asked: RegisterQuery, texts: Texts) -> str:
    """Every row, for cron and monitoring: the same `data` as the tool's, complete."""
    data = as_data(rows, asked.max_age_hours, texts, asked.region_id, most=None)
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True)


def draw(console: Console, rows: tuple[Standby, ...], replicas: int, asked: RegisterQuery, texts: Texts) -> int:
    """Show the register; returns the exit code."""
    code = exit_code(rows)
    style = {0: "bold green", 1: "bold red", 2: "bold magenta"}[code]
    console.print(Flowing(Text(summary(rows, asked.max_age_hours, texts, asked.region_id), style=style)))
    if rows:
        head = [Text(texts(f"standby.head.{name}")) for name in HEADS]
        console.print()
        console.print(Rows(head, [_row(row, texts) for row in rows]))
        console.print()
    for line in advice(rows, texts, asked.region_id):
        console.print(Flowing(Text(line)))
    if replicas:
        console.print(Flowing(Text(texts("standby.replicas", count=replicas), style="dim")))
    return code


def _row(row: Standby, texts: Texts) -> list[Text]:
    first, *rest = cells(row, texts)
    return [Text(first, style=_STYLE.get(row.tier, "green")), *map(Text, rest)]
