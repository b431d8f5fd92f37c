"""Reports as files: each in one piece or not at all, readable by their owner alone, never in another's place."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ecs_dr.domain.application.report import ApplicationReport
from ecs_dr.domain.report.model import RecoveryReport
from ecs_dr.domain.report.seal import Sealed, seal, seal_application
from ecs_dr.domain.standby.model import Drill
from ecs_dr.errors import reason
from ecs_dr.report.forms import as_html, as_json, as_markdown
from ecs_dr.report_shelf import whole_report
from ecs_dr.workflow.reporting.ports import ReportNotFound, ReportNotKept

MOST_READ = 500
"""Reports that are looked at for the last recovery of an instance, the newest first."""

DEVICES = Path("/dev")

OWNER_ALONE = 0o700
"""Of a folder that is made for reports; the files themselves are 0600 (mkstemp)."""


class ReportFiles:
    """Keeps each session's report in one folder, as HTML, Markdown and JSON."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, report: RecoveryReport) -> tuple[str, ...]:
        """Write the three files, in place of those of the same session.

        Returns:
            Their paths, the page first.

        Raises:
            ReportNotKept: The folder cannot be written, or a file of that name is not this session's report.
        """
        return self._keep(report.session_id, seal(report))

    def keep_application(self, report: ApplicationReport) -> tuple[str, ...]:
        """The same for an application; its members have reports of their own.

        Raises:
            ReportNotKept: The folder cannot be written, or a file of that name is not this application's report.
        """
        return self._keep(report.session_id, seal_application(report))

    def _keep(self, session_id: str, sealed: Sealed) -> tuple[str, ...]:
        forms = (("html", as_html(sealed)), ("md", as_markdown(sealed)), ("json", as_json(sealed)))
        try:
            folder = self._folder.expanduser().resolve()
            folder.mkdir(mode=OWNER_ALONE, parents=True, exist_ok=True)
            paths = [folder / f"ecs-dr-report-{session_id}.{ending}" for ending, _ in forms]
            for path in paths:
                _check_place(path, session_id)
            for path, (_, text) in zip(paths, forms, strict=True):
                write_whole(path, text)
        except (OSError, RuntimeError) as error:
            why = reason(error) if isinstance(error, OSError) else "there is no such home folder"
            raise ReportNotKept(f"{self._folder}: {why}") from None
        return tuple(str(path) for path in paths)

    def drills(self) -> Mapping[str, Drill]:
        """By source instance: the last recovery that was verified, or that made something and was not.

        What is no report of ours, or is not as it was written, is passed over.
        """
        folder = self._folder.expanduser()
        found: dict[str, Drill] = {}
        with suppress(OSError, RuntimeError):
            paths = sorted(folder.glob("ecs-dr-report-*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in paths[:MOST_READ]:
                report = _read(path)
                if report is None or not (report.criteria or any(request.mutating for request in report.requests)):
                    continue
                known = found.get(report.source.instance_id)
                if known is None or known.ended_at < report.made_at:
                    found[report.source.instance_id] = Drill(
                        ended_at=report.made_at,
                        verdict=report.verdict,
                        report=path.with_suffix(".html").name,
                        simulated=report.simulated,
                    )
        return found


def _read(path: Path) -> RecoveryReport | None:
    """A kept report; None: it cannot be read, is none, or was changed since."""
    try:
        return whole_report(path)
    except ReportNotFound:
        return None


def _check_place(path: Path, session_id: str) -> None:
    """What stands where the report goes must be an earlier report of the same session.

    Raises:
        ReportNotKept: It is something else.
        OSError: It cannot be read.
    """
    if not path.exists() and not path.is_symlink():
        return
    if path.is_symlink() or not path.is_file() or session_id not in path.read_text("utf-8", errors="replace"):
        raise ReportNotKept(f"{path.name} exists already and is not a report of this session")


def write_whole(path: Path, text: str) -> None:
    """Write beside the place and move there: nobody ever sees half a file.

    What is neither a file nor a folder (a pipe, a device, /dev/stdout) is written into: it is not to be replaced.

    Raises:
        OSError: It cannot be written, or is a file that stands for a device (`>file` makes one of /dev/stdout).
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_text(text, encoding="utf-8")
        return
    if path.parent.resolve() == DEVICES:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
