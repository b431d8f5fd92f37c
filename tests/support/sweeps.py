"""What a run leaves out: the same things again and again.

A sweep tries the same in every combination. The suite tries a fixed sample, `python -m benchmarks sweeps` all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest


def left_out(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Of each test marked `sweep(N)`, all cases but each N-th.

    Where several parameters are combined, the first case of each value of each of them stays as well.
    """
    seen: dict[str, set[tuple[str, str]]] = defaultdict(set)
    numbers: Counter[str] = Counter()
    found: list[pytest.Item] = []
    for item in items:
        marker = item.get_closest_marker("sweep")
        if marker is None or not isinstance(item, pytest.Function):
            continue
        test = item.nodeid.partition("[")[0]
        values = {(name, repr(value)) for name, value in item.callspec.params.items()}
        is_new = len(values) > 1 and not values <= seen[test]
        if numbers[test] % int(marker.args[0]) and not is_new:
            found.append(item)
        else:
            seen[test] |= values
        numbers[test] += 1
    return found
