"""What the cloud offers, how it behaves, and who may use it: the parts of a world that requests never change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import ConfigDict

from ecs_dr.simulator.bounds import AtLeastOne, Count, Hours, MemoryGiB, Price, Seconds, Share
from ecs_dr.simulator.consoles import ConsoleName

StockLevel = Literal["WithStock", "ClosedWithStock", "WithoutStock", "ClosedWithoutStock"]
DISK_CATEGORIES = (
    "cloud",
    "cloud_efficiency",
    "cloud_ssd",
    "cloud_essd",
    "cloud_auto",
    "cloud_essd_entry",
)
PERFORMANCE_LEVELS = ("PL0", "PL1", "PL2", "PL3")
_STRICT = ConfigDict(extra="forbid")


@dataclass
class Behaviour:
    """How fast the cloud works, and what goes wrong. All times are seconds of cloud time.

    Attributes:
        image_seconds: From CreateImage to the end of the image's creation.
        image_outcome: How the creation ends.
        image_usable_delay_seconds: How much later than `Available` an image turns `Usable`.
        image_waiting_seconds: How long an image is `Waiting` before it is `Creating`.
        vswitch_pending_seconds: How long a new VSwitch is `Pending`.
        visibility_delay_seconds: How long a new image or instance stays absent from lists.
        instance_pending_seconds: How long a new instance is `Pending`.
        instance_start_seconds: How long it is `Starting` after that.
        disk_attach_seconds: From launch until the data disks are attached, and listed.
        instance_vanishes_after_seconds: When set, a launched instance is lost after this long for lack of
            stock, and a `SystemFailure.Delete` event says so (RunInstances, remarks).
        china_site: Whether the defaults of the China site apply (an omitted data disk category means
            cloud_auto with bursting; subscriptions by week).
        default_encryption: Whether the account encrypts every new disk.
        lists_snapshots_of_gone: Whether the filter by instance still finds snapshots of an instance that is gone,
            or of a disk that it no longer has. Documented nowhere: a world plays either.
        images_of_released_system_disks: Whether the snapshot of a system disk that went with its instance can
            become an image. CreateSnapshot says no; whether that holds always is not documented.
        images_of_encrypted_system_disks: Whether an encrypted system snapshot can (the table of errors still says
            no, yet encrypted images exist).
        console: What the console of a launched instance shows at the end of its start.
        console_delay_seconds: How long after Running the cloud has taken the console down; it is empty before.
    """

    image_seconds: Seconds = 240
    image_outcome: Literal["Available", "CreateFailed", "UnAvailable"] = "Available"
    image_usable_delay_seconds: Seconds = 0
    image_waiting_seconds: Seconds = 0
    vswitch_pending_seconds: Seconds = 4
    visibility_delay_seconds: Seconds = 2
    instance_pending_seconds: Seconds = 5
    instance_start_seconds: Seconds = 20
    disk_attach_seconds: Seconds = 10
    instance_vanishes_after_seconds: Seconds | None = None
    china_site: bool = True
    default_encryption: bool = False
    lists_snapshots_of_gone: bool = True
    images_of_released_system_disks: bool = False
    images_of_encrypted_system_disks: bool = True
    console: ConsoleName = "login"
    console_delay_seconds: Seconds = 0

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Outage:
    """A zone that is down (see `outage`); without a zone there is none. Seconds count from the cloud's beginning.

    Attributes:
        zones: They sell nothing, and no image can be made of their instances.
        image_of_source: Whether such an image is refused, or taken and never finished.
        failing_call_every: Every so-many-th call of all fails; 0: none.
        control_plane_seconds: How long calls fail; None: always.
        custom_images_refused: By zone: how long launches from custom images are refused there.
    """

    zones: list[str] = field(default_factory=list)
    image_of_source: Literal["refused", "never_ends"] = "refused"
    failing_call_every: Count = 0
    control_plane_seconds: Seconds | None = None
    custom_images_refused: dict[str, Seconds] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Quotas:
    """How many of each the account may own."""

    images: Count = 100
    instances: Count = 100
    vswitches_per_vpc: Count = 150
    public_bandwidth_mbps: Count = 5000

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Account:
    """The account that owns everything in this world, with its quotas and its standing."""

    owner_id: str = "1000000000000001"
    in_arrears: bool = False
    payment_method: bool = True
    quotas: Quotas = field(default_factory=Quotas)
    resource_groups: list[str] = field(default_factory=list)
    snapshot_policies: list[str] = field(default_factory=list)
    kms_keys: list[str] = field(default_factory=list)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Identity:
    """Who sends requests: a RAM user, an assumed role, or the account itself.

    Attributes:
        name: The display name; the key of its table.
        access_key_id: Fake, for signing requests to the simulator.
        access_key_secret: Fake as well; never part of a snapshot of the world.
        security_token: Set for temporary credentials (an assumed role).
        status: Whether the access key may be used.
        denied: Actions such as `ecs:RunInstances` (or `ecs:*`) that no policy allows.
        explicitly_denied: Actions that a policy forbids.
    """

    name: str = ""
    principal_type: Literal["SubUser", "AssumedRoleUser", "RootUser"] = "SubUser"
    access_key_id: str = "test-access-key-id"
    access_key_secret: str = "test-access-key-secret"  # noqa: S105 - a fake secret for the simulated cloud alone
    security_token: str = ""
    status: Literal["Active", "Inactive"] = "Active"
    denied: list[str] = field(default_factory=list)
    explicitly_denied: list[str] = field(default_factory=list)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Region:
    """One region. `id_prefix` begins the random part of the ids made there, as on the real cloud."""

    region_id: str = ""
    local_name: str = ""
    status: Literal["available", "soldOut"] = "available"
    id_prefix: str = "2ze"

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Zone:
    """One availability zone."""

    zone_id: str = ""
    region_id: str = ""
    local_name: str = ""
    zone_type: Literal["AvailabilityZone", "CloudBoxZone"] = "AvailabilityZone"

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class InstanceType:
    """One instance type, as DescribeInstanceTypes describes it."""

    cpu: AtLeastOne
    memory_gib: MemoryGiB
    instance_type: str = ""
    family: str = ""
    generation: str = "ecs-7"
    architecture: Literal["X86", "ARM"] = "X86"
    nvme_support: Literal["required", "unsupported"] = "unsupported"
    boot_modes: list[str] = field(default_factory=lambda: ["BIOS", "UEFI"])
    disk_quantity: AtLeastOne = 17
    eni_quantity: AtLeastOne = 4
    private_ip_quantity: AtLeastOne = 15
    threads_per_core: AtLeastOne = 2
    hyper_threading_adjustable: bool = False
    local_storage_category: str = ""
    local_storage_amount: Count = 0
    local_storage_gib: Count = 0
    gpu_amount: Count = 0
    gpu_spec: str = ""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class DiskOffer:
    """Which disks a zone sells: for every instance type, or for one type or family when found under `types`."""

    system: list[str] = field(default_factory=lambda: ["cloud_essd", "cloud_auto"])
    data: list[str] = field(default_factory=lambda: ["cloud_essd", "cloud_auto"])
    performance_levels: list[str] = field(default_factory=lambda: list(PERFORMANCE_LEVELS))
    encryption: bool = True

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class ZoneDisks(DiskOffer):
    """The disks of a zone, with exceptions by instance type (`ecs.g7.xlarge`) or family (`ecs.g7`)."""

    types: dict[str, DiskOffer] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Prices:
    """Prices per hour in `currency`; subscriptions are a multiple of the hourly price.

    Attributes:
        instance_hour: By instance type; a type without a price is answered `PriceNotFound`.
        disk_gib_hour: By category, or category and level: `cloud_essd.PL1`.
        bandwidth_mbps_hour: For PayByBandwidth.
        month_hours: How many hours of the hourly price a month of subscription costs.
        discount: What is taken off the original price, as a share of it.
    """

    currency: Literal["CNY", "USD"] = "CNY"
    instance_hour: dict[str, Price] = field(default_factory=dict)
    disk_gib_hour: dict[str, Price] = field(default_factory=dict)
    bandwidth_mbps_hour: Price = 0.063
    month_hours: Hours = 480
    discount: Share = 0.0

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
