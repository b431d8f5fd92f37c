"""`python -m evals`: the tasks of evals.json, put to scripted assistants or to a host that has a model.

python -m evals                            every temperament, with forms and without
python -m evals --assistant careful --case 1 --case 2
python -m evals --host claude --out table.md
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import anyio

from evals.assistants import TEMPERAMENTS
from evals.cases import Case, cases
from evals.grading import Grade
from evals.hosts import HOSTS
from evals.running import by_host, findings, scripted, table


async def _rows(chosen: list[Case], temperaments: list[str], host: str | None) -> dict[str, list[Grade]]:
    rows: dict[str, list[Grade]] = {}
    if host is not None:
        rows[host] = [await by_host(case, host) for case in chosen]
        return rows
    for name in TEMPERAMENTS:
        if name in temperaments:
            for forms, road in ((True, "forms"), (False, "no forms")):
                rows[f"{name}, {road}"] = [await scripted(case, name, forms=forms) for case in chosen]
    return rows


def main() -> int:
    """Run, print the table and what went wrong; 1 when a task was not done as it should be by a host."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("--assistant", action="append", choices=list(TEMPERAMENTS), help="a scripted one; repeatable")
    parser.add_argument("--host", choices=list(HOSTS), help="a program on the PATH that has a model")
    parser.add_argument("--case", action="append", type=int, help="the number of a task; repeatable")
    parser.add_argument("--out", type=Path, help="also write the table there")
    given = parser.parse_args()
    chosen = [case for case in cases() if not given.case or case.id in given.case]
    try:
        rows = anyio.run(_rows, chosen, given.assistant or list(TEMPERAMENTS), given.host)
    except FileNotFoundError as error:
        sys.exit(str(error))
    text = "\n".join([table(rows), "", *(f"- {line}" for line in findings(rows))])
    print(text)
    if given.out is not None:
        given.out.write_text(text + "\n", encoding="utf-8")
    return int(given.host is not None and bool(findings(rows)))


if __name__ == "__main__":
    sys.exit(main())
