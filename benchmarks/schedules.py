"""Random schedules of faults, crashes, repeated and parallel calls and bad answers, by the thousand.

    python -m benchmarks.schedules [--schedules 10000] [--first-seed 1] [--processes 2]

Each schedule is a recovery on a bad line with a person who answers anything; after it the line is repaired and the
recovery is brought to its end. What must hold at any moment is in `tests/faults/truth.py`. Exit code 1 when it did
not hold once; the seed plays the same schedule again.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from benchmarks.seeds import Figures, play_in_parts, play_in_turn
from tests.faults.line import MUTATING
from tests.faults.moves import WORLDS, Moves
from tests.faults.rig import Rig
from tests.faults.truth import check_always, check_final

Move: TypeAlias = tuple[str, int, tuple[tuple[int, int], ...]]
"""Name, weight and the ranges of its numbers."""
MOVES: tuple[Move, ...] = (
    ("step", 34, ()),
    ("any_answer", 8, ((0, 100),)),
    ("any_tool", 8, ((0, 100),)),
    ("bad_answer", 8, ((0, 100),)),
    ("dismiss", 4, ((0, 1),)),
    ("fault", 18, ((0, 100), (0, 100), (1, 5))),
    ("parallel", 7, ((2, 4),)),
    ("wait", 5, ((1, 4000),)),
    ("crash", 4, ()),
    ("change", 4, ((0, 100),)),
)


def drawn(dice: random.Random, moves: Sequence[Move]) -> tuple[str, tuple[int, ...]]:
    """A move and its numbers."""
    name, _, ranges = dice.choices(moves, [weight for _, weight, _ in moves])[0]
    return name, tuple(dice.randint(low, high) for low, high in ranges)


@dataclass
class Tally(Figures):
    """What the schedules amounted to."""

    moves: int = 0
    faults: Counter[str] = field(default_factory=Counter)


async def play(seed: int, tally: Tally) -> None:
    """One schedule; a broken promise goes into the tally with its seed."""
    dice = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    rig = Rig.of(dice.choice(WORLDS), visibility_seconds=dice.choice((0.0, 2.0, 30.0)), tags=dice.random() < 0.8)
    rig.world.behaviour.image_seconds = dice.choice((20.0, 60.0, 240.0))
    await rig.start()
    moves = Moves(rig)
    try:
        for _ in range(dice.randint(15, 45)):
            name, numbers = drawn(dice, MOVES)
            await moves.make(name, *numbers)
            check_always(rig)
            tally.moves += 1
        await moves.finish()
        check_always(rig)
        if moves.may_finish:
            check_final(rig)
    except Exception as error:  # noqa: BLE001 - counted and shown with the seed that brings it back
        tally.broken.append((seed, f"{type(error).__name__}: {str(error)[:300]}"))
    finally:
        await rig.stop()
    _count(rig, tally)


def _count(rig: Rig, tally: Tally) -> None:
    tally.schedules += 1
    tally.finished += rig.finished
    tally.crashes += rig.crashes
    tally.requests += len(rig.line.sent)
    tally.faults.update(kind.value for _, kind in rig.line.applied)
    for action in MUTATING:
        tally.decided[action] += len(rig.consents[action])
        tally.made[action] += len(rig.made(action))


def play_range(first: int, last: int) -> Tally:
    """The schedules of the seeds from `first` up to `last`."""
    return play_in_turn(play, Tally(), first, last)


def show(tally: Tally, seconds: float) -> None:
    """Print the figures."""
    print(f"schedules                {tally.schedules:>9,} in {seconds:,.0f} s")
    print(f"  brought to their end   {tally.finished:>9,}")
    print(f"moves                    {tally.moves:>9,}")
    print(f"server killed            {tally.crashes:>9,}")
    print(f"requests to the cloud    {tally.requests:>9,}")
    print(f"faults met               {sum(tally.faults.values()):>9,} of {len(tally.faults)} kinds")
    for action in MUTATING:
        print(f"{action:<16} decided {tally.decided[action]:>7,}  made {tally.made[action]:>7,}")
    print(f"promises broken          {len(tally.broken):>9,}")
    for seed, what in tally.broken[:20]:
        print(f"  seed {seed}: {what}")


def main() -> int:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=10_000)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    wanted = parser.parse_args()
    begun, tally = time.monotonic(), Tally()
    seeds = range(wanted.first_seed, wanted.first_seed + wanted.schedules)
    play_in_parts(play_range, tally, seeds, processes=wanted.processes, chunk=50)
    show(tally, time.monotonic() - begun)
    return 1 if tally.broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
