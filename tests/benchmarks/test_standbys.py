"""The requests of a standby register follow pages and types, never the number of instances."""

from __future__ import annotations

import asyncio
from math import ceil

import pytest

from benchmarks.standbys import NIGHTS, TYPES, read

DISKS = 3
PAGE = {"DescribeInstances": 100, "DescribeDisks": 500, "DescribeSnapshots": 100, "DescribeSnapshotGroups": 100}
PRICES_AND_REST = 30
"""Prices of up to twenty shapes, VSwitches of one VPC, images, a dry run."""


@pytest.mark.parametrize("size", [20, 120])
def test_a_region_costs_its_pages_and_its_types(size: int) -> None:
    figures = asyncio.run(read(size))
    rows = {"DescribeInstances": size, "DescribeDisks": DISKS * size, "DescribeSnapshotGroups": size}
    rows["DescribeSnapshots"] = DISKS * NIGHTS * size
    pages = {name: ceil(count / PAGE[name]) for name, count in rows.items()}
    pages["DescribeInstances"] += 1  # replicas, by their tag
    assert {name: figures.by_action[name] for name in pages} == pages
    assert figures.by_action["DescribeAvailableResource"] <= 3 * TYPES
    rest = figures.by_action.total() - sum(pages.values()) - figures.by_action["DescribeAvailableResource"]
    assert rest <= PRICES_AND_REST


def test_whoever_waits_is_told_at_every_page() -> None:
    figures = asyncio.run(read(60))
    assert figures.reports >= figures.by_action["DescribeSnapshots"]
    assert figures.seconds < 60
