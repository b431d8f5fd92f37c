"""What the cloud's refusals mean: one table of rows, and how a refusal finds its row."""

from ecs_dr.domain.refusals.model import BY_HAND, DECIDED_BEFORE_THE_TOKEN, OF_A_DISK, Blame, Row
from ecs_dr.domain.refusals.reading import classify, data_disk_number, option_of, row_of
from ecs_dr.domain.refusals.table import ROWS

__all__ = [
    "BY_HAND",
    "DECIDED_BEFORE_THE_TOKEN",
    "OF_A_DISK",
    "ROWS",
    "Blame",
    "Row",
    "classify",
    "data_disk_number",
    "option_of",
    "row_of",
]
