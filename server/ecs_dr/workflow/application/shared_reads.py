"""One cloud for many members: what several of them would read in the same words is read once.

A plan of a hundred instances asks the same things of the same few types, VPCs and images a hundred times. Only reads
are shared, and only for as long as one plan is being read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import cast

import anyio

from ecs_dr.domain.images.model import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import digest
from ecs_dr.domain.source import Instance
from ecs_dr.workflow.ports import Cloud, Scope

SHARED = frozenset(
    {
        "may_describe_instances",
        "may_describe_images",
        "may_describe_vswitches",
        "describe_image",
        "describe_vpc",
        "describe_vswitches",
        "zone_stock",
        "types_of_size",
        "instance_types",
        "system_disk_categories",
        "data_disk_categories",
        "disk_categories",
    }
)
PERSONAL = frozenset({"InstanceName", "HostName", "Description", "Tag", "DataDisk"})
"""Of a launch: what differs from source to source and has no bearing on its price."""


class SharedReads:
    """Stands in for the cloud while an application is planned."""

    def __init__(self, cloud: Cloud, instances: Mapping[str, Instance], images: tuple[Image, ...] | None) -> None:
        self._cloud = cloud
        self._instances = instances
        self._images = images
        self._found: dict[str, object] = {}
        self._locks: dict[str, anyio.Lock] = {}

    def __getattr__(self, name: str) -> object:
        """Everything else is the cloud's own."""
        method = getattr(self._cloud, name)
        if name not in SHARED:
            return method

        async def shared(scope: Scope, *given: object, **named: object) -> object:
            key = f"{name} {scope.resource_groups} {given!r} {sorted(named.items())!r}"
            return await self._once(key, lambda: method(scope, *given, **named))

        return shared

    async def describe_instance(self, scope: Scope, instance_id: str) -> Instance | None:
        """As it was read with all the others."""
        found = self._instances.get(instance_id)
        return found if found is not None else await self._cloud.describe_instance(scope, instance_id)

    async def find_images(self, scope: Scope, name: str) -> tuple[Image, ...]:
        """The account's own images of that name, from the list of all."""
        if self._images is None:
            return await self._cloud.find_images(scope, name)
        return tuple(image for image in self._images if image.name == name)

    async def price(self, scope: Scope, launch: LaunchRequest) -> object:
        """The same for launches that differ in nothing that is paid for."""
        shape = {name: value for name, value in launch.parameters().items() if name not in PERSONAL}
        sizes = sorted(
            f"{disk.category} {disk.performance_level} {disk.size_gib} {disk.provisioned_iops}" for disk in launch.disks
        )
        return await self._once(f"price {digest(shape)} {sizes}", lambda: self._cloud.price(scope, launch))

    async def _once(self, key: str, ask: Callable[[], Awaitable[object]]) -> object:
        async with self._locks.setdefault(key, anyio.Lock()):
            if key not in self._found:
                self._found[key] = await ask()
        return self._found[key]


def shared(cloud: Cloud, instances: Mapping[str, Instance], images: tuple[Image, ...] | None) -> Cloud:
    """The cloud with its reads shared."""
    return cast("Cloud", SharedReads(cloud, instances, images))
