"""Where reports are kept, and found again: what the program that holds the workflow provides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ecs_dr.domain.application.report import ApplicationReport
from ecs_dr.domain.report.model import RecoveryReport
from ecs_dr.domain.standby.model import Drill


class ReportNotKept(Exception):  # noqa: N818 - reads as what it is
    """A report could not be written, told in one line; the recovery itself is not touched by it."""


class ReportKeeper(Protocol):
    """Keeps reports outside this process."""

    def keep(self, report: RecoveryReport) -> tuple[str, ...]:
        """Write a report, in place of an earlier one of the same session; returns where.

        Raises:
            ReportNotKept: It could not be written, or something else is in its place.
        """
        ...

    def keep_application(self, report: ApplicationReport) -> tuple[str, ...]:
        """The same for the report of an application.

        Raises:
            ReportNotKept: It could not be written, or something else is in its place.
        """
        ...

    def drills(self) -> Mapping[str, Drill]:
        """By source instance: the last recovery that a kept report tells of. Reports that cannot be read are none."""
        ...


class ReportNotFound(Exception):  # noqa: N818 - reads as what it is
    """There is no such report, or it is not whole. `part` says where a damaged one breaks; it may be empty."""

    def __init__(self, damage: str, part: str = "") -> None:
        super().__init__(damage, part)
        self.damage = damage
        self.part = part


class ReportShelf(Protocol):
    """Reports of earlier recoveries."""

    def read(self, name: str) -> RecoveryReport:
        """The report in the file of that name, once its seal has shown that the file is whole.

        Raises:
            ReportNotFound: There is none, it is no report of a recovery, or it was changed.
        """
        ...
