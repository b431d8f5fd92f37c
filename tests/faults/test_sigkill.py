"""The server is killed with SIGKILL while a real client talks to it (many more times in benchmarks/sigkill.py)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.faults import killing_applications
from tests.faults.killing import check, cloud_process, recover_among_kills


@pytest.mark.parametrize("seed", [2])
async def test_a_recovery_whose_server_is_killed_is_completed_once(seed: int, tmp_path: Path) -> None:
    with cloud_process() as cloud:
        before, source = cloud.ids(), cloud.source()
        story = await recover_among_kills(cloud, random.Random(seed), 2, tmp_path / "stderr.txt")  # noqa: S311 - a schedule
        assert story.kills == 2
        check(cloud, before, source, story)


async def test_an_application_whose_server_is_killed_is_completed_once(tmp_path: Path) -> None:
    with cloud_process(killing_applications.WORLD) as cloud:
        before = cloud.ids()
        dice = random.Random(17)  # noqa: S311 - a schedule: in the middle, also of a quick one
        story = await recover_among_kills(cloud, dice, 1, tmp_path / "stderr.txt", killing_applications.go_on)
        assert story.kills == 1
        killing_applications.check(cloud, before, story)
