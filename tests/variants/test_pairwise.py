"""Whole recoveries over every world, with the readings of what is not settled combined pairwise.

A fixed sample runs here; `python -m benchmarks variants` runs them all. The sample is chosen so that every reading and
every world is in it. Products that trust a single reading are kept as tests of this test.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations as pairs_of

import pytest

from ecs_dr.cloud import ecs, ecs_readers, vpc
from ecs_dr.cloud.allowlist import AllowListTransport
from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.groups import RowsOfGroup
from ecs_dr.domain.disks import pairs as disk_pairs
from ecs_dr.domain.disks.model import Disk, ReplicaDisk
from ecs_dr.domain.images.model import Image, ImageRequest
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonObject, JsonValue, digest
from ecs_dr.domain.plan.model import ZonePlan
from ecs_dr.domain.stock.model import Stock
from ecs_dr.domain.verification import comparison
from ecs_dr.domain.verification import verdict as verification
from ecs_dr.errors import CloudRefused
from ecs_dr.simulator.variants import variants
from ecs_dr.simulator.world_files import builtin_worlds
from ecs_dr.workflow import mutation
from ecs_dr.workflow.planning import checks
from ecs_dr.workflow.ports import Attempt, Scope
from ecs_dr.workflow.session import Session
from tests.support.pairwise import Row, pairwise
from tests.variants.recoveries import WORLD, Ending, combinations, recovered


def sample() -> list[Row]:
    """As few of the combinations as hold every world and every reading."""
    left = {(name, value) for row in combinations() for name, value in row.items()}
    chosen = []
    while left:
        best = max(combinations_once(), key=lambda row: len(left & set(row.items())))
        chosen.append(best)
        left -= set(best.items())
    return chosen


def combinations_once(kept: list[list[Row]] = []) -> list[Row]:  # noqa: B006 - worked out once
    if not kept:
        kept.append(combinations())
    return kept[0]


def named(row: Mapping[str, str]) -> str:
    """The world, and what is otherwise than by default."""
    unusual = (f"{name}={value}" for name, value in row.items() if name != WORLD and value != variants()[name].default)
    return " ".join([row[WORLD], *sorted(unusual)])


@pytest.mark.parametrize("row", sample(), ids=named)
async def test_a_recovery_is_right_whatever_the_cloud_does(row: Row) -> None:
    ending = await recovered(row)
    assert ending.wrong == []


def test_the_combinations_hold_every_pair() -> None:
    factors = {WORLD: sorted(builtin_worlds()), **{name: list(one.readings or {}) for name, one in variants().items()}}
    rows = combinations_once()
    for one, other in pairs_of(factors, 2):
        found = {(row[one], row[other]) for row in rows}
        assert found == {(a, b) for a in factors[one] for b in factors[other]}, (one, other)


def test_a_pairwise_set_is_small() -> None:
    rows = pairwise({"a": ["1", "2", "3"], "b": ["1", "2", "3"], "c": ["1", "2"], "d": ["1", "2"]})
    assert len(rows) <= 12


# -- products that trust a single reading ----------------------------------------------------------------------------

Mutant = Callable[[pytest.MonkeyPatch], None]


def trusts_the_snapshot_alone(patch: pytest.MonkeyPatch) -> None:
    def content(planned: ReplicaDisk, actual: Disk, _image_id: str) -> tuple[str, str]:
        return planned.snapshot_id, actual.source_snapshot_id

    patch.setattr(comparison, "_content", content)


def trusts_the_image_alone(patch: pytest.MonkeyPatch) -> None:
    def content(_planned: ReplicaDisk, actual: Disk, image_id: str) -> tuple[str, str]:
        return image_id, actual.image_id

    patch.setattr(comparison, "_content", content)


def always_sends_cpu_options(patch: pytest.MonkeyPatch) -> None:
    parameters = LaunchRequest.parameters

    def with_cpu(launch: LaunchRequest) -> JsonObject:
        return {**parameters(launch), "CpuOptions": {"Core": 2, "ThreadsPerCore": 2}}

    patch.setattr(LaunchRequest, "parameters", with_cpu)


def tries_the_image_out(patch: pytest.MonkeyPatch) -> None:
    """As a product would that takes the name of DryRun for its meaning."""
    trial = checks.Rehearsal.try_launch

    async def with_image(
        rehearsal: checks.Rehearsal, image: Image | None, zone: ZonePlan, *, is_recommended: bool
    ) -> None:
        run = rehearsal._run
        request = _Trial(region_id=run.session.region_id, instance_id=run.session.instance_id, image_name="tried")
        attempt = Attempt("none", digest(request.parameters()), "tried")
        with contextlib.suppress(CloudRefused):
            await run.cloud.create_image(run.scope, request, attempt)
        await trial(rehearsal, image, zone, is_recommended=is_recommended)

    patch.setattr(checks.Rehearsal, "try_launch", with_image)
    patch.setattr(AllowListTransport, "call", lambda self, request: self._inner.call(request))


class _Trial(ImageRequest):
    def parameters(self) -> JsonObject:
        return {**super().parameters(), "DryRun": True}


def compares_lists_in_order(patch: pytest.MonkeyPatch) -> None:
    def unchanged(value: JsonValue) -> JsonValue:
        return value

    patch.setattr(verification, "_as_set", unchanged)


def trusts_device_names(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(disk_pairs, "_in_order", lambda _disks, _places: {})


def takes_another_name_for_another_disk(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(comparison, "_judge_name", lambda before, after: "matches" if before == after else "differs")


def trusts_the_type_of_a_mapping(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ecs_readers, "_disk_type", lambda told, _device: "system" if told == "system" else "data")


def trusts_the_category_of_stock(patch: pytest.MonkeyPatch) -> None:
    def stock(resource: Fields) -> Stock:
        category = resource.text("StatusCategory")
        return Stock(category) if category in set(Stock) else Stock.WITHOUT_STOCK

    patch.setattr(ecs_readers, "_stock", stock)


def takes_an_empty_list_for_nothing(patch: pytest.MonkeyPatch) -> None:
    async def read(
        _scope: Scope, ask: Callable[[JsonObject], Iterable[object]], *_: object, **__: object
    ) -> RowsOfGroup:
        return await ask({})  # type: ignore[misc, no-any-return]

    for module in (ecs, vpc):
        patch.setattr(module, "read_in_groups", read)


def filters_by_group_alone(patch: pytest.MonkeyPatch) -> None:
    async def read(
        scope: Scope, ask: Callable[[JsonObject], Iterable[object]], *_: object, **__: object
    ) -> RowsOfGroup:
        group: JsonObject = {"ResourceGroupId": scope.resource_groups[0]} if scope.resource_groups else {}
        return await ask(group)  # type: ignore[misc, no-any-return]

    for module in (ecs, vpc):
        patch.setattr(module, "read_in_groups", read)


def insists_on_tags(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mutation, "_refuses_tags", lambda _refusal: False)


def forgets_that_tags_are_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Session, "untaggable", property(lambda _: False, lambda _, _value: None), raising=False)


def expects_its_own_minute(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(comparison, "_is_another", lambda _row, decided, after: decided != after)


def expects_lists(patch: pytest.MonkeyPatch) -> None:
    def items(self: Fields, *path: str) -> tuple[Fields, ...]:
        value = self.values
        for name in path[:-1]:
            value = value[name]  # type: ignore[assignment]
        return tuple(Fields(row) for row in value[path[-1]])  # type: ignore[union-attr, arg-type]

    patch.setattr(Fields, "items", items)


MUTANTS: Mapping[Mutant, Row] = {
    trusts_the_snapshot_alone: {"system_disk_source": "image"},
    trusts_the_image_alone: {"data_disk_source": "snapshot"},
    always_sends_cpu_options: {"cpu_options": "refused"},
    tries_the_image_out: {"create_image_dry_run": "ignored"},
    compares_lists_in_order: {"list_order": "shuffled"},
    trusts_device_names: {WORLD: "device-gap", "image_devices": "closed"},
    takes_another_name_for_another_disk: {WORLD: "device-gap", "replica_devices": "renumbered"},
    trusts_the_type_of_a_mapping: {"mapping_type": "missing"},
    trusts_the_category_of_stock: {"disk_stock": "status"},
    takes_an_empty_list_for_nothing: {"group_scope": "empty"},
    filters_by_group_alone: {WORLD: "two-groups"},
    insists_on_tags: {"tags": "refused"},
    forgets_that_tags_are_refused: {"tags": "refused_when_made"},
    expects_its_own_minute: {"release_time": "next_minute"},
    expects_lists: {"containers": "missing"},
}
"""Each with the reading that it does not survive; the whole set must find it without being told."""


def with_defaults(row: Row) -> Row:
    return {WORLD: "healthy", **{name: fact.default for name, fact in variants().items()}, **row}


async def ended(row: Row) -> Ending:
    return await asyncio.wait_for(recovered(row), 60)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
async def test_a_product_that_trusts_one_reading_is_found_out(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = MUTANTS[mutant]
    # A shuffled list stands in the right order by chance, in one world or another.
    several = ("healthy", "many", "eip-only", "prepaid", "encrypted")
    worlds = several if "list_order" in reading else (reading.get(WORLD, "healthy"),)
    rows = [with_defaults({**reading, WORLD: world}) for world in worlds]
    assert (await ended(rows[0])).wrong == []
    mutant(monkeypatch)
    assert [row for row in rows if (await ended(row)).wrong] != []
