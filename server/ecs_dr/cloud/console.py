"""The console of the replica: read, judged, dropped."""

from __future__ import annotations

import base64
import binascii

from ecs_dr.cloud.calls import Caller
from ecs_dr.domain.boot import Boot, judge_console
from ecs_dr.domain.model import JsonObject
from ecs_dr.workflow.ports import Scope


class ConsoleOperations:
    """What a console says of a start (GetInstanceConsoleOutput)."""

    def __init__(self, caller: Caller) -> None:
        self._ecs_console = caller

    async def boot_of(self, scope: Scope, instance_id: str) -> Boot | None:
        """How the start ended; None while the console is empty (the API caches it, and says nowhere how soon).

        The text never leaves this function. Bytes of any encoding are judged by what of them is readable.
        """
        params: JsonObject = {"InstanceId": instance_id, "RemoveSymbols": True}
        answer = await self._ecs_console.read(scope, "GetInstanceConsoleOutput", params)
        try:
            content = base64.b64decode(answer.text("ConsoleOutput"), validate=False)
        except (binascii.Error, ValueError):
            return "unknown"
        return judge_console(content.decode("utf-8", errors="replace")) if content.strip() else None
