"""Few combinations in which each pair of values of each two factors occurs at least once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

Row = dict[str, str]
_Pair = tuple[str, str, str, str]


def pairwise(factors: Mapping[str, Sequence[str]]) -> list[Row]:
    """The combinations, found greedily: each begins with a pair not seen yet, and takes what adds most new pairs."""
    names = sorted(factors, key=lambda name: -len(factors[name]))
    left: dict[_Pair, None] = {
        (one, a, other, b): None for one, other in combinations(names, 2) for a in factors[one] for b in factors[other]
    }
    rows: list[Row] = []
    while left:
        one, a, other, b = next(iter(left))
        row = {one: a, other: b}
        for name in names:
            if name not in row:
                row[name] = max(factors[name], key=lambda value, name=name: _new(left, row, name, value))  # type: ignore[misc]
        for first, second in combinations(names, 2):
            left.pop((first, row[first], second, row[second]), None)
        rows.append(row)
    return rows


def _new(left: Mapping[_Pair, None], row: Row, name: str, value: str) -> int:
    pairs = ((other, had, name, value) for other, had in row.items())
    return sum((pair in left) or ((name, value, pair[0], pair[1]) in left) for pair in pairs)
