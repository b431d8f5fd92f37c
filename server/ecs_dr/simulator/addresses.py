"""Who holds which IPv4 address, and which is the lowest that nobody holds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from ipaddress import AddressValueError, IPv4Address
from typing import NamedTuple

from ecs_dr.simulator.table import Index, R, Table

_NONE: frozenset[str] = frozenset()


class Held(NamedTuple):
    """An address within a network; the same address in another network is another one."""

    network: str
    address: str


class AddressBook(Index[R, Held]):
    """The addresses that the rows of a table hold.

    Args:
        table: The table to follow.
        held: The addresses that a row holds.
    """

    def __init__(self, table: Table[R], held: Callable[[R], Iterable[Held]]) -> None:
        self._taken: dict[str, set[str]] = {}
        self._numbers: dict[str, list[int]] = {}
        super().__init__(table, held)

    def taken(self, network: str) -> AbstractSet[str]:
        """The addresses of a network that somebody holds."""
        return self._taken.get(network, _NONE)

    def free(self, network: str, first: IPv4Address, last: IPv4Address) -> Iterator[str]:
        """The addresses from `first` to `last` that nobody holds, the lowest first."""
        numbers = self._numbers.get(network, [])
        number = _next_missing(numbers, int(first))
        while number <= int(last):
            yield str(IPv4Address(number))
            number = _next_missing(numbers, number + 1)

    def appeared(self, value: Held) -> None:
        """A first row holds this address now."""
        self._taken.setdefault(value.network, set()).add(value.address)
        if (number := _number(value.address)) is not None:
            insort(self._numbers.setdefault(value.network, []), number)

    def vanished(self, value: Held) -> None:
        """No row holds this address any more."""
        self._taken[value.network].discard(value.address)
        if (number := _number(value.address)) is not None:
            numbers = self._numbers[value.network]
            del numbers[bisect_left(numbers, number)]


def _number(address: str) -> int | None:
    """The address as a number; None for what is no IPv4 address, and so stands in nobody's way."""
    try:
        return int(IPv4Address(address))
    except AddressValueError:
        return None


def _next_missing(numbers: list[int], least: int) -> int:
    """The lowest number from `least` on that is not among the sorted numbers."""
    start = bisect_left(numbers, least)
    # How far a number is ahead of an unbroken run from `least`: 0 while nothing is missing, and it never falls again.
    return least + bisect_right(range(len(numbers) - start), 0, key=lambda step: numbers[start + step] - least - step)
