"""How a command ends when it is told to: once is enough, and what is under way is brought home first."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Coroutine, Iterator, Sequence
from types import FrameType
from typing import Protocol, TypeVar

Result = TypeVar("Result")

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
EXIT_BY_SIGNAL = 128
"""Added to the signal's number, as shells do: 130 after Ctrl-C."""


PATIENCE_SECONDS = 1.0
"""How long an event loop may be busy with something else (an import) before the end no longer waits for it."""

EXIT_BY_CLOSED_PIPE = 141
"""As if by SIGPIPE, which Python ignores."""


class AtWork(Protocol):
    """What may have a creating request under way when the process is told to end."""

    def in_doubt(self) -> Sequence[str]:
        """A line for each request that is under way, or whose outcome nobody knows."""

    def tell_what_is_left(self) -> None:
        """Put what exists, and what is in doubt, into the log and the kept reports."""


_at_work: list[AtWork] = []


@contextlib.contextmanager
def at_work(work: AtWork) -> Iterator[None]:
    """Meanwhile, a signal that cuts the process off lets this have the last word."""
    _at_work.append(work)
    try:
        yield
    finally:
        _at_work.remove(work)


class ToldToEnd(Exception):  # noqa: N818 - reads as what it is
    """A signal ended the command, or nobody reads any more what it says.

    Attributes:
        code: The exit code.
    """

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Ending:
    """Runs a command so that the first signal cancels it, and a further one ends the process on the spot.

    So does the first where the event loop is busy with something else for too long to be told.

    Unless a creating request is under way: that is named first, and gets until one signal more to come home.
    """

    def __init__(self) -> None:
        self._code: int | None = None
        self._warned = False
        self._heard = False
        """Whether the event loop knows of the signal, and the work is being cancelled."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[object] | None = None

    def run(self, work: Coroutine[None, None, Result]) -> Result:
        """Run it to its end.

        Raises:
            ToldToEnd: A signal came, or the reader of stdout went away.
            OSError: The system refused something that the command does not know how to go on without.
        """
        with self._listening():
            try:
                return asyncio.run(self._watched(work))
            except (asyncio.CancelledError, KeyboardInterrupt):
                raise ToldToEnd(self._code or EXIT_BY_SIGNAL + signal.SIGINT) from None
            except BaseException as error:
                inner = list(_leaves(error))
                if self._code is not None and all(map(_is_cut_stream, inner)):
                    raise ToldToEnd(self._code) from None
                if all(map(_is_closed_pipe, inner)):
                    write_nowhere()
                    raise ToldToEnd(EXIT_BY_CLOSED_PIPE) from None
                if all(isinstance(one, OSError) for one in inner):
                    raise next(one for one in inner if not _is_closed_pipe(one)) from None
                raise

    async def _watched(self, work: Coroutine[None, None, Result]) -> Result:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self._code is not None:
            work.close()
            raise asyncio.CancelledError
        result = await work
        if self._code is not None:
            # The work had its own way of ending; that it was told to stays true.
            raise asyncio.CancelledError
        return result

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """Not through the event loop: a prompt in the terminal puts handlers of its own there, and takes them away."""
        before = {}
        for name in _NAMES:
            number = getattr(signal, name, None)
            # Whoever started this with a signal ignored (nohup) wants it ignored.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, self._told)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self._wait_no_longer()

    def _told(self, number: int, _frame: FrameType | None) -> None:
        if self._code is not None:
            self._told_again(number)
            return
        self._code = EXIT_BY_SIGNAL + number
        if self._loop is not None and self._task is not None:
            self._loop.call_soon_threadsafe(self._hear, self._task)
            self._wait_for_the_loop(number)

    def _hear(self, task: asyncio.Task[object]) -> None:
        self._heard = True
        self._wait_no_longer()
        task.cancel()

    def _wait_for_the_loop(self, number: int) -> None:
        def at_last(*_: object) -> None:
            if not self._heard and not _under_way():
                self._end_at_once(number)

        if hasattr(signal, "setitimer"):  # Windows has none
            signal.signal(signal.SIGALRM, at_last)
            signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)

    def _wait_no_longer(self) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _told_again(self, number: int) -> None:
        under_way = _under_way()
        if under_way and not self._warned:
            self._warned = True
            _write_at_once(*under_way, "ending as soon as that is answered; one signal more ends at once")
            return
        self._end_at_once(number)

    def _end_at_once(self, number: int) -> None:
        for work in _at_work:
            # Whatever is half done underneath: the process ends.
            with contextlib.suppress(Exception):
                work.tell_what_is_left()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)


def _under_way() -> list[str]:
    return [line for work in _at_work for line in work.in_doubt()]


def _write_at_once(*lines: str) -> None:
    """Past the buffers: what this interrupts may be in the middle of writing there."""
    with contextlib.suppress(OSError):
        os.write(2, "".join(f"{line}\n" for line in lines).encode())


def _is_cut_stream(error: BaseException) -> bool:
    """Whether it is a message that was on its way while its reader was cancelled: the SDK's own tasks end so."""
    from anyio import BrokenResourceError, ClosedResourceError

    return isinstance(error, BrokenResourceError | ClosedResourceError)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """What a group of exceptions consists of in the end."""
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _leaves(one)
    else:
        yield error


def _is_closed_pipe(error: BaseException) -> bool:
    return isinstance(error, BrokenPipeError | SystemExit)  # rich, which prints, raises the latter for the former


def write_nowhere(descriptor: int = 1) -> None:
    """What is still in the buffers cannot be written either, and nobody needs to hear of it at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
