"""Faults, crashes, parallel and repeated calls and bad answers in any order: the promises hold all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.faults.moves import WORLDS, Moves
from tests.faults.rig import Rig
from tests.faults.truth import check_always, check_final

Result = TypeVar("Result")


class OneTask:
    """Runs coroutines one after another in a task of its own: a task group must be left where it was entered."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._work: asyncio.Queue[Callable[[], Awaitable[None]] | None] = asyncio.Queue()
        self._task = self._loop.create_task(self._run())

    def do(self, make: Callable[[], Awaitable[Result]]) -> Result:
        done: asyncio.Future[Result] = self._loop.create_future()

        async def carry_out() -> None:
            try:
                done.set_result(await make())
            except BaseException as error:  # noqa: BLE001 - handed on to whoever waits below
                done.set_exception(error)

        self._work.put_nowait(carry_out)
        return self._loop.run_until_complete(done)

    def close(self) -> None:
        self._work.put_nowait(None)
        self._loop.run_until_complete(self._task)
        self._loop.close()

    async def _run(self) -> None:
        while (work := await self._work.get()) is not None:
            await work()


class Recovering(RuleBasedStateMachine):
    """What may happen to one recovery, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.task = OneTask()
        self.moves: Moves | None = None

    def do(self, name: str, *values: int) -> None:
        assert self.moves is not None
        moves = self.moves
        self.task.do(lambda: moves.make(name, *values))

    @initialize(world=st.sampled_from(WORLDS), visibility=st.sampled_from((0.0, 2.0, 30.0)), tags=st.booleans())
    def begin(self, world: str, visibility: float, tags: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        rig = Rig.of(world, visibility_seconds=visibility, tags=tags)
        self.task.do(rig.start)
        self.moves = Moves(rig)

    @rule()
    def goes_on(self) -> None:
        self.do("step")

    @rule()
    def goes_on_a_good_way(self) -> None:
        for _ in range(4):
            self.do("step")

    @rule(number=st.integers(0, 100))
    def calls_any_tool(self, number: int) -> None:
        self.do("any_tool", number)

    @rule(number=st.integers(0, 100))
    def answers_anything(self, number: int) -> None:
        self.do("any_answer", number)

    @rule(number=st.integers(0, 100))
    def answers_badly(self, number: int) -> None:
        self.do("bad_answer", number)

    @rule(number=st.integers(0, 1))
    def dismisses(self, number: int) -> None:
        self.do("dismiss", number)

    @rule(action=st.integers(0, 100), kind=st.integers(0, 100), times=st.integers(1, 5))
    def breaks_the_line(self, action: int, kind: int, times: int) -> None:
        self.do("fault", action, kind, times)

    @rule(number=st.integers(2, 4))
    def calls_in_parallel(self, number: int) -> None:
        self.do("parallel", number)

    @rule(seconds=st.integers(1, 4000))
    def lets_time_pass(self, seconds: int) -> None:
        self.do("wait", seconds)

    @rule()
    def kills_the_server(self) -> None:
        self.do("crash")

    @rule(number=st.integers(0, 100))
    def changes_the_cloud(self, number: int) -> None:
        self.do("change", number)

    @invariant()
    @precondition(lambda self: self.moves is not None)
    def the_promises_hold(self) -> None:
        assert self.moves is not None
        check_always(self.moves.rig)

    def teardown(self) -> None:
        try:
            if self.moves is not None:
                moves = self.moves
                self.task.do(moves.finish)
                check_always(moves.rig)
                if moves.may_finish:
                    check_final(moves.rig)
                self.task.do(moves.rig.stop)
        finally:
            self.task.close()


TestRecovering = Recovering.TestCase
TestRecovering.settings = settings(
    max_examples=15,
    # A failing schedule is short and named step by step: shrinking it takes minutes and adds little.
    phases=[Phase.generate],
    stateful_step_count=25,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
