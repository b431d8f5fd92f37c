"""Two servers on one session: what one of them made is found by the other, and told as what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from ecs_dr.cloud.transport import ApiRequest, Json, NoAnswer, Transport
from ecs_dr.domain.disks.model import DiskMapping
from ecs_dr.domain.images.model import Image, ImageRequest, RequestedDisk
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudError
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.steps.create_image import may_be_of
from tests.support.desk import SOURCE, Desk
from tests.workflow.bench import session_of
from tests.workflow.snapshot_worlds import take
from tests.workflow.test_image_from_snapshots import made
from tests.workflow.test_resume import restarted, resume


async def test_what_another_server_on_the_session_made_unseen_is_found_before_it_is_made_once_more() -> None:
    """Taken up while it lives here, the other image was not listed; later its name is taken, another proposed."""
    desk = Desk()
    await desk.settle(await desk.collect())
    here = desk.recovery
    await resume(restarted(desk))
    desk.world.behaviour.visibility_delay_seconds = 60
    made = (await desk.settle(await desk.call("create_image"))).data["image_id"]
    desk.recovery = here
    assert await resume(desk) == "plan_recovery"
    desk.clock.advance(900)
    found = await desk.settle(await desk.call("create_image"))
    assert (found.data["image_id"], found.data["image_name"]) == (made, desk.world.images[str(made)].image_name)
    assert "is being made" not in found.message
    assert desk.mutations["CreateImage"] == 1


async def made_elsewhere(listed_after_seconds: float = 2) -> tuple[Desk, Answer]:
    """A desk on its first server, and the other server's answer on the image that it made of an older set."""
    world = load_world("healthy")
    take(world, "old", 48, group=True)
    desk = Desk(world)
    await desk.settle(await desk.collect())
    here = desk.recovery
    await resume(restarted(desk))
    world.behaviour.visibility_delay_seconds = listed_after_seconds
    theirs = await made(desk, "ssg-2zeold", await desk.call("image_from_snapshots"))
    desk.recovery = here
    return desk, theirs


async def made_unseen() -> tuple[Desk, Answer, Answer]:
    """The other server's image of an older set, not listed until now; and what is asked here about the newer one."""
    desk, theirs = await made_elsewhere(listed_after_seconds=3600)
    take(desk.world, "new", 1, group=True)
    await resume(desk)
    asked = await desk.call("image_from_snapshots")
    desk.clock.advance(300)
    desk.world.behaviour.visibility_delay_seconds = 0
    return desk, theirs, asked


async def test_an_image_that_another_server_made_of_another_set_is_as_old_as_its_own_set() -> None:
    desk, theirs, asked = await made_unseen()
    ours = await made(desk, "ssg-2zenew", asked)
    assert ours.data["image_id"] == theirs.data["image_id"]
    assert ours.data["data_as_of"] == theirs.data["data_as_of"]
    assert desk.mutations["CreateImage"] == 1


async def test_an_image_that_another_server_made_is_kept_though_its_snapshots_cannot_be_read() -> None:
    """Found, it is the image of this recovery: were it forgotten for a read that failed, another would be made."""
    desk, theirs, asked = await made_unseen()
    line = desk.transport.inner
    desk.transport.inner = _BreaksAfterImage(line)
    with pytest.raises(CloudError):
        await made(desk, "ssg-2zenew", asked)
    desk.transport.inner = line
    state = session_of(desk).image
    assert state is not None
    assert state.image_id == theirs.data["image_id"]
    again = await desk.call("image_from_snapshots")
    assert again.data["image_id"] == theirs.data["image_id"], "another one was offered"
    assert again.data["data_as_of"] == theirs.data["data_as_of"]
    assert desk.mutations["CreateImage"] == 1


async def test_a_session_that_lives_takes_up_the_others_image_of_snapshots_with_the_moment_of_its_data() -> None:
    desk, theirs = await made_elsewhere()
    desk.clock.advance(300)
    await resume(desk)
    state = session_of(desk).image
    assert state is not None
    assert state.image_id == theirs.data["image_id"]
    assert state.data_as_of is not None, "told as of the moment when the image was made"
    assert state.data_as_of.isoformat() == theirs.data["data_as_of"]


@dataclass
class _BreaksAfterImage:
    """Once an image was found by its tags, nobody answers what its snapshots are."""

    inner: Transport
    is_broken: bool = False

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        if self.is_broken and request.action == "DescribeSnapshots":
            raise NoAnswer("no answer")
        answer = await self.inner.call(request)
        is_by_tags = request.action == "DescribeImages" and "Tag" in request.params
        self.is_broken = self.is_broken or (is_by_tags and answer.get("TotalCount") == 1)
        return answer


def test_an_image_of_other_snapshots_did_not_come_of_this_request_though_it_has_its_name() -> None:
    disk = RequestedDisk(snapshot_id="s-1", device="/dev/xvda", type="system", size_gib=40)
    request = ImageRequest(region_id="cn-beijing", instance_id=SOURCE, image_name="mine", disks=(disk,))
    mapping = DiskMapping(device="/dev/xvda", type="system", size_gib=40, snapshot_id="s-1")
    image = Image(image_id="m-1", name="mine", status="Creating", mappings=(mapping,))
    assert may_be_of(request, image)
    assert may_be_of(request, image.model_copy(update={"mappings": ()})), "its disks are not told yet"
    of_others = mapping.model_copy(update={"snapshot_id": "s-2"})
    assert not may_be_of(request, image.model_copy(update={"mappings": (of_others,)}))
    assert not may_be_of(request, image.model_copy(update={"name": "theirs"}))
