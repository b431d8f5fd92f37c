"""The instance that a recovery launched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ecs_dr.domain.boot import BootReading
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.source import Instance


@dataclass(slots=True)
class Replica:
    """The instance that was launched, and what was seen of it since; the launch is what was agreed to and sent."""

    instance_id: str
    launch: LaunchRequest
    launched_at: datetime
    seen: bool = False
    taken_up_at: datetime | None = None
    """When it was found with a launch that this process did not send: it is compared with how it was then."""
    unready_since: datetime | None = None
    """Since when the reads have shown it without something that it is waited for."""
    unready_reads: int = 0
    unready_at: datetime | None = None
    """Of the last of these."""
    running_at: datetime | None = None
    """When it was first seen Running with all its disks."""
    instance: Instance | None = None
    """As it was then."""
    boot: BootReading | None = None
    """What its console said when Step 6 last looked."""
    console_since: datetime | None = None
    """When its console was first asked for."""

    def note_running(self, instance: Instance, now: datetime) -> None:
        """It runs, with everything attached."""
        self.running_at = self.running_at or now
        self.instance = instance
