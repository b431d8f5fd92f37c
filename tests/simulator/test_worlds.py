from __future__ import annotations

import json
from pathlib import Path

import pytest

from ecs_dr.simulator.bench import Bench, rows
from ecs_dr.simulator.errors import WorldError
from ecs_dr.simulator.world import World, load_world
from ecs_dr.simulator.world_files import builtin_worlds

SOURCE = "i-2zesource0001"
NAMES = {
    "healthy",
    "no-vswitch",
    "sold-out",
    "disk-unsupported",
    "many",
    "prepaid",
    "eip-only",
    "local-disk",
    "encrypted",
    "device-gap",
    "two-groups",
    "slow-image",
    "image-fails",
    "denied",
}


def test_every_promised_world_is_built_in() -> None:
    assert set(builtin_worlds()) >= NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_built_in_world_has_the_same_source_and_says_what_it_is_for(name: str) -> None:
    world = load_world(name)
    assert world.name == name
    assert world.description
    assert any("一" <= letter <= "鿿" for letter in world.description_zh)
    assert world.instances[SOURCE].zone_id == "cn-beijing-h"
    assert SOURCE in builtin_worlds()[name]


def test_the_worlds_differ_where_their_names_say() -> None:
    def vswitch_zones(name: str) -> set[str]:
        return {v.zone_id for v in load_world(name).vswitches.values() if v.vpc_id == "vpc-2zesource0001"}

    assert vswitch_zones("no-vswitch") == {"cn-beijing-h"}
    assert len(vswitch_zones("healthy")) == 3
    sold_out = load_world("sold-out")
    levels = {sold_out.stock_of(f"cn-beijing-{zone}", "ecs.g7.xlarge") for zone in ("i", "j", "k", "l", "box-1")}
    assert levels == {"WithoutStock", "ClosedWithoutStock", None}
    assert all("cloud_auto" not in load_world("disk-unsupported").disk_support[f"cn-beijing-{z}"].data for z in "ijkl")
    many = load_world("many")
    assert sum(v.vpc_id == "vpc-2zesource0001" for v in many.vswitches.values()) == 25
    assert sum(d.type == "data" for d in many.disks.values()) == 12
    assert load_world("prepaid").instances[SOURCE].instance_charge_type == "PrePaid"
    assert load_world("eip-only").instances[SOURCE].public_ip_address == ""
    assert load_world("slow-image").behaviour.image_seconds == 1500


def test_the_chinese_description_of_another_world_is_not_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('extends = "sold-out"\ndescription = "My own."\n', encoding="utf-8")
    world = load_world(str(file))
    assert (world.description, world.description_zh) == ("My own.", "")


def test_an_unknown_world_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(WorldError, match=r"'nowhere'.*healthy.*sold-out.*path"):
        load_world("nowhere")


def test_a_persons_own_file_extends_a_built_in_world(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        'extends = "healthy"\nname = "mine"\nremove = ["stock.cn-beijing-k.ecs.g7.xlarge"]\n'
        "[behaviour]\nimage_seconds = 30\n",
        encoding="utf-8",
    )
    (tmp_path / "other.toml").write_text('extends = "mine.toml"\nname = "other"\n', encoding="utf-8")
    world = load_world(str(tmp_path / "other.toml"))
    assert world.name == "other"
    assert world.behaviour.image_seconds == 30
    assert world.stock_of("cn-beijing-k", "ecs.g7.xlarge") is None
    assert world.stock_of("cn-beijing-l", "ecs.g7.xlarge") == "WithStock"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('extends = "healthy"\n[behaviour]\nimage_secs = 3\n', "behaviour.image_secs"),
        ('extends = "healthy"\n[behaviour]\nimage_outcome = "Broken"\n', "behaviour.image_outcome"),
        (
            (
                'extends = "healthy"\n[vswitches.vsw-x]\nvpc_id = "vpc-none"\n'
                'zone_id = "cn-beijing-k"\ncidr_block = "10.0.0.0/24"\n'
            ),
            "vswitches.vsw-x.vpc_id",
        ),
        (
            'extends = "healthy"\n[vpcs.vpc-2zesource0001]\ncidr_block = "172.16.0.1/12"\n',
            "vpc-2zesource0001.cidr_block",
        ),
        (
            'extends = "healthy"\n[instances.i-2zesource0001]\nsecurity_group_ids = ["sg-none"]\n',
            "i-2zesource0001.security_group_ids",
        ),
        ('extends = "healthy"\n[instances.i-2zesource0001]\nvswitch_id = "vsw-none"\n', "vswitch_id"),
        ('extends = "healthy"\n[stock.cn-mars-a]\n', "stock.cn-mars-a"),
        ('extends = "nothing"\n', "extends.*nothing"),
        ("extends = 7\n", "extends"),
        ('extends = "healthy"\nremove = ["disks.d-none"]\n', "remove.*d-none"),
        ('extends = "healthy"\nremove = "disks"\n', "remove"),
        ("[behaviour\n", "not valid TOML"),
        ('name = "empty"\n', "default_identity"),
    ],
)
def test_a_mistake_in_a_world_is_named(text: str, named: str) -> None:
    with pytest.raises(WorldError, match=named):
        World.from_toml(text)


def test_a_world_that_extends_itself_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop.toml"
    loop.write_text('extends = "loop.toml"\n', encoding="utf-8")
    with pytest.raises(WorldError, match="extend itself"):
        load_world(str(loop))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="cannot be read"):
        World.from_toml(tmp_path / "absent.toml")


def test_the_state_is_json_without_secrets_and_shows_the_present() -> None:
    bench = Bench()
    image_id = str(bench.ecs("CreateImage", InstanceId=SOURCE, ImageName="dr-1")["ImageId"])
    bench.clock.advance(120)
    state = json.loads(json.dumps(bench.cloud.state()))
    assert state["now"] == "2026-11-22T08:02:00Z"
    assert state["images"][image_id]["status"] == "Creating"
    assert state["images"][image_id]["progress"] == "50%"
    assert state["instances"][SOURCE]["status"] == "Running"
    assert "test-access-key-secret" not in json.dumps(state)


def test_a_reset_takes_everything_back_and_gives_the_same_ids_again() -> None:
    bench = Bench()
    first = bench.ecs("CreateImage", InstanceId=SOURCE, ImageName="dr-1", ClientToken="t")
    bench.cloud.reset()
    assert bench.cloud.journal == []
    assert len(bench.world.images) == 2
    again = bench.ecs("CreateImage", InstanceId=SOURCE, ImageName="dr-1", ClientToken="t")
    assert again == first
    assert not bench.cloud.journal[-1].replayed
    assert len(bench.world.images) == 3


def test_two_clouds_of_the_same_world_share_nothing() -> None:
    one, other = Bench(), Bench()
    one.ecs("CreateImage", InstanceId=SOURCE, ImageName="dr-1")
    assert len(other.world.images) == 2


def test_the_whole_cloud_has_one_page_of_instances_in_a_world_of_one() -> None:
    assert len(rows(Bench().ecs("DescribeInstances"), "Instances", "Instance")) == 1


def test_what_follows_from_the_rest_need_not_be_written_down() -> None:
    world = World.from_toml(
        'extends = "healthy"\n[instances.i-2zesecond001]\ninstance_type = "ecs.c7.xlarge"\nzone_id = "cn-beijing-k"\n'
        'image_id = "gone"\nvswitch_id = "vsw-2zek0001"\nprivate_ip_address = "172.16.32.5"\n'
        '[disks.d-2zesecond001]\ninstance_id = "i-2zesecond001"\ntype = "system"\ncategory = "cloud_essd"\nsize = 20\n'
    )
    assert world.instances["i-2zesecond001"].vpc_id == "vpc-2zesource0001"
    disk = world.disks["d-2zesecond001"]
    assert (disk.zone_id, disk.region_id) == ("cn-beijing-k", "cn-beijing")
