"""The figures of the last whole run, and the rows of the READMEs that say them.

`python -m benchmarks --keep` writes benchmarks/figures.json; `./scripts/renew tests/docs` puts the rows into the
READMEs, and a test holds them there. So no figure stands anywhere that no run has shown.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

Kept: TypeAlias = Mapping[str, float]
"""What a part of the benchmarks has shown, by name; a quick run shows the same of less."""

FILE = Path(__file__).with_name("figures.json")
ROWS = Path(__file__).with_name("rows.toml")


def keep(found: Kept) -> None:
    """Write down what a run has shown; parts that were not run stay as they were."""
    FILE.write_text(json.dumps(dict(sorted({**kept(), **found}.items())), indent=1) + "\n", encoding="utf-8")


def kept() -> Kept:
    """What the last runs have shown."""
    if not FILE.exists():
        return {}
    figures: Kept = json.loads(FILE.read_text(encoding="utf-8"))
    return figures


def table(file: str, figures: Kept) -> str:
    """The table of a README with these figures.

    Raises:
        KeyError: A row says a figure that no run has shown.
    """
    rows: list[dict[str, str]] = tomllib.loads(ROWS.read_text(encoding="utf-8"))[file]
    head, *lines = (
        f"| {row['what'].format(**figures)} | {row['this'].format(**figures)} | {row['other'].format(**figures)} |\n"
        for row in rows
    )
    return f"{head}|---|---|---|\n{''.join(lines)}"
