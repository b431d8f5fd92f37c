"""The ledger accounts for everything, is told in both languages, and says what the launch really sends."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecs_dr.domain.attributes.choices import (
    choices_from,
    is_worth_asking,
    offers,
    read_words,
    words_of,
)
from ecs_dr.domain.attributes.document import markdown, plain
from ecs_dr.domain.attributes.table import FIFTY, LEDGER, account, count, left_for_a_person
from ecs_dr.domain.attributes.terms import Billing, LaunchChoices
from ecs_dr.domain.attributes.values import as_list, has_all
from ecs_dr.domain.lineage import decided_disks, decided_words, decisions_tag
from ecs_dr.domain.model import Tag
from ecs_dr.domain.replica import flatten
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.texts import Language, Texts
from tests.domain.ledger_facts import DATA, SOURCE, SPOT, SUBSCRIPTION, SYSTEM, launch_of, spot_source

REFERENCE = Path(__file__).resolve().parents[2] / "references" / "fidelity.md"
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def test_all_fifty_attributes_are_accounted_for_and_most_are_carried_or_asked_about() -> None:
    counted = count()
    assert counted.total == len(FIFTY) == 50
    assert counted.carried + counted.asked >= 45
    assert [number for number in FIFTY if account(number) == "cannot"] == [15, 44, 45, 46, 50]


def test_no_attribute_has_two_rows_and_no_row_an_unknown_number() -> None:
    keys = [row.key for row in LEDGER]
    assert len(keys) == len(set(keys))
    assert {number for row in LEDGER for number in row.numbers} == set(FIFTY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_has_its_texts(language: Language) -> None:
    texts = Texts(language)
    for row in LEDGER:
        assert texts(f"ledger.{row.key}.label")
        if row.handling == "cannot":
            assert texts(f"ledger.{row.key}.manual")
        elif row.handling in {"asked", "offered"}:
            assert texts(f"ledger.{row.key}.consequence")


def stems(name: str) -> set[str]:
    """The names that a row of the ledger may use for a parameter: `DataDisk.1.Size` is `DataDisk.N` and `Size`."""
    parts = ["N" if part.isdigit() else part for part in name.split(".")]
    ways = range(1, len(parts) + 1)
    return {".".join(parts[:end]) for end in ways} | {".".join(parts[-length:]) for length in ways}


def test_what_is_carried_can_be_read_and_is_sent() -> None:
    launches = (launch_of(), launch_of(billing=SUBSCRIPTION), launch_of(spot_source(), SPOT))
    sent = {stem for launch in launches for name, _ in flatten(launch.parameters()) for stem in stems(name)}
    tested_elsewhere = {"password_inherit", "auto_release_time"}
    for row in LEDGER:
        if row.handling != "cannot" and row.key not in tested_elsewhere:
            assert row.read, row.key
            assert set(row.sets.split(", ")) <= sent, row.key


def test_by_default_nothing_is_carried_that_acts_costs_or_clashes() -> None:
    launch = launch_of(choices=LaunchChoices())
    parameters = dict(flatten(launch.parameters()))
    for name in (
        "RamRoleName",
        "UserData",
        "HostName",
        "DeploymentSetId",
        "Tenancy",
        "PasswordInherit",
        "AutoReleaseTime",
        "SystemDisk.AutoSnapshotPolicyId",
        "DataDisk.1.AutoSnapshotPolicyId",
    ):
        assert name not in parameters
    assert launch.tags == SOURCE.instance.tags


def test_a_drill_has_no_public_ip_no_protection_and_an_end() -> None:
    launch = launch_of(choices=LaunchChoices(public_ip=False, release_time="2026-11-23T08:00:00Z"))
    assert launch.auto_release_time
    assert launch.internet_max_bandwidth_out == 0
    assert launch.deletion_protection is False
    assert launch.parameters()["AutoReleaseTime"] == "2026-11-23T08:00:00Z"


def test_the_content_of_user_data_is_never_part_of_the_launch() -> None:
    assert launch_of().parameters()["UserData"] == f"({SOURCE.instance.instance_id})"


@pytest.mark.parametrize(("out", "inbound", "sent"), [(5, 100, None), (5, 10, 10), (50, 20, 20), (50, 51, None)])
def test_inbound_bandwidth_is_sent_only_where_it_may_be_set(out: int, inbound: int, sent: int | None) -> None:
    changes = {"internet_max_bandwidth_out": out, "internet_max_bandwidth_in": inbound}
    source = SOURCE.model_copy(update={"instance": SOURCE.instance.model_copy(update=changes)})
    assert launch_of(source).internet_max_bandwidth_in == sent


def bare() -> Source:
    instance = Instance(
        instance_id="i-2zesource0001",
        host_name="plain",
        key_pair_name="ops",
        region_id="cn-beijing",
        zone_id="cn-beijing-h",
        status="Running",
        instance_type="ecs.g7.xlarge",
    )
    disk = SYSTEM.model_copy(update={"auto_snapshot_policy_id": "", "tags": ()})
    return Source(instance=instance, disks=(disk,), ram_role_name="", has_user_data=False)


def test_a_source_with_nothing_to_decide_is_not_asked_about() -> None:
    offered = offers(bare(), Billing())
    assert not is_worth_asking(offered)
    assert {offer.word for offer in offered} == {"host_name", "release_24h"}


@pytest.mark.parametrize("change", [{"ram_role_name": "Role"}, {"has_user_data": True}, {"disks": (DATA,)}])
def test_a_role_user_data_or_a_snapshot_policy_is_worth_asking(change: dict[str, object]) -> None:
    assert is_worth_asking(offers(bare().model_copy(update=change), Billing()))


def test_typed_words_are_understood_with_any_separator_and_unknown_ones_are_named() -> None:
    offered = offers(SOURCE, Billing())
    wanted = read_words("RAM_ROLE，snapshot_policy; no_public_ip  release_8h", offered)
    assert (wanted.carried, wanted.public_ip, wanted.release_hours, wanted.unknown) == (
        frozenset({"ram_role", "snapshot_policy"}),
        False,
        8,
        (),
    )
    for text in ("root", "release_0h", "release_9999h", "ram_role password_inherit"):
        assert read_words(text, offered).unknown
    assert read_words("release_24h", offers(SOURCE, SUBSCRIPTION)).unknown == ("release_24h",)


def test_words_survive_in_the_lineage_tag_beside_disk_choices() -> None:
    substituted = launch_of().disks[1].model_copy(update={"category": "cloud_auto", "performance_level": None})
    choices = LaunchChoices(carried=frozenset({"ram_role"}), public_ip=False)
    (tag,) = decisions_tag((substituted,), words_of(choices))
    assert decided_disks((tag,)) == {"/dev/xvdb": ("cloud_auto", None)}
    assert choices_from(decided_words((tag,)), "") == choices
    assert decided_words((Tag(key="env", value="ram_role"),)) == frozenset()


def test_what_is_left_to_a_person_is_named_with_the_sources_values() -> None:
    changes = {"eip_address": "203.0.113.50", "tags": (Tag(key="acs:x", value="y"),)}
    source = SOURCE.model_copy(update={"instance": SOURCE.instance.model_copy(update=changes)})
    left = {row.key: value for row, value in left_for_a_person(source)}
    assert left["eip"] == "203.0.113.50"
    assert left["private_ip"] == "172.17.0.5"
    assert left["service_tags"] == "acs:x=y"
    assert "hpc_cluster_id" not in left


def test_the_reference_is_the_ledger() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == markdown(Texts("en")), "ecs-dr fidelity --markdown"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_in_the_terminal_ends_with_the_count(language: Language) -> None:
    last = plain(Texts(language)).splitlines()[-1]
    counted = count()
    assert all(str(number) in last for number in (counted.total, counted.carried, counted.asked, counted.cannot))


def test_only_rows_of_what_cannot_be_carried_lack_a_parameter() -> None:
    assert {row.key for row in LEDGER if not row.sets and row.handling != "cannot"} == set()


COMMAS = st.text(alphabet='a,= "\\\n', min_size=1, max_size=6)


@given(st.sets(COMMAS), st.sets(COMMAS))
@example({"one=a\nb"}, {"two=a\nb"})
def test_lists_are_alike_only_where_their_items_are(one: set[str], other: set[str]) -> None:
    """A tag `a` of the value `1, b=2` is not two tags."""
    assert (as_list(one) == as_list(other)) is (one == other)
    assert has_all(as_list(one), as_list(other)) is (one <= other)
