"""How a command ends by a signal or a closed pipe, in this process; `tests/journeys/test_ending.py` starts programs."""

from __future__ import annotations

import asyncio
import errno
import signal

import pytest
from anyio import BrokenResourceError

from ecs_dr import ending
from ecs_dr.ending import Ending, ToldToEnd, at_work

pytestmark = pytest.mark.usefixtures("signals_as_in_a_terminal")

LINE = "RunInstances is under way"


class Work:
    """Something that may have a request under way."""

    def __init__(self, *in_doubt: str) -> None:
        self.lines = in_doubt
        self.told = 0

    def in_doubt(self) -> tuple[str, ...]:
        return self.lines

    def tell_what_is_left(self) -> None:
        self.told += 1
        raise OSError("no space left")


async def signalled(number: int) -> None:
    signal.raise_signal(number)
    await asyncio.sleep(60)


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The signals that would have ended this process."""
    found: list[int] = []
    raise_signal = signal.raise_signal

    def end(number: int) -> None:
        if signal.getsignal(number) is signal.SIG_DFL:
            found.append(number)
        else:
            raise_signal(number)

    monkeypatch.setattr(signal, "raise_signal", end)
    return found


def test_what_comes_to_its_end_gives_its_result() -> None:
    async def work() -> int:
        return 3

    before = signal.getsignal(signal.SIGTERM)
    assert Ending().run(work()) == 3
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_ends_it_and_the_exit_code_names_it(number: int) -> None:
    before = signal.getsignal(number)
    with pytest.raises(ToldToEnd) as told:
        Ending().run(signalled(number))
    assert told.value.code == 128 + number
    assert signal.getsignal(number) is before


def test_work_that_ends_in_its_own_way_was_told_to_end_all_the_same() -> None:
    async def work() -> None:
        try:
            await signalled(signal.SIGTERM)
        except asyncio.CancelledError:
            return

    with pytest.raises(ToldToEnd) as told:
        Ending().run(work())
    assert told.value.code == 128 + signal.SIGTERM


def test_a_signal_before_the_work_begins_leaves_it_undone() -> None:
    begun: list[int] = []

    async def work() -> None:
        begun.append(1)

    early = Ending()
    early._told(signal.SIGHUP, None)
    with pytest.raises(ToldToEnd) as told:
        early.run(work())
    assert (told.value.code, begun) == (128 + signal.SIGHUP, [])


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:

        async def work() -> str:
            signal.raise_signal(signal.SIGHUP)
            return "done"

        assert Ending().run(work()) == "done"
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_request_under_way_is_named_at_the_second_signal_and_cut_off_at_the_third(
    ended: list[int], capfd: pytest.CaptureFixture[str]
) -> None:
    work, other = Work(LINE), Work()

    async def stubborn() -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert (ended, work.told) == ([], 0)
        signal.raise_signal(signal.SIGTERM)

    with at_work(work), at_work(other), pytest.raises(ToldToEnd):
        Ending().run(stubborn())
    assert capfd.readouterr().err.splitlines() == [
        LINE,
        "ending as soon as that is answered; one signal more ends at once",
    ]
    assert (ended, work.told, other.told) == ([signal.SIGTERM], 1, 1)


def test_with_nothing_under_way_the_second_signal_ends_the_process(ended: list[int]) -> None:
    async def stubborn() -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with at_work(Work()), pytest.raises(ToldToEnd):
        Ending().run(stubborn())
    assert ended == [signal.SIGINT]


@pytest.mark.parametrize(
    "error", [BrokenPipeError(), SystemExit(1), BaseExceptionGroup("", [BrokenPipeError(), SystemExit(1)])]
)
def test_a_reader_that_went_away_is_an_end_and_no_error(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    silenced: list[int] = []
    monkeypatch.setattr(ending, "write_nowhere", lambda: silenced.append(1))

    async def work() -> None:
        raise error

    with pytest.raises(ToldToEnd) as told:
        Ending().run(work())
    assert (told.value.code, silenced) == (141, [1])


@pytest.mark.parametrize("error", [ValueError("a"), ExceptionGroup("", [BrokenPipeError(), ValueError("a")])])
def test_any_other_error_stays_what_it_is(error: Exception) -> None:
    async def work() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        Ending().run(work())
    assert raised.value is error


@pytest.mark.parametrize("is_first", [True, False])
def test_what_the_system_refused_is_told_without_the_group_around_it(*, is_first: bool) -> None:
    refused = OSError(errno.ENOSPC, "No space left on device")

    async def work() -> None:
        both = [ExceptionGroup("", [refused]), BrokenPipeError()]
        raise ExceptionGroup("", both if is_first else both[::-1])

    with pytest.raises(OSError, match="No space left") as raised:
        Ending().run(work())
    assert raised.value is refused


def test_a_message_on_its_way_at_the_signal_is_an_end_and_no_error() -> None:
    async def work() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(5)
        finally:
            raise ExceptionGroup("the SDK's tasks", [BrokenResourceError()])

    with pytest.raises(ToldToEnd) as told:
        Ending().run(work())
    assert told.value.code == 128 + signal.SIGTERM
