"""Scans what git tracks, and what is packed of it. Run by scripts/scan; the one argument is the scanner."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORST = ("CRITICAL", "HIGH")


def listed(*flags: str) -> list[str]:
    """File names as git gives them."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", *flags]
    found = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 - git, and flags of ours
    return [name for name in found.decode("utf-8").split("\0") if name]


def packed() -> list[str]:
    """What ClawHub packs: no dot files, and nothing that .clawhubignore names."""
    left_out = set(listed("--cached", "--ignored", f"--exclude-from={ROOT / '.clawhubignore'}"))
    return [name for name in listed() if name not in left_out and not any(p.startswith(".") for p in Path(name).parts)]


def is_safe(scanner: str, what: str, names: list[str]) -> bool:
    """Scan a copy of these files; says what was found."""
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        run = subprocess.run(  # noqa: S603 - the scanner that scripts/scan has installed
            [scanner, "scan", folder, "--format", "json"], capture_output=True, text=True, check=False
        )
    found = json.loads(run.stdout)
    verdict = "safe" if found["is_safe"] else "NOT SAFE"
    told = [f"{what}: {verdict}, {len(names)} files, {found['findings_count']} findings, worst {found['max_severity']}"]
    told += [
        f"  {one['severity']} {one['rule_id']} {one.get('file_path')}:{one.get('line_number') or ''}"
        for one in found["findings"]
        if one["severity"] in WORST
    ]
    sys.stdout.write("\n".join(told) + "\n")
    return bool(found["is_safe"])


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        sys.stdout.write("\n".join(packed()) + "\n")
        sys.exit(0)
    outcomes = [is_safe(sys.argv[1], "tree", listed()), is_safe(sys.argv[1], "packed", packed())]
    sys.exit(0 if all(outcomes) else 1)
