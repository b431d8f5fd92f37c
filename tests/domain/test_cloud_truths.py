"""What recorded and documented answers of the real cloud look like, and what the verdict is on each of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ecs_dr.cloud.ecs_readers import read_disk, read_image, read_instance
from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.transport import Json
from ecs_dr.domain.attributes.terms import MAX_TAGS, copyable_tags, is_copyable, tags_without_room
from ecs_dr.domain.disks.model import Disk, DiskMapping
from ecs_dr.domain.disks.plan import bind_to_image, plan_disks
from ecs_dr.domain.facts import Compared
from ecs_dr.domain.lineage import DECISIONS, lineage_tags
from ecs_dr.domain.model import Tag
from ecs_dr.domain.replica import Billing, Placement, plan_launch
from ecs_dr.domain.source import CpuOptions, Source
from ecs_dr.domain.verification.verdict import Verification, compare, source_changes
from ecs_dr.errors import RecoveryFailed
from tests.domain.ledger_facts import IMAGE, MAPPINGS, SOURCE, launch_of, made_of

# -- content ---------------------------------------------------------------------------------------------------------


def judged(changes: dict[int, dict[str, object]], *, order: Sequence[int] = (0, 1, 2)) -> Verification:
    launch = launch_of()
    replica, disks, reads = made_of(SOURCE, launch)
    changed = tuple(disk.model_copy(update=changes.get(number, {})) for number, disk in enumerate(disks))
    return compare(SOURCE, SOURCE, IMAGE, launch, replica, tuple(changed[number] for number in order), reads)


def content(verification: Verification, device: str) -> tuple[str, str, bool, bool]:
    row = next(row for row in verification.disks if (row.device, row.field) == (device, "content"))
    return row.expected, row.actual, row.matches, row.readable


FROM_THE_IMAGE: dict[str, object] = {"source_snapshot_id": "", "image_id": "m-1"}


@pytest.mark.parametrize("disks", [(0,), (0, 1, 2)], ids=["system", "all"])
def test_a_disk_that_names_the_image_alone_is_proven_by_it(disks: tuple[int, ...]) -> None:
    """DescribeDisks of 2024: the system disk of a custom image has `ImageId` and an empty `SourceSnapshotId`."""
    verification = judged(dict.fromkeys(disks, FROM_THE_IMAGE))
    assert verification.verdict == "match"
    assert content(verification, "/dev/xvda") == ("m-1", "m-1", True, True)


def test_another_image_or_another_snapshot_is_another_content() -> None:
    assert content(judged({0: {"source_snapshot_id": "", "image_id": "m-other"}}), "/dev/xvda") == (
        "m-1", "m-other", False, True,
    )  # fmt: skip
    wrong = judged({1: {"source_snapshot_id": "s-other", "image_id": "m-1"}})
    assert content(wrong, "/dev/xvdb") == ("s-b", "s-other", False, True)


def test_a_content_that_nothing_tells_of_is_not_readable_and_never_another() -> None:
    verification = judged({1: {"source_snapshot_id": "", "image_id": ""}})
    assert content(verification, "/dev/xvdb") == ("s-b", "-", False, False)
    (row,) = (row for row in verification.rows if row.blocking)
    assert (row.key, row.verdict) == ("content", "not_readable")
    recovery = next(one for one in verification.criteria if one.name == "disk_recovery")
    assert [fact.unread for fact in recovery.actual if isinstance(fact, Compared)].count(("content",)) >= 1
    assert [fact for fact in recovery.actual if isinstance(fact, Compared) and fact.unlike] == []


# -- device names ----------------------------------------------------------------------------------------------------


def test_a_replica_whose_disks_have_other_names_is_a_match_and_says_so() -> None:
    verification = judged({1: {"device": "/dev/xvdd"}, 2: {"device": "/dev/xvde"}})
    assert verification.verdict == "match"
    renamed = {row.device: row.replica for row in verification.rows if row.manual_key == "ledger.device.manual"}
    assert renamed == {"/dev/xvdb": "/dev/xvdd", "/dev/xvdc": "/dev/xvde"}


def test_the_snapshot_goes_before_the_name() -> None:
    verification = judged({1: {"device": "/dev/xvdc"}, 2: {"device": "/dev/xvdb"}}, order=(2, 1, 0))
    assert verification.verdict == "match"
    assert {row.device for row in verification.rows if row.manual_key == "ledger.device.manual"} == {
        "/dev/xvdb", "/dev/xvdc",
    }  # fmt: skip


def test_a_replicas_disk_without_a_name_is_found_by_what_it_was_made_from() -> None:
    assert judged({1: {"device": ""}}).verdict == "match"


def data(*disks: tuple[str, int]) -> tuple[Disk, ...]:
    like = SOURCE.disks[1]
    return tuple(
        like.model_copy(update={"disk_id": f"d-{number}", "device": device, "size_gib": size})
        for number, (device, size) in enumerate(disks)
    )


def held(*disks: tuple[str, int]) -> tuple[DiskMapping, ...]:
    return tuple(DiskMapping(device=name, type="data", size_gib=size, snapshot_id=f"s-{name}") for name, size in disks)


@pytest.mark.parametrize(
    ("source", "image", "bound"),
    [
        ([("/dev/xvdb", 100), ("/dev/xvdd", 200)], [("/dev/xvdb", 100), ("/dev/xvdc", 200)], "bc"),
        ([("/dev/xvdc", 100), ("/dev/xvdd", 200)], [("/dev/xvdc", 200), ("/dev/xvdb", 100)], "bc"),
        ([("/dev/xvdc", 100), ("/dev/xvdd", 100)], [("/dev/xvdb", 100), ("/dev/xvdc", 100)], "bc"),
        ([("/dev/xvdz", 9), ("/dev/xvdaa", 8)], [("/dev/xvdb", 9), ("/dev/xvdc", 8)], "bc"),
        ([("/dev/vdc", 9), ("/dev/vdb", 9)], [("/dev/xvdb", 9), ("/dev/xvdc", 9)], "cb"),
        ([("", 100), ("", 200)], [("/dev/xvdb", 200), ("/dev/xvdc", 100)], "cb"),
        ([("/dev/xvdb", 100), ("", 200)], [("/dev/xvdb", 100), ("/dev/xvdc", 200)], "bc"),
        ([("/dev/nvme1n1", 100), ("/dev/nvme2n1", 200)], [("/dev/xvdb", 100), ("/dev/xvdc", 200)], "bc"),
    ],
)  # fmt: skip
def test_what_names_leave_open_is_settled_by_order_and_size(
    source: list[tuple[str, int]], image: list[tuple[str, int]], bound: str
) -> None:
    found = bind_to_image(plan_disks(data(*source), {}), held(*image))
    assert [disk.device for disk in found] == [f"/dev/xvd{letter}" for letter in bound]


@pytest.mark.parametrize(
    "image",
    [
        [("/dev/xvdb", 100)],
        [("/dev/xvdb", 100), ("/dev/xvdc", 201)],
        [("/dev/xvdb", 200), ("/dev/xvdc", 100)],
        [("/dev/xvdb", 100), ("/dev/xvdc", 200), ("/dev/xvdd", 1)],
    ],
)
def test_what_order_and_size_do_not_settle_is_refused(image: list[tuple[str, int]]) -> None:
    with pytest.raises(RecoveryFailed):
        bind_to_image(plan_disks(data(("/dev/xvdb", 100), ("/dev/xvdd", 200)), {}), held(*image))


def test_the_first_device_is_the_system_disk_also_where_no_type_is_told() -> None:
    """Recorded images before Type existed: `DiskDeviceMapping` without it."""
    row: dict[str, Json] = {
        "DiskDeviceMappings": {"DiskDeviceMapping": [{"Device": "/dev/xvda"}, {"Device": "/dev/xvdb"}]}
    }
    assert [mapping.type for mapping in read_image(Fields(row)).mappings] == ["system", "data"]
    assert read_disk(Fields({"DiskId": "d-1", "Device": "/dev/xvda"})).type == "system"


# -- sets ------------------------------------------------------------------------------------------------------------


def test_lists_in_another_order_are_the_same_lists() -> None:
    """No document promises an order; recorded nodes of two clusters list the same tags the other way round."""
    many = SOURCE.instance.model_copy(
        update={
            "private_ips": ("10.0.0.1", "10.0.0.2"),
            "secondary_eni_ids": ("eni-1", "eni-2"),
            "tags": (Tag(key="a", value="1"), Tag(key="b", value="2")),
        }
    )
    lists = [name for name, value in many if isinstance(value, tuple) and len(value) > 1]
    turned = many.model_copy(update={name: tuple(reversed(getattr(many, name))) for name in lists})
    before = SOURCE.model_copy(update={"instance": many})
    after = SOURCE.model_copy(update={"instance": turned, "disks": tuple(reversed(SOURCE.disks))})
    assert len(lists) >= 4
    assert source_changes(before, after) == ()


def test_which_tags_give_way_does_not_depend_on_the_order_of_the_list() -> None:
    tags: list[Json] = [{"TagKey": "b", "TagValue": "2"}, {"TagKey": "a", "TagValue": "1"}]
    row: dict[str, Json] = {"Tags": {"Tag": tags}}
    one = read_instance(Fields(row))
    tags.reverse()
    assert read_instance(Fields(row)) == one


# -- tags ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [
        "stack.name", "rack.id", "slack.channel", "feedback.url", "business.unit", "access.level", "process.owner",
        "address.book", "wordpress.site", "my-k8s-notes", "k8s", "ess", "ESSENTIAL", "WebPlusser", "ehpc", "aly.un",
        "backup.aliyun", "mykubernetes.io", "team/k8s", "fitness.ess",
    ],
)  # fmt: skip
def test_a_persons_own_tag_is_carried(key: str) -> None:
    assert is_copyable(Tag(key=key, value="v"))


@pytest.mark.parametrize(
    "key",
    [
        "acs:ecs:createdBy", "ACS:x", "aliyunthing", "ehpc.aliyun.com", "ehpc-cn-hangzhou-abc_Queue", "ESS", "WebPlus",
        "WebPlus_envId", "ack.aliyun.com", "ack.cluster", "k8s.io/cluster-autoscaler", "node.kubernetes.io/role",
        "kubernetes.io/cluster/c1", "kubernetes.do.not.delete", "sigs.x-k8s.io/owned", "ess:group",
        "cms.alibabacloud.com",
    ],
)  # fmt: skip
def test_a_tag_of_the_system_or_of_a_service_is_not(key: str) -> None:
    assert not is_copyable(Tag(key=key, value="v"))


def launched(tags: tuple[Tag, ...], lineage: tuple[Tag, ...]) -> tuple[Source, tuple[Tag, ...]]:
    source = SOURCE.model_copy(update={"instance": SOURCE.instance.model_copy(update={"tags": tags})})
    place = Placement(zone_id="cn-beijing-k", instance_type="ecs.g7.xlarge", vswitch_id="vsw-k")
    disks = bind_to_image(plan_disks(source.disks, {}), MAPPINGS)
    return source, plan_launch(source, IMAGE, place, disks, Billing(), "replica", lineage).tags


@pytest.mark.parametrize(("own", "kept", "noted"), [(16, 16, True), (17, 17, False), (18, 17, False), (40, 17, False)])
def test_the_proof_of_where_it_comes_from_never_gives_way(own: int, kept: int, noted: bool) -> None:  # noqa: FBT001 - a table
    proof = lineage_tags("0" * 32, "i-1", "instance")
    tags = tuple(Tag(key=f"k{number:02}", value="v") for number in range(own))
    source, sent = launched(tags, (*proof, Tag(key=DECISIONS, value="ram_role")))
    assert len(sent) <= MAX_TAGS
    assert set(proof) <= set(sent)
    assert len(copyable_tags(sent)) == kept
    assert any(tag.key == DECISIONS for tag in sent) is noted
    assert tags_without_room(source, sent) == tags[kept:]


def test_what_an_earlier_recovery_noted_is_not_noted_twice() -> None:
    earlier = lineage_tags("1" * 32, "i-0", "instance")
    _, sent = launched(earlier, lineage_tags("0" * 32, "i-1", "instance"))
    assert sent == lineage_tags("0" * 32, "i-1", "instance")


# -- CPU options -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cpu", "cores", "threads", "adjustable", "sent"),
    [
        (2, 1, 2, True, False),
        (2, 1, 2, False, False),
        (4, 2, 1, True, True),
        (4, 2, 1, False, False),
        (4, 2, 1, None, False),
        (4, None, 2, True, False),
    ],
)
def test_cpu_options_are_sent_where_they_were_set_and_can_be(
    cpu: int,
    cores: int | None,
    threads: int,
    adjustable: bool | None,  # noqa: FBT001 - a table
    sent: bool,  # noqa: FBT001 - a table
) -> None:
    """43 of 43 recorded instances report CpuOptions, also of types that take none (InvalidParam.CpuOptionsCore)."""
    options = CpuOptions(core_count=cores, threads_per_core=threads)
    instance = SOURCE.instance.model_copy(update={"cpu": cpu, "cpu_options": options})
    source = SOURCE.model_copy(update={"instance": instance, "threads_adjustable": adjustable})
    assert ("CpuOptions" in launch_of(source).parameters()) is sent


def test_a_replica_with_half_the_threads_that_nobody_asked_for_differs() -> None:
    instance = SOURCE.instance.model_copy(update={"cpu": 2})
    source = SOURCE.model_copy(update={"instance": instance})
    launch = launch_of(source)
    replica, disks, reads = made_of(source, launch)
    halved = replica.model_copy(update={"cpu_options": CpuOptions(core_count=1, threads_per_core=1)})
    verdicts = {row.key: row.verdict for row in compare(source, source, IMAGE, launch, halved, disks, reads).rows}
    assert verdicts["cpu_options"] == "differs"
