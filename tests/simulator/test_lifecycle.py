"""The cloud looks only at what may have changed, and misses nothing that a look at everything would find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.simulator.bench import Bench
from ecs_dr.simulator.lifecycle import image_state, instance_status, settle
from ecs_dr.simulator.model_compute import InstanceStatus

SOURCE, SECOND = "i-2zesource0001", "i-2zesecond001"
VANISH_AFTER = 90

Move = Callable[[Bench], object]


def twins() -> Bench:
    bench = Bench()
    bench.world.instances[SECOND] = replace(bench.world.instances[SOURCE], instance_id=SECOND)
    disks = bench.world.disks.by_instance.rows(SOURCE)
    bench.world.disks.update(
        {f"{disk.disk_id}x": replace(disk, disk_id=f"{disk.disk_id}x", instance_id=SECOND) for disk in disks}
    )
    return bench


def setting_status(key: str, status: InstanceStatus) -> Move:
    def carry_out(bench: Bench) -> None:
        for instance in bench.world.instances.select([key]):
            instance.status = status

    return carry_out


def starting_anew(key: str) -> Move:
    def carry_out(bench: Bench) -> None:
        if key in bench.world.instances:
            bench.world.instances[key] = replace(bench.world.instances[key], launched_at=bench.clock.now(), lost=False)

    return carry_out


def requesting(action: str, **params: str) -> Move:
    """A request that may be refused: the source is stopping, gone, or has an image in the making already."""
    return lambda bench: bench.refusal(action, **params)


sources = st.sampled_from([SOURCE, SECOND])
moves = st.one_of(
    st.builds(setting_status, sources, st.sampled_from(["Running", "Stopping", "Stopped"])),
    st.builds(starting_anew, sources),
    st.builds(lambda key: lambda bench: bench.world.instances.pop(key, None), sources),
    st.builds(lambda seconds: lambda bench: bench.clock.advance(seconds), st.sampled_from([1, 30, 100, 240])),
    st.builds(lambda key: requesting("CreateImage", InstanceId=key), sources),
    st.just(requesting("DescribeImages")),
)


def spoilt(bench: Bench) -> set[str]:
    """The images in the making whose source is not as it was, from a look at every image."""
    world, now = bench.world, bench.clock.now()
    being_made = [one for one in world.images.values() if image_state(one, now).status in {"Waiting", "Creating"}]
    found = {image.image_id: world.instances.get(image.source_instance_id) for image in being_made}
    return {
        image_id
        for image_id, source in found.items()
        if source is None or instance_status(world, source, now) != world.images[image_id].source_status
    }


def failing(bench: Bench) -> set[str]:
    return {image.image_id for image in bench.world.images.values() if image.outcome == "CreateFailed"}


@given(st.lists(moves, max_size=25))
def test_the_images_that_fail_are_those_whose_source_was_seen_changed(done: list[Move]) -> None:
    bench = twins()
    for move in [*done, requesting("DescribeImages")]:
        move(bench)
        expected = failing(bench) | spoilt(bench)
        settle(bench.world, bench.clock.now())
        assert failing(bench) == expected


@given(st.lists(moves, max_size=25))
def test_the_instances_that_vanish_are_those_whose_time_has_come(done: list[Move]) -> None:
    bench = twins()
    bench.world.behaviour.instance_vanishes_after_seconds = VANISH_AFTER
    for move in done:
        move(bench)
        latest = bench.clock.now() - timedelta(seconds=VANISH_AFTER)
        settle(bench.world, bench.clock.now())
        for instance in bench.world.instances.values():
            assert instance.lost == (instance.launched_at is not None and instance.launched_at <= latest)
    lost = [event.instance_id for event in bench.world.history_events]
    assert set(lost) >= {key for key, instance in bench.world.instances.items() if instance.lost}
