from __future__ import annotations

import re
from pathlib import Path

from ecs_dr.simulator.actions import registered_actions


def test_every_simulated_action_is_driven_through_the_real_sdk() -> None:
    here = Path(__file__).parent
    driven = {
        name for file in here.glob("test_sdk_*.py") for name in re.findall(r"(\w+)Request\(", file.read_text("utf-8"))
    }
    assert {name for _, name in registered_actions()} - driven == set()
