"""`python -m benchmarks`: every figure the README names, both sides of each comparison in one run.

Give names to run only some: `python -m benchmarks time lag requests context startup line crowd applications` and
`standbys variants`; numbers are the sizes of the crowd: `python -m benchmarks crowd 1 1000`.
`python -m benchmarks somebody --help` plays recoveries in a cloud that others change;
`python -m benchmarks sweeps` tries every case of what the suite tries a sample of.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import pytest

from benchmarks.applications import applications
from benchmarks.context_size import context_size
from benchmarks.crowd import crowd
from benchmarks.line import line
from benchmarks.recovery_time import detection_lag, requests, wall_time
from benchmarks.somebody import main as somebody
from benchmarks.standbys import standbys
from benchmarks.startup import startup
from benchmarks.variants import all_variants

PARTS: Mapping[str, Callable[[], None]] = {
    "time": wall_time,
    "lag": detection_lag,
    "requests": requests,
    "context": context_size,
    "startup": startup,
    "line": line,
    "crowd": crowd,
    "applications": applications,
    "standbys": standbys,
    "variants": all_variants,
}


def main(arguments: list[str]) -> None:
    """Run the parts that are named, or all of them."""
    sizes = tuple(int(argument) for argument in arguments if argument.isdecimal())
    names = [argument for argument in arguments if not argument.isdecimal()]
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.exit(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    for name, part in PARTS.items():
        if names and name not in names:
            continue
        if part is crowd and sizes:
            crowd(sizes)
        else:
            part()


if sys.argv[1:2] == ["sweeps"]:
    sys.exit(pytest.main(["--whole", "-m", "sweep", "-q", "-n", "auto", *sys.argv[2:]]))
if sys.argv[1:2] == ["somebody"]:
    sys.exit(somebody(sys.argv[2:]))
main(sys.argv[1:])
