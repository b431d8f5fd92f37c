"""How many of the public templates the linter accepts: `python -m tests.runbook.calibrate FOLDER` (a copy of
aliyun/oos-templates). None of their text is kept here."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from tests.runbook.linter import lint


def main(folder: Path) -> None:
    """Print what is refused, and the count."""
    accepted = total = 0
    for path in sorted(folder.rglob("*.yml")):
        template = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(template, dict) or "Tasks" not in template:
            continue
        total += 1
        faults = lint(template)
        accepted += not faults
        if faults:
            sys.stdout.write(f"{path.name}: {'; '.join(faults[:3])}\n")
    sys.stdout.write(f"{accepted} of {total}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
