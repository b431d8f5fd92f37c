"""The other side: the CLI-driven skill's own order, as a second client over the same simulated cloud.

One step after the other; the image is polled every 60 seconds; zone, type, VSwitch and disks are looked at once the
image is ready, or while it is made by a model that thinks ahead, which nothing forbids; after five minutes of waiting
the person is asked once whether to go on. It gives no
interval for the new instance: five seconds are taken, as short as ours. Time for the model to think, to type the
commands and to start the CLI is left out, on both sides.
"""

# An assertion here checks that the measured run went as it should.
# ruff: noqa: S101

from __future__ import annotations

import json
from collections.abc import Mapping

from benchmarks.rig import REGION, SOURCE, Cloud
from ecs_dr.cloud.transport import API_VERSIONS, ApiRequest, Json, Product

POLL_SECONDS = 60.0
ASK_AFTER_SECONDS = 300.0
INSTANCE_POLL_SECONDS = 5.0
SESSION = "0123456789abcdef0123456789abcdef"
ZONE = "cn-beijing-k"


class SkillClient:
    """Does what the skill's document says, in its order."""

    def __init__(self, cloud: Cloud, person_seconds: float = 0, *, asks_early: bool = False) -> None:
        self.cloud = cloud
        self.person_seconds = person_seconds
        self.asks_early = asks_early
        self.asked = 0
        self.commands = 0

    async def recover(self) -> float:
        """A whole recovery; seconds of the cloud's time."""
        clock = self.cloud.clock
        started = clock.host_seconds()
        await self._ask()
        source = (await self._rows("DescribeInstances", "Instances", "Instance", InstanceIds=json.dumps([SOURCE])))[0]
        disks = await self._rows("DescribeDisks", "Disks", "Disk", InstanceId=SOURCE)
        await self._ask()
        image_id = str(
            (await self._ecs("CreateImage", InstanceId=SOURCE, ImageName=f"Create_from_{SOURCE}"))["ImageId"]
        )
        waits_from = clock.host_seconds()
        vswitch = await self._choose(source) if self.asks_early else ""
        await self._wait_for_image(image_id, waits_from)
        vswitch = vswitch or await self._choose(source)
        replica = await self._launch(source, disks, image_id, vswitch)
        await self._wait_for_replica(replica, len(disks))
        return clock.host_seconds() - started

    async def _choose(self, source: Mapping[str, Json]) -> str:
        """Zone, type, disks, and the confirmation of the launch; the VSwitch."""
        instance_type = str(source["InstanceType"])
        await self._stock("InstanceType", InstanceType=instance_type)
        await self._ask()
        await self._ask()
        vpc = source["VpcAttributes"]
        assert isinstance(vpc, dict)
        vswitches = await self._rows("DescribeVSwitches", "VSwitches", "VSwitch", "vpc", VpcId=str(vpc["VpcId"]))
        await self._stock("SystemDisk", InstanceType=instance_type, ZoneId=ZONE)
        await self._ask()
        return next(str(one["VSwitchId"]) for one in vswitches if one["ZoneId"] == ZONE)

    async def _wait_for_image(self, image_id: str, began: float) -> None:
        clock, has_asked, due = self.cloud.clock, False, began
        while True:
            due = max(due + POLL_SECONDS, clock.host_seconds())
            await clock.sleep(due - clock.host_seconds())
            images = await self._rows(
                "DescribeImages", "Images", "Image", ImageId=image_id, Status="Creating,Available,UnAvailable"
            )
            if images and images[0]["Status"] == "Available":
                return
            if not has_asked and clock.host_seconds() - began >= ASK_AFTER_SECONDS:
                has_asked = True
                await self._ask()

    async def _launch(
        self, source: Mapping[str, Json], disks: list[dict[str, Json]], image_id: str, vswitch: str
    ) -> str:
        groups = source["SecurityGroupIds"]
        assert isinstance(groups, dict)
        found = groups["SecurityGroupId"]
        assert isinstance(found, list)
        params: dict[str, Json] = {
            "ZoneId": ZONE,
            "ImageId": image_id,
            "InstanceType": source["InstanceType"],
            "VSwitchId": vswitch,
            "SecurityGroupId": found[0],
            "InstanceName": f"recovery-{source['InstanceName']}",
            "InstanceChargeType": source["InstanceChargeType"],
            "InternetChargeType": source["InternetChargeType"],
            "InternetMaxBandwidthOut": source["InternetMaxBandwidthOut"],
            "Amount": 1,
        }
        data: list[Json] = []
        for disk in disks:
            wanted: dict[str, Json] = {"Category": disk["Category"], "Size": disk["Size"]}
            if disk["Category"] == "cloud_essd":
                wanted["PerformanceLevel"] = disk["PerformanceLevel"]
            if disk["Type"] == "system":
                params["SystemDisk"] = wanted
            else:
                encrypted: dict[str, Json] = {"Encrypted": "true"} if disk["Encrypted"] else {}
                data.append({"Device": disk["Device"], **wanted, **encrypted})
        params["DataDisk"] = data
        made = (await self._ecs("RunInstances", **params))["InstanceIdSets"]
        assert isinstance(made, dict)
        ids = made["InstanceIdSet"]
        assert isinstance(ids, list)
        return str(ids[0])

    async def _wait_for_replica(self, replica: str, disk_count: int) -> None:
        while True:
            found = await self._rows("DescribeInstances", "Instances", "Instance", InstanceIds=json.dumps([replica]))
            if found and found[0]["Status"] == "Running":
                disks = await self._rows("DescribeDisks", "Disks", "Disk", InstanceId=replica)
                if len(disks) == disk_count:
                    return
            await self.cloud.clock.sleep(INSTANCE_POLL_SECONDS)

    async def _ask(self) -> None:
        self.asked += 1
        await self.cloud.clock.sleep(self.person_seconds)

    async def _stock(self, destination: str, **params: str) -> None:
        await self._ecs(
            "DescribeAvailableResource", DestinationResource=destination, InstanceChargeType="PostPaid", **params
        )

    async def _rows(
        self, action: str, outer: str, inner: str, product: Product = "ecs", **params: str
    ) -> list[dict[str, Json]]:
        answer = await self._send(product, action, dict(params))
        container = answer[outer]
        assert isinstance(container, dict)
        rows = container[inner]
        assert isinstance(rows, list)
        return [row for row in rows if isinstance(row, dict)]

    async def _ecs(self, action: str, **params: Json) -> Mapping[str, Json]:
        return await self._send("ecs", action, params)

    async def _send(self, product: Product, action: str, params: Mapping[str, Json]) -> Mapping[str, Json]:
        self.commands += 1
        request = ApiRequest(
            product=product,
            version=API_VERSIONS[product],
            action=action,
            region_id=REGION,
            params={"RegionId": REGION, **params},
            session_id=SESSION,
        )
        return await self.cloud.line.call(request)
