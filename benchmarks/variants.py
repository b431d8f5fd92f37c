"""Every world with the readings of what is not settled about the cloud, combined pairwise: is each verdict right?"""

from __future__ import annotations

import asyncio
import sys
import time

from benchmarks.figures import Kept
from benchmarks.table import show
from tests.variants.recoveries import WORLD, combinations, recovered


def all_variants(*, quick: bool) -> Kept:
    """Run them all; every recovery that ends wrongly is named, and ends the benchmark with an error."""
    rows, began = combinations()[:: 10 if quick else 1], time.perf_counter()
    ends = [asyncio.run(recovered(row)) for row in rows]
    wrong = [end for end in ends if end.wrong]
    matches = sum(end.verdict == "match" for end in ends)
    row = (len(ends), matches, len(wrong), time.perf_counter() - began)
    show("Worlds and readings, pairwise", ("recoveries", "matches", "wrong", "seconds"), [row])
    for end in wrong:
        print(f"{end.row[WORLD]} {end.row}: {'; '.join(end.wrong)}")
    if wrong:
        sys.exit(1)
    return {}
