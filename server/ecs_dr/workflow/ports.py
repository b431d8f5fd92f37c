"""What the workflow needs from outside: a cloud, a clock, randomness. Adapters implement these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from ecs_dr.domain.boot import Boot
from ecs_dr.domain.disks.model import CategorySupport, Disk
from ecs_dr.domain.images.model import Image, ImageRequest
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonObject, JsonValue, Model, Tag
from ecs_dr.domain.network.model import SecurityGroup, Vpc, VSwitch, VSwitchRequest
from ecs_dr.domain.report.model import RequestRecord
from ecs_dr.domain.snapshots.model import Snapshot, SnapshotGroup
from ecs_dr.domain.source import Instance
from ecs_dr.domain.stock.model import Charge, InstanceTypeFacts, ZoneStock
from ecs_dr.errors import CloudError


class Clock(Protocol):
    """Time, injected: in a simulation it runs faster, in a test it is stepped."""

    def now(self) -> datetime:
        """The cloud's wall-clock time (aware, UTC)."""
        ...

    def host_seconds(self) -> float:
        """A monotonic count of the host's own seconds: how long a tool call has lasted for whoever called it."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for that many seconds of the cloud's time."""
        ...

    def in_host_seconds(self, seconds: float) -> float:
        """How many of the host's seconds that many seconds of the cloud's time are."""
        ...


class Ids(Protocol):
    """Where new ids come from: injected, so that a test can name what it means."""

    def hex32(self) -> str:
        """32 random lowercase hex characters."""
        ...


@dataclass(frozen=True)
class RetryNotice:
    """A wait before the same request is sent again, told to the person."""

    action: str
    code: str
    attempt: int
    of: int
    wait_seconds: float
    creates: bool = False
    """The request creates something, and carries a ClientToken."""


Progress = Callable[[float, float | None, str], Awaitable[None]]
"""Tells whoever waits: how far, of how much (None: unknown), and a line for a person."""

NotifyRetry = Callable[[RetryNotice], Awaitable[bool]]
"""Told of a wait before it begins; False: the retries are used up, the error stands.

May raise `CallBudgetSpent`: the wait would outlast the tool call, and the next call goes on with it.
"""


T = TypeVar("T")


class Reads(Protocol):
    """What a call has read already, and how long it may go on reading."""

    async def answer(self, action: str, params: Mapping[str, JsonValue], send: Callable[[], Awaitable[T]]) -> T:
        """The answer to a reading request, sent or kept.

        Raises:
            StillReading: The call's budget is spent.
        """
        ...


@dataclass(frozen=True)
class Scope:
    """For whom and where a call is made: the session goes into the User-Agent, the region into endpoint and request."""

    session_id: str
    region_id: str
    on_retry: NotifyRetry | None = None
    time_left: Callable[[], float] | None = None
    """How long the call can still wait, in the host's seconds; None: nobody waits for it."""
    reads: Reads | None = None
    """What bounds and keeps the reads of a tool call; None: nobody waits for them."""
    resource_groups: tuple[str, ...] = ()
    """The source's, or those of several sources. What is not found without one is looked for there as well: an identity
    whose rights are those of one group is answered an empty list, or a refusal, unless it names the group."""
    on_rows: Callable[[str, int], Awaitable[None]] | None = None
    """Told of each page of a long list: its action, and how many rows there are so far."""
    on_hidden: Callable[[CloudError], None] | None = None
    """Told where a list was refused in some of several groups: what the others show is no whole. None: such a list is
    refused as a whole."""


def groups_of(*group_ids: str) -> tuple[str, ...]:
    """The groups that these resources name, each once; what is in none names an empty one."""
    return tuple(sorted({group for group in group_ids if group}))


@dataclass(frozen=True)
class Attempt:
    """The permit of one mutating call: a decision on exactly these parameters, and the token that makes it single.

    Only `workflow/decisions.py` makes one. The adapter refuses a call whose parameters have another digest.
    """

    decision_id: str
    parameters_digest: str
    client_token: str
    """At most 64 ASCII characters (RunInstances, CreateImage, CreateVSwitch: ClientToken)."""
    in_doubt: bool = False
    """Whether an earlier send may have been carried out: a refusal now need not mean that nothing was made."""


class Identity(Model):
    """Which credential provider answered, never what it answered with."""

    provider: str
    identity_type: str


class Price(Model):
    """What DescribePrice says of a launch."""

    currency: str
    total: float
    unit: str
    """`hour` or `month`."""
    details: tuple[tuple[str, float], ...] = ()


class Cloud(Protocol):
    """Everything that the product may ask of Alibaba Cloud. Lists are complete: the adapter pages to the end.

    Every method raises `CloudRefused` for an API error and `OutcomeUnknown` when no answer arrived, after the
    retries that the kind of error allows.
    """

    def requests(self, session_id: str) -> tuple[RequestRecord, ...]:
        """What was sent for a session so far, in order; of a very long one the oldest reading requests are left out."""
        ...

    async def identity(self, patience_seconds: float | None = None) -> Identity:
        """Resolve the credential provider chain.

        Args:
            patience_seconds: How long the caller can wait, in the host's seconds; None: as long as that may take.

        Raises:
            NoCredentials: The chain found none.
            CredentialsPending: It has not answered yet.
        """
        ...

    async def describe_instance(self, scope: Scope, instance_id: str) -> Instance | None:
        """One instance; None also for a wrong region or a missing permission (the API answers an empty list)."""
        ...

    async def describe_instances(self, scope: Scope, instance_ids: tuple[str, ...]) -> tuple[Instance, ...]:
        """Up to 100 instances in one request, those that are there."""
        ...

    async def may_describe_instances(self, scope: Scope) -> bool:
        """Whether the identity may call DescribeInstances (its DryRun tells what the empty list hides)."""
        ...

    async def describe_disks(self, scope: Scope, instance_id: str) -> tuple[Disk, ...]:
        """All disks of an instance, the system disk first, then in device order."""
        ...

    async def describe_ram_role(self, scope: Scope, instance_id: str) -> str:
        """The RAM role's name, empty when there is none."""
        ...

    async def has_user_data(self, scope: Scope, instance_id: str) -> bool:
        """Whether the instance carries user data; its content is never kept."""
        ...

    async def describe_auto_renew(self, scope: Scope, instance_id: str) -> JsonObject | None:
        """The subscription's renewal settings."""
        ...

    async def describe_history_events(self, scope: Scope, instance_id: str) -> tuple[str, ...]:
        """Names of the instance's system events (`SystemFailure.Delete`), newest first."""
        ...

    async def instances_of(self, scope: Scope, instance_ids: tuple[str, ...] = ()) -> tuple[Instance, ...]:
        """These instances, or without ids every one of the region."""
        ...

    async def replicas(self, scope: Scope, *, everywhere: bool = False) -> tuple[Instance, ...]:
        """Every instance that a recovery made, by its lineage tag, whatever its source."""
        ...

    async def disks_of_region(self, scope: Scope, *, everywhere: bool = False) -> Mapping[str, tuple[Disk, ...]]:
        """By instance id: its disks, the system disk first. `everywhere`: in the groups too, whatever was found."""
        ...

    async def own_images(self, scope: Scope, *, everywhere: bool = False) -> tuple[Image, ...]:
        """The account's own images, in whatever status."""
        ...

    async def snapshots_of_region(self, scope: Scope, *, everywhere: bool = False) -> tuple[Snapshot, ...]:
        """Every snapshot of the region."""
        ...

    async def snapshot_groups_of_region(self, scope: Scope, *, everywhere: bool = False) -> tuple[SnapshotGroup, ...]:
        """Every group of snapshots of the region."""
        ...

    async def boot_of(self, scope: Scope, instance_id: str) -> Boot | None:
        """How the replica's start ended, by its console, whose text is never kept; None: the console is empty yet."""
        ...

    async def snapshots_of_instance(
        self, scope: Scope, instance_id: str, *, everywhere: bool = True
    ) -> tuple[Snapshot, ...]:
        """The snapshots that the cloud finds by an instance; of one that is gone perhaps none.

        `everywhere`: in the scope's groups too, whatever was found without one.
        """
        ...

    async def snapshots_of_disk(self, scope: Scope, disk_id: str) -> tuple[Snapshot, ...]:
        """The snapshots of one disk, also after it was released."""
        ...

    async def snapshots(self, scope: Scope, snapshot_ids: tuple[str, ...]) -> tuple[Snapshot, ...]:
        """Those of these snapshots that exist."""
        ...

    async def snapshot_groups(
        self, scope: Scope, instance_id: str, *, everywhere: bool = True
    ) -> tuple[SnapshotGroup, ...]:
        """The groups of snapshots of an instance."""
        ...

    async def security_groups(self, scope: Scope, group_ids: tuple[str, ...] = ()) -> tuple[SecurityGroup, ...]:
        """Those of these security groups that exist, or without ids all of the region."""
        ...

    async def create_image(self, scope: Scope, request: ImageRequest, attempt: Attempt) -> str:
        """Start a whole-instance image; returns the image id at once."""
        ...

    async def may_describe_images(self, scope: Scope) -> bool:
        """Whether the identity may list images (a dry run tells what an empty list hides)."""
        ...

    async def may_describe_vswitches(self, scope: Scope, vpc_id: str) -> bool:
        """Whether the identity may list VSwitches (a dry run tells what an empty list hides)."""
        ...

    async def describe_image(self, scope: Scope, image_id: str) -> Image | None:
        """One image in whatever status; None while it is not visible yet."""
        ...

    async def find_images(self, scope: Scope, name: str) -> tuple[Image, ...]:
        """The account's own images whose name equals `name`, in whatever status."""
        ...

    async def images_tagged(self, scope: Scope, tags: tuple[Tag, ...]) -> tuple[Image, ...]:
        """The account's own images that carry all these tags, in whatever status."""
        ...

    async def instances_tagged(self, scope: Scope, tags: tuple[Tag, ...]) -> tuple[Instance, ...]:
        """Instances that carry all these tags, in whatever status."""
        ...

    async def instances_from(self, scope: Scope, image_id: str) -> tuple[Instance, ...]:
        """Instances that were launched from that image."""
        ...

    async def zone_stock(
        self, scope: Scope, instance_type: str, charge: Charge, zone_id: str | None = None
    ) -> tuple[ZoneStock, ...]:
        """The stock of one type per zone; a zone where it is not sold is absent."""
        ...

    async def types_of_size(
        self, scope: Scope, zone_id: str | None, cpu: int, memory_gib: float, charge: Charge
    ) -> tuple[ZoneStock, ...]:
        """Types with so many vCPUs and so much memory that the zone lists; None: those of every zone."""
        ...

    async def instance_types(self, scope: Scope, names: tuple[str, ...]) -> tuple[InstanceTypeFacts, ...]:
        """What these types are: vCPUs, memory, architecture and the rest; one that does not exist is left out."""
        ...

    async def system_disk_categories(
        self, scope: Scope, zone_id: str, instance_type: str, charge: Charge
    ) -> tuple[CategorySupport, ...]:
        """System disk categories of a type in a zone."""
        ...

    async def data_disk_categories(
        self, scope: Scope, zone_id: str, instance_type: str, charge: Charge, system_category: str
    ) -> tuple[CategorySupport, ...]:
        """Data disk categories of a type in a zone, beside a system disk of that category."""
        ...

    async def disk_categories(
        self, scope: Scope, instance_type: str, charge: Charge, system_category: str | None = None
    ) -> Mapping[str, tuple[CategorySupport, ...]]:
        """By zone: system disk categories of a type, or, beside a system disk of a category, those of data disks."""
        ...

    async def describe_vpc(self, scope: Scope, vpc_id: str) -> Vpc | None:
        """A VPC with its address blocks; None when it does not exist or is not visible."""
        ...

    async def describe_vswitches(
        self, scope: Scope, vpc_id: str, *, zone_id: str | None = None, vswitch_id: str | None = None
    ) -> tuple[VSwitch, ...]:
        """The VSwitches of a VPC, or of one of its zones, or that one; empty also where the identity may see none."""
        ...

    async def vswitches_tagged(self, scope: Scope, tags: tuple[Tag, ...]) -> tuple[VSwitch, ...]:
        """The region's VSwitches that carry all these tags, in whatever VPC and status."""
        ...

    async def create_vswitch(self, scope: Scope, request: VSwitchRequest, attempt: Attempt) -> str:
        """Create a VSwitch; returns its id while it is still Pending."""
        ...

    async def price(self, scope: Scope, launch: LaunchRequest) -> Price:
        """What the launch costs, with its disks and bandwidth, in the unit that its bill has."""
        ...

    async def dry_run_launch(self, scope: Scope, launch: LaunchRequest, amount: int = 1) -> None:
        """Have the launch, or so many of it, checked without creating anything; returns when it would pass."""
        ...

    async def run_instance(self, scope: Scope, launch: LaunchRequest, attempt: Attempt) -> str:
        """Create exactly one instance; returns its id while it is still Pending."""
        ...
