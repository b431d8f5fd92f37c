"""The one place that knows how a question reaches a person.

Three roads, chosen per call:

1. Protocol 2026-07-28 and a client that can show forms: the call returns an input request, and the client makes the
   same call again with the answer.
2. An earlier protocol and a client that can show forms: `elicitation/create` during the call.
3. Otherwise: the answer `needs_answer`, and the tool `answer_question`.

On the first two nobody answers in the person's place: `answer_question` puts the same question as a form, and no
answer gives a question away. On none does `answer_question` create anything (`Run.hand_over`).

Nothing here decides what counts as an answer: every choice, also a missing or unknown one, goes to the workflow,
which knows the pinned question. What was not answered is dismissed.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import anyio
from mcp.shared.exceptions import MCPError
from mcp_types import ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from ecs_dr.domain.model import Model
from ecs_dr.domain.questions import PinnedQuestion, Road
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.errors import StaleQuestion
from ecs_dr.protocol.results import Presenter
from ecs_dr.protocol.sdk import CallContext
from ecs_dr.protocol.service import Dismissal, RecoveryService

if TYPE_CHECKING:
    from ecs_dr.workflow.ports import Progress

logger = logging.getLogger(__name__)

Elicitation = Literal["auto", "off"]

MAX_FORMS_PER_CALL = 10
"""Clients give up a call after ten input requests (the TypeScript, Python, Go and C# SDKs do): the call ends, and the
tool is to be called again.

During a call (road 2) as well: a client that answers by itself must not be asked for ever.
"""

MAX_UNUSABLE_PER_CALL = 5
"""How many answers of one call may be unusable before it stops."""

FORM_PATIENCE_SECONDS = 600.0
"""How long a form may stay open during a call (road 2) before it counts as closed."""

REQUEST_STATE_SECONDS = 24 * 3600.0
"""How long a form may stay open between two calls (road 1). The SDK's default of 600 s is short for a person."""


class FormState(Model):
    """What the client hands back with an answer (sealed by the SDK on the way): which question it answers."""

    session_id: str
    question_id: str
    tool: ToolName
    forms: int
    """How many forms this call has shown."""
    unusable: int = 0
    """How many of its answers could not be used."""


@dataclass(frozen=True)
class Exchange:
    """One tool call, as far as asking is concerned."""

    tool: ToolName
    context: CallContext
    on_progress: Progress | None


def road_of(context: CallContext, elicitation: Elicitation) -> Road:
    """Which road this client can take, by what it declared."""
    capabilities = context.client_capabilities
    declared = capabilities.elicitation if capabilities is not None else None
    if elicitation == "off" or declared is None:
        return "answer_question"
    if declared.form is None and declared.url is not None:  # `{}` has always meant forms
        return "answer_question"
    if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
        return "input_request"
    return "elicitation" if context.request_context.session.can_send_request else "answer_question"


class Conversation:
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

    def road(self, context: CallContext) -> Road:
        """How this call's questions reach the person."""
        return road_of(context, self._elicitation)

    async def converse(
        self, exchange: Exchange, first: Callable[[], Awaitable[Answer]]
    ) -> Answer | InputRequiredResult:
        """The call's final answer, or the input request that the client answers with its next call.

        Raises:
            EcsDrError: From the workflow, also for an answer that is none.
        """
        road = self.road(exchange.context)
        echoed = _echoed(exchange)
        forms = unusable = 0
        if echoed is None:
            answer = await first()
        else:
            forms, unusable = echoed.forms, echoed.unusable
            reply = _reply(exchange.context, echoed.question_id)
            answer = await self._take(exchange, road, echoed.session_id, echoed.question_id, reply)
        while answer.question is not None and answer.session_id is not None and road != "answer_question":
            unusable += answer.asked_again
            question_id = answer.question.question_id
            if unusable >= MAX_UNUSABLE_PER_CALL:
                return await self._close(answer.session_id, question_id, road, "step.never_usable")
            forms += 1
            if forms > MAX_FORMS_PER_CALL:
                return self._presenter.to_be_called_again(answer)
            if road == "input_request":
                return self._input_request(exchange, answer, answer.question, forms, unusable)
            given = await self._ask_now(exchange, answer, answer.question)
            answer = await self._take(exchange, road, answer.session_id, question_id, given)
        return answer

    async def _take(
        self, exchange: Exchange, road: Road, session_id: str, question_id: str, reply: ElicitResult | None
    ) -> Answer:
        if reply is None or reply.action != "accept":
            how: Dismissal = "decline" if reply is not None and reply.action == "decline" else "cancel"
            return await self._close(session_id, question_id, road, "step.dismissed", how)
        content = reply.content or {}
        choice, text = content.get("choice"), content.get("text")
        return await self._recovery.answer(
            session_id,
            question_id,
            choice.strip() if isinstance(choice, str) else "",
            (text.strip() or None) if isinstance(text, str) else None,
            exchange.on_progress,
            road=road,
            called=exchange.tool,
        )

    async def _close(
        self, session_id: str, question_id: str, road: Road, key: str, how: Dismissal = "cancel"
    ) -> Answer:
        return await self._recovery.dismiss(session_id, question_id, how, road, key=key)

    def _input_request(
        self, exchange: Exchange, answer: Answer, pinned: PinnedQuestion, forms: int, unusable: int
    ) -> InputRequiredResult:
        state = FormState(
            session_id=answer.session_id or "",
            question_id=pinned.question_id,
            tool=exchange.tool,
            forms=forms,
            unusable=unusable,
        )
        form = ElicitRequestFormParams(
            message=self._presenter.form_message(answer, pinned),
            requested_schema=self._presenter.form_schema(answer, pinned),
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
                    self._presenter.form_schema(answer, pinned),
                    exchange.context.request_id,
                )
            except (MCPError, ValidationError) as error:
                logger.warning("a form could not be shown (%s): it counts as closed", type(error).__name__)
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
