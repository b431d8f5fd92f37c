"""Somebody else at a cloud whose source is gone: snapshots go, groups come, the source comes back."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import timedelta

from ecs_dr.cloud.transport import Json, Product
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import EcsDrError
from ecs_dr.simulator.model_compute import SnapshotGroup
from ecs_dr.simulator.world import load_world
from tests.faults.moves import Moves
from tests.faults.scripts import Script, ask, until_asked, until_done
from tests.support.desk import REGION, SOURCE

SET = "snapshots.set"
NIGHT = ("s-2zenight0001", "s-2zenight0002", "s-2zenight0003")


def images_sent(moves: Moves) -> list[Mapping[str, Json]]:
    """The CreateImage requests that the cloud carried out."""
    return [entry.params for entry in moves.rig.simulator.calls("CreateImage") if entry.outcome == "OK"]


async def a_snapshot_deleted_between_question_and_answer(moves: Moves) -> None:
    """It is looked at once more: nothing is sent, and what there is then is asked about anew."""
    await until_asked(moves, SET)
    del moves.rig.world.snapshots[NIGHT[1]]
    moves.rig.clock.advance(2)
    await moves.make("step")
    last = moves.rig.outcomes[-1]
    assert isinstance(last, EcsDrError), last
    assert NIGHT[1] in str(vars(last))
    assert not images_sent(moves)
    again = await ask(moves, "image_from_snapshots")
    told = again.message if isinstance(again, Answer) else str(vars(again))
    assert NIGHT[1] not in told or isinstance(again, EcsDrError)


async def a_snapshot_that_its_retention_takes_away_under_the_request(moves: Moves) -> None:
    """After the last look the cloud refuses: nothing exists, and what is left is read anew."""
    await until_asked(moves, SET)
    handle = moves.rig.simulator.handle

    def taken(product: Product, version: str, action: str, *rest: object, **more: object) -> dict[str, Json]:
        if action == "CreateImage":
            moves.rig.world.snapshots.pop(NIGHT[2], None)
        return handle(product, version, action, *rest, **more)  # type: ignore[arg-type]

    moves.rig.simulator.handle = taken  # type: ignore[method-assign, assignment]
    await moves.make("step")
    last = moves.rig.outcomes[-1]
    assert isinstance(last, EcsDrError), last
    assert not images_sent(moves)
    assert not moves.rig.made("CreateImage")
    await ask(moves, "image_from_snapshots")
    await ask(moves, "get_session")


async def a_newer_group_between_question_and_answer(moves: Moves) -> None:
    """The image is made of exactly what was shown, whatever is newer by then."""
    await until_asked(moves, SET)
    world = moves.rig.world
    key = "ssg-2zenewer00001"
    made_at = moves.rig.clock.now() - timedelta(minutes=1)
    world.snapshot_groups[key] = SnapshotGroup(SOURCE, key, region_id=REGION, creation_time=made_at)
    for number, snapshot_id in enumerate(NIGHT):
        newer = copy.deepcopy(world.snapshots[snapshot_id])
        newer.snapshot_id, newer.snapshot_group_id, newer.creation_time = f"s-2zenewer{number:04d}", key, made_at
        newer.snapshot_name, newer.snapshot_type = "", "user"
        world.snapshots[newer.snapshot_id] = newer
    await until_done(moves, "verify")
    (sent,) = images_sent(moves)
    assert [sent[f"DiskDeviceMapping.{number}.SnapshotId"] for number in (1, 2, 3)] == [*NIGHT]


async def a_source_that_comes_back_between_question_and_answer(moves: Moves) -> None:
    """Listed again, it is neither touched nor imaged: the go-ahead was for the snapshots."""
    await until_asked(moves, SET)
    whole = load_world("healthy")
    moves.rig.world.instances[SOURCE] = copy.deepcopy(whole.instances[SOURCE])
    for disk in [disk for disk in whole.disks.values() if disk.instance_id == SOURCE]:
        moves.rig.world.disks[disk.disk_id] = copy.deepcopy(disk)
    moves.rig._before["instances"] |= {SOURCE}  # nobody launched it
    moves.rig.accept_source()
    assert moves.somebody is not None
    moves.somebody.sources.append((moves.rig.clock.now(), moves.rig.source_state()))
    moves.rig.clock.advance(2)
    await until_done(moves, "image")
    (sent,) = images_sent(moves)
    assert "InstanceId" not in sent
    for tool in ("wait_for_image", "get_session", "choose_target"):
        await ask(moves, tool)


async def snapshots_deleted_while_the_image_is_made(moves: Moves) -> None:
    """What the image was made of is gone by the end: nothing is said of it that was not read."""
    await until_done(moves, "image")
    for snapshot_id in NIGHT:
        moves.rig.world.snapshots.pop(snapshot_id, None)
    moves.rig.clock.advance(600)
    for _ in range(12):
        await moves.make("step")


GONE, DEAD_ZONE = "source-gone", "zone-outage"
RECALL: Mapping[tuple[Script, str], None] = dict.fromkeys(
    (
        *(
            (script, GONE)
            for script in (
                a_snapshot_deleted_between_question_and_answer,
                a_snapshot_that_its_retention_takes_away_under_the_request,
                a_newer_group_between_question_and_answer,
                a_source_that_comes_back_between_question_and_answer,
                snapshots_deleted_while_the_image_is_made,
            )
        ),
        (a_snapshot_deleted_between_question_and_answer, DEAD_ZONE),
        (a_snapshot_that_its_retention_takes_away_under_the_request, DEAD_ZONE),
    )
)
