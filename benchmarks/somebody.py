"""Random schedules in which somebody else changes the cloud between two calls, judged by an oracle.

    python -m benchmarks somebody [--schedules 10000] [--seed 1] [--processes 2] [--recall]

Beside faults, kills, repeated, parallel and wrong answers, source, image, network and replica are changed by others,
and a second server takes the session up. Each answer is held against the simulator's own state, see
tests/faults/oracle.py. With `--recall` the source is gone or in a dead zone, and its snapshots come and go as well.
It can be run in parts: the seeds of `--seed N --schedules M` are N to N+M-1. Exit code 1 when
a word was false once or something was made beyond the decisions; the seed plays the same schedule again.
"""

from __future__ import annotations

import argparse
import copy
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.schedules import MOVES as MOVES_OF_THE_LINE
from benchmarks.schedules import drawn
from benchmarks.seeds import Figures, play_in_parts, play_in_turn
from tests.faults.line import MUTATING
from tests.faults.moves import WORLDS, Moves
from tests.faults.oracle import Oracle
from tests.faults.rig import Rig
from tests.faults.somebody import Somebody
from tests.faults.truth import check_always

MOVES = (*MOVES_OF_THE_LINE, ("somebody", 22, ((0, 999),)), ("another_server", 4, ()))


RECALL_WORLDS = ("source-gone", "snapshots-mixed", "zone-outage")
SNAPSHOTS_CHANGE = 0.1
"""At so many moves, where snapshots are what there is."""
LATE_VSWITCHES = 5
"""In one of so many schedules a new VSwitch is listed a minute late."""


@dataclass
class Tally(Figures):
    """What the schedules amounted to."""

    judged: int = 0
    faults: int = 0
    servers: int = 0
    deeds: Counter[str] = field(default_factory=Counter)


@dataclass
class Story:
    """One schedule as it was played."""

    seed: int
    moves: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    broken: str = ""


async def play_recall(seed: int, tally: Tally) -> Story:
    """The same where the source is gone, locked or in a dead zone, and snapshots come and go."""
    return await play(seed, tally, RECALL_WORLDS)


async def play(seed: int, tally: Tally, worlds: Sequence[str] = WORLDS) -> Story:
    """One schedule; a false word goes into the tally with its seed."""
    dice = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    rig = Rig.of(dice.choice(worlds), visibility_seconds=dice.choice((0.0, 2.0, 30.0)), tags=dice.random() < 0.85)
    rig.world.behaviour.image_seconds = dice.choice((20.0, 60.0, 240.0))
    rig.world.variants["vswitch_listing"] = "a_minute" if seed % LATE_VSWITCHES == 0 else "at_once"
    await rig.start()
    somebody = Somebody(rig)
    moves, story = Moves(rig, somebody, Oracle(rig, somebody)), Story(seed)
    try:
        for _ in range(dice.randint(15, 50)):
            name, numbers = drawn(dice, MOVES)
            story.moves.append((name, numbers))
            if worlds is RECALL_WORLDS and dice.random() < SNAPSHOTS_CHANGE:
                tally.deeds[_change_snapshots(rig, dice)] += 1
            await moves.make(name, *numbers)
            check_always(rig)
        await _go_on_beside_somebody(moves, dice)
        await moves.finish()
        check_always(rig)
    except Exception as error:  # noqa: BLE001 - counted and shown with the seed that brings it back
        story.broken = f"{type(error).__name__}: {str(error)[:600]}"
        tally.broken.append((seed, story.broken))
    finally:
        tally.servers += somebody.other is not None
        await somebody.leave()
        await rig.stop()
    _count(moves, tally)
    return story


def _change_snapshots(rig: Rig, dice: random.Random) -> str:
    """One goes, by somebody or its retention, or each disk gets a new one; which it was."""
    snapshots = rig.world.snapshots
    known = sorted(snapshots)
    if known and dice.random() < 0.5:
        del snapshots[dice.choice(known)]
        return "snapshot deleted"
    newest = {snapshots[one].source_disk_id: snapshots[one] for one in known}
    for one in newest.values():
        made = copy.deepcopy(one)
        made.snapshot_id, made.creation_time = f"s-2ze{dice.randrange(10**9):09d}", rig.clock.now()
        made.snapshot_name, made.snapshot_group_id, made.status = "", "", "accomplished"
        snapshots[made.snapshot_id] = made
    return "snapshots taken"


async def _go_on_beside_somebody(moves: Moves, dice: random.Random) -> None:
    """A well-meant host on a good line, in a cloud that goes on changing: most schedules get as far as a replica."""
    await moves.rig.line.heal()
    moves.rig.world.identities[moves.rig.world.default_identity].denied.clear()
    for _ in range(dice.randint(0, 60)):
        moves.rig.clock.advance(2)
        await moves.make("step")
        if dice.random() < 0.15:
            await moves.make("somebody", dice.randint(0, 999))
        check_always(moves.rig)


def _count(moves: Moves, tally: Tally) -> None:
    rig = moves.rig
    tally.schedules += 1
    tally.finished += rig.finished
    tally.judged += moves.oracle.judged if moves.oracle is not None else 0
    tally.crashes += rig.crashes
    tally.requests += len(rig.line.sent)
    tally.faults += len(rig.line.applied)
    tally.deeds.update(name for _, name in moves.somebody.done) if moves.somebody is not None else None
    for action in MUTATING:
        tally.made[action] += len(rig.ever[action])
        tally.decided[action] += len(rig.consents[action])


def play_range(first: int, last: int) -> Tally:
    """The schedules of the seeds from `first` up to `last`."""
    return play_in_turn(play, Tally(), first, last)


def play_recall_range(first: int, last: int) -> Tally:
    """The same of sources that are gone."""
    return play_in_turn(play_recall, Tally(), first, last)


def show(tally: Tally, seconds: float) -> None:
    """Print the figures."""
    print(f"schedules                {tally.schedules:>9,} in {seconds:,.0f} s")
    print(f"  ended in a verdict     {tally.finished:>9,}")
    print(f"answers judged           {tally.judged:>9,}")
    print(f"changes by somebody      {sum(tally.deeds.values()):>9,} of {len(tally.deeds)} kinds")
    print(f"second servers           {tally.servers:>9,}")
    print(f"server killed            {tally.crashes:>9,}")
    print(f"faults met               {tally.faults:>9,}")
    print(f"requests to the cloud    {tally.requests:>9,}")
    for action in MUTATING:
        print(f"{action:<16} decided {tally.decided[action]:>7,}  made {tally.made[action]:>7,}")
    print(f"false words              {len(tally.broken):>9,}")
    for seed, what in tally.broken[:40]:
        print(f"  seed {seed}: {what}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Play and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks somebody", description=__doc__)
    parser.add_argument("--schedules", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--recall", action="store_true")
    wanted = parser.parse_args(arguments)
    begun, tally = time.monotonic(), Tally()
    seeds = range(wanted.seed, wanted.seed + wanted.schedules)
    play_in_parts(
        play_recall_range if wanted.recall else play_range, tally, seeds, processes=wanted.processes, chunk=25
    )
    show(tally, time.monotonic() - begun)
    return 1 if tally.broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
