"""The one place that knows how a question reaches a person.

Three roads, chosen per call:

1. Protocol 2026-07-28 and a client that can show forms: the call returns an input request, and the client makes the
   same call again with the answer.
2. An earlier protocol and a client that can show forms: `elicitation/create` during the call.
3. Otherwise: the answer `needs_answer`, and the tool `answer_question`.

Nothing here decides what counts as an answer: every choice, also a missing or unknown one, goes to the workflow,
which knows the pinned question. What was not answered is dismissed.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

import anyio
from mcp.shared.exceptions import MCPError
from mcp_types import ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from ecs_dr.domain.model import Model
from ecs_dr.domain.questions import PinnedQuestion
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.errors import StaleQuestion
from ecs_dr.protocol.results import Presenter
from ecs_dr.protocol.sdk import CallContext
from ecs_dr.protocol.service import RecoveryService, Report

logger = logging.getLogger(__name__)

Elicitation = Literal["auto", "off"]

MAX_FORMS_PER_CALL = 10
"""Clients give up a call after ten input requests (the TypeScript, Python, Go and C# SDKs do); then road 3 it is.

During a call (road 2) as well: a client that answers by itself must not be asked for ever.
"""

FORM_PATIENCE_SECONDS = 600.0
"""How long a form may stay open during a call (road 2) before the question is handed to road 3."""

REQUEST_STATE_SECONDS = 24 * 3600.0
"""How long a form may stay open between two calls (road 1). The SDK's default of 600 s is short for a person."""


class Road(Enum):
    """How this call's questions reach the person."""

    INPUT_REQUEST = 1
    ELICITATION = 2
    ANSWER_TOOL = 3


class FormState(Model):
    """What the client hands back with an answer (sealed by the SDK on the way): which question it answers."""

    session_id: str
    question_id: str
    tool: ToolName
    forms: int
    """How many forms this call has shown."""


@dataclass(frozen=True)
class Exchange:
    """One tool call, as far as asking is concerned."""

    tool: ToolName
    context: CallContext
    report: Report | None


def road_of(context: CallContext, elicitation: Elicitation) -> Road:
    """Which road this client can take, by what it declared."""
    capabilities = context.client_capabilities
    declared = capabilities.elicitation if capabilities is not None else None
    if elicitation == "off" or declared is None:
        return Road.ANSWER_TOOL
    if declared.form is None and declared.url is not None:  # `{}` has always meant forms
        return Road.ANSWER_TOOL
    if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
        return Road.INPUT_REQUEST
    return Road.ELICITATION if context.request_context.session.can_send_request else Road.ANSWER_TOOL


class Asker:
    """Takes a tool call through all its questions."""

    def __init__(
        self,
        recovery: RecoveryService,
        presenter: Presenter,
        elicitation: Elicitation,
        patience_seconds: float = FORM_PATIENCE_SECONDS,
    ) -> None:
        self._recovery = recovery
        self._presenter = presenter
        self._elicitation = elicitation
        self._patience_seconds = patience_seconds

    async def converse(
        self, exchange: Exchange, first: Callable[[], Awaitable[Answer]]
    ) -> Answer | InputRequiredResult:
        """The call's final answer, or the input request that the client answers with its next call.

        Raises:
            EcsDrError: From the workflow, also for an answer that is none.
        """
        road = road_of(exchange.context, self._elicitation)
        echoed = _echoed(exchange)
        if echoed is None:
            answer, forms = await first(), 0
        else:
            reply = _reply(exchange.context, echoed.question_id)
            answer = await self._take(exchange, echoed.session_id, echoed.question_id, reply)
            forms = echoed.forms
        while answer.question is not None and answer.session_id is not None and road is not Road.ANSWER_TOOL:
            forms += 1
            if forms > MAX_FORMS_PER_CALL:
                break
            if road is Road.INPUT_REQUEST:
                return self._input_request(exchange, answer.session_id, answer, answer.question, forms)
            given = await self._ask_now(exchange, answer, answer.question)
            if given is None:
                break
            answer = await self._take(exchange, answer.session_id, answer.question.question_id, given)
        return answer

    async def _take(self, exchange: Exchange, session_id: str, question_id: str, reply: ElicitResult | None) -> Answer:
        if reply is None or reply.action == "cancel":
            return await self._recovery.dismiss(session_id, question_id, "cancel")
        if reply.action == "decline":
            return await self._recovery.dismiss(session_id, question_id, "decline")
        content = reply.content or {}
        choice, text = content.get("choice"), content.get("text")
        return await self._recovery.answer(
            session_id,
            question_id,
            choice.strip() if isinstance(choice, str) else "",
            (text.strip() or None) if isinstance(text, str) else None,
            exchange.report,
        )

    def _input_request(
        self, exchange: Exchange, session_id: str, answer: Answer, pinned: PinnedQuestion, forms: int
    ) -> InputRequiredResult:
        state = FormState(session_id=session_id, question_id=pinned.question_id, tool=exchange.tool, forms=forms)
        form = ElicitRequestFormParams(
            message=self._presenter.form_message(answer, pinned),
            requested_schema=self._presenter.form_schema(pinned),
        )
        return InputRequiredResult(
            input_requests={pinned.question_id: ElicitRequest(params=form)}, request_state=state.model_dump_json()
        )

    async def _ask_now(self, exchange: Exchange, answer: Answer, pinned: PinnedQuestion) -> ElicitResult | None:
        """The person's reply to a form, or None when the client could not show it after all."""
        with anyio.move_on_after(self._patience_seconds):
            try:
                return await exchange.context.request_context.session.elicit_form(
                    self._presenter.form_message(answer, pinned),
                    self._presenter.form_schema(pinned),
                    exchange.context.request_id,
                )
            except (MCPError, ValidationError) as error:
                logger.warning("a form could not be shown (%s): answer_question takes over", type(error).__name__)
        return None


def _echoed(exchange: Exchange) -> FormState | None:
    """The state that came back with the client's retry.

    Raises:
        StaleQuestion: It is of another tool or form than this server hands out.
    """
    if exchange.context.request_state is None:
        return None
    try:
        state = FormState.model_validate_json(exchange.context.request_state)
    except ValidationError:
        raise StaleQuestion("StaleQuestion", "stale_question", {"question_id": "?"}) from None
    if state.tool != exchange.tool:
        raise StaleQuestion("StaleQuestion", "stale_question", {"question_id": state.question_id})
    return state


def _reply(context: CallContext, question_id: str) -> ElicitResult | None:
    response = (context.input_responses or {}).get(question_id)
    return response if isinstance(response, ElicitResult) else None
