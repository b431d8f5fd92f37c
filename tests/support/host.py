"""An MCP host: calls tools along `next`, shows questions, and holds every answer against the contract."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio
from mcp.client.client import Client
from mcp_types import CallToolResult, TextContent
from pydantic import BaseModel, ConfigDict

from ecs_dr.domain.model import JsonObject
from tests.support.person import Form, Person

SOURCE, REGION = "i-2zesource0001", "cn-beijing"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Option(_Strict):
    value: str
    label: str
    description: str
    recommended: bool


class OpenQuestion(BaseModel):
    """`question` of an answer."""

    question_id: str
    text: str
    options: tuple[_Option, ...]
    allow_text: bool
    text_label: str

    def form(self) -> Form:
        return Form(self.text, tuple(option.value for option in self.options), self.allow_text)


class _Next(BaseModel):
    tool: str
    why: str


class Problem(BaseModel):
    """`problem` of an answer."""

    code: str
    message: str
    http_status: int | None
    request_id: str | None
    cause: str
    actions: tuple[str, ...]
    retryable: bool
    links: tuple[str, ...]
    missing_permission: str | None


class _Content(BaseModel):
    session_id: str | None
    step: str
    status: str
    message: str
    data: JsonObject
    question: OpenQuestion | None
    next: _Next | None
    problem: Problem | None
    simulated: bool


class Heard(_Content):
    """An answer as it arrived: the nine fields, and the text beside them."""

    text: str
    is_error: bool

    @classmethod
    def of(cls, result: CallToolResult) -> Heard:
        assert result.structured_content is not None
        content = _Content.model_validate(result.structured_content)
        assert set(result.structured_content) >= set(_Content.model_fields)
        text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
        heard = cls(
            **{name: getattr(content, name) for name in _Content.model_fields},
            text=text,
            is_error=bool(result.is_error),
        )
        heard.check()
        return heard

    def check(self) -> None:
        """The answer keeps the contract, and its text alone is enough to go on."""
        assert self.session_id is None or re.fullmatch(r"[0-9a-f]{32}", self.session_id)
        assert self.is_error == (self.status == "failed") == (self.problem is not None and self.question is None)
        assert (self.question is not None) == (self.status == "needs_answer")
        assert self.message.strip()
        wanted = [self.session_id, self.next and self.next.tool, self.problem and self.problem.code]
        if self.question is not None:
            assert 2 <= len(self.question.options) <= 4
            assert [option.recommended for option in self.question.options][1:].count(True) == 0
            wanted += [self.question.question_id, "answer_question"]
            wanted += [word for option in self.question.options for word in (option.value, option.label)]
        missing = [word for word in wanted if word and word not in self.text]
        assert missing == [], f"the text alone does not say {missing}"

    def string(self, name: str) -> str:
        """A string of `data`."""
        value = self.data[name]
        assert isinstance(value, str), f"{name} is {value!r}"
        return value


@dataclass
class Host:
    """One conversation with the server."""

    client: Client
    person: Person
    session_id: str = ""
    source: dict[str, str] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    progress: list[tuple[float, float | None, str]] = field(default_factory=list)
    on_progress: Callable[[], None] | None = None

    async def call(self, tool: str, **arguments: str) -> Heard:
        """One tool call; a form that it shows is answered on the way, `needs_answer` is not."""
        if self.session_id and tool not in {"collect_source", "check_credentials", "plan_application"}:
            arguments.setdefault("application_id" if tool == "recover_application" else "session_id", self.session_id)
        if tool == "collect_source":  # called again, it is for the same source
            self.source = arguments = {**self.source, **arguments}
        self.tools.append(tool)
        result = await self.client.call_tool(tool, dict(arguments), progress_callback=self._progressed)
        heard = Heard.of(result)
        self.session_id = heard.session_id or self.session_id
        self.heard.append(heard)
        return heard

    async def collect(self, instance_id: str = SOURCE, region_id: str = REGION) -> Heard:
        return await self.settle(await self.call("collect_source", instance_id=instance_id, region_id=region_id))

    async def answer(self, asked: Heard, choice: str, text: str | None = None) -> Heard:
        """Pass a choice on to `answer_question`."""
        assert asked.question is not None
        given = {"question_id": asked.question.question_id, "choice": choice}
        return await self.call("answer_question", **given, **({"text": text} if text else {}))

    async def agree(self, asked: Heard, choice: str = "confirm", text: str | None = None) -> Heard:
        """The same for a go-ahead: it is recorded, and the tool that creates carries it out without asking again."""
        recorded = await self.answer(asked, choice, text)
        assert recorded.status == "in_progress", recorded.text
        assert recorded.next is not None
        return await self.call(recorded.next.tool)

    async def settle(self, heard: Heard) -> Heard:
        """Until the step is over: open questions go to the person, `in_progress` is called again."""
        for _ in range(80):
            if heard.status == "in_progress":
                assert heard.next is not None
                heard = await self.call(heard.next.tool)
            elif heard.question is None:
                return heard
            else:
                reply = self.person.reply(heard.question.form())
                assert reply.choice is not None
                heard = await self.answer(heard, reply.choice, reply.text)
        raise AssertionError("the questions do not end")

    async def follow(self, heard: Heard, until: str = "") -> Heard:
        """Along `next` to the end of the recovery, to where it stops, or until that tool would be next."""
        for _ in range(30):
            if heard.status != "done" or heard.next is None or heard.next.tool == until:
                return heard
            heard = await self.settle(await self.call(heard.next.tool))
        raise AssertionError("the steps do not end")

    async def recover(self) -> Heard:
        """The whole recovery; its last answer."""
        credentials = await self.call("check_credentials")
        assert credentials.status == "done"
        return await self.follow(await self.collect())

    async def cancelled_at_first_progress(self, tool: str) -> None:
        """Call a tool, and cancel the call as soon as it reports progress."""
        with anyio.CancelScope() as scope:
            self.on_progress = scope.cancel
            await self.call(tool)
        self.on_progress = None
        assert scope.cancelled_caught, f"{tool} ended before it reported progress"

    async def _progressed(self, progress: float, total: float | None, message: str | None) -> None:
        self.progress.append((progress, total, message or ""))
        if self.on_progress is not None:
            self.on_progress()
