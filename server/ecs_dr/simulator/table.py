"""Tables of resources, and indexes that follow them: what a request costs does not grow with what exists.

A world is open: tests and people set a resource's fields, put resources in and take them out as they like. So an
index is never told what happened by whoever did it. The table tells it, and learns of it by itself:

    table[key] = row, del table[key], table.clear() …    the table's own methods
    row.field = value                                    `Resource.__setattr__`, which calls the row's table

Every index works a row's entry out anew at each of these, so there is no list of fields to keep in step with it.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, MutableMapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

_NOBODY: frozenset[str] = frozenset()


class Resource:
    """What a table holds.

    A field that an index reads must be a value that cannot change by itself (text, a number, a moment, a tuple of
    such): a list that is appended to does not pass through here.
    """

    _tell_table: Callable[[], None] | None = None

    def __getstate__(self) -> dict[str, object]:
        """A copy is in no table."""
        return {name: value for name, value in vars(self).items() if name != "_tell_table"}

    if not TYPE_CHECKING:  # A type checker that sees it accepts any attribute name.

        def __setattr__(self, name: str, value: object) -> None:
            object.__setattr__(self, name, value)
            if self._tell_table is not None:
                self._tell_table()


R = TypeVar("R", bound=Resource)
R_contra = TypeVar("R_contra", bound=Resource, contravariant=True)
V = TypeVar("V", bound=Hashable)


class Follower(Protocol[R_contra]):
    """Hears of everything that happens to a table."""

    def put(self, key: str, row: R_contra) -> None:
        """The row is new, replaces another, or has a field that may have changed."""

    def drop(self, key: str) -> None:
        """The row is no longer there."""


class Table(dict[str, R]):
    """Resources by id, in the order in which they came; a resource is in one table, once."""

    def __init__(self) -> None:
        super().__init__()
        self._followers: list[Follower[R]] = []
        self._positions: dict[str, int] = {}
        self._numbers = itertools.count()

    def follow(self, follower: Follower[R]) -> None:
        """Tell a follower of all that is there, and of all that is to come."""
        self._followers.append(follower)
        for key, row in self.items():
            follower.put(key, row)

    def select(self, keys: Iterable[str]) -> list[R]:
        """The rows of those keys, in the table's order; unknown keys are left out."""
        known = {key for key in keys if key in self}
        return [self[key] for key in sorted(known, key=self._positions.__getitem__)]

    def __setitem__(self, key: str, row: R) -> None:
        before = self.get(key)
        if before is not row:
            if row._tell_table is not None:  # noqa: SLF001 - the one field that belongs to the table
                raise ValueError(f"{key}: this resource is in a table already; put a copy of it")
            if before is not None:
                before._tell_table = None  # noqa: SLF001 - as above
            super().__setitem__(key, row)
            self._positions.setdefault(key, next(self._numbers))
            object.__setattr__(row, "_tell_table", partial(self._tell, key))
        self._tell(key)

    def __delitem__(self, key: str) -> None:
        object.__setattr__(self[key], "_tell_table", None)
        super().__delitem__(key)
        del self._positions[key]
        for follower in self._followers:
            follower.drop(key)

    if not TYPE_CHECKING:  # The types are those of `dict`, which does these without asking the two methods above.
        setdefault, update = MutableMapping.setdefault, MutableMapping.update

        def clear(self) -> None:
            """Take every row out."""
            for key in list(self):
                del self[key]

        def pop(self, key: str, *default: object) -> object:
            """Take a row out and return it; the default where there is none."""
            if key not in self:
                return super().pop(key, *default)
            row = self[key]
            del self[key]
            return row

        def popitem(self) -> tuple[str, R]:
            """Take the last row out and return it."""
            if not self:
                raise KeyError("the table is empty")
            key = next(reversed(self))
            return key, self.pop(key)

        def __ior__(self, other: Mapping[str, R]) -> Table[R]:
            self.update(other)
            return self

    def _tell(self, key: str) -> None:
        for follower in self._followers:
            follower.put(key, self[key])


class Index(Generic[R, V]):
    """The rows of a table by a value that they have, or by several.

    Args:
        table: The table to follow.
        values: The values under which a row is found.
    """

    def __init__(self, table: Table[R], values: Callable[[R], Iterable[V]]) -> None:
        self._table = table
        self._values = values
        self._values_of: dict[str, frozenset[V]] = {}
        self._keys: dict[V, set[str]] = {}
        table.follow(self)

    def rows(self, *values: V) -> list[R]:
        """The rows that have one of the values, in the table's order."""
        return self._table.select(itertools.chain.from_iterable(self._keys.get(value, _NOBODY) for value in values))

    def candidates(self, values: Iterable[V]) -> Iterable[R]:
        """The rows that may have all of the values: of the first, or every row where none is named."""
        return next((self.rows(value) for value in values), self._table.values())

    def count(self, value: V) -> int:
        """How many rows have the value."""
        return len(self._keys.get(value, _NOBODY))

    def values(self) -> Collection[V]:
        """Every value that some row has."""
        return self._keys.keys()

    def put(self, key: str, row: R) -> None:
        """See `Follower`."""
        self._move(key, frozenset(self._values(row)))

    def drop(self, key: str) -> None:
        """See `Follower`."""
        self._move(key, frozenset())

    def appeared(self, value: V) -> None:
        """A first row has this value now."""

    def vanished(self, value: V) -> None:
        """No row has this value any more."""

    def _move(self, key: str, now: frozenset[V]) -> None:
        before: frozenset[V] = self._values_of.pop(key, frozenset())
        if now:
            self._values_of[key] = now
        for value in before - now:
            self._keys[value].discard(key)
            if not self._keys[value]:
                del self._keys[value]
                self.vanished(value)
        for value in now - before:
            if value not in self._keys:
                self._keys[value] = set()
                self.appeared(value)
            self._keys[value].add(key)


class Changes(Generic[R]):
    """The keys of the rows that came, went or had a field set since somebody last looked."""

    def __init__(self, table: Table[R]) -> None:
        self._keys: set[str] = set()
        table.follow(self)

    def take(self) -> set[str]:
        """The keys; they are forgotten here."""
        keys, self._keys = self._keys, set()
        return keys

    def put(self, key: str, _row: R) -> None:
        """See `Follower`."""
        self._keys.add(key)

    def drop(self, key: str) -> None:
        """See `Follower`."""
        self._keys.add(key)


class DueQueue(Generic[R]):
    """The rows of a table in the order of a moment that each of them has, or has not.

    Args:
        table: The table to follow.
        moment: A row's moment; None keeps it out of the queue.
    """

    def __init__(self, table: Table[R], moment: Callable[[R], datetime | None]) -> None:
        self._table = table
        self._moment = moment
        self._moments: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, int, str]] = []
        self._numbers = itertools.count()
        table.follow(self)

    def take(self, until: datetime) -> list[tuple[datetime, R]]:
        """The rows whose moment has come by `until`, and that moment, the earliest first; they leave the queue."""
        due: list[tuple[datetime, R]] = []
        while self._heap and self._heap[0][0] <= until:
            moment, _, key = heapq.heappop(self._heap)
            # An entry whose row has another moment by now, or none, was left behind; the row has a newer one.
            if self._moments.get(key) == moment:
                del self._moments[key]
                due.append((moment, self._table[key]))
        return due

    def put(self, key: str, row: R) -> None:
        """See `Follower`."""
        moment = self._moment(row)
        if moment is None:
            self.drop(key)
        elif self._moments.get(key) != moment:
            self._moments[key] = moment
            heapq.heappush(self._heap, (moment, next(self._numbers), key))

    def drop(self, key: str) -> None:
        """See `Follower`."""
        self._moments.pop(key, None)
