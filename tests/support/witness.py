"""What a recovery did to the cloud, told by the simulator alone: its state and its journal of requests."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.journal import JournalEntry

AGENT = "AlibabaCloud-Agent-Skills/alibabacloud-ecs-disaster-recovery-image/"

CREATING = ("CreateImage", "CreateVSwitch", "RunInstances")

ALLOWED = frozenset(
    {
        *("ecs:DescribeInstances", "ecs:DescribeDisks", "ecs:CreateImage", "ecs:DescribeImages"),
        *("ecs:DescribeAvailableResource", "vpc:DescribeVSwitches", "vpc:CreateVSwitch", "ecs:RunInstances"),
        *("vpc:DescribeVpcs", "ecs:DescribePrice", "ecs:DescribeInstanceTypes"),
        *("ecs:DescribeInstanceRamRole", "ecs:DescribeUserData"),
        *("ecs:DescribeInstanceHistoryEvents", "ecs:DescribeInstanceAutoRenewAttribute"),
        "ecs:GetInstanceConsoleOutput",
        "ecs:DescribeSnapshots",
        "ecs:DescribeSnapshotGroups",
        "ecs:DescribeSecurityGroups",
    }
)
"""The public face's list, written out once more: the product's own could be wrong."""


@dataclass(frozen=True)
class Made:
    """How many resources were created."""

    images: int = 0
    vswitches: int = 0
    instances: int = 0


NOTHING = Made()


class Witness:
    """Looks at the cloud before a recovery and after it."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.source_id = simulator.world.source_instance_id
        self.source_before = self._source()
        self._before = {kind: set(self._table(kind)) for kind in ("images", "vswitches", "instances")}

    @property
    def made(self) -> Made:
        """What exists now and did not at first."""
        return Made(len(self.new("images")), len(self.new("vswitches")), len(self.new("instances")))

    def new(self, kind: str) -> dict[str, dict[str, Json]]:
        """The resources of a kind that were created."""
        return {name: entry for name, entry in self._table(kind).items() if name not in self._before[kind]}

    def carried_out(self, action: str) -> list[JournalEntry]:
        """Requests that truly did something: no rehearsals, no refusals, no repeated ClientTokens."""
        calls = self.simulator.calls(action)
        return [call for call in calls if call.outcome == "OK" and not call.replayed]

    def check(self, session_id: str, expected: Made) -> None:
        """Exactly this was created, the source is as it was, and every request was a proper one."""
        assert self.made == expected
        counted = [len(self.carried_out(action)) for action in CREATING]
        assert counted == [expected.images, expected.vswitches, expected.instances]
        self.check_requests(session_id)

    def check_requests(self, session_id: str) -> None:
        """The source is as it was; every request is allowed, of this session, and names its region."""
        assert self._source() == self.source_before
        assert self.simulator.journal
        region = self.simulator.world.default_region
        for entry in self.simulator.journal:
            assert f"{entry.product}:{entry.action}" in ALLOWED
            assert AGENT + session_id in entry.user_agent
            assert entry.params["RegionId"] == region
            assert entry.action not in CREATING or entry.params.get("ClientToken") or entry.params.get("DryRun")

    def check_replica(self) -> None:
        """One replica in another zone, in the source's VPC and groups, with all disks' contents from the image."""
        (replica_id, replica), (image_id,) = next(iter(self.new("instances").items())), self.new("images")
        source = self._table("instances")[self.source_id]
        assert replica["zone_id"] != source["zone_id"]
        for field in ("vpc_id", "security_group_ids", "instance_charge_type"):
            if not (field == "instance_charge_type" and source[field] == "PrePaid"):
                assert replica[field] == source[field], field
        assert replica["image_id"] == image_id
        own, copied = self._disks_of(self.source_id), self._disks_of(replica_id)
        assert [disk["device"] for disk in copied] == [disk["device"] for disk in own]
        assert [disk["size"] for disk in copied] == [disk["size"] for disk in own]
        snapshots = {name: entry["source_disk_id"] for name, entry in self._table("snapshots").items()}
        origins = [snapshots[str(disk["source_snapshot_id"])] for disk in copied]
        assert origins == [disk["disk_id"] for disk in own]

    def _disks_of(self, instance_id: str) -> list[dict[str, Json]]:
        disks = [
            {**disk, "disk_id": name}
            for name, disk in self._table("disks").items()
            if disk["instance_id"] == instance_id
        ]
        return sorted(disks, key=lambda disk: str(disk["device"]))

    def _source(self) -> Json:
        state = self.simulator.state()
        table = self._table("instances")
        return copy.deepcopy([table.get(self.source_id), *self._disks_of(self.source_id), state["security_groups"]])

    def _table(self, kind: str) -> dict[str, dict[str, Json]]:
        table = self.simulator.state()[kind]
        assert isinstance(table, dict)
        return {name: entry for name, entry in table.items() if isinstance(entry, dict)}
