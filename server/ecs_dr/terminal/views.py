"""What this client reads from an answer. Everything else in it is left to hosts that need it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.steps import Next, Problem, Status, StepName
from ecs_dr.terminal.forms import OpenQuestion

CRITERIA = 6
"""How many success criteria a recovery has."""


class View(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ReceivedAnswer(View):
    """The structured content of a tool result."""

    session_id: str | None
    step: StepName
    status: Status
    message: str
    data: JsonObject
    question: OpenQuestion | None
    next: Next | None
    problem: Problem | None


class MemberView(View):
    """One source of an application."""

    status: str


class ApplicationData(View):
    """`data` of an application that is finished."""

    waves: tuple[tuple[MemberView, ...], ...]
    report_files: tuple[str, ...] = ()
    report_digest: str = ""

    @property
    def holds(self) -> bool:
        """Whether every member is recovered and verified."""
        return all(member.status == "verified" for wave in self.waves for member in wave)


class SourceView(View):
    """The source, as Step 1 recorded it. Bandwidth in Mbps."""

    instance_id: str
    name: str
    status: str
    region_id: str
    zone_id: str
    instance_type: str
    image_id: str
    os_name: str
    vpc_id: str
    vswitch_id: str
    security_group_ids: tuple[str, ...]
    charge_type: str
    internet_charge_type: str
    internet_max_bandwidth_out: int
    public_ips: tuple[str, ...] = ()
    eip_address: str = ""


class DiskView(View):
    """One disk of the source. Size in GiB."""

    disk_id: str
    device: str
    type: str
    category: str
    performance_level: str | None
    size_gib: int


class SourceData(View):
    """`data` of Step 1."""

    source: SourceView
    disks: tuple[DiskView, ...]


class PlannedDisk(View):
    """One disk of the replica. Size in GiB."""

    device: str
    type: str
    category: str
    performance_level: str | None
    size_gib: int
    source_category: str
    substituted: bool


class DisksData(View):
    """`data` of Step 4c."""

    disks: tuple[PlannedDisk, ...]


class CriterionView(View):
    """One of the six success criteria."""

    passed: bool


class VerifyData(View):
    """`data` of Step 6."""

    verdict: str
    criteria: tuple[CriterionView, ...]
    report_files: tuple[str, ...] = ()
    report_digest: str = ""

    @property
    def holds(self) -> bool:
        """Whether the replica is what was promised: the verdict and each of the six criteria."""
        return self.verdict == "match" and len(self.criteria) == CRITERIA and all(one.passed for one in self.criteria)
