"""What cannot be: told with what is wrong and what to do, before any request where that is possible."""

from __future__ import annotations

import pytest

from tests.support.host import REGION, SOURCE, Heard
from tests.support.person import Reply
from tests.support.ways import ALL_WAYS, ANSWER_LEGACY, ANSWER_MODERN, INPUT_REQUEST, Stage, Way, in_memory
from tests.support.witness import NOTHING, Made

NOBODY = "0123456789abcdef" * 2
WAYS = (INPUT_REQUEST, ANSWER_LEGACY)
STEPS = (
    "create_image",
    "wait_for_image",
    "choose_target",
    "prepare_vswitch",
    "check_disks",
    "create_instance",
    "verify_instance",
)


def refused(heard: Heard, code: str, next_tool: str | None = None) -> None:
    """The call failed in a way that helps: code, cause, what to do, which tool is next."""
    assert heard.problem is not None, heard.text
    assert heard.problem.code == code
    assert heard.problem.actions
    if next_tool is not None:
        assert heard.next is not None
        assert heard.next.tool == next_tool


def nothing_was_sent(stage: Stage) -> None:
    assert stage.simulator.journal == []


MALFORMED_INSTANCES = ("prod-web", "i 1", "I-ABC", "i-2ze;rm", "sg-2zesource0001")
MALFORMED_REGIONS = ("Beijing", "cn_beijing", "cn-beijing.evil.example", "cn-beijing/", "http://x")


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_malformed_ids_are_refused_before_anything_is_sent(way: Way) -> None:
    async with in_memory(way) as stage:
        for instance_id in MALFORMED_INSTANCES:
            heard = await stage.host.call("collect_source", instance_id=instance_id, region_id=REGION)
            refused(heard, "InvalidInstanceId", "collect_source")
        for region_id in MALFORMED_REGIONS:
            heard = await stage.host.call("collect_source", instance_id=SOURCE, region_id=region_id)
            refused(heard, "InvalidRegionId", "collect_source")
        nothing_was_sent(stage)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize(("instance", "region"), [("i-2zenobody0001", REGION), (SOURCE, "cn-hangzhou")])
async def test_an_instance_that_is_not_there_is_told_apart_from_a_missing_permission(
    instance: str, region: str, way: Way
) -> None:
    async with in_memory(way) as stage:
        heard = await stage.host.settle(await stage.host.call("collect_source", instance_id=instance, region_id=region))
        refused(heard, "InstanceNotFound", "image_from_snapshots")
        assert stage.witness.made == NOTHING


@pytest.mark.parametrize("way", ALL_WAYS, ids=str)
async def test_an_empty_list_for_lack_of_permission_names_the_permission(way: Way) -> None:
    async with in_memory(way) as stage:
        stage.simulator.world.identities["operator"].denied.append("ecs:DescribeInstances")
        stage.person.on_form = lambda form: stage.person.first.extend([Reply("abort")] * ("retry" in form.options))
        heard = await stage.host.collect()
        assert (heard.step, heard.status) == ("source", "stopped")
        asked = stage.person.forms[-1]
        assert asked.options == ("retry", "from_snapshots", "abort")
        assert "ecs:DescribeInstances" in asked.message


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("session_id", [NOBODY, "../../etc/passwd"])
async def test_an_unknown_session_is_told_by_every_tool_and_nothing_is_sent(session_id: str, way: Way) -> None:
    async with in_memory(way) as stage:
        for tool in [*STEPS, "get_session"]:
            heard = await stage.host.call(tool, session_id=session_id)
            refused(heard, "UnknownSession")
            assert heard.next is not None
        nothing_was_sent(stage)


MISSING = {
    "wait_for_image": "create_image",
    "prepare_vswitch": "choose_target",
    "check_disks": "choose_target",
    "create_instance": "create_image",
    "verify_instance": "create_instance",
}


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize(("tool", "supplier"), MISSING.items())
async def test_a_step_out_of_order_names_the_tool_that_supplies_what_is_missing(
    tool: str, supplier: str, way: Way
) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        sent = len(stage.simulator.journal)
        heard = await stage.host.call(tool)
        assert heard.problem is not None
        assert heard.next is not None
        assert heard.next.tool == supplier
        assert len(stage.simulator.journal) == sent


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_every_step_before_the_source_was_read_leads_to_reading_it(way: Way) -> None:
    async with in_memory(way) as stage:
        stage.person.first = [Reply("abort")]
        await stage.host.collect()
        for tool in STEPS[:1] + STEPS[2:3]:
            heard = await stage.host.call(tool)
            refused(heard, "SourceMissing", "collect_source")
        nothing_was_sent(stage)


PROPOSALS = (
    ("create_image", {"image_name": "a"}, "InvalidImageName"),
    ("create_image", {"image_name": "aliyun-copy"}, "InvalidImageName"),
    ("create_image", {"image_name": "http://name"}, "InvalidImageName"),
    ("choose_target", {"target_zone_id": "beijing k"}, "InvalidZoneId"),
    ("choose_target", {"target_zone_id": "cn-beijing-z"}, "UnknownZone"),
    ("choose_target", {"target_zone_id": "cn-beijing-h"}, "SameZone"),
    ("choose_target", {"instance_type": "big"}, "InvalidInstanceType"),
    ("create_instance", {"instance_name": "x"}, "InvalidInstanceName"),
    ("create_image", {"image": "typo"}, "UnknownArgument"),
    ("create_image", {"image_name": "LTAI5tFakeFakeFakeFake12"}, "SecretInArgument"),
)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize(("tool", "arguments", "code"), PROPOSALS)
async def test_a_value_that_cannot_be_is_refused_and_creates_nothing(
    tool: str, arguments: dict[str, str], code: str, way: Way
) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        heard = await stage.host.call(tool, **arguments)
        refused(heard, code)
        assert stage.witness.made == NOTHING
        assert stage.person.forms[1:] == []
        if code == "SecretInArgument":
            assert "LTAI5t" not in heard.text


CIDRS = {
    "10.0.0.0/24": "CidrOutsideVpc",
    "172.16.48.0/25": "CidrOverlaps",
    "172.16.99.0/30": "CidrMask",
    "172.16.99.1/24": "CidrMalformed",
    "nonsense": "CidrMalformed",
    "::/64": "CidrMalformed",
}


@pytest.mark.parametrize("way", [INPUT_REQUEST, ANSWER_MODERN], ids=str)
@pytest.mark.parametrize(("cidr", "code"), CIDRS.items())
async def test_a_cidr_block_that_the_vpc_cannot_hold_is_never_sent(cidr: str, code: str, way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        await stage.host.settle(await stage.host.call("choose_target"))
        refused(await stage.host.call("prepare_vswitch", cidr_block=cidr), code, "prepare_vswitch")
        assert not stage.simulator.calls("CreateVSwitch")


@pytest.mark.parametrize("way", [INPUT_REQUEST, ANSWER_MODERN], ids=str)
async def test_a_typed_cidr_block_that_cannot_be_is_asked_for_again_with_the_reason(way: Way) -> None:
    async with in_memory(way, "no-vswitch") as stage:
        await stage.host.collect()
        await stage.host.settle(await stage.host.call("choose_target"))
        asked = len(stage.person.forms)
        stage.person.first = [Reply("custom", "10.0.0.0/24"), Reply("custom", "172.16.200.0/24")]
        done = await stage.host.settle(await stage.host.call("prepare_vswitch"))
        assert done.data["cidr_block"] == "172.16.200.0/24"
        assert "10.0.0.0/24" in stage.person.forms[asked + 1].message
        assert stage.witness.made == Made(vswitches=1)


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_an_answer_to_a_question_that_does_not_exist_is_refused(way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        sent = len(stage.simulator.journal)
        heard = await stage.host.call("answer_question", question_id=NOBODY, choice="confirm")
        refused(heard, "StaleQuestion", "get_session")
        assert len(stage.simulator.journal) == sent
