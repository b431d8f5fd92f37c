"""The parts of the documents that are generated from the program, and the markers they stand between."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from ecs_dr.domain.questions import CONFIRM
from ecs_dr.domain.refusals import ROWS, Blame, row_of
from ecs_dr.domain.refusals.reading import has_own_row
from ecs_dr.domain.texts import catalogue
from ecs_dr.errors import ErrorKind
from ecs_dr.protocol.catalogue import TOOLS, ToolSpec
from ecs_dr.simulator.actions import Action, registered_actions
from tests.domain.refusals.test_table import TABLES
from tests.workflow.test_every_refusal import AT_THE_LAUNCH, OTHER_TYPE, OTHER_ZONE

ROOT = Path(__file__).resolve().parents[2]

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def between(name: str) -> re.Pattern[str]:
    """What finds a block: its two markers, and everything between them."""
    return re.compile(rf"(<!-- begin generated: {re.escape(name)} -->\n).*?(<!-- end generated -->)", re.DOTALL)


def _cell(text: str) -> str:
    return _PLACEHOLDER.sub("…", text).replace("|", "\\|").replace("\n", "<br>")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def tools() -> str:
    """Every tool: title, when to call it, arguments, annotations."""
    return "\n".join(_tool(spec) for spec in TOOLS)


def _tool(spec: ToolSpec) -> str:
    kind = ["creates nothing" if spec.reads_only else "may create something, after the user's decision"]
    kind.append("calling it again does nothing more" if spec.repeatable else "each call counts")
    if not spec.open_world:
        kind.append("asks this server alone")
    lines = [f"### `{spec.name}`", "", f"{spec.title}. {spec.description}", "", f"*{'; '.join(kind)}.*", ""]
    rows = ((f"`{one.name}`", "yes" if one.required else "no", _cell(one.description)) for one in spec.arguments)
    if spec.arguments:
        lines.append(_table(("argument", "required", "meaning"), rows))
    return "\n".join(lines)


def refusals() -> str:
    """What the cloud refuses, by kind and by the codes that mean something more exact."""
    texts = catalogue("en")
    kinds = [f"diagnosis.{kind.value}" for kind in ErrorKind] + ["diagnosis.outcome_unknown", "diagnosis.no_answer"]
    exact = sorted({key.rsplit(".", 1)[0] for key in texts if key.startswith("diagnosis.code.")})
    return _explained([*kinds, *exact], texts)


def errors() -> str:
    """What the program itself refuses."""
    texts = catalogue("en")
    keys = dict.fromkeys(key.rsplit(".", 1)[0] for key in texts if key.startswith("error."))
    return _explained(keys, texts)


def _explained(keys: Iterable[str], texts: Mapping[str, str]) -> str:
    rows = (
        tuple(_cell(texts.get(f"{key}.{part}", "")) for part in ("message", "cause", "actions"))
        for key in dict.fromkeys(keys)
        if f"{key}.cause" in texts
    )
    return _table(("what is said", "cause", "what to do"), rows)


def findings() -> str:
    """What Step 1 says about a source."""
    texts = catalogue("en")
    sentences = (text for key, text in texts.items() if key.startswith("finding.") and text.endswith("."))
    return _table(("finding",), ((_cell(text),) for text in sentences))


def actions() -> str:
    """Every action of the simulated cloud."""
    rows = ((f"`{one.product}:{one.name}`", _of_action(one)) for _, one in sorted(registered_actions().items()))
    return _table(("action", "what is true of it"), rows)


def _of_action(action: Action) -> str:
    told = (
        ("creates something; the same ClientToken makes nothing more", action.mutating),
        ("has a dry run", action.dry_run),
        ("answers without the permission with an empty list", action.empty_when_denied),
        ("needs no region", not action.needs_region),
    )
    return "; ".join(text for text, is_true in told if is_true) or "reads"


def ways() -> str:
    """What each blame leads to after a refused launch, as the test over the whole table holds it."""
    rows = (
        (blame.value.replace("_", " "), ", ".join(_way(way) for way in AT_THE_LAUNCH[blame]))
        for blame in Blame
        if blame in AT_THE_LAUNCH
    )
    return _table(("blamed", "leads to"), rows)


def _way(way: str) -> str:
    named = {OTHER_TYPE: "another type", "cloud_auto": "Step 4c: another category for those disks"}
    named["cloud_essd:PL1"] = "Step 4c: another level for those disks"
    named[OTHER_ZONE] = "another zone, with the same image"
    named[CONFIRM] = "the go-ahead again, under another name"
    return named.get(way) or (way if " " in way else f"`{way}`")


def coverage() -> str:
    """How many codes of each table have a row of their own, one by family or parameter, or none."""
    rows = []
    for action, codes in TABLES.items():
        own = sum(has_own_row(code) for code in codes)
        unknown = sum(row_of(code).blame is Blame.UNKNOWN for code in codes)
        rows.append((action, str(len(codes)), str(own), str(len(codes) - own - unknown), str(unknown)))
    return _table(("table", "codes", "own row", "by family or parameter", "by their message alone"), rows)


def rows_of_refusals() -> str:
    """Every row with its codes."""
    rows = (
        (
            one.blame.value.replace("_", " "),
            one.kind.value,
            f"`{one.option}`" if one.option else "",
            ", ".join(f"`{code}`" for code in one.codes) + (f" that says “{one.said}”" if one.said else ""),
        )
        for one in ROWS
    )
    return _table(("blames", "kind", "without it", "codes"), rows)


BLOCKS: Mapping[str, Callable[[], str]] = {
    "tools": tools,
    "refusals": refusals,
    "errors": errors,
    "findings": findings,
    "actions": actions,
    "ways": ways,
    "coverage": coverage,
    "rows": rows_of_refusals,
}
