"""Sweeps: the same tried in every combination. The suite tries a fixed sample, `python -m benchmarks sweeps` all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest


def sample(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """What a run leaves out: of each test marked `sweep(N)`, all cases but each N-th.

    Where several parameters are combined, the first case of each value of each of them stays as well.

    No sweep is traced for the coverage: its calls are the same again and again, and tracing them would cost as much as
    the calls themselves.
    """
    seen: dict[str, set[tuple[str, str]]] = defaultdict(set)
    numbers: Counter[str] = Counter()
    left_out: list[pytest.Item] = []
    for item in items:
        marker = item.get_closest_marker("sweep")
        if marker is None or not isinstance(item, pytest.Function):
            continue
        item.add_marker("no_cover")
        test = item.nodeid.partition("[")[0]
        values = {(name, repr(value)) for name, value in item.callspec.params.items()}
        is_new = len(values) > 1 and not values <= seen[test]
        if numbers[test] % int(marker.args[0]) and not is_new:
            left_out.append(item)
        else:
            seen[test] |= values
        numbers[test] += 1
    return left_out
