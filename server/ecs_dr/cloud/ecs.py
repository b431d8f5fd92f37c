"""The operations of the ECS API (2014-05-26)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from ecs_dr.cloud.calls import Caller, may_read
from ecs_dr.cloud.ecs_readers import (
    disk_order,
    read_category,
    read_disk,
    read_image,
    read_instance,
    read_instance_type,
    read_supported,
    read_zone_stock,
)
from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.groups import RowsOfGroup, at_least, enough, nothing_is_enough, read_in_groups
from ecs_dr.cloud.paging import by_number, by_token, in_batches
from ecs_dr.cloud.pricing import price_parameters, read_price
from ecs_dr.cloud.together import together
from ecs_dr.domain.disks.model import CategorySupport, Disk
from ecs_dr.domain.images.model import EVERY_STATUS, Image, ImageRequest
from ecs_dr.domain.launch import USER_DATA, LaunchRequest
from ecs_dr.domain.model import JsonObject, Tag, as_parameters
from ecs_dr.domain.source import Instance
from ecs_dr.domain.stock.model import Charge, InstanceTypeFacts, ZoneStock
from ecs_dr.errors import CloudRefused, ErrorKind, OutcomeUnknown
from ecs_dr.workflow.ports import Attempt, Price, Scope

ADDITIONAL_ATTRIBUTES = ("META_OPTIONS", "NETWORK_PRIMARY_ENI_IP", "LOGIN_AS_NON_ROOT", "PRIVATE_DNS_OPTIONS")
"""DescribeInstances leaves metadata options, IPv6 addresses and the login user out unless they are asked for."""

EVERY_IMAGE_STATUS = "ALL"
"""DescribeImages shows Available images alone by default: one being made, or failed, would look missing."""

TYPES_PER_REQUEST = 10
"""DescribeInstanceTypes: InstanceTypes.N."""

_REJECTED = frozenset({ErrorKind.PARAMETER, ErrorKind.REFERENCE, ErrorKind.UNKNOWN})
"""Kinds that may mean "this region does not know that value": the older form is asked instead."""


class EcsOperations:
    """Instances, disks, images, stock, prices."""

    def __init__(self, caller: Caller) -> None:
        self._ecs = caller

    async def describe_instance(self, scope: Scope, instance_id: str) -> Instance | None:
        """One instance; None also for a wrong region or a missing permission (DescribeInstances)."""
        return next(iter(await self.describe_instances(scope, (instance_id,))), None)

    async def describe_instances(self, scope: Scope, instance_ids: tuple[str, ...]) -> tuple[Instance, ...]:
        """Up to 100 instances, those that are there (DescribeInstances, InstanceIds)."""
        wanted: JsonObject = {"InstanceIds": json.dumps(list(instance_ids))}
        rows = await self._instance_rows(scope, wanted, at_least(len(instance_ids)))
        found = {row.text("InstanceId"): row for row in rows}
        return tuple(read_instance(found[one]) for one in instance_ids if one in found)

    async def instances_tagged(self, scope: Scope, tags: tuple[Tag, ...]) -> tuple[Instance, ...]:
        """Instances that carry all these tags; none for no tags (DescribeInstances)."""
        if not tags:
            return ()
        rows = await self._instance_rows(scope, {"Tag": as_parameters(tags)}, nothing_is_enough)
        found = {row.text("InstanceId"): read_instance(row) for row in rows}
        return tuple(instance for instance in found.values() if set(tags) <= set(instance.tags))

    async def instances_from(self, scope: Scope, image_id: str) -> tuple[Instance, ...]:
        """Instances that were launched from an image (DescribeInstances, ImageId)."""
        rows = [read_instance(row) for row in await self._instance_rows(scope, {"ImageId": image_id})]
        return tuple(one for one in rows if one.image_id == image_id)

    async def _instance_rows(
        self, scope: Scope, filters: JsonObject, is_enough: Callable[[RowsOfGroup], bool] = bool
    ) -> RowsOfGroup:
        async def ask(params: JsonObject) -> RowsOfGroup:
            return await by_token(self._ecs, scope, "DescribeInstances", params, ("Instances", "Instance"))

        async def ask_in(group: JsonObject) -> RowsOfGroup:
            return await _with_attributes(ask, {**filters, **group})

        return await read_in_groups(scope, ask_in, is_enough)

    async def may_describe_instances(self, scope: Scope) -> bool:
        """Whether the permission exists: DescribeInstances without it answers an empty list, its DryRun an error."""
        return await may_read(self._ecs, scope, "DescribeInstances", {})

    async def may_describe_images(self, scope: Scope) -> bool:
        """Whether the permission exists, told by the dry run of DescribeImages."""
        return await may_read(self._ecs, scope, "DescribeImages", {})

    async def describe_disks(self, scope: Scope, instance_id: str) -> tuple[Disk, ...]:
        """All disks of an instance, the system disk first (DescribeDisks)."""
        groups: dict[str, str] = {}

        async def ask(group: JsonObject) -> RowsOfGroup:
            params = {"InstanceId": instance_id, **group}
            listed = await by_token(self._ecs, scope, "DescribeDisks", params, ("Disks", "Disk"))
            for row in listed:
                groups.setdefault(row.text("DiskId"), str(group.get("ResourceGroupId", "")))
            return listed

        def has_system_disk(rows: RowsOfGroup) -> bool:
            return any(read_disk(row).type == "system" for row in rows)

        rows = await read_in_groups(scope, ask, has_system_disk)
        disks = {row.text("DiskId"): read_disk(row) for row in rows}
        shown = (disk.model_copy(update={"shown_in_group": groups[one]}) for one, disk in disks.items())
        return tuple(sorted(shown, key=disk_order))

    async def describe_ram_role(self, scope: Scope, instance_id: str) -> str:
        """The RAM role's name, empty when there is none (DescribeInstanceRamRole)."""
        rows = await by_number(
            self._ecs,
            scope,
            "DescribeInstanceRamRole",
            {"InstanceIds": json.dumps([instance_id])},
            ("InstanceRamRoleSets", "InstanceRamRoleSet"),
        )
        return next((row.text("RamRoleName") for row in rows if row.text("InstanceId") == instance_id), "")

    async def has_user_data(self, scope: Scope, instance_id: str) -> bool:
        """Whether there is user data (DescribeUserData). The content often holds secrets: it is dropped here."""
        answer = await self._ecs.read(scope, "DescribeUserData", {"InstanceId": instance_id})
        return answer.has("UserData")

    async def _user_data(self, scope: Scope, instance_id: str) -> str:
        """The content itself (Base64), on its way from one request into the next and nowhere else."""
        answer = await self._ecs.read(scope, "DescribeUserData", {"InstanceId": instance_id})
        return answer.text("UserData")

    async def describe_auto_renew(self, scope: Scope, instance_id: str) -> JsonObject | None:
        """The subscription's renewal settings (DescribeInstanceAutoRenewAttribute)."""
        rows = await by_number(
            self._ecs,
            scope,
            "DescribeInstanceAutoRenewAttribute",
            {"InstanceId": instance_id},
            ("InstanceRenewAttributes", "InstanceRenewAttribute"),
        )
        return next((_renewal(row) for row in rows if row.text("InstanceId") in {"", instance_id}), None)

    async def describe_history_events(self, scope: Scope, instance_id: str) -> tuple[str, ...]:
        """Names of the instance's system events, newest first (DescribeInstanceHistoryEvents)."""
        rows = await by_token(
            self._ecs,
            scope,
            "DescribeInstanceHistoryEvents",
            {"InstanceId": instance_id},
            ("InstanceSystemEventSet", "InstanceSystemEventType"),
        )
        newest_first = sorted(rows, key=lambda row: row.text("EventPublishTime"), reverse=True)
        names = (row.child("EventType").text("Name") for row in newest_first)
        return tuple(name for name in names if name)

    async def create_image(self, scope: Scope, request: ImageRequest, attempt: Attempt) -> str:
        """Start a whole-instance image (CreateImage).

        Raises:
            ConsentViolation: The attempt covers other parameters; nothing was sent.
            CloudRefused: Refused; nothing was created by this request.
            OutcomeUnknown: It may have been started: look for an image of that name.
        """
        answer = await self._ecs.mutate(scope, "CreateImage", request.parameters(), attempt)
        image_id = answer.text("ImageId")
        if not image_id:
            raise _no_id("ecs:CreateImage", "NoImageId", answer)
        return image_id

    async def describe_image(self, scope: Scope, image_id: str) -> Image | None:
        """One image in whatever status; None while it is not visible yet (DescribeImages)."""
        try:
            rows = await self._images(scope, {"ImageId": image_id})
        except CloudRefused as refused:
            if refused.code == "InvalidImageId.NotFound":
                return None
            raise
        return next((read_image(row) for row in rows if row.text("ImageId") == image_id), None)

    async def find_images(self, scope: Scope, name: str) -> tuple[Image, ...]:
        """The account's own images of exactly that name; the API's filter is fuzzy (DescribeImages)."""
        rows = await self._images(scope, {"ImageName": name, "ImageOwnerAlias": "self"}, nothing_is_enough)
        return tuple(read_image(row) for row in rows if row.text("ImageName") == name)

    async def images_tagged(self, scope: Scope, tags: tuple[Tag, ...]) -> tuple[Image, ...]:
        """The account's own images that carry all these tags, in whatever status (DescribeImages)."""
        if not tags:
            return ()
        rows = await self._images(scope, {"Tag": as_parameters(tags), "ImageOwnerAlias": "self"}, nothing_is_enough)
        images = tuple(read_image(row) for row in rows)
        return tuple(image for image in images if set(tags) <= set(image.tags))

    async def own_images(self, scope: Scope, *, everywhere: bool = False) -> tuple[Image, ...]:
        """The account's own images, in whatever status (DescribeImages)."""
        rows = await self._images(scope, {"ImageOwnerAlias": "self"}, enough(everywhere=everywhere))
        return tuple(read_image(row) for row in rows)

    async def _images(
        self, scope: Scope, filters: JsonObject, is_enough: Callable[[RowsOfGroup], bool] = bool
    ) -> RowsOfGroup:
        async def ask(group: JsonObject) -> RowsOfGroup:
            return await self._images_with(scope, {**filters, **group})

        rows = await read_in_groups(scope, ask, is_enough)
        return tuple({row.text("ImageId"): row for row in rows}.values())

    async def _images_with(self, scope: Scope, filters: JsonObject) -> RowsOfGroup:
        path = ("Images", "Image")
        try:
            return await by_number(self._ecs, scope, "DescribeImages", {**filters, "Status": EVERY_IMAGE_STATUS}, path)
        except CloudRefused as refused:
            if refused.kind not in _REJECTED or refused.code == "InvalidImageId.NotFound":
                raise
        return await by_number(self._ecs, scope, "DescribeImages", {**filters, "Status": EVERY_STATUS}, path)

    async def zone_stock(
        self, scope: Scope, instance_type: str, charge: Charge, zone_id: str | None = None
    ) -> tuple[ZoneStock, ...]:
        """The stock of one type per zone, asked with the charge type of the launch (DescribeAvailableResource)."""
        params: JsonObject = {"InstanceType": instance_type}
        if zone_id is not None:
            params["ZoneId"] = zone_id
        supported = await self._available(scope, "InstanceType", charge, params)
        return tuple(
            read_zone_stock(zone, resource)
            for zone, resource in supported
            if resource.text("Value") == instance_type and zone_id in {None, zone}
        )

    async def types_of_size(
        self, scope: Scope, zone_id: str | None, cpu: int, memory_gib: float, charge: Charge
    ) -> tuple[ZoneStock, ...]:
        """Types of one size in one or every zone (DescribeAvailableResource with Cores and Memory, no InstanceType)."""
        params: JsonObject = {"Cores": cpu, "Memory": memory_gib}
        if zone_id is not None:
            params["ZoneId"] = zone_id
        supported = await self._available(scope, "InstanceType", charge, params)
        return tuple(read_zone_stock(zone, resource) for zone, resource in supported if zone_id in {None, zone})

    async def instance_types(self, scope: Scope, names: tuple[str, ...]) -> tuple[InstanceTypeFacts, ...]:
        """Facts of the named types (DescribeInstanceTypes)."""
        wanted = tuple(dict.fromkeys(names))

        async def read(chunk: tuple[str, ...]) -> tuple[Fields, ...]:
            path = ("InstanceTypes", "InstanceType")
            return await by_token(self._ecs, scope, "DescribeInstanceTypes", {"InstanceTypes": list(chunk)}, path)

        chunks = await together([partial(read, chunk) for chunk in in_batches(wanted, TYPES_PER_REQUEST)])
        facts = {row.text("InstanceTypeId"): read_instance_type(row) for rows in chunks for row in rows}
        return tuple(facts[name] for name in wanted if name in facts)

    async def system_disk_categories(
        self, scope: Scope, zone_id: str, instance_type: str, charge: Charge
    ) -> tuple[CategorySupport, ...]:
        """System disk categories of a type in a zone (DescribeAvailableResource)."""
        params: JsonObject = {"ZoneId": zone_id, "InstanceType": instance_type}
        supported = await self._available(scope, "SystemDisk", charge, params)
        return tuple(read_category(resource) for zone, resource in supported if zone == zone_id)

    async def data_disk_categories(
        self, scope: Scope, zone_id: str, instance_type: str, charge: Charge, system_category: str
    ) -> tuple[CategorySupport, ...]:
        """Data disk categories beside a system disk of that category (DescribeAvailableResource).

        Without SystemDiskCategory the API assumes cloud_efficiency, and answers wrongly for ESSD-only families.
        """
        params: JsonObject = {
            "ZoneId": zone_id,
            "InstanceType": instance_type,
            "SystemDiskCategory": system_category,
        }
        supported = await self._available(scope, "DataDisk", charge, params)
        return tuple(read_category(resource) for zone, resource in supported if zone == zone_id)

    async def disk_categories(
        self, scope: Scope, instance_type: str, charge: Charge, system_category: str | None = None
    ) -> Mapping[str, tuple[CategorySupport, ...]]:
        """System disk categories by zone, or data disk categories beside a system disk (DescribeAvailableResource)."""
        params: JsonObject = {"InstanceType": instance_type}
        if system_category is not None:
            params["SystemDiskCategory"] = system_category
        destination = "SystemDisk" if system_category is None else "DataDisk"
        zones: dict[str, tuple[CategorySupport, ...]] = {}
        for zone, resource in await self._available(scope, destination, charge, params):
            zones[zone] = (*zones.get(zone, ()), read_category(resource))
        return zones

    async def _available(
        self, scope: Scope, destination: str, charge: Charge, params: JsonObject
    ) -> tuple[tuple[str, Fields], ...]:
        question: JsonObject = {
            "DestinationResource": destination,
            "ResourceType": "instance",
            "InstanceChargeType": charge.charge_type,
            "IoOptimized": "optimized",
            "NetworkCategory": "vpc",
            **params,
        }
        if charge.spot_strategy not in {"", "NoSpot"}:
            question["SpotStrategy"] = charge.spot_strategy
        answer = await self._ecs.read(scope, "DescribeAvailableResource", question)
        return read_supported(answer.items("AvailableZones", "AvailableZone"), destination)

    async def price(self, scope: Scope, launch: LaunchRequest) -> Price:
        """What the launch costs (DescribePrice); without traffic, snapshots and burst fees."""
        return read_price(await self._ecs.read(scope, "DescribePrice", price_parameters(launch)), launch)

    async def dry_run_launch(self, scope: Scope, launch: LaunchRequest, amount: int = 1) -> None:
        """Have a launch checked (RunInstances with DryRun), or so many of it; returns when it would pass.

        Raises:
            CloudRefused: It would be refused, for that reason.
            OutcomeUnknown: No answer; a dry run creates nothing.
        """
        try:
            params = {name: value for name, value in launch.parameters().items() if name != USER_DATA}
            await self._ecs.rehearse(scope, "RunInstances", {**params, "Amount": amount})
        except CloudRefused as refused:
            if refused.kind is not ErrorKind.DRY_RUN_PASSED:
                raise

    async def run_instance(self, scope: Scope, launch: LaunchRequest, attempt: Attempt) -> str:
        """Create exactly one instance (RunInstances); its id comes back while it is Pending.

        Raises:
            ConsentViolation: The attempt covers other parameters; nothing was sent.
            CloudRefused: Refused; nothing was created by this request.
            OutcomeUnknown: It may have been created.
        """
        sealed: JsonObject = {}
        if launch.user_data_from:
            sealed[USER_DATA] = await self._user_data(scope, launch.user_data_from)
        answer = await self._ecs.mutate(scope, "RunInstances", launch.parameters(), attempt, sealed)
        instance_ids = answer.texts("InstanceIdSets", "InstanceIdSet")
        if len(instance_ids) != 1:
            raise _no_id("ecs:RunInstances", "NoSingleInstanceId", answer)
        return instance_ids[0]


async def _with_attributes(ask: Callable[[JsonObject], Awaitable[RowsOfGroup]], filters: JsonObject) -> RowsOfGroup:
    """Ask with the additional attributes, and without them where a region refuses to hear of them."""
    try:
        return await ask({**filters, "AdditionalAttributes": list(ADDITIONAL_ATTRIBUTES)})
    except CloudRefused as refused:
        if refused.kind not in _REJECTED:
            raise
    return await ask(filters)


def _renewal(row: Fields) -> JsonObject:
    return {
        "auto_renew_enabled": row.flag("AutoRenewEnabled"),
        "duration": row.optional_integer("Duration"),
        "period_unit": row.text("PeriodUnit"),
        "renewal_status": row.text("RenewalStatus"),
    }


def _no_id(action: str, code: str, answer: Fields) -> OutcomeUnknown:
    """An answer that succeeded without saying what it made."""
    return OutcomeUnknown(
        action,
        ErrorKind.UNKNOWN,
        code,
        "The answer does not name exactly one new resource.",
        request_id=answer.text("RequestId") or None,
    )
