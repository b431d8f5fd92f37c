"""`ecs-dr export oos` in the terminal: what is written, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from ecs_dr.domain.diagnosis import DiagnosisContext, explain
from ecs_dr.domain.telling import Words, markdown
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.errors import EcsDrError, NoCredentials, UserError, reason
from ecs_dr.report_files import write_whole
from ecs_dr.workflow.exporting import Export, told_export
from ecs_dr.workflow.recovery import Recovery

EXIT_WRITTEN, EXIT_IMPOSSIBLE, EXIT_UNREAD = 0, 1, 2


@dataclass(frozen=True)
class Order:
    """What is to be exported, and where to."""

    region_id: str
    waves: str
    target_zone_id: str
    out: Path | None
    fresh: Path | None


async def write(recovery: Recovery, order: Order) -> int:
    """Export and write; returns the exit code. Nothing is written unless all of it can be."""
    console, errors = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)
    texts = recovery.texts
    try:
        run, made = await recovery.applications.export(order.region_id, order.waves, order.target_zone_id)
    except EcsDrError as error:
        problem = explain(error, texts, DiagnosisContext(region_id=order.region_id))
        said = [problem.message, problem.cause, *problem.actions]
        errors.print("\n".join(filter(None, said)), markup=False, highlight=False)
        is_ours = isinstance(error, UserError) and not isinstance(error, NoCredentials)
        return EXIT_IMPOSSIBLE if is_ours else EXIT_UNREAD
    files = {**_places(made, order.out), **({order.fresh: made.fresh()} if order.fresh is not None else {})}
    for path, text in files.items():
        try:
            write_whole(path, text)
        except OSError as error:
            refused = texts("export.not_written", file=Words(path), why=worded_value(reason(error), texts))
            errors.print(refused, markup=False, highlight=False)
            return EXIT_IMPOSSIBLE
    lines = [markdown(told_export(made, run)), texts("export.policy"), made.policy()]
    lines += [texts("export.written", file=Words(path)) for path in files]
    console.print("\n".join(lines), markup=False, highlight=False)
    return EXIT_WRITTEN


def _places(made: Export, out: Path | None) -> dict[Path, str]:
    """By file: the templates; of several, each with its wave before the suffix."""
    if out is None:
        return {}
    return {out.with_name(f"{out.stem}{file.name}{out.suffix}"): file.text for file in made.files}
