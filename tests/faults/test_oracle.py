"""The oracle itself: what it cannot read it refuses, and what it judges is what the page names."""

from __future__ import annotations

import pytest

from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import Words, tell
from tests.faults.oracle import MATCHES, NOTHING, Oracle
from tests.faults.rig import Rig
from tests.faults.somebody import Somebody
from tests.support.desk import SOURCE

UNTOUCHED_IN_ANOTHER_ZONE = (
    f"Source {SOURCE} is untouched: compared at 2026-11-22 18:01:26 UTC+8, it is as it was read at 2026-11-22 "
    "17:53:05 UTC+8."
)


def oracle() -> Oracle:
    rig = Rig.of("healthy")
    return Oracle(rig, Somebody(rig))


def test_a_comparison_whose_times_it_cannot_read_is_none() -> None:
    """The product told its times in the region's zone, and the oracle judged in UTC alone."""
    with pytest.raises(AssertionError, match="without a comparison"):
        oracle()._untouched(UNTOUCHED_IN_ANOTHER_ZONE)
    oracle()._untouched(UNTOUCHED_IN_ANOTHER_ZONE.replace("UTC+8", "UTC"))


def test_the_replica_of_a_page_is_the_one_that_is_named_and_not_its_name() -> None:
    """The replica of a source that only its image remembers is called after the source's id."""
    found = MATCHES.search(f"| Replica | recovery-{SOURCE} i-2zereplica0001; Running; ecs.g7.xlarge |")
    assert found is not None
    assert found[1] == "i-2zereplica0001"


@pytest.mark.parametrize(
    "said", ["The plan is exported. Nothing was created.", "So far this recovery created nothing."]
)
def test_whatever_denies_that_something_was_made_is_judged(said: str) -> None:
    judge = oracle()
    session_id, image_id = "0" * 31 + "1", next(iter(judge.rig.world.images))
    judge.made_by[id(None), session_id] = {image_id}
    judge.rig.recovery = None  # type: ignore[assignment] # whoever answers: its identity is all that is asked
    assert NOTHING.search(said)
    with pytest.raises(AssertionError, match=image_id):
        judge._nothing(Answer(session_id=session_id, step="export", status="done", telling=tell(Words(said))))
