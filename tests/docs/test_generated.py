"""Generated parts of the documents are what the program says now.

After a wanted change: `./scripts/renew`, and read the diff.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import figures
from benchmarks.recovery_time import requests
from tests.docs.blocks import BLOCKS, ROOT, between
from tests.support.renewal import hold

PLACES = (
    ("references/tools.md", "tools"),
    ("references/troubleshooting.md", "refusals"),
    ("references/troubleshooting.md", "errors"),
    ("references/troubleshooting.md", "findings"),
    ("docs/simulator.md", "actions"),
    ("docs/refusals.md", "ways"),
    ("docs/refusals.md", "coverage"),
    ("docs/refusals.md", "rows"),
)
READMES = ("README.md", "README.zh-CN.md")


@pytest.mark.generated
@pytest.mark.parametrize(("page", "block"), PLACES)
def test_a_generated_part_is_what_the_program_says(page: str, block: str) -> None:
    path = ROOT / page
    text = path.read_text(encoding="utf-8")
    wanted, found = between(block).subn(lambda match: f"{match[1]}{BLOCKS[block]()}{match[2]}", text)
    assert found == 1, f"{page} has no place for {block}"
    hold(path, wanted)


@pytest.mark.generated
@pytest.mark.parametrize("page", READMES)
def test_the_figures_are_those_of_the_last_whole_run(page: str) -> None:
    path = ROOT / page
    rows = figures.table(page, figures.kept())
    wanted, found = between("figures").subn(
        lambda match: f"{match[1]}{rows}{match[2]}", path.read_text(encoding="utf-8")
    )
    assert found == 1, f"{page} has no place for the figures"
    hold(path, wanted)


def test_what_costs_no_time_to_measure_is_as_the_figures_say() -> None:
    """Requests are counted, not timed: a change of them shows here, and asks for a new run of the benchmarks."""
    shown = requests(quick=True)
    assert {name: figures.kept()[name] for name in shown} == shown


def documents() -> list[Path]:
    """Every page a reader may open."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("references/*.md"), *ROOT.glob("docs/**/*.md")]
    return sorted(pages)


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    images = re.findall(r'<img[^>]* src="([^"]+)"', page.read_text(encoding="utf-8"))
    local = [link for link in (*links, *images) if not re.match(r"[a-z-]+:", link)]
    assert [link for link in local if not (page.parent / link).exists()] == []
