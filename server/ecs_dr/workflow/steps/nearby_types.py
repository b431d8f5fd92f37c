"""A size that the source does not have, or a type that is not in stock: what is in stock near it, as a question."""

from __future__ import annotations

from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.questions import KEEP_TYPE, MAX_OPTIONS, PICK_ANOTHER_ZONE, Option
from ecs_dr.domain.source import Instance
from ecs_dr.domain.stock.model import InstanceTypeFacts, TypeStock, source_charge
from ecs_dr.workflow.needs import require_source
from ecs_dr.workflow.planning.replacements import read_deciding_image, replacements
from ecs_dr.workflow.reads.optional import if_permitted
from ecs_dr.workflow.run import Run

NEAR_KEY = "target.near"
SIZES = {"smaller": 0.5, "larger": 2.0}
"""Words that stand for a size, and how many times the source's vCPUs and memory that is."""


async def size_of(run: Run, source: Instance, wanted: str) -> InstanceTypeFacts | None:
    """What a type or a word of `SIZES` amounts to; None where nobody knows such a type, or it may not be looked up."""
    own = source.instance_type
    names = (own,) if wanted in SIZES else (wanted, own)
    found = await if_permitted(lambda: run.cloud.instance_types(run.scope, names))
    known = {fact.instance_type: fact for fact in found or ()}
    facts, times = known.get(own), SIZES.get(wanted) or _times(wanted, own)
    if wanted in known or facts is None or times is None:
        return known.get(wanted)
    size = {"cpu": max(1, round(facts.cpu * times)), "memory_gib": facts.memory_gib * times}
    return facts.model_copy(update=size)


def _times(wanted: str, own: str) -> float | None:
    """How many times the source's vCPUs another size of its family has, by its name; None for another family."""
    (family, _, size), (own_family, _, own_size) = wanted.rpartition("."), own.rpartition(".")
    counts = [_vcpus(size), _vcpus(own_size)]
    return counts[0] / counts[1] if family == own_family and all(counts) else None


def _vcpus(size: str) -> int:
    """What a size's name says: `large` 2, `xlarge` 4, `8xlarge` 32 (the naming rule of instance types); else 0."""
    times = size.removesuffix("xlarge")
    if size == "large":
        return 2
    return 4 * int(times or 1) if size.endswith("xlarge") and (not times or times.isdigit()) else 0


async def types_near(run: Run, source: Instance, zone: str, size: InstanceTypeFacts) -> tuple[TypeStock, ...]:
    """Types of that size that the zone has in stock and the image can start on, closest first."""
    stocks = await run.cloud.types_of_size(run.scope, zone, size.cpu, size.memory_gib, source_charge(source))
    listed = {entry.instance_type: entry.stock for entry in stocks if entry.zone_id == zone}
    listed.pop(source.instance_type, None)
    described = await run.cloud.instance_types(run.scope, tuple(sorted(listed)))
    candidates = tuple(TypeStock(facts=fact, stock=listed[fact.instance_type]) for fact in described)
    await read_deciding_image(run, require_source(run))
    return replacements(run.session, require_source(run), size, candidates)


async def choose_near(
    run: Run, source: Instance, zone: str, wanted: str, size: InstanceTypeFacts, *, may_keep: bool
) -> str:
    """The type that the person picks among those of that size; `keep_type` where the source's own is in stock.

    Args:
        run: The call.
        source: The source.
        zone: Where the replica goes.
        wanted: What was proposed: a type, or a word of `SIZES`.
        size: What that amounts to.
        may_keep: The source's own type is in stock there.
    """
    found = await types_near(run, source, zone, size)
    refused = run.session.refusals.types_in(zone)
    options = [type_option(run, entry) for entry in found if entry.facts.instance_type not in refused]
    tail: list[Option] = [run.option(KEEP_TYPE, "keep_type", type=source.instance_type)] if may_keep else []
    tail += [run.option(PICK_ANOTHER_ZONE, "pick_another_zone"), run.abort_option()]
    key = "size" if wanted in SIZES else "type"
    text = run.texts(
        f"question.target.near_{key}" if options else f"question.target.near_{key}_none",
        wanted=wanted,
        zone=zone,
        cpu=size.cpu,
        memory=f"{size.memory_gib:g}",
        type=source.instance_type,
    )
    if len(options) >= MAX_OPTIONS:  # no room for the tail: the next page has the way out
        options[MAX_OPTIONS:MAX_OPTIONS] = tail[:1]
    stocks: list[JsonValue] = [[entry.facts.instance_type, entry.stock.value] for entry in found]
    return run.choose(NEAR_KEY, [zone, wanted, stocks], text, options, tail)


def type_option(run: Run, entry: TypeStock) -> Option:
    """A type with its size and stock."""
    facts = entry.facts
    return run.option(
        facts.instance_type,
        "substitute_type",
        type=facts.instance_type,
        cpu=facts.cpu,
        memory=f"{facts.memory_gib:g}",
        stock=run.texts(f"stock.{entry.stock.value}"),
    )
