"""The MCP server: everything registered, nothing started. No network, no disk, no credentials before the first call."""

from __future__ import annotations

from collections.abc import Mapping

from mcp.server.caching import CacheHint
from mcp.server.request_state import RequestStateSecurity
from mcp_types import Icon
from mcp_types.methods import CacheableMethod

from ecs_dr import __version__
from ecs_dr.protocol.asking import FORM_PATIENCE_SECONDS, REQUEST_STATE_SECONDS, Conversation, Elicitation
from ecs_dr.protocol.boundary import Boundary
from ecs_dr.protocol.completions import add_completions
from ecs_dr.protocol.documents import add_documents
from ecs_dr.protocol.prompts import add_prompts
from ecs_dr.protocol.report_app import report_app
from ecs_dr.protocol.resources import add_resources
from ecs_dr.protocol.results import Presenter
from ecs_dr.protocol.sdk import Server
from ecs_dr.protocol.service import RecoveryService
from ecs_dr.protocol.skills import Skills
from ecs_dr.protocol.tools import Desk, ToolServer

NAME = "ecs-dr"
ICON = Icon(
    src="data:image/svg+xml;base64,"
    "PHN2ZyB4bWxucz0naHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmcnIHZpZXdCb3g9JzAgMCA4IDgnPjxjaXJjbGUgY3"
    "g9JzQnIGN5PSc0JyByPSczJyBmaWxsPSdub25lJyBzdHJva2U9J3JlZCcgc3Ryb2tlLXdpZHRoPScyJy8+PC9zdmc+",
    mime_type="image/svg+xml",
)
"""A lifebuoy (a red ring), small: since 2026-07-28 the server's information travels with every result."""
_LISTS = CacheHint(ttl_ms=300_000, scope="public")
"""What is listed is the same for every client and does not change while the server runs; what is read does."""
CACHE_HINTS: Mapping[CacheableMethod, CacheHint] = {
    "tools/list": _LISTS,
    "prompts/list": _LISTS,
    "resources/list": _LISTS,
    "resources/templates/list": _LISTS,
}

INSTRUCTIONS = (
    "Recovers an Alibaba Cloud ECS instance into another availability zone. Order: check_credentials, collect_source, "
    "plan_recovery, create_image (or adopt_image), choose_target, prepare_vswitch, check_disks while the image builds, "
    "create_instance, verify_instance; follow `next` in each answer. needs_answer: put the question to the user, wait, "
    "pass the choice to answer_question; no answer means no. in_progress: call the tool in `next` again. "
    "Never choose for the user, never ask for or pass access keys."
)


def build_server(
    recovery: RecoveryService,
    *,
    elicitation: Elicitation,
    simulated: bool,
    own_client: bool = False,
    form_patience_seconds: float = FORM_PATIENCE_SECONDS,
) -> Server:
    """The server over a recovery service.

    Args:
        recovery: The workflow; whoever runs the server also runs its background work.
        elicitation: `off` never shows a form.
        simulated: Said in every answer.
        own_client: The terminal of this package: its forms show Markdown, and each option with its description.
        form_patience_seconds: How long a form may stay open during a call.
    """
    presenter = Presenter(recovery.texts, simulated=simulated, own_client=own_client)
    conversation = Conversation(recovery, presenter, elicitation, form_patience_seconds)
    boundary = Boundary(recovery)
    desk = Desk(recovery, conversation, boundary, presenter)
    server = ToolServer(
        NAME,
        title="Alibaba Cloud ECS disaster recovery",
        version=__version__,
        instructions=INSTRUCTIONS,
        icons=[ICON],
        cache_hints=CACHE_HINTS,
        extensions=[report_app(), Skills()],
        log_level="WARNING",
        request_state_security=RequestStateSecurity.ephemeral(ttl=REQUEST_STATE_SECONDS),
        subscriptions=False,
    )
    server.desk = desk
    add_resources(server, recovery, presenter)
    add_documents(server)
    add_prompts(server, recovery.texts)
    add_completions(server, recovery)
    return server
