"""Known vulnerabilities of the locked dependencies. Run by scripts/audit; the first argument is pip-audit.

By itself pip-audit says "No known vulnerabilities found", and ends with 0, also where it could look nothing up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
DATABASES = ("pypi", "osv")


def answer_of(database: str, auditor: str) -> list[dict[str, object]]:
    """What a database says of each dependency; nothing where it cannot be reached."""
    command = [auditor, "--vulnerability-service", database, "--disable-pip", "--no-deps", "--format", "json"]
    command += ["--progress-spinner", "off", *(word for lock in LOCKS for word in ("-r", str(ROOT / lock)))]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - what scripts/audit installed
    try:
        rows: list[dict[str, object]] = json.loads(run.stdout)["dependencies"]
    except (ValueError, LookupError):
        return []
    return rows


def verdict(rows: list[dict[str, object]]) -> tuple[str, str]:
    """The outcome in a word (`clean`, `vulnerable`, `partly`, `skipped`), and the lines to print."""
    looked_up = [row for row in rows if "vulns" in row]
    found = [(row["name"], row["version"], one) for row in looked_up for one in listed(row["vulns"])]
    unknown = sorted(str(row["name"]) for row in rows if "vulns" not in row)
    if not looked_up:
        return "skipped", "SKIPPED: no database of vulnerabilities could be reached; nothing was checked."
    lines = [f"{name} {version}: {one['id']}, fixed in {one['fix_versions'] or '-'}" for name, version, one in found]
    lines.append(f"{len(looked_up)} of {len(rows)} dependencies looked up: {len(found)} known vulnerabilities.")
    if unknown:
        lines.append(f"SKIPPED, not in the database: {', '.join(unknown)}")
    outcome = "vulnerable" if found else "partly" if unknown else "clean"
    return outcome, "\n".join(lines)


def listed(value: object) -> list[dict[str, object]]:
    """The rows of a JSON list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


if __name__ == "__main__":
    outcome, text = verdict([])
    for database in DATABASES:
        outcome, text = verdict(answer_of(database, sys.argv[1]))
        if outcome != "skipped":
            break
    sys.stdout.write(f"{text}\n")
    tolerated = {"clean"} if "--require" in sys.argv else {"clean", "partly", "skipped"}
    sys.exit(0 if outcome in tolerated else 1)
