"""English texts: what is said when a call must wait, or ends before its work does."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "error.too_many_sessions.message": "This server holds {limit} recoveries, each of which has created something or is at work, and none of them is yours to end.",
    "error.too_many_sessions.cause": "So that nobody loses sight of what exists and is billed, none is ended for a new one.",
    "error.too_many_sessions.actions": "Wait until one is idle for a day or its server is started anew; then call the tool again.\nStart a server of your own for this recovery: ecs-dr serve on stdio needs no other.",
    "step.busy": "Another call of this step is still at work, and this one has done nothing. Call the tool again: it goes on when its turn has come.",
    "step.still_reading": "Alibaba Cloud answers slowly, and this call has reached its limit ({action}, {count} answers so far). What was read is kept: the next call goes on from there.",
}
