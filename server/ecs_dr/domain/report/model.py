"""The report of one recovery: what a person keeps, and what an auditor can check.

Everything in it is already worded in the session's language; times are the cloud's (UTC), durations are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ecs_dr.domain.attributes.model import FidelityVerdict
from ecs_dr.domain.boot import Boot
from ecs_dr.domain.disks.model import DiskType
from ecs_dr.domain.model import ROW, JsonObject, Model
from ecs_dr.domain.questions import Road
from ecs_dr.domain.recall.model import Remembered
from ecs_dr.domain.verification.verdict import CriterionName

FORMAT = "ecs-dr-report/1"
"""The version of this form, not of the product."""


Verdict = Literal["match", "differs", "not_verified"]
Lane = Literal["cloud", "person", "product"]
LeftoverKind = Literal["image", "snapshot", "vswitch", "instance", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """One request as it was sent to the cloud, without its parameters.

    Attributes:
        number: Its place among the session's requests, from 1; a gap means that records were left out.
        action: As RAM writes it: `ecs:RunInstances`.
        sent_at: When it went out.
        seconds: How long the answer took.
        attempt: 1 for the first send, 2 and more for the same request sent again.
        result: `OK`, the API's error code, or `NoAnswer`.
        http_status: Of a refusal, when there was one.
        request_id: What the cloud calls it; for a support ticket and the account's own audit log.
        mutating: Whether it creates something.
    """

    __pydantic_config__ = ROW

    number: int
    action: str
    sent_at: datetime
    seconds: float
    attempt: int
    result: str
    http_status: int | None = None
    request_id: str | None = None
    mutating: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOption:
    """One option as the person saw it."""

    __pydantic_config__ = ROW

    value: str
    label: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionEntry:
    """One question: what was shown, what was chosen, and when.

    Attributes:
        choice: The value of the chosen option; `decline`, `cancel` where nothing was decided.
        chosen: The same as the person saw it; empty where nothing was decided.
        typed: The person's own text, with the choice `custom`.
        road: How the answer came; None where it is not known.
        seconds: How long the question was open.
    """

    __pydantic_config__ = ROW

    question_id: str
    key: str
    label: str = ""
    """What the decision was about, in a few words."""
    text: str
    options: tuple[ShownOption, ...]
    choice: str
    chosen: str = ""
    typed: str | None = None
    road: Road | None = None
    asked_at: datetime
    answered_at: datetime
    seconds: float


class Span(Model):
    """A stretch of the recovery: something that the cloud, the person or this product was busy with."""

    key: str
    lane: Lane
    label: str
    began_at: datetime
    ended_at: datetime
    seconds: float
    finished: bool = True
    """False: it was still going on when the report was made."""


class Timeline(Model):
    """What happened when. The sums count a moment once, also where spans overlap.

    Attributes:
        cloud_seconds: While the cloud was building the image or starting the replica.
        person_seconds: While a question was open.
        overlap_seconds: The part of it in which the cloud was busy as well: waiting that cost nothing.
        product_seconds: While this product read, checked or compared, and nothing else went on.
        idle_seconds: While nobody here was busy: the host or its assistant between two calls.
    """

    began_at: datetime
    ended_at: datetime
    total_seconds: float
    cloud_seconds: float
    person_seconds: float
    overlap_seconds: float
    product_seconds: float
    idle_seconds: float
    spans: tuple[Span, ...]


class Measures(Model):
    """Recovery point and recovery time, as measured in this recovery.

    Attributes:
        snapshot_at: The earliest moment whose data the replica can hold: when the image was asked for. Its disks are
            snapshotted from then on, so that the data may be a little younger, and never older.
        running_at: When the replica was seen Running with its disks attached.
        rpo_seconds: The age of that data when the replica ran: what a failure of the source would have cost.
        rto_seconds: From the beginning of the recovery to the running replica, the person's time included.
    """

    snapshot_at: datetime | None = None
    running_at: datetime | None = None
    rpo_seconds: float | None = None
    rto_seconds: float | None = None


class Subject(Model):
    """The source or the replica, in the words of its owner and of the cloud."""

    instance_id: str
    name: str
    region_id: str
    zone_id: str
    instance_type: str
    status: str = ""
    os_name: str = ""
    addresses: tuple[str, ...] = ()
    link: str = ""


class CriterionEntry(Model):
    """One of the six success criteria."""

    name: CriterionName
    label: str
    passed: bool
    expected: str
    actual: str


class BootEntry(Model):
    """Whether the replica booted, by its console, beside the criteria; never a word of the console itself.

    Attributes:
        text: The same for a person, with what to look at.
    """

    verdict: Boot
    label: str
    text: str


class FidelityEntry(Model):
    """One attribute: the source, what was decided, and the replica as it is."""

    key: str
    label: str
    group: str
    group_label: str
    device: str = ""
    source: str
    decided: str
    replica: str
    verdict: FidelityVerdict
    manual: str = ""
    """What to do by hand; empty when there is nothing to do."""


class DiskEntry(Model):
    """One disk. Sizes in GiB."""

    device: str
    type: DiskType
    source_disk_id: str
    size_gib: int
    source_kind: str
    """Category and performance level of the source's disk: `cloud_essd PL1`."""
    replica_kind: str
    """What was decided for the replica."""
    substituted: bool
    snapshot_id: str
    content_proven: bool | None = None
    """Whether the replica's disk was made from that snapshot; None while it was not looked at."""
    matches: bool | None = None
    differs: tuple[str, ...] = ()
    """The fields that differ."""


LAUNCH = "ecs:RunInstances"
"""The id of what a launch of unknown outcome may have left."""


class Leftover(Model):
    """Something that this recovery created and that goes on existing."""

    kind: LeftoverKind
    label: str
    id: str
    name: str = ""
    link: str
    note: str
    state: str = ""
    """As it was last read, and when; that it was accepted and not read yet, or is gone."""


class Todo(Model):
    """Something left for a person to do."""

    subject: str
    text: str
    value: str = ""
    """The source's value that it is about."""


class ReportHead(Model):
    """What every report begins with, in this order, over which its seal goes: a field of one form alone follows it."""

    format: str
    product: str
    version: str
    language: Literal["en", "zh"]
    utc_offset_minutes: int = 0
    """Of the times that a person reads on the page; the fields themselves are in UTC."""
    simulated: bool
    resumed: bool
    """Taken up from the cloud: requests and decisions of the earlier process are not in it."""


class RecoveryReport(ReportHead):
    """One recovery. A pure function of the session: made twice of the same state, it is the same."""

    format: str = FORMAT
    drill_until: str = ""
    """When the cloud releases the replica by itself; empty: it is no drill."""
    session_id: str
    made_at: datetime
    """The last moment that it tells of."""
    source: Subject
    replica: Subject | None = None
    verdict: Verdict
    headline: str
    criteria: tuple[CriterionEntry, ...] = ()
    boot: BootEntry | None = None
    """None: nobody looked."""
    measures: Measures
    consistency: tuple[str, ...] = ()
    """What the data on the replica is worth."""
    timeline: Timeline
    fidelity: tuple[FidelityEntry, ...] = ()
    disks: tuple[DiskEntry, ...] = ()
    decisions: tuple[DecisionEntry, ...] = ()
    requests: tuple[RequestRecord, ...] = ()
    requests_omitted: int = 0
    leftovers: tuple[Leftover, ...] = ()
    todo: tuple[Todo, ...] = ()
    was: Remembered = Remembered()
    """What the source was: a later recovery can go by it when the source is gone. No RAM role, no user data."""
    observations: Mapping[str, str] = {}
    """Which reading of an unsettled fact of the cloud was met, by the names of docs/cloud-facts.md; no ids."""


class SealEntry(Model):
    """One link of the chain: a part of the report, and the digest over it and everything before it."""

    part: str
    """`source`, `decisions[2]`: as a reader of the JSON would find it."""
    digest: str


class Seal(Model):
    """The chain over all parts of a report."""

    algorithm: Literal["sha256-chain"] = "sha256-chain"
    entries: tuple[SealEntry, ...]
    head: str
    """The last digest: whoever keeps it elsewhere can tell this very report from any other."""


class SealedReport(Model):
    """What the JSON file holds, and what the HTML file carries inside."""

    report: RecoveryReport
    seal: Seal


def report_schema() -> JsonObject:
    """The JSON schema of a sealed report, as it is published (`references/report.schema.json`)."""
    schema: JsonObject = SealedReport.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:{FORMAT}", **schema}
