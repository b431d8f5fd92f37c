"""Tasks put to assistants, and the table of how they fared."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from evals.arena import arena
from evals.assistants import TEMPERAMENTS, Temperament
from evals.cases import Case
from evals.grading import Claim, Grade
from evals.hosts import put_to
from evals.person import Person

SCRIPTED_SPEED, HOST_SPEED = 1000.0, 60.0


async def scripted(case: Case, temperament: Temperament, *, forms: bool) -> Grade:
    """One task put to a scripted assistant, with a scripted person beside it."""
    async with arena(case, speed=SCRIPTED_SPEED, forms=forms) as at:
        person = Person(case.scripted.says)
        command, *arguments = at.command
        parameters = StdioServerParameters(command=command, args=arguments, env=dict(at.environment))
        with tempfile.TemporaryFile("w") as errors:
            transport = stdio_client(parameters, errlog=errors)
            async with Client(transport, elicitation_callback=person if forms else None) as client:
                assistant = TEMPERAMENTS[temperament](client, person, case)
                claim = await assistant.work()
        return at.judge.grade(claim, person.permitted, assistant.calls)


async def by_host(case: Case, host: str) -> Grade:
    """One task put to a host that has a model."""
    async with arena(case, speed=HOST_SPEED, forms=False) as at:
        with tempfile.TemporaryDirectory() as folder:
            said = await put_to(host, at, Path(folder))
        grade = at.judge.grade(said.claim or Claim(), case.permits)
        return grade if said.claim is not None else replace(grade, lies=("no claim at its end",))


def table(rows: Mapping[str, Sequence[Grade]]) -> str:
    """Markdown: one row an assistant."""
    lines = [
        "| assistant | done | duplicates | unconsented | wrong zone | untrue at the end | calls a task |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, grades in rows.items():
        figures = (
            f"{sum(one.done for one in grades)} of {len(grades)}",
            sum(one.duplicates for one in grades),
            sum(one.unconsented for one in grades),
            sum(one.wrong_zone for one in grades),
            sum(bool(one.lies) for one in grades),
            round(sum(one.calls for one in grades) / max(1, len(grades))) or "–",
        )
        lines.append(f"| {name} | {' | '.join(str(figure) for figure in figures)} |")
    return "\n".join(lines)


def findings(rows: Mapping[str, Sequence[Grade]]) -> list[str]:
    """What went wrong, a line each."""
    return [
        f"{name}, task {one.case}: {', '.join(wrong)}"
        for name, grades in rows.items()
        for one in grades
        if (
            wrong := [
                *([] if one.done else ["not done"]),
                *([f"{one.duplicates} duplicates"] if one.duplicates else []),
                *([f"{one.unconsented} unconsented"] if one.unconsented else []),
                *([f"{one.wrong_zone} in a wrong zone"] if one.wrong_zone else []),
                *one.lies,
            ]
        )
    ]
