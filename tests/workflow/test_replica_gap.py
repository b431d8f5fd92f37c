"""How often a replica is looked at: more often when it is most likely to start running."""

from __future__ import annotations

from datetime import timedelta

from ecs_dr.workflow.memory.replica import Replica
from ecs_dr.workflow.steps.replica_watch import (
    DISKS_SECONDS,
    DUE_SECONDS,
    LOOK_SECONDS,
    LOOK_WHEN_DUE_SECONDS,
    look_again_after,
    may_be_judged,
)
from tests.domain.recovery_facts import LAUNCH, REPLICA
from tests.support.clock import START


def gap(seconds: float) -> float:
    replica = Replica.__new__(Replica)
    replica.launched_at = START
    return look_again_after(replica, START + timedelta(seconds=seconds))


def test_a_replica_that_is_due_is_looked_at_more_often() -> None:
    earliest, latest = DUE_SECONDS
    assert [gap(0), gap(earliest - 0.1)] == [LOOK_SECONDS, LOOK_SECONDS]
    assert [gap(earliest), gap(latest - 0.1)] == [LOOK_WHEN_DUE_SECONDS, LOOK_WHEN_DUE_SECONDS]
    assert [gap(latest), gap(900)] == [LOOK_SECONDS, LOOK_SECONDS]


def test_the_looks_of_a_minute_stay_within_the_budget_of_one_action() -> None:
    seconds, looks = 0.0, 0
    while seconds < 60:
        seconds, looks = seconds + gap(seconds), looks + 1
    assert looks <= 60


def test_one_reading_that_shows_it_incomplete_counts_once_however_often_it_is_told() -> None:
    """A call that was cut off tells the next one what it has read."""
    late = START + timedelta(seconds=DISKS_SECONDS + 1)
    replica = Replica("i-1", LAUNCH, START)
    assert not may_be_judged(replica, REPLICA, ("/dev/xvdb",), START)
    told_again = [may_be_judged(replica, REPLICA, ("/dev/xvdb",), late) for _ in range(5)]
    assert told_again == [False] * 5, "two readings, of which one was told five times"
    assert may_be_judged(replica, REPLICA, ("/dev/xvdb",), late + timedelta(seconds=1))
