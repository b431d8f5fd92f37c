"""The oracle itself: what it cannot read it refuses, and what it judges is what the page names."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import Words, tell
from ecs_dr.domain.texts import Texts
from tests.faults.oracle import (
    BUILDING,
    COMPARED,
    DOUBT,
    ENTRY,
    IN_PART,
    MATCHES,
    NOTHING,
    READ_BEFORE,
    RECALLED,
    REPLICA_TAKEN_UP,
    STRIPPED,
    TAKEN_UP,
    UNTOUCHED,
    Oracle,
)
from tests.faults.rig import Rig
from tests.faults.somebody import Somebody
from tests.support.clock import START
from tests.support.desk import SOURCE

UNTOUCHED_IN_ANOTHER_ZONE = (
    f"Source {SOURCE} is untouched: at 2026-11-22 18:01:26 UTC+8 it was as read at 2026-11-22 17:53:05 UTC+8."
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


SAYS = Texts("en")
AT, SINCE = SAYS.span(START, START + timedelta(seconds=40)), SAYS.span(START, START, near=START)
STATE = SAYS("world.state_seen", status="Available", at=SAYS.moment(START))
READ_BY_THE_ORACLE: tuple[tuple[re.Pattern[str] | str, str, dict[str, str]], ...] = (
    (UNTOUCHED, "world.source_same", {"at": AT, "since": SINCE}),
    (COMPARED, "world.source_same", {"at": SINCE, "since": AT}),
    (COMPARED, "world.source_was_same", {"at": AT, "since": AT}),
    (IN_PART, "world.source_in_part", {"at": AT, "since": AT}),
    (NOTHING, "world.nothing", {}),
    (ENTRY, "world.image", {"id": "m-1", "state": STATE, "link": ""}),
    (ENTRY, "world.vswitch", {"id": "vsw-1", "state": STATE, "link": ""}),
    (ENTRY, "world.replica", {"id": "i-1", "state": STATE, "link": ""}),
    (ENTRY, "world.image_adopted", {"id": "m-1", "state": STATE, "link": ""}),
    ("gone", "world.state_gone", {"at": AT}),
    ("not found at", "world.state_missing", {"at": AT, "seen": AT}),
    (DOUBT, "world.in_doubt", {"what": "-"}),
    (DOUBT, "world.in_doubt_aside", {"what": "-"}),
    (DOUBT, "application.doubt", {"what": "-"}),
    (READ_BEFORE, "step.verify.read_before", {"at": SAYS.moment(START)}),
    (READ_BEFORE, "step.resume.read_before", {"at": SAYS.moment(START)}),
    (REPLICA_TAKEN_UP, "step.verify.replica_taken_up", {"id": "i-1", "since": SAYS.moment(START)}),
    (RECALLED, "recall.verified", {}),
    (STRIPPED, "step.verify.untagged", {}),
    (BUILDING, "step.image_wait.waiting", {"status": "Creating", "progress": "7%", "elapsed": "9"}),
    (TAKEN_UP, "step.resume.nothing", {}),
    (TAKEN_UP, "step.resume.image", {}),
    (TAKEN_UP, "step.resume.replica", {}),
    (TAKEN_UP, "step.resume.vswitch", {}),
)


@pytest.mark.parametrize(("pattern", "key", "values"), READ_BY_THE_ORACLE, ids=lambda one: str(one)[:40])
def test_what_it_reads_is_what_is_said(pattern: re.Pattern[str] | str, key: str, values: dict[str, str]) -> None:
    """A sentence that is worded anew would be judged no longer."""
    said = SAYS(key, **{"id": SOURCE, **{name: Words(value) for name, value in values.items()}})
    assert re.search(pattern, said), said
