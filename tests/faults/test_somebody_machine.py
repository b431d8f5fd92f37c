"""Somebody else beside faults, crashes and bad answers, in any order: no answer says what is not so."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.faults.moves import WORLDS, Moves
from tests.faults.oracle import Oracle
from tests.faults.rig import Rig
from tests.faults.somebody import NAMES, Somebody
from tests.faults.test_fault_machine import Recovering
from tests.faults.truth import check_always


class BesideSomebody(Recovering):
    """What may happen to one recovery in a cloud that others change, judged by the oracle."""

    @initialize(world=st.sampled_from(WORLDS), visibility=st.sampled_from((0.0, 2.0, 30.0)), tags=st.booleans())
    def begin(self, world: str, visibility: float, tags: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        rig = Rig.of(world, visibility_seconds=visibility, tags=tags)
        self.task.do(rig.start)
        somebody = Somebody(rig)
        self.moves = Moves(rig, somebody, Oracle(rig, somebody))

    @rule(name=st.sampled_from(NAMES))
    def somebody_does(self, name: str) -> None:
        self.do("somebody", NAMES.index(name))

    @rule()
    def another_server_takes_the_seat(self) -> None:
        self.do("another_server")

    def teardown(self) -> None:
        try:
            if self.moves is not None and self.moves.somebody is not None:
                moves, somebody = self.moves, self.moves.somebody
                self.task.do(moves.finish)
                check_always(moves.rig)
                self.task.do(somebody.leave)
                self.task.do(moves.rig.stop)
        finally:
            self.task.close()


TestBesideSomebody = BesideSomebody.TestCase
TestBesideSomebody.settings = settings(
    max_examples=10,
    # A failing schedule is short and named step by step: shrinking it takes minutes and adds little.
    phases=[Phase.generate],
    stateful_step_count=25,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
