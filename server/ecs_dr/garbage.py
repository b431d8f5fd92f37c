"""How often Python looks for garbage in a process that holds much for long."""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 10_000
"""So many new ones until the young are looked through (Python: 700). The models of a recovery live as long as its
session: with a thousand of them, a quarter of all CPU time went into looking through them again and again."""


def collect_seldom() -> None:
    """What is there stays for good, and what comes is mostly kept: look less often."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
