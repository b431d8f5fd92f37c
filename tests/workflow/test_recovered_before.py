"""A source that has a recovery already: Step 1 says so, before another image and another replica cost money."""

from __future__ import annotations

import pytest

from tests.support.desk import SOURCE, Desk
from tests.support.ids import CountedIds
from tests.workflow.bench import session_of
from tests.workflow.test_changing_world import restarted

SAID = f"{SOURCE} was recovered before: recovery "


async def recovered() -> tuple[Desk, str, str, str]:
    """A whole recovery, with the ids of its session, image and replica."""
    desk = Desk()
    async with desk.open():
        await desk.recover()
    session = session_of(desk)
    assert session.image is not None
    assert session.replica is not None
    return desk, session.session_id, session.image.image_id, session.replica.instance_id


@pytest.mark.parametrize("another_process", [False, True])
async def test_a_second_recovery_is_told_of_the_first_and_of_what_it_made(another_process: bool) -> None:  # noqa: FBT001 - parametrized
    desk, session_id, image, replica = await recovered()
    if another_process:
        desk = restarted(desk, CountedIds(7))
    async with desk.open():
        told = await desk.settle(await desk.collect())
    assert told.message.count(SAID) == 1
    assert f"{SAID}{session_id} made {image}, {replica}." in told.message.replace("\n", " ")


async def test_a_first_recovery_is_told_of_none() -> None:
    desk = Desk()
    async with desk.open():
        told = await desk.settle(await desk.collect())
    assert "recovered before" not in told.message
