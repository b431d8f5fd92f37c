"""The report of an application: every member in one table, with the seal of its own report, and what was decided.

Everything in it is already worded; times are the cloud's (UTC).
"""

from __future__ import annotations

from datetime import datetime

from ecs_dr.domain.model import JsonObject, Model
from ecs_dr.domain.report.model import DecisionEntry, Leftover, ReportHead, Seal, Verdict

FORMAT = "ecs-dr-application-report/1"
"""The version of this form, not of the product."""


class MemberEntry(Model):
    """One source of the application.

    Attributes:
        status: As answers name it: `verified`, `left_out`, …
        report_uri: Where its own report is read over MCP; empty where nothing was read of it.
        report_seal: The seal of that report: whoever has both can tell whether it is this very one.
    """

    wave: int
    instance_id: str
    name: str = ""
    session_id: str
    status: str
    label: str
    """The status in words."""
    zone_id: str = ""
    instance_type: str = ""
    image_id: str = ""
    replica_id: str = ""
    verdict: Verdict = "not_verified"
    rto_seconds: float | None = None
    rpo_seconds: float | None = None
    report_uri: str = ""
    report_seal: str = ""


class ApplicationReport(ReportHead):
    """One application, finished or not."""

    format: str = FORMAT
    session_id: str
    """The application's id."""
    region_id: str
    began_at: datetime
    made_at: datetime
    """The last moment that it tells of."""
    headline: str
    members: tuple[MemberEntry, ...]
    price: JsonObject | None = None
    decisions: tuple[DecisionEntry, ...] = ()
    leftovers: tuple[Leftover, ...] = ()


class SealedApplication(Model):
    """What the JSON file holds, and what the HTML file carries inside."""

    report: ApplicationReport
    seal: Seal
