"""No attribute is half there: what a row says is read, sent, honoured by the simulated cloud, and worded.

Leaving out any one piece of an attribute fails here under its name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ecs_dr.cloud.ecs_readers import read_disk, read_instance
from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.transport import Json
from ecs_dr.domain.attributes.choices import offers
from ecs_dr.domain.attributes.model import NOTHING, UNREAD, AnyAttribute, Attribute
from ecs_dr.domain.attributes.rows_access import PASSWORD_INHERIT
from ecs_dr.domain.attributes.table import LEDGER
from ecs_dr.domain.attributes.terms import MAX_TAGS, Billing, LaunchChoices
from ecs_dr.domain.model import Tag
from ecs_dr.domain.pages.launch import LaunchFacts, launch_page
from ecs_dr.domain.replica import flatten
from ecs_dr.domain.source import Source
from ecs_dr.domain.source_gate import blockers, warnings
from ecs_dr.domain.telling.words import Words
from ecs_dr.domain.texts import Texts
from tests.domain.ledger_facts import EVERYTHING, SOURCE, SPOT, SUBSCRIPTION, launch_of, spot_source

KEPT = Path(__file__).resolve().parents[1] / "workflow" / "ledgers.json"
SURROUNDINGS: tuple[dict[str, Json], ...] = (
    {},
    {"SpotStrategy": "SpotWithPriceLimit"},
    {"InstanceChargeType": "PrePaid", "CreationTime": "2026-01-01T00:00Z"},
    {"Category": "cloud_auto"},
    {"Category": "cloud_essd"},
    {"Encrypted": True},
    {"MetadataOptions": {"HttpEndpoint": "enabled"}},
    {"NetworkInterfaces": {"NetworkInterface": {"Type": "Secondary"}}},
    {"NetworkInterfaces": {"NetworkInterface": {"PrivateIpSets": {"PrivateIpSet": {"Primary": False}}}}},
)
"""Some fields mean something beside another alone."""
TAGS: tuple[dict[str, Json], ...] = (
    {"TagKey": "acs:x", "TagValue": "y"},
    {"TagKey": "env", "TagValue": "prod"},
)
SAMPLES: tuple[Json, ...] = ("sample", 4, True, False, "host", "system", "2026-07-01T16:00Z", *TAGS)
READ = [row for row in LEDGER if row.read and not row.read.startswith("Describe")]
SENT = [row for row in LEDGER if row.sets and row.handling != "cannot"]
ARRIVING = [row for row in SENT if row.read]


def _at(path: str, sample: Json, around: dict[str, Json]) -> dict[str, Json]:
    """A response with the sample at the end of the path. The readers take an object where the API has a list."""
    name, _, rest = path.partition(".")
    inner = around.get(name)
    return {**around, name: _at(rest, sample, inner if isinstance(inner, dict) else {}) if rest else sample}


def _value(row: AnyAttribute, response: dict[str, Json]) -> str | None:
    if isinstance(row, Attribute):
        return row.value(Source(instance=read_instance(Fields(response)), disks=()))
    return row.value(read_disk(Fields(response)))


def _read_at(row: AnyAttribute) -> Iterator[str | None]:
    """What the row's value becomes when the response has something at its path, where it becomes another."""
    for around in SURROUNDINGS:
        before = _value(row, around)
        found = (_value(row, _at(row.read, sample, around)) for sample in SAMPLES)
        yield from (value for value in found if value not in {before, None, ""})


@pytest.mark.parametrize("row", READ, ids=lambda row: row.key)
def test_what_stands_at_its_path_becomes_its_value(row: AnyAttribute) -> None:
    assert any(_read_at(row)), f"{row.key}: nothing reads {row.read}"


def _sent() -> set[str]:
    """The names of every parameter that a launch can have, without their numbers; those of disks also alone."""
    drill = LaunchChoices(carried=EVERYTHING | {PASSWORD_INHERIT}, release_time="2026-11-24T08:00:00Z")
    launches = (launch_of(), launch_of(choices=drill), launch_of(billing=SUBSCRIPTION), launch_of(spot_source(), SPOT))
    names = [name for launch in launches for name, _ in flatten(launch.parameters())]
    whole = {".".join(part for part in name.split(".") if not part.isdigit()) for name in names}
    return {*whole, *(name.partition(".")[0] for name in whole), *(name.partition(".")[2] for name in whole)}


@pytest.mark.parametrize("row", SENT, ids=lambda row: row.key)
def test_what_it_sets_is_sent(row: AnyAttribute) -> None:
    wanted = {name.strip().replace(".N", "") for name in row.sets.split(",")}
    assert wanted - _sent() == set(), f"{row.key}: no launch of a source that has it sends {row.sets}"


def _arrived() -> set[str]:
    """The attributes that some recovery of the ledgers has seen on the replica as decided."""
    kept: dict[str, list[str]] = json.loads(KEPT.read_text(encoding="utf-8"))
    found = set()
    for line in (line for lines in kept.values() for line in lines):
        name, _, cells = line.partition(": ")
        _, decided, replica, _ = cells.rsplit(" | ", 3)
        if decided == replica and replica not in {NOTHING, UNREAD}:
            found.add(name.rpartition(" ")[2])
    return found


@pytest.mark.parametrize("row", ARRIVING, ids=lambda row: row.key)
def test_the_simulated_cloud_honours_it(row: AnyAttribute) -> None:
    assert row.key in _arrived(), f"{row.key}: in no recovery of tests/workflow/ledgers.json it arrives as decided"


@pytest.mark.parametrize("row", LEDGER, ids=lambda row: row.key)
def test_it_is_worded_in_both_languages(row: AnyAttribute) -> None:
    note = {"cannot": "manual", "asked": "consequence", "offered": "consequence"}.get(row.handling)
    for texts in (Texts("en"), Texts("zh")):
        assert texts.has(f"ledger.{row.key}.label")
        assert note is None or texts.has(f"ledger.{row.key}.{note}"), f"ledger.{row.key}.{note}"


WITHOUT_KEY = SOURCE.model_copy(update={"instance": SOURCE.instance.model_copy(update={"key_pair_name": ""})})


@pytest.mark.parametrize("row", [row for row in LEDGER if row.word], ids=lambda row: row.key)
def test_what_has_a_word_is_offered_by_it(row: AnyAttribute) -> None:
    found = [one for bill in (SUBSCRIPTION, Billing()) for one in offers(WITHOUT_KEY, bill)]
    assert row.word in {one.word for one in found if one.key == row.key}, f"{row.key}: offers() leaves it out"


ABOUT_THE_RECOVERY = frozenset(
    {"crash_consistent", "economical_stop", "runs_twice", "disks_alike", "no_device_name", "not_readable"}
    | {"disks_of_one_group"}
)
"""Findings of Step 1 that are about no attribute of the replica."""


def _rich() -> Iterator[Source]:
    """Sources that between them have every attribute that is warned about."""
    tags = tuple(Tag(key=f"k{number}", value="v") for number in range(MAX_TAGS + 1))
    more = {
        "tags": (*tags, Tag(key="acs:x", value="y")),
        "auto_release_time": "2026-12-01T00:00Z",
        "eip_address": "39.0.0.1",
        "ipv6_addresses": ("2001:db8::1",),
        "hpc_cluster_id": "hpc-1",
        "secondary_eni_ids": ("eni-2",),
        "secondary_private_ips": ("10.0.0.9",),
        "charge_type": "PrePaid",
        "local_storage_count": 1,
    }
    for source in (SOURCE, WITHOUT_KEY, spot_source()):
        yield source
        yield source.model_copy(update={"instance": source.instance.model_copy(update=more)})


def _told_of(source: Source) -> set[str]:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    return {finding.key for finding in (*warnings(source), *blockers(source, now))}


@pytest.mark.parametrize("row", [row for row in LEDGER if row.warned], ids=lambda row: row.key)
def test_what_is_warned_about_is_told_before_an_image_is_paid_for(row: AnyAttribute) -> None:
    assert any(row.warned in _told_of(source) for source in _rich()), f"{row.key}: nothing tells finding.{row.warned}"
    assert Texts("en").has(f"finding.{row.warned}")


def test_every_warning_is_about_an_attribute_or_the_recovery_itself() -> None:
    told = set().union(*({finding.key for finding in warnings(source)} for source in _rich()))
    assert told - {row.warned for row in LEDGER} - ABOUT_THE_RECOVERY == set()


ASKED_ON_THEIR_OWN = frozenset(
    {"zone_id", "vswitch_id", "charge_type", "period", "spot_strategy", "spot_price_limit", "spot_duration"}
    | {"spot_interruption_behavior"}
)
"""Where the replica goes and how it is paid for are questions of their own."""
GOES_WITH = {"affinity": "tenancy"}
"""Decided together with another one."""


def test_whatever_a_person_decides_is_offered_or_asked_on_its_own() -> None:
    offered = {one.key for bill in (SUBSCRIPTION, Billing()) for one in offers(WITHOUT_KEY, bill)}
    decided = {row.key for row in LEDGER if row.handling in {"asked", "offered"}}
    assert decided - offered - ASKED_ON_THEIR_OWN == set(GOES_WITH)
    assert set(GOES_WITH.values()) <= offered
    assert offered <= decided


def test_the_page_of_the_launch_tells_what_is_carried_as_it_stands() -> None:
    for texts in (Texts("en"), Texts("zh")):
        page = launch_page(SOURCE, launch_of(), LaunchFacts(Words("-"), Words("-")), texts)
        (told,) = (value for label, value in page.groups if label == texts("page.launch.further"))
        assert str(texts("ledger.affinity.label")) in str(told)
