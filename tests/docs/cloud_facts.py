"""docs/cloud-facts.md, written from the facts that the simulator reads."""

from __future__ import annotations

from collections.abc import Iterator

from ecs_dr.simulator.variants import Fact, facts

HEAD = """# What is known of the cloud, and what is not

Generated from [`facts.toml`](../server/ecs_dr/simulator/facts.toml), which the simulator reads: do not edit it here.

**recorded**: seen in answers of the real cloud that somebody else published. **documented**: said by the API's pages or
the SDK. **assumed**: neither; the product is right whichever of the readings holds, and each can be played:

```sh
ecs-dr recover --simulate --variant list_order=shuffled --variant group_scope=empty
```

or, in a world file, under `[variants]`: `list_order = "shuffled"`. A report's `observations` name the reading that was
seen for each fact met, without ids; [a first recovery on a real account](../references/first-recovery.md) says how to
send it.
"""


def page() -> str:
    """The whole page."""
    lines = [HEAD]
    lines += _table("Facts with more than one reading", (fact for fact in facts().values() if fact.readings))
    lines += _table("Settled", (fact for fact in facts().values() if not fact.readings))
    lines += ["## Settling what is assumed", "", "Each of these only reads.", ""]
    lines += [f"- `{fact.name}`: `{fact.settle}`" for fact in facts().values() if fact.settle]
    return "\n".join([*lines, ""])


COLUMNS = ("name", "fact", "what is staked on it", "rank", "source", "readings")


def _table(title: str, shown: Iterator[Fact]) -> Iterator[str]:
    yield from (f"## {title}", "", f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}")
    for fact in shown:
        cells = (f"`{fact.name}`", fact.fact, fact.stake, fact.rank, fact.source, _readings(fact))
        yield f"| {' | '.join(cells)} |"
    yield ""


def _readings(fact: Fact) -> str:
    named = (fact.readings or {}).items()
    told = (f"`{name}`{_mark(fact, name)}: {meaning}" for name, meaning in named)
    return "<br>".join(told) or "-"


def _mark(fact: Fact, reading: str) -> str:
    return " (default)" if reading == fact.default else ""
