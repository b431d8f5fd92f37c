"""What was refused and left out: it is not sent, this product's own tags stay, and the replica's tag remembers it."""

from __future__ import annotations

import pytest

from ecs_dr.domain.attributes.choices import choices_from, words_of
from ecs_dr.domain.attributes.table import launch_fields
from ecs_dr.domain.attributes.terms import LaunchChoices, Terms
from ecs_dr.domain.model import Tag
from ecs_dr.domain.refusals import ROWS
from ecs_dr.domain.replica import Billing, Placement
from tests.domain.recovery_facts import IMAGE, SOURCE

LINEAGE = (Tag(key="ecs-dr:session", value="0" * 32),)
OPTIONS = sorted({row.option for row in ROWS if row.option})


def fields(left_out: frozenset[str]) -> dict[str, object]:
    choices = LaunchChoices(carried=frozenset({"ram_role"}), left_out=left_out)
    place = Placement(zone_id="cn-beijing-k", instance_type="ecs.g7.xlarge", vswitch_id="vsw-1")
    return launch_fields(Terms(SOURCE, IMAGE, place, (), Billing(), choices, "replica", LINEAGE))


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_of_the_table_can_be_left_out_of_a_launch(option: str) -> None:
    with_it, without = fields(frozenset()), fields(frozenset({option}))
    assert {"region_id", "zone_id", "image_id", "instance_type", "vswitch_id"} <= without.keys()
    assert without.keys() <= with_it.keys()
    if option == "tags":
        assert without["tags"] == LINEAGE


def test_the_replica_s_own_tag_remembers_what_was_left_out() -> None:
    choices = LaunchChoices(carried=frozenset({"ram_role"}), public_ip=False, left_out=frozenset({"key_pair_name"}))
    assert "without_key_pair_name" in words_of(choices)
    assert choices_from(frozenset(words_of(choices)), "") == choices
