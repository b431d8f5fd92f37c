"""What may be called on the cloud: one list, enforced below every other part.

Nothing that deletes, releases, stops, starts, reboots, detaches or modifies is on it, and no part of the product
can reach the transport without passing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecs_dr.cloud.transport import API_VERSIONS, ApiRequest, Json, Product, Transport
from ecs_dr.errors import ActionNotAllowed


@dataclass(frozen=True)
class AllowedAction:
    """One action of the API that the product may call."""

    product: Product
    action: str
    optional: bool = False
    """Read-only and skipped with a visible note when the identity lacks the permission."""
    apart: bool = False
    """Needed by a road of its own alone (from snapshots); its absence stops nothing else."""
    mutating: bool = False
    """Creates something: sent only with a decision of the person, always with a ClientToken."""
    dry_run: bool = False
    """Documents that its `DryRun` checks and does nothing. CreateImage has the parameter without a word about it, so
    it is never tried: an image that is made costs money."""

    @property
    def name(self) -> str:
        """As RAM writes it: `ecs:RunInstances`."""
        return f"{self.product}:{self.action}"


ALLOWED_ACTIONS: tuple[AllowedAction, ...] = (
    AllowedAction("ecs", "DescribeInstances", dry_run=True),
    AllowedAction("ecs", "DescribeDisks"),
    AllowedAction("ecs", "CreateImage", mutating=True),
    AllowedAction("ecs", "DescribeImages", dry_run=True),
    AllowedAction("ecs", "DescribeAvailableResource"),
    AllowedAction("vpc", "DescribeVSwitches", dry_run=True),
    AllowedAction("vpc", "CreateVSwitch", mutating=True),
    AllowedAction("ecs", "RunInstances", mutating=True, dry_run=True),
    AllowedAction("vpc", "DescribeVpcs", optional=True),
    AllowedAction("ecs", "DescribePrice", optional=True),
    AllowedAction("ecs", "DescribeInstanceTypes", optional=True),
    AllowedAction("ecs", "DescribeInstanceRamRole", optional=True),
    AllowedAction("ecs", "DescribeUserData", optional=True),
    AllowedAction("ecs", "DescribeInstanceHistoryEvents", optional=True),
    AllowedAction("ecs", "DescribeInstanceAutoRenewAttribute", optional=True),
    AllowedAction("ecs", "GetInstanceConsoleOutput", optional=True),
    AllowedAction("ecs", "DescribeSnapshots", optional=True, apart=True),
    AllowedAction("ecs", "DescribeSnapshotGroups", optional=True, apart=True),
    AllowedAction("ecs", "DescribeSecurityGroups", optional=True, apart=True),
)

_BY_NAME: Mapping[str, AllowedAction] = {allowed.name: allowed for allowed in ALLOWED_ACTIONS}


def check(product: str, action: str) -> AllowedAction:
    """Look an action up; case and spelling must be the API's own.

    Raises:
        ActionNotAllowed: It is not on the list.
    """
    allowed = _BY_NAME.get(f"{product}:{action}")
    if allowed is None:
        raise ActionNotAllowed(f"{product}:{action} is not on the allow-list; it was not sent")
    return allowed


def is_read(request: ApiRequest) -> bool:
    """Whether it only reads, by the list; what is not on the list counts as creating."""
    allowed = _BY_NAME.get(f"{request.product}:{request.action}")
    return allowed is not None and not allowed.mutating


class AllowListTransport:
    """The only way to a transport: refuses before anything is sent."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        """Pass an allowed request on.

        Raises:
            ActionNotAllowed: The action or the API version is not on the list, the region that is named in the
                parameters is not the one whose endpoint would be called, or a dry run is wanted that is not documented.
            ApiError: The API refused.
            NoAnswer: No usable answer arrived.
        """
        allowed = check(request.product, request.action)
        if request.version != API_VERSIONS[request.product]:
            raise ActionNotAllowed(f"{request.product} {request.version} is not the API version on the allow-list")
        if not request.region_id or request.params.get("RegionId") != request.region_id:
            raise ActionNotAllowed(f"{request.product}:{request.action} must name the region it is sent to")
        if "DryRun" in request.params and not allowed.dry_run:
            raise ActionNotAllowed(f"{allowed.name} documents no dry run; it was not sent")
        return await self._inner.call(request)
