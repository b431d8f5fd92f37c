"""The page of facts says what the simulator plays, and every fact and every variant belong together."""

from __future__ import annotations

import re

import pytest

from ecs_dr.simulator.variants import Fact, facts
from tests.docs.blocks import ROOT
from tests.docs.cloud_facts import page
from tests.support.renewal import hold

READ_ONLY = re.compile(r"aliyun (?:ecs|vpc) Describe\w+ --RegionId")


@pytest.mark.generated
def test_the_page_says_what_the_simulator_reads() -> None:
    hold(ROOT / "docs" / "cloud-facts.md", page())


@pytest.mark.parametrize("fact", facts().values(), ids=lambda fact: fact.name)
def test_a_fact_says_what_it_is_where_it_comes_from_and_how_it_is_settled(fact: Fact) -> None:
    assert fact.fact
    assert fact.stake
    assert fact.source
    assert fact.rank in {"recorded", "documented", "assumed"}
    if fact.rank == "assumed":
        assert READ_ONLY.search(fact.settle), "one command that only reads"
        assert len(fact.readings or {}) > 1, "what is assumed can be otherwise"
    assert fact.default in (fact.readings or {"": ""})
