"""Recoveries over stdio whose server is killed with SIGKILL at random moments, and taken up by `resume_session`.

    python -m benchmarks.sigkill [--kills 200] [--seed 1] [--application]

Exit code 1 when a recovery ended with anything but one image, one VSwitch and one verified replica, or an application
of three with anything but one image and one verified replica of each.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.faults import killing_applications
from tests.faults.killing import LONGEST_LIFE_SECONDS, Killed, check, cloud_process, recover_among_kills


async def run(kills: int, seed: int, *, application: bool) -> tuple[list[Killed], list[str]]:
    """Recover until the server has been killed so often."""
    dice = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    stories: list[Killed] = []
    broken: list[str] = []
    world = (killing_applications.WORLD,) if application else ()
    go_on = killing_applications.go_on if application else None
    longest = killing_applications.LONGEST_LIFE_SECONDS if application else LONGEST_LIFE_SECONDS
    with tempfile.TemporaryDirectory() as folder, cloud_process(*world) as cloud:
        while sum(story.kills for story in stories) < kills:
            cloud.reset()
            before, source = cloud.ids(), cloud.source()
            story = await recover_among_kills(
                cloud, dice, dice.randint(1, 5), Path(folder) / "stderr.txt", go_on, longest
            )
            stories.append(story)
            try:
                if application:
                    killing_applications.check(cloud, before, story)
                else:
                    check(cloud, before, source, story)
            except AssertionError as error:
                broken.append(str(error))
    return stories, broken


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--application", action="store_true")
    wanted = parser.parse_args()
    begun = time.monotonic()
    stories, broken = asyncio.run(run(wanted.kills, wanted.seed, application=wanted.application))
    steps = Counter(step for story in stories for step in story.steps)
    print(f"recoveries       {len(stories):>6} in {time.monotonic() - begun:,.0f} s")
    print(f"server killed    {sum(story.kills for story in stories):>6} times with SIGKILL")
    print(f"taken up again   {sum(story.resumes for story in stories):>6} times by resume_session")
    print("killed during    " + ", ".join(f"{step} {count}" for step, count in steps.most_common()))
    print(f"promises broken  {len(broken):>6}")
    for what in broken:
        print(f"  {what}")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
