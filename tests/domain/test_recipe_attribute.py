"""The recipe of CONTRIBUTING.md for an attribute, carried out: whole with all its pieces, told by name without one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = "affinity"
ROWS, EN, ZH = "domain.attributes.rows_instance", "domain.texts.en.ledger", "domain.texts.zh.ledger"
SET = "simulator.resources.launch_result"


def source(module: str) -> str:
    return (ROOT / "server" / "ecs_dr" / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


def pieces() -> dict[str, str]:
    """The code of the recipe, by the module that it goes into, indented as it stands there."""
    recipe = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("**An attribute of an instance**")[2]
    recipe = recipe.partition("**A question.**")[0]
    blocks = re.findall(r"^   ```text\n(.*?)^   ```", recipe, re.MULTILINE | re.DOTALL)
    codes = ["".join(f" {line}\n" for line in block.splitlines()) for block in blocks]
    return dict(zip((ROWS, EN, ZH), codes, strict=True))


def without(module: str, piece: str) -> str:
    """The module as it would be had nobody written the piece."""
    text = source(module)
    for line in piece.splitlines(keepends=True) if module != ROWS else [piece]:
        assert text.count(line) == 1, f"{module} has not what the recipe says:\n{line}"
        text = text.replace(line, "")
    return text


@pytest.fixture(scope="module")
def outcome() -> dict[str, str]:
    """What each variant of the product says of the attribute."""
    variants: dict[str, dict[str, str]] = {"all of it": {}} | {
        f"without {module}": {f"ecs_dr.{module}": without(module, piece)} for module, piece in pieces().items()
    }
    set_line = '        affinity=text(params, "Affinity"),\n'
    variants[f"without {SET}"] = {f"ecs_dr.{SET}": without(SET, set_line)}
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "tests.domain.recipe", KEY],
        cwd=ROOT,
        input=json.dumps(variants),
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("variant", "told"),
    [
        ("all of it", "whole"),
        (f"without {ROWS}", "no row"),
        (f"without {EN}", "worded, honoured"),  # and the page of the launch has no word for it
        (f"without {ZH}", "worded"),
        (f"without {SET}", "honoured"),
    ],
)
def test_each_piece_of_the_recipe_is_missed_by_name(outcome: dict[str, str], variant: str, told: str) -> None:
    assert outcome[variant] == told
