"""Which tests are traced for the coverage. A traced test takes twice its time, and most show no line that was not seen.

Every test is traced in its first case; for as long as its cases show nothing new, the distance to the next one that is
traced doubles. So what is reported is reached at the least, and a run takes little more than without coverage.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from coverage import Coverage

import ecs_dr

NEVER = (
    "tests/architecture/",
    "tests/benchmarks/",
    *(f"tests/faults/test_{name}" for name in ("fault_machine", "mutants", "sigkill", "somebody")),
    "tests/journeys/test_applications.py::test_three_waves",
    "tests/pages/",
    "tests/runbook/test_execution.py",
    "tests/variants/",
)
"""Whole recoveries by the hundred, and tests that read the sources alone: one of them takes long, and all lines that it
runs have a test of their own elsewhere."""


class Tracing:
    """Started and stopped around each test."""

    def __init__(self, cov: Coverage) -> None:
        self._collector = cov._collector
        self._to_skip: dict[str, int] = {}
        self._distance: dict[str, int] = {}

    @contextmanager
    def of(self, nodeid: str) -> Iterator[None]:
        """Trace what is done within, where it is this test's turn."""
        test = nodeid.partition("[")[0]
        if nodeid.startswith(NEVER):
            yield
        elif (to_skip := self._to_skip.get(test, 0)) > 0:
            self._to_skip[test] = to_skip - 1
            yield
        else:
            before = self._seen()
            with self.everything():
                yield
            distance = 0 if self._seen() > before else 2 * self._distance.get(test, 0) or 1
            self._distance[test], self._to_skip[test] = distance, distance // 2

    @contextmanager
    def everything(self) -> Iterator[None]:
        """Trace what is done within."""
        assert self._collector is not None
        self._collector.start()
        try:
            yield
        finally:
            self._collector.stop()

    def _seen(self) -> int:
        """How many steps from line to line; the public way to them writes a database first."""
        assert self._collector is not None
        return sum(map(len, self._collector.data.values()))


def tracing_of(config: pytest.Config) -> Tracing | None:
    """The tracing of this process, stopped; None without coverage, and where other processes run the tests."""
    plugin = config.pluginmanager.get_plugin("_cov")
    cov = getattr(getattr(plugin, "cov_controller", None), "cov", None)
    if not isinstance(cov, Coverage) or config.getoption("cov_context"):
        return None  # who asks which test reaches a line has all of them traced
    # Collecting takes twice as long while it is traced as well: of it, only that the package is imported counts.
    if is_worker_or_alone(config):
        for module in pkgutil.walk_packages(ecs_dr.__path__, "ecs_dr."):
            importlib.import_module(module.name)
    while (running := Coverage.current()) is not None:
        running.stop()  # in a worker there are two, one within the other
    return Tracing(cov) if is_worker_or_alone(config) else None


def is_worker_or_alone(config: pytest.Config) -> bool:
    """Whether tests run in this process."""
    return hasattr(config, "workerinput") or config.getoption("dist", "no") == "no"
