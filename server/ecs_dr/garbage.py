"""How often Python looks for garbage in a process that holds much for long."""

from __future__ import annotations

import gc

THRESHOLDS = (5_000, 5, 50)
"""New objects until the young are looked through, such looks until the middle-aged are, and such looks until all are
(Python: 700, 10, 10). What a recovery makes lives as long as its session: with a thousand of them, a quarter of all CPU
time went into looking through it again and again, and each look at all stops everybody for a moment."""


def collect_seldom() -> None:
    """What is there stays for good, and what comes is mostly kept: look less often."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
