"""A row of the table: what a code means, what it blames, and what can help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ecs_dr.errors import RETRYABLE_KINDS, ErrorKind


class Blame(StrEnum):
    """What is refused, and so what has to be different before it can work."""

    NOTHING = "nothing"
    """The service is busy: the same request passes later."""
    TYPE = "type"
    """The instance type, in this zone at this moment or at all."""
    IMAGE_TYPE = "image_type"
    """Image and type do not go together: architecture, boot mode, drivers, operating system."""
    ZONE = "zone"
    """The zone, whatever the type."""
    PUBLIC_ADDRESSES = "public_addresses"
    """The zone has no public address to give."""
    ADDRESSES = "addresses"
    """The VSwitch has no private address left."""
    VSWITCH = "vswitch"
    """The VSwitch is gone, or not in the zone or the VPC."""
    BLOCK = "block"
    """The CIDR block of a new VSwitch."""
    DISK_CATEGORY = "disk_category"
    DISK_LEVEL = "disk_level"
    DISK_SIZE = "disk_size"
    DISK_COUNT = "disk_count"
    DISK_IOPS = "disk_iops"
    DISK_BURST = "disk_burst"
    DISK_DEVICE = "disk_device"
    ENCRYPTION = "encryption"
    OPTION = "option"
    """Something that is carried along and that the launch can do without; `Row.option` says what."""
    TERMS = "terms"
    """How the replica is paid for: charge type, period, spot."""
    IMAGE = "image"
    """The image is gone, disabled, or not this account's."""
    IMAGE_NOT_READY = "image_not_ready"
    MARKETPLACE = "marketplace"
    GROUP = "group"
    """A security group."""
    QUOTA = "quota"
    PAYMENT = "payment"
    ACCOUNT = "account"
    PERMISSION = "permission"
    CREDENTIALS = "credentials"
    SOURCE = "source"
    """The source instance or one of its disks."""
    NAME = "name"
    REGION = "region"
    REQUEST = "request"
    """A parameter that nobody here decided about, or a ClientToken: a defect of this product or of the service."""
    UNKNOWN = "unknown"
    """A code without a row."""


DECIDED_BEFORE_THE_TOKEN = frozenset(
    {
        ErrorKind.PERMISSION,
        ErrorKind.CREDENTIALS,
        ErrorKind.NAME_TAKEN,
        ErrorKind.CIDR,
        ErrorKind.TOKEN_MISMATCH,
        ErrorKind.DEPENDENCY,
        ErrorKind.UNKNOWN,
    }
)
"""After a lost answer these refusals do not say that the lost request failed: they are decided before the ClientToken
is looked at (permission, credentials), or what the lost request made can be their cause (the name is taken, the block
overlaps, the VPC is busy creating)."""

BY_HAND = frozenset({Blame.GROUP, Blame.QUOTA, Blame.PAYMENT, Blame.ACCOUNT, Blame.MARKETPLACE})
"""Somebody has to put something right elsewhere; the same request can then pass."""

OF_A_DISK = frozenset(
    {
        Blame.DISK_CATEGORY,
        Blame.DISK_LEVEL,
        Blame.DISK_SIZE,
        Blame.DISK_IOPS,
        Blame.DISK_BURST,
        Blame.DISK_DEVICE,
    }
)
"""One disk or several are refused, and Step 4c says which."""


@dataclass(frozen=True)
class Row:
    """One meaning of one or several codes.

    Attributes:
        text: The stem of its texts: `diagnosis.<text>.message`, `.cause` and `.actions`.
        kind: How the workflow deals with it where it does not ask.
        blame: What is refused.
        codes: As the API spells them, some misspelled; `Xyz*` is every code that begins so, `*.xyz` that ends so.
        said: A part of the message, in lower case, that must be there: for codes that mean several things.
        option: The attribute that the launch can do without, by its key in the table of attributes.
        permission: The RAM action that is missing, where it is not the action that was called.
    """

    text: str
    kind: ErrorKind
    blame: Blame
    codes: tuple[str, ...] = ()
    said: str = ""
    option: str = ""
    permission: str = ""

    @property
    def retryable(self) -> bool:
        """Whether the same request, with the same ClientToken, may pass a little later by itself."""
        return self.kind in RETRYABLE_KINDS


def row(text: str, kind: ErrorKind, blame: Blame, codes: str = "", *, said: str = "", option: str = "") -> Row:
    """A row from its codes in one string, separated by blanks."""
    return Row(text, kind, blame, tuple(codes.split()), said, option)


@dataclass(frozen=True)
class PermissionOption:
    """A RAM action without which the launch can do, by leaving something out."""

    action: str
    option: str


PERMISSION_OPTIONS = (PermissionOption("ram:PassRole", "ram_role_name"), PermissionOption("ecs:TagResources", "tags"))
