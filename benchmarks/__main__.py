"""`python -m benchmarks`: every figure the README names, both sides of each comparison in one run.

Give names to run only some: `python -m benchmarks time lag`; numbers are the sizes of the crowd: `python -m benchmarks
crowd 1 1000`. `--quick` shows the same of less, in a few minutes; `--keep` writes the figures down for the READMEs (see
figures.py). `python -m benchmarks somebody --help` plays recoveries in a cloud that others change; `python -m
benchmarks.soak --help` attacks a server for minutes beside recoveries; `python -m benchmarks sweeps` tries every case
of what the suite tries a sample of.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial

from benchmarks.applications import applications
from benchmarks.context_size import context_size
from benchmarks.crowd import crowd
from benchmarks.figures import Kept, keep
from benchmarks.line import line
from benchmarks.recovery_time import critical_path, detection_lag, requests, wall_time
from benchmarks.region import region
from benchmarks.somebody import main as somebody
from benchmarks.stalls import stalls
from benchmarks.standbys import standbys
from benchmarks.startup import startup
from benchmarks.variants import all_variants

PARTS: Mapping[str, Callable[..., Kept]] = {
    "time": wall_time,
    "path": critical_path,
    "lag": detection_lag,
    "requests": requests,
    "region": region,
    "context": context_size,
    "startup": startup,
    "line": line,
    "stalls": stalls,
    "crowd": crowd,
    "applications": applications,
    "standbys": standbys,
    "variants": all_variants,
}
SWITCHES = frozenset({"--quick", "--keep"})


def main(arguments: list[str]) -> None:
    """Run the parts that are named, or all of them."""
    logging.disable()  # recoveries that a part leaves behind say so, each in a line
    sizes = tuple(int(argument) for argument in arguments if argument.isdecimal())
    names = [argument for argument in arguments if not argument.isdecimal() and argument not in SWITCHES]
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.exit(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    quick = "--quick" in arguments
    if quick and "--keep" in arguments:
        sys.exit("a quick run shows less than the READMEs say: keep the figures of a whole one")
    found: dict[str, float] = {}
    for name, part in PARTS.items():
        if not names or name in names:
            found |= (partial(part, sizes=sizes) if part is crowd else part)(quick=quick)
    if "--keep" in arguments:
        keep(found)


if sys.argv[1:2] == ["sweeps"]:
    # In a process of its own: what is imported above, pytest would have to import first to tell of its asserts.
    whole = ("--whole", "-m", "sweep", "-q", "-n", "auto", "--dist", "worksteal", *sys.argv[2:])
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *whole])  # noqa: S606 - this interpreter
if sys.argv[1:2] == ["somebody"]:
    sys.exit(somebody(sys.argv[2:]))
main(sys.argv[1:])
