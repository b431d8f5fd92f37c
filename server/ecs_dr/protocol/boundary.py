"""The one place where errors become answers. Whatever is not in the tree of `errors.py` is a bug and shows no text."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar, get_args

from ecs_dr.domain.steps import STEP_OF, Answer, Next, Problem, StepName, ToolName
from ecs_dr.domain.telling import Telling, Words, tell
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import EcsDrError, InvalidInput, StaleQuestion, StepOutOfOrder, UserError
from ecs_dr.logs import whereabouts
from ecs_dr.protocol.catalogue import TOOLS, ToolSpec
from ecs_dr.protocol.service import RecoveryService

logger = logging.getLogger(__name__)

_TOOLS: tuple[ToolName, ...] = get_args(ToolName)
_STEPS: tuple[StepName, ...] = get_args(StepName)

INTERNAL_ERROR = "InternalError"

_TOOL_OF: Mapping[str, ToolName] = {
    STEP_OF[spec.name]: spec.name for spec in reversed(TOOLS) if STEP_OF[spec.name] != "session"
}
"""Which tool to call again after `answer_question`: the question is used up, so it is the step's first tool."""

Outcome = TypeVar("Outcome")


class Boundary:
    """Runs the work of a tool call so that only answers leave it."""

    def __init__(self, recovery: RecoveryService) -> None:
        self._recovery = recovery

    async def guard(
        self,
        spec: ToolSpec,
        work: Callable[[], Awaitable[Outcome]],
        session_id: str | None = None,
        language: str | None = None,
    ) -> Outcome | Answer:
        """The outcome of the work, or the answer `failed`. A cancellation passes through.

        Args:
            spec: The tool that was called.
            work: Carries the call out.
            session_id: The session that the call names, so that neither a bug nor a wrong argument loses it.
            language: The language that the call names.
        """
        try:
            return await work()
        except EcsDrError as error:
            expected = error
        except Exception as error:  # noqa: BLE001 - the boundary: a bug must not put its text before a model
            return self._bug(spec, error, session_id, self._recovery.texts_for(session_id, language))
        say = self._recovery.texts_for(expected.session_id or session_id, language)
        try:
            return self._failed(spec, expected, say)
        except Exception as error:  # noqa: BLE001 - as above, in the explanation itself
            return self._bug(spec, error, expected.session_id or session_id, say)

    def _failed(self, spec: ToolSpec, error: EcsDrError, say: Texts) -> Answer:
        from ecs_dr.domain.diagnosis import explain

        says_it = isinstance(error, UserError) and error.standing is not None
        problem = explain(error, say, self._recovery.diagnosis_context(error.session_id))
        return Answer(
            session_id=error.session_id,
            step=next((step for step in _STEPS if step == error.step), STEP_OF[spec.name]),
            status="failed",
            telling=tell(problem.message) if says_it else self._with_standing(problem.message, error.session_id),
            data=dict(error.data),
            next=_next(spec, error, problem, say) or self._way_on(error.session_id, say),
            problem=problem,
            language=say.language,
        )

    def _bug(self, spec: ToolSpec, error: Exception, session_id: str | None, say: Texts) -> Answer:
        # Where it happened, and not a word of the exception's own text: it may quote what the cloud or the user said.
        logger.error("%s failed inside: %s", spec.name, whereabouts(error))
        problem = Problem(
            code=INTERNAL_ERROR,
            message=say("error.internal.message"),
            cause=say("error.internal.cause"),
            actions=tell(say("error.internal.actions")).lines,
        )
        look = Next(tool="get_session", why=say("result.why_look"))
        return Answer(
            session_id=session_id,
            step=STEP_OF[spec.name],
            status="failed",
            telling=self._with_standing(problem.message, session_id),
            next=look,
            problem=problem,
            language=say.language,
        )

    def _way_on(self, session_id: str | None, say: Texts) -> Next | None:
        on = self._recovery.way_on(session_id)
        return None if on is None else Next(tool=on, why=say("result.why_way_on"))

    def _with_standing(self, message: Words, session_id: str | None) -> Telling:
        """Every ending says what exists: also one that nobody expected."""
        try:
            standing = self._recovery.standing(session_id)
        except Exception:
            logger.exception("what exists could not be told")
            return tell(message)
        return tell(message, standing)


def _next(spec: ToolSpec, error: EcsDrError, problem: Problem, say: Texts) -> Next | None:
    supplier = next((name for name in _TOOLS if isinstance(error, UserError) and name == error.next_tool), None)
    if supplier is not None:
        why = "result.why_supply" if isinstance(error, StepOutOfOrder) else f"next.{supplier}"
        return Next(tool=supplier, why=say(why))
    again = _TOOL_OF.get(error.step or "", spec.name) if spec.name == "answer_question" else spec.name
    if problem.retryable:
        return Next(tool=again, why=say("result.why_retry"))
    if isinstance(error, InvalidInput):
        return Next(tool=again, why=say("result.why_correct"))
    if isinstance(error, StaleQuestion):
        return Next(tool="get_session", why=say("result.why_look"))
    return None
