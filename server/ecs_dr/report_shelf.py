"""Reports of earlier recoveries, by name: out of one folder, or the one file that a person gave on the command line."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

from ecs_dr.domain.report.model import RecoveryReport, SealedReport
from ecs_dr.domain.report.seal import first_break
from ecs_dr.workflow.reporting.ports import ReportNotFound

LARGEST_READ = 4 * 1024 * 1024
"""Bytes: no report of ours is larger."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)
_ENDINGS = (".json", ".html", ".md")


class KeptReports:
    """Finds them.

    Args:
        folder: Where the reports of this machine are kept; None: nowhere.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._given: Path | None = None

    def give(self, path: Path) -> RecoveryReport:
        """A file that goes by its own name wherever it lies; its report.

        Raises:
            ReportNotFound: It is none.
        """
        report = whole_report(path)
        self._given = path
        return report

    def read(self, name: str) -> RecoveryReport:
        """The report of that name: the JSON file's, with or without its ending, or the other two files' of the same.

        Raises:
            ReportNotFound: There is none, it is no report of a recovery, or it was changed.
        """
        if self._given is not None and name == self._given.name:
            return whole_report(self._given)
        if not _NAME.fullmatch(name) or ".." in name:
            raise ReportNotFound("no_name")
        if self._folder is None:
            raise ReportNotFound("no_folder")
        stem = next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), name)
        return whole_report(self._folder.expanduser() / f"{stem}.json")


def text_of(path: Path) -> str:
    """What is in a file that may be a report.

    Raises:
        ReportNotFound: It is a device or a pipe, which may have no end (`no_file`), or `too_large` for a report.
        OSError: It cannot be read.
        UnicodeDecodeError: It is no text.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ReportNotFound("no_file")
    if found.st_size > LARGEST_READ:
        raise ReportNotFound("too_large")
    return path.read_text(encoding="utf-8")


def whole_report(path: Path) -> RecoveryReport:
    """The report in a file, once its seal has shown that it is whole.

    Raises:
        ReportNotFound: It is none, or was changed.
    """
    try:
        if path.is_symlink() or not path.is_file():
            raise ReportNotFound("not_there")
        document = json.loads(text_of(path))
    except (OSError, ValueError, RecursionError):
        raise ReportNotFound("not_readable") from None
    damage = first_break(document)
    if damage is not None:
        raise ReportNotFound(damage.damage, damage.part)
    try:
        return SealedReport.model_validate(document).report
    except ValueError:
        raise ReportNotFound("no_recovery") from None
