"""Files from strangers: whatever is in them, one clear line, and never a crash or a long wait."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ecs_dr.simulator.errors import WorldError
from ecs_dr.simulator.faults import FaultPlan, FaultPlanError
from ecs_dr.simulator.toml_files import MOST_BYTES
from ecs_dr.simulator.world import load_world

BAD = [
    "x = nan",
    "x = inf",
    "x = -inf",
    "x = 1e308",
    "x = 99999999999999999999999999",
    "x = " + "9" * 5000,
    "x = " + "[" * 5000 + "]" * 5000,
    "x = " + "{a = " * 60 + "1" + "}" * 60,
    "x.".join(["a"] * 3000) + " = 1",
    "#" * (MOST_BYTES + 1),
    "x = ",
    "\x00",
]


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:12])
def test_a_file_that_cannot_be_used_is_one_line(text: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WorldError) as refused:
        load_world(str(file))
    assert len(str(refused.value)) < 400
    with pytest.raises(FaultPlanError) as of_faults:
        FaultPlan.from_toml(file)
    assert len(str(of_faults.value)) < 400


@pytest.mark.parametrize("text", ["[behaviour]\nimage_seconds = nan", "[behaviour]\nimage_seconds = 1e300"])
def test_the_number_is_named_by_its_place(text: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(f'extends = "healthy"\n{text}\n', encoding="utf-8")
    with pytest.raises(WorldError, match=r"behaviour\.image_seconds"):
        load_world(str(file))


def test_what_is_no_file_of_text_is_refused_unread(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    odd = tmp_path / "odd.toml"
    odd.write_bytes(b"\xff\xfe\x00")
    for path in (pipe, odd, Path("/dev/zero"), tmp_path):
        with pytest.raises(FaultPlanError):
            FaultPlan.from_toml(path)
        with pytest.raises(WorldError):
            load_world(str(path) if path.suffix else f"{path}/")
