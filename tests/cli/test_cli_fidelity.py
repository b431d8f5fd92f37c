"""`ecs-dr fidelity` prints the ledger and its count, in the person's language or as the reference."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_cli_flags import run
from tests.support.renewal import hold

REFERENCE = Path(__file__).resolve().parents[2] / "references" / "fidelity.md"


@pytest.mark.parametrize(("language", "word"), [("en", "carried"), ("zh", "复制")])
def test_the_last_line_is_the_count(
    language: str, word: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_DR_LANGUAGE", language)
    assert run("fidelity") == 0
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert word in last
    assert "50" in last


@pytest.mark.generated
def test_as_markdown_it_is_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("fidelity", "--markdown") == 0
    hold(REFERENCE, capsys.readouterr().out)
