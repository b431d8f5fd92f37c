"""What a number of a world file may be: a cloud in which one of these is wrong would fail somewhere else, later."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

_TEN_YEARS_SECONDS = 10 * 365 * 24 * 3600
_TEN_YEARS_HOURS = 10 * 365 * 24

Seconds: TypeAlias = Annotated[float, Field(ge=0, le=_TEN_YEARS_SECONDS)]
HoursAgo: TypeAlias = Annotated[float, Field(ge=0, le=_TEN_YEARS_HOURS)]
Hours: TypeAlias = Annotated[float, Field(gt=0, le=_TEN_YEARS_HOURS)]
Days: TypeAlias = Annotated[int, Field(ge=1, le=65_536)]
"""As ECS bounds RetentionDays."""
Count: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000_000)]
AtLeastOne: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000_000)]
GiB: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000)]
MemoryGiB: TypeAlias = Annotated[float, Field(gt=0, le=1_000_000)]
Price: TypeAlias = Annotated[float, Field(ge=0, le=1_000_000)]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]


def _in_our_time(moment: datetime) -> datetime:
    if not datetime(2000, 1, 1, tzinfo=UTC) <= moment <= datetime(2200, 1, 1, tzinfo=UTC):
        raise ValueError("a moment between the years 2000 and 2200 is needed")
    return moment


def _with_its_zone(moment: datetime) -> datetime:
    return _in_our_time(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))


Moment: TypeAlias = Annotated[datetime, AfterValidator(_with_its_zone)]
"""In UTC where it names no offset."""
