"""What a skill registry would pack, held against its limits and against what its scanner flags.

The rules are those of ClawHub's publisher and of its static scanner, as far as they can apply to this tree.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT
from tests.docs.test_skill import ignored
from tests.support.tree import file_names

MIB = 1024 * 1024
TEXTS = {".py", ".md", ".toml", ".sh", ".mjs", ".j2", ".css", ".html", ".json", ".lock", ""}

FLAGGED = {
    "code made at run time": r"\b(?:eval|exec)\s*\(\s*[^)\s]",
    "TLS without checks": r"verify\s*=\s*False|CERT_NONE|rejectUnauthorized:\s*false",
    "a download that is run": r"(?:curl|wget)[^\n|]*\|\s*(?:ba|z)?sh\b",
    "a secret on a command line": r"--(?:token|secret|password|access-key[\w-]*)[ =]\$\w+",
    "removal of the host's own folders": r"rm\s+-rf?\s+(?:~|\$HOME)/",
    "escaped bytes": r"(?:\\x[0-9a-fA-F]{2}){6,}",
    "a literal that looks like a secret": (
        r"(?i)(?:api[_-]?key|access[_-]?key[\w-]*|secret|token|password)\"?\s*[:=]\s*"
        r"[\"'](?=[^\"'\s]*\d)(?=[^\"'\s]*[a-z])(?=[^\"'\s]*[A-Z])[A-Za-z0-9+/_=-]{20,}[\"']"
    ),
    "an access key id": r"\bLTAI[A-Za-z0-9]{12,}",
}


def packed() -> list[Path]:
    """What would be packed: no path with a dot segment, no symlink, nothing that an ignore file names."""
    wanted = (
        name for name in file_names() if not any(part.startswith(".") for part in name.split("/")) and not ignored(name)
    )
    return [ROOT / name for name in wanted if (ROOT / name).is_file() and not (ROOT / name).is_symlink()]


def test_the_packed_files_are_within_the_limits() -> None:
    sizes = {path: path.stat().st_size for path in packed()}
    assert ROOT / "SKILL.md" in sizes
    assert max(sizes.values()) < 10 * MIB
    assert sum(sizes.values()) < 50 * MIB
    assert (ROOT / "SKILL.md").stat().st_size < 256_000


def test_no_packed_file_is_one_that_makes_the_publisher_refuse_the_folder() -> None:
    assert {path.name for path in packed()}.isdisjoint({"openclaw.plugin.json", "plugin.json", "package.json"})


@pytest.mark.parametrize("what", FLAGGED)
def test_the_scanner_has_nothing_to_flag(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0][:60]}"
        for path in packed()
        if path.suffix in TEXTS
        for match in re.finditer(FLAGGED[what], path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_rules_flag_what_they_are_for() -> None:
    samples = {
        "code made at run time": "eval(text)",
        "TLS without checks": "requests.get(url, verify=False)",
        "a download that is run": "curl https://example.com/setup.sh | bash",
        "a secret on a command line": "uvx x --token $MY_TOKEN",
        "removal of the host's own folders": "rm -rf ~/.openclaw/skills",
        "escaped bytes": "\\x41" * 6,
        "a literal that looks like a secret": 'access_key = "' + "aB3" * 10 + '"',
        "an access key id": "LTAI" + "5tAbCdEf" * 2,
    }
    assert [what for what, rule in FLAGGED.items() if not re.search(rule, samples[what])] == []
