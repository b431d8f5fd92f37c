"""What every test shares."""

from __future__ import annotations

import gc
import itertools
import os
import signal
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import settings

from ecs_dr.garbage import collect_seldom
from tests.support.schemas import compile_schemas_once
from tests.support.sweeps import left_out
from tests.support.tracing import Tracing, tracing_of

# A test's outcome does not hang on how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

CREDENTIAL_VARIABLES = ("ALIBABA_CLOUD_", "ALIBABACLOUD_", "ECS_DR_")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="every case of the sweeps, instead of a fixed sample")


TRACING = pytest.StashKey[Tracing | None]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    session.config.stash[TRACING] = tracing_of(session.config)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool | None, bool | None]:
    tracing = item.config.stash[TRACING]
    with tracing.of(item.nodeid) if tracing is not None else nullcontext():
        return (yield)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--whole") and (deselected := left_out(items)):
        config.hook.pytest_deselected(items=deselected)
        kept = set(items).difference(deselected)
        items[:] = [item for item in items if item in kept]


def pytest_collection_finish() -> None:
    """What every test would do again is done once; modules and collected tests stay for good, and are no garbage."""
    compile_schemas_once()
    gc.collect()
    collect_seldom()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new folder for each test, in a folder of their own: a numbered one of pytest's looks through all before it."""
    root = tmp_path_factory.mktemp("homes")
    return (root / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _no_settings_or_credentials_of_the_developer(monkeypatch: pytest.MonkeyPatch, homes: Iterator[Path]) -> None:
    for name in list(os.environ):
        if name.startswith(CREDENTIAL_VARIABLES):
            monkeypatch.delenv(name)
    home = next(homes)
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))


@pytest.fixture
def signals_as_in_a_terminal() -> Iterator[None]:
    """What a shell starts in the background ignores Ctrl-C, and `nohup` a hang-up; programs of the tests would too."""
    ignored = [one for one in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(one) is signal.SIG_IGN]
    for one in ignored:
        signal.signal(one, signal.default_int_handler)
    yield
    for one in ignored:
        signal.signal(one, signal.SIG_IGN)
