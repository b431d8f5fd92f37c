"""The tools, registered with the SDK: check the arguments, carry the call out, word the answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import anyio
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, InputRequiredResult, Tool, ToolAnnotations

from ecs_dr.domain.names import is_session_id
from ecs_dr.domain.questions import Road
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import InvalidInput
from ecs_dr.protocol.arguments import checked
from ecs_dr.protocol.asking import Conversation, Exchange
from ecs_dr.protocol.boundary import INTERNAL_ERROR, Boundary
from ecs_dr.protocol.catalogue import TOOLS, ToolSpec
from ecs_dr.protocol.links import report_links
from ecs_dr.protocol.mirror import shows_both
from ecs_dr.protocol.report_app import tool_meta
from ecs_dr.protocol.results import Presenter, output_schema
from ecs_dr.protocol.sdk import CallContext, Lifespan
from ecs_dr.protocol.service import RecoveryService
from ecs_dr.traces import tool_call

if TYPE_CHECKING:
    from ecs_dr.workflow.ports import Progress

logger = logging.getLogger(__name__)

_SPECS: Mapping[str, ToolSpec] = {spec.name: spec for spec in TOOLS}


class Desk:
    """Carries out tool calls."""

    def __init__(
        self, recovery: RecoveryService, conversation: Conversation, boundary: Boundary, presenter: Presenter
    ) -> None:
        self._recovery = recovery
        self._conversation = conversation
        self._boundary = boundary
        self._presenter = presenter

    def tools(self) -> list[Tool]:
        """All tools, in the order of the workflow."""
        return [
            Tool(
                name=spec.name,
                title=spec.title,
                description=spec.description,
                input_schema=spec.input_schema(),
                output_schema=output_schema(),
                annotations=_annotations(spec),
                _meta=tool_meta(spec.name),
            )
            for spec in TOOLS
        ]

    async def call(
        self, name: str, arguments: dict[str, object], context: CallContext
    ) -> CallToolResult | InputRequiredResult:
        """Carry a call out.

        Raises:
            ToolError: There is no such tool; or a bug, of which nothing is told but that.
        """
        spec = _SPECS.get(name)
        if spec is None:
            raise ToolError(f"Unknown tool: {name}")
        try:
            with tool_call(spec.name) as traced:
                result = await self._carry_out(spec, arguments, context)
                if isinstance(result, CallToolResult):
                    traced.update(told_of(result))
                return result
        except MCPError:
            raise
        except Exception as error:
            logger.exception("tool %s", spec.name)
            raise ToolError(INTERNAL_ERROR) from error

    async def _carry_out(
        self, spec: ToolSpec, raw: dict[str, object], context: CallContext
    ) -> CallToolResult | InputRequiredResult:
        async def work() -> Answer | InputRequiredResult:
            try:
                arguments = checked(spec, raw)
            except InvalidInput as error:
                error.session_id = named
                raise
            on_progress, road = progress_of(context), self._conversation.road(context)
            begin = partial(self._begin, spec, arguments, on_progress, road)
            return await self._conversation.converse(Exchange(spec.name, context, on_progress), begin)

        named, language = _named_session(raw), raw.get("language")
        asked = language if isinstance(language, str) else None
        outcome = await self._boundary.guard(spec, work, named, asked)
        if isinstance(outcome, InputRequiredResult):
            return outcome
        result = self._presenter.result(outcome, as_mirror=shows_both(context))
        say = self._recovery.texts if outcome.language is None else Texts(outcome.language)
        result.content.extend(report_links(outcome, say))
        return result

    async def _begin(
        self, spec: ToolSpec, arguments: dict[str, str | None], on_progress: Progress, road: Road
    ) -> Answer:
        """The first answer of a call, before anybody was asked anything in it."""
        if spec.name != "answer_question":
            return await self._recovery.call(spec.name, arguments, on_progress, road)
        session_id, question_id, choice = (arguments[name] or "" for name in ("session_id", "question_id", "choice"))
        if road != "answer_question":
            return self._recovery.propose(session_id, question_id, choice)
        text = arguments["text"]
        return await self._recovery.answer(
            session_id, question_id, choice, text, on_progress, road=road, called=spec.name
        )


class ToolServer(MCPServer[Lifespan]):
    """The SDK's server with tools of our own: their arguments are checked by `arguments.checked` alone.

    The SDK's validation ignores unknown arguments, and repeats a value that it refuses.
    """

    desk: Desk

    async def list_tools(self) -> list[Tool]:
        """All of them, the same for every client."""
        return self.desk.tools()

    async def call_tool(
        self, name: str, arguments: dict[str, object], context: CallContext | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Carry a client's call out; there is no other caller."""
        return await self.desk.call(name, arguments, context or CallContext(mcp_server=self))


def _annotations(spec: ToolSpec) -> ToolAnnotations:
    """What differs from the protocol's defaults (it writes, destroys, is not repeatable, and reaches outside)."""
    return ToolAnnotations(
        read_only_hint=spec.reads_only or None,
        destructive_hint=False,
        idempotent_hint=spec.repeatable or None,
        open_world_hint=None if spec.open_world else False,
    )


def told_of(result: CallToolResult) -> dict[str, str]:
    """What a trace tells of an answer: its status, and the code of a failure."""
    content = result.structured_content or {}
    problem = content.get("problem")
    told = {"ecs_dr.status": str(content.get("status"))}
    if isinstance(problem, dict) and result.is_error:
        told |= {"ecs_dr.problem": str(problem.get("code")), "error.type": "tool_error"}
    return told


def _named_session(raw: Mapping[str, object]) -> str | None:
    """The session that a call names, if it is one by its form."""
    named = raw.get("session_id") or raw.get("application_id")
    return named if isinstance(named, str) and is_session_id(named) else None


def progress_of(context: CallContext) -> Progress:
    """Reports progress to the client, if it asked for it; a client that is gone is no reason to stop.

    Progress must increase with each notification (MCP, Progress): a standstill moves on by a hundredth.
    """
    last = float("-inf")

    async def tell(progress: float, total: float | None, message: str) -> None:
        nonlocal last
        last = progress if progress > last else round(last + 0.01, 2)
        try:
            await context.report_progress(last, total, message)
        except (MCPError, anyio.ClosedResourceError, anyio.BrokenResourceError) as error:
            logger.debug("progress was not delivered: %s", type(error).__name__)

    return tell
