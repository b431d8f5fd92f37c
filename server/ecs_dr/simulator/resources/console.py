"""The console of an instance."""

from __future__ import annotations

import base64
from datetime import timedelta

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.consoles import console_bytes
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.lifecycle import instance_status
from ecs_dr.simulator.params import required
from ecs_dr.simulator.resources.instances import existing_instance


@action("ecs", "GetInstanceConsoleOutput")
def get_instance_console_output(call: Call) -> dict[str, Json]:
    """What the console held at the last start, in Base64; empty until the cloud has taken it down.

    Nobody says when that is (`behaviour.console_delay_seconds`), and Windows has none.
    """
    instance = existing_instance(call, required(call.params, "InstanceId"))
    if instance.os_type == "windows":
        raise Fault("NotSupported", "The specified instance does not support this operation.", 405)
    if instance_status(call.world, instance, call.now) == "Pending":
        raise Fault(
            "IncorrectInstanceStatus", "The current status of the instance does not support this operation.", 405
        )
    behaviour = call.world.behaviour
    started = instance.launched_at or call.now - timedelta(days=1)
    boot = behaviour.instance_pending_seconds + behaviour.instance_start_seconds + behaviour.console_delay_seconds
    written = started + timedelta(seconds=boot)
    # Only what was launched here starts in the way that the world says: the source has been up for long.
    name = behaviour.console if instance.launched_at is not None else "login"
    content = console_bytes(name, instance.host_name, instance.os_name_en) if call.now >= written else b""
    return {
        "InstanceId": instance.instance_id,
        "ConsoleOutput": base64.b64encode(content).decode("ascii"),
        "LastUpdateTime": min(written, call.now).strftime("%Y-%m-%d %H:%M:%S") if content else "",
    }
