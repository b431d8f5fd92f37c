"""A recovery service that follows a script, and clients of both protocol eras around the real server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Literal, NoReturn

from mcp.client.client import Client
from mcp.client.session import ElicitationFnT
from mcp_types import CallToolResult, TextContent

from ecs_dr.domain.diagnosis import DiagnosisContext
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.questions import Option, PinnedQuestion, Question, Road
from ecs_dr.domain.steps import Answer, Next, ToolName
from ecs_dr.domain.telling import Telling, Words, tell
from ecs_dr.domain.texts import Language, Texts, understood_language
from ecs_dr.errors import EcsDrError, StaleQuestion, UnknownSession
from ecs_dr.protocol.app import build_server
from ecs_dr.protocol.service import Dismissal
from ecs_dr.workflow.ports import Progress

SESSION = "5e55" * 8
Era = Literal["legacy", "2026-07-28"]
ERAS: tuple[Era, ...] = ("legacy", "2026-07-28")


def pinned(number: int, *, allow_text: bool = False) -> PinnedQuestion:
    """The n-th question of a script."""
    options = (
        Option(
            value="confirm", label=f"Go {number} (Recommended)", description=f"Goes on with {number}", recommended=True
        ),
        Option(value="custom" if allow_text else "abort", label="Other", description="Does something else"),
    )
    question = Question(
        telling=tell(Words(f"Question {number}?")), options=options, allow_text=allow_text, text_label=Words("A name")
    )
    return PinnedQuestion(question_id=f"{number:032x}", key=f"key.{number}", question=question)


class EmptyShelf:
    """Nothing was written."""

    def runbook(self, session_id: str, name: str) -> None:
        del session_id, name

    async def report(self, session_id: str) -> NoReturn:
        raise UnknownSession("UnknownSession", "unknown_since", {"since": session_id})


class ScriptedRecovery:
    """Asks its questions one after the other, then is done. Answers must fit, as in the real workflow."""

    def __init__(self, *questions: PinnedQuestion, language: Language = "en") -> None:
        self.texts = Texts(language)
        self.questions = list(questions)
        self.calls: list[tuple[ToolName, dict[str, str | None]]] = []
        self.answered: list[tuple[str, str, str | None]] = []
        self.dismissed: list[tuple[str, Dismissal]] = []
        self.came_by: list[tuple[Road, ToolName]] = []
        self.proposed: list[str] = []
        self.data: JsonObject = {"image_id": "m-test0001"}
        self.before_answer: Callable[[Progress | None], Awaitable[None]] | None = None
        self.error: Exception | None = None
        self.exists = ""
        self.on: ToolName | None = None

    def texts_for(self, session: str | None, asked: str | None = None) -> Texts:
        del session
        return Texts(understood_language(asked) or self.texts.language)

    def diagnosis_context(self, session_id: str | None) -> DiagnosisContext:
        return DiagnosisContext(region_id="cn-beijing" if session_id else None)

    @property
    def shelf(self) -> EmptyShelf:
        return EmptyShelf()

    def zone_ids(self, region_id: str | None) -> tuple[str, ...]:
        return ("cn-beijing-k", "cn-beijing-l") if region_id == "cn-beijing" else ("cn-beijing-k", "cn-hangzhou-i")

    def standing(self, session_id: str | None) -> Words:
        return Words(self.exists if session_id is not None else "")

    def way_on(self, session_id: str | None) -> ToolName | None:
        return self.on if session_id is not None else None

    async def call(
        self, tool: ToolName, arguments: Mapping[str, str | None], report: Progress | None, road: Road
    ) -> Answer:
        del road
        self.calls.append((tool, dict(arguments)))
        if self.before_answer is not None:
            await self.before_answer(report)
        if self.error is not None:
            raise self.error
        return self._go_on()

    async def answer(
        self,
        session_id: str,
        question_id: str,
        choice: str,
        text: str | None,
        report: Progress | None,
        *,
        road: Road,
        called: ToolName,
    ) -> Answer:
        del report
        self.came_by.append((road, called))
        question = self._open(session_id, question_id)
        if question.question.option(choice) is None:
            return self._go_on().model_copy(update={"asked_again": True})
        self.answered.append((question_id, choice, text))
        self.questions.remove(question)
        return self._go_on()

    def propose(self, session_id: str, question_id: str, choice: str) -> Answer:
        self.proposed.append(choice)
        self._open(session_id, question_id)
        return self._go_on()

    async def dismiss(self, session_id: str, question_id: str, how: Dismissal, road: Road, *, key: str) -> Answer:
        del road, key
        self._open(session_id, question_id)
        self.dismissed.append((question_id, how))
        return Answer(session_id=SESSION, step="image", status="stopped", telling=tell(Words("Nothing was done.")))

    def _open(self, session_id: str, question_id: str) -> PinnedQuestion:
        for question in self.questions[:1]:
            if question.question_id == question_id and session_id == SESSION:
                return question
        raise _in_session(StaleQuestion("StaleQuestion", "stale_question", {"question_id": question_id}))

    def _go_on(self) -> Answer:
        if self.questions:
            return Answer(
                session_id=SESSION,
                step="image",
                status="needs_answer",
                telling=Telling(),
                question=self.questions[0],
                asking="create_image",
            )
        following = Next(tool="wait_for_image", why="The image is being made.")
        return Answer(
            session_id=SESSION,
            step="image",
            status="done",
            telling=tell(Words("Image made.")),
            data=self.data,
            next=following,
        )


def _in_session(error: EcsDrError) -> EcsDrError:
    error.session_id, error.step = SESSION, "image"
    return error


@asynccontextmanager
async def connected(
    recovery: ScriptedRecovery,
    era: Era,
    on_form: ElicitationFnT | None = None,
    *,
    elicitation: Literal["auto", "off"] = "auto",
    simulated: bool = False,
    form_patience_seconds: float = 60,
) -> AsyncIterator[Client]:
    """A client in memory; it declares elicitation when it is given `on_form`."""
    server = build_server(
        recovery, elicitation=elicitation, simulated=simulated, form_patience_seconds=form_patience_seconds
    )
    async with Client(server, mode=era, elicitation_callback=on_form) as client:
        yield client


def content_of(result: CallToolResult) -> JsonObject:
    """The structured content."""
    assert result.structured_content is not None
    content: JsonObject = result.structured_content
    return content


def text_of(result: CallToolResult) -> str:
    """The text content."""
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def problem_code(result: CallToolResult) -> object:
    """The `problem.code` of a failed result."""
    problem = content_of(result)["problem"]
    assert isinstance(problem, dict)
    return problem["code"]
