"""What a run leaves out: the same things again and again.

A sweep tries the same in every combination. The suite tries a fixed sample, `python -m benchmarks sweeps` all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from zlib import crc32

import pytest


def left_out(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Of each test marked `sweep(N)`, all cases but one of N, drawn across the parameters as by chance.

    Where several parameters are combined, at least one case of each value of each of them stays.
    """
    cases: dict[str, list[pytest.Function]] = defaultdict(list)
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("sweep") is not None:
            cases[item.nodeid.partition("[")[0]].append(item)
    return [item for every in cases.values() for item in _left_out_of(every)]


def _left_out_of(cases: Sequence[pytest.Function]) -> list[pytest.Function]:
    marker = cases[0].get_closest_marker("sweep")
    assert marker is not None
    drawn = sorted(cases, key=lambda item: crc32(item.nodeid.encode()))
    seen: set[tuple[str, str]] = set()
    kept: list[pytest.Function] = []
    for item in drawn:
        values = {(name, repr(value)) for name, value in item.callspec.params.items()}
        if len(values) > 1 and not values <= seen:
            kept.append(item)
            seen |= values
    others = [item for item in drawn if item not in kept]
    return others[max(0, -(-len(cases) // int(marker.args[0])) - len(kept)) :]
