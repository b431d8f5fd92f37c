"""The suite's own measure: which tests are traced, and that the others are not."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from coverage import Coverage

from tests.support.tracing import Tracing


class Counted(Tracing):
    """Notes which case is traced; each shows as much as is given."""

    def __init__(self, shown: Sequence[int]) -> None:
        super().__init__(Coverage(data_file=None))
        self._shown, self._case, self._lines = shown, 0, 0
        self.traced: list[int] = []

    @contextmanager
    def everything(self) -> Iterator[None]:
        self.traced.append(self._case)
        self._lines += self._shown[self._case]
        yield

    def _seen(self) -> int:
        return self._lines

    def run(self, test: str) -> list[int]:
        for case in range(len(self._shown)):
            self._case = case
            with self.of(f"{test}[{case}]"):
                pass
        return self.traced


@pytest.mark.parametrize(
    ("shown", "traced"),
    [
        ([5, *[0] * 30], [0, 1, 2, 4, 7, 12, 21]),
        ([5, 0, 0, 9, 3, 0, 0, 0, 0, 0], [0, 1, 2, 4, 5, 6, 8]),
        ([1] * 6, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_cases_that_show_nothing_new_are_traced_ever_more_seldom(shown: list[int], traced: list[int]) -> None:
    assert Counted(shown).run("tests/domain/test_x.py::test_y") == traced


def test_whole_recoveries_by_the_hundred_are_never_traced() -> None:
    assert Counted([1, 1]).run("tests/faults/test_somebody.py::test_y") == []


def test_what_is_not_traced_runs_free(pytestconfig: pytest.Config) -> None:
    """This test is one of them: also in a worker, where the process that leads it measures as well."""
    if pytestconfig.getoption("cov_context", None):
        pytest.skip("who asks which test reaches a line has all of them traced")
    assert sys.gettrace() is None
