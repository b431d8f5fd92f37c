"""An image that existed before is held against source and type: what differs is told first, and never matches."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ecs_dr.domain.questions import ABORT, CONFIRM
from ecs_dr.simulator.model_compute import Image, ImageMapping
from ecs_dr.simulator.world import load_world
from tests.support.desk import SOURCE, Desk
from tests.workflow.bench import key_of, text_of, values_of

NVME_ALONE = "ecs.g8i.xlarge"
"""It attaches disks by NVMe and in no other way."""
OTHERS = {
    "operating system": ({"os_type": "windows", "os_name_en": "Windows Server 2022 Datacenter 64 bit"}, "windows"),
    "system version": ({"os_name_en": "Debian  12.7 64 bit"}, "Debian 12.7"),
    "architecture": ({"architecture": "arm64"}, "ARM"),
    "boot mode": ({"boot_mode": "UEFI"}, "UEFI"),
    "NVMe driver": ({"nvme_support": "unsupported"}, "NVMe"),
    "age": ({"creation_time": "before the source"}, "made after the source"),
}


def with_image(changes: dict[str, str], tags: dict[str, str] | None = None) -> tuple[Desk, str]:
    """A world with an image that fits in its disks, and differs in something else."""
    world = load_world("healthy")
    source = world.instances[SOURCE]
    disks = sorted((one for one in world.disks.values() if one.instance_id == SOURCE), key=lambda one: one.device)
    image = Image(
        image_id="m-2zegolden0001",
        image_name="golden",
        os_name=source.os_name,
        mappings=[ImageMapping(device=d.device, type=d.type, size=d.size, snapshot_id=f"s-{d.device}") for d in disks],
        creation_time=world.start_time - timedelta(days=1),
        tags=tags or {},
    )
    source.creation_time = world.start_time - timedelta(days=100)
    source.key_pair_name = ""
    for name, value in changes.items():
        if name == "creation_time":
            image.creation_time = world.start_time - timedelta(days=200)
        else:
            setattr(image, name, value)
        if name == "nvme_support":
            source.instance_type = NVME_ALONE
    world.images[image.image_id] = image
    return Desk(world), image.image_id


@pytest.mark.parametrize("tagged", [False, True])
@pytest.mark.parametrize("name", OTHERS)
async def test_what_differs_is_told_before_and_is_not_recommended(name: str, tagged: bool) -> None:  # noqa: FBT001
    changes, told = OTHERS[name]
    desk, image = with_image(changes, {"ecs-dr:source": SOURCE} if tagged else None)
    await desk.settle(await desk.collect())
    asked = await desk.call("adopt_image", image_id=image)
    assert key_of(asked) == "image.adopt"
    assert "differs in" in text_of(asked)
    assert told in text_of(asked)
    assert values_of(asked) == [ABORT, CONFIRM]
    assert asked.question is not None
    assert asked.question.question.options[0].recommended


@pytest.mark.parametrize("name", ["operating system", "system version", "age"])
async def test_what_differs_never_ends_as_a_match(name: str) -> None:
    changes, _ = OTHERS[name]
    desk, image = with_image(changes)
    async with desk.open():
        await desk.settle(await desk.collect())
        answer = await desk.settle(await desk.call("adopt_image", image_id=image), {"image.adopt": CONFIRM})
        assert answer.status == "done", answer.message
        while answer.next is not None and answer.status == "done":
            answer = await desk.settle(await desk.go_on(answer))
    assert answer.step == "verify"
    assert answer.data["verdict"] == "differs", answer.message
    rows = answer.data["instance"]
    assert isinstance(rows, list)
    assert [
        row for row in rows if isinstance(row, dict) and str(row["field"]).startswith("image_") and not row["matches"]
    ]


async def test_an_image_that_fits_is_recommended_and_matches() -> None:
    desk, image = with_image({})
    async with desk.open():
        await desk.settle(await desk.collect())
        asked = await desk.call("adopt_image", image_id=image)
        assert "differs in" not in text_of(asked)
        assert values_of(asked) == [CONFIRM, ABORT]
        answer = await desk.settle(asked)
        while answer.next is not None and answer.status == "done":
            answer = await desk.settle(await desk.go_on(answer))
    assert answer.data["verdict"] == "match", answer.message


async def test_a_driver_that_the_sources_type_needs_is_a_row_of_the_verification() -> None:
    desk, image = with_image({"nvme_support": "unsupported"})
    async with desk.open():
        await desk.settle(await desk.collect())
        await desk.settle(await desk.call("adopt_image", image_id=image), {"image.adopt": CONFIRM})
        await desk.settle(
            await desk.call("choose_target", target_zone_id="cn-beijing-k", instance_type="ecs.g7.xlarge")
        )
        answer = await desk.settle(await desk.call("prepare_vswitch"))
        while answer.next is not None and answer.status == "done":
            answer = await desk.settle(await desk.go_on(answer))
    assert answer.data["verdict"] == "differs", answer.message
    rows = answer.data["instance"]
    assert isinstance(rows, list)
    (row,) = [row for row in rows if isinstance(row, dict) and row["field"] == "image_nvme_support"]
    assert (row["expected"], row["actual"]) == ("supported", "unsupported")


async def test_an_image_that_says_nothing_of_its_driver_is_not_compared() -> None:
    desk, image = with_image({"nvme_support": ""})
    await desk.settle(await desk.collect())
    asked = await desk.call("adopt_image", image_id=image)
    assert "NVMe driver could not be compared" in text_of(asked)
    assert "differs in" not in text_of(asked)
