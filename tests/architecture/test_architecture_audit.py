"""What scripts/audit makes of what pip-audit says: not looked up is not clean."""

from __future__ import annotations

import pytest

from scripts.audit import verdict

CLEAN = {"name": "anyio", "version": "4", "vulns": []}
UNKNOWN = {"name": "private", "skip_reason": "not found"}
VULNERABLE = {"name": "old", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}


@pytest.mark.parametrize(
    ("rows", "outcome", "said"),
    [
        ([], "skipped", "SKIPPED"),
        ([UNKNOWN], "skipped", "nothing was checked"),
        ([CLEAN], "clean", "1 of 1"),
        ([CLEAN, UNKNOWN], "partly", "SKIPPED, not in the database: private"),
        ([CLEAN, VULNERABLE, UNKNOWN], "vulnerable", "old 1: PYSEC-1, fixed in ['2']"),
    ],
)
def test_only_what_was_looked_up_is_called_clean(rows: list[dict[str, object]], outcome: str, said: str) -> None:
    found, text = verdict(rows)
    assert found == outcome
    assert said in text
