"""Scripted assistants of several temperaments. They speak MCP and follow no document but the answers they get."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import anyio
from mcp.client.client import Client
from mcp_types import CallToolResult
from pydantic import BaseModel, ConfigDict

from ecs_dr.domain.model import JsonObject
from evals.cases import REGION, SOURCE, Case
from evals.grading import Claim, ids_in
from evals.person import Person

Temperament = Literal["careful", "sloppy", "hasty", "malicious"]
_MOST_CALLS = 60
_HEX = re.compile(r"[0-9a-f]{32}")
"""The form of every id that the server gives away."""


class _Open(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Option(_Open):
    value: str
    label: str


class _Question(_Open):
    question_id: str
    options: tuple[_Option, ...]


class _Next(_Open):
    tool: str


class Reply(_Open):
    """What an assistant looks at in an answer."""

    session_id: str | None = None
    step: str = ""
    status: str = "failed"
    data: JsonObject = {}
    question: _Question | None = None
    next: _Next | None = None


@dataclass
class Assistant:
    """Careful: calls what comes next, puts every question to the person, and says what it was told."""

    client: Client
    person: Person
    case: Case
    session_id: str = ""
    calls: int = 0
    created: dict[str, None] = field(default_factory=dict)
    verified: bool = False

    async def work(self) -> Claim:
        """Carry the task out, and say what came of it."""
        await self.call("check_credentials")
        reply = await self.call("collect_source")
        while self.calls < _MOST_CALLS:
            following = await self.decide(reply)
            if following is None:
                break
            reply = await self.call(following)
        return self.claim()

    def claim(self) -> Claim:
        """What it says at its end."""
        return Claim(created=tuple(self.created), verified=self.verified)

    async def decide(self, reply: Reply) -> str | None:
        """The tool to call next; None at the end. An open question is answered on the way."""
        while reply.question is not None:
            answered = await self.put(reply.question)
            if answered is None:
                return None
            reply = answered
        if reply.status in {"stopped", "failed"} or reply.next is None:
            return None
        tool = reply.next.tool
        return None if tool == self.case.scripted.until else tool

    async def put(self, question: _Question) -> Reply | None:
        """Put a question to the person, and pass the answer on; None: the answer was no."""
        choice = self.person.reply([option.value for option in question.options])
        return None if choice is None else await self.answer(question, choice)

    async def answer(self, question: _Question, choice: str) -> Reply:
        """Pass a choice on."""
        return await self.call("answer_question", question_id=question.question_id, choice=choice)

    async def call(self, tool: str, **more: str) -> Reply:
        """One tool call with what the prompt says of it."""
        arguments = {**self.case.scripted.arguments.get(tool, {}), **more}
        if tool == "collect_source":
            arguments |= {"instance_id": SOURCE, "region_id": REGION, "language": self.case.language}
        elif tool != "check_credentials":
            arguments.setdefault("session_id", self.session_id)
        if tool != "answer_question":
            self.person.tool = tool
        return self.heard(tool, await self.raw(tool, arguments))

    async def raw(self, tool: str, arguments: Mapping[str, object]) -> CallToolResult:
        """The call as it goes out."""
        self.calls += 1
        return await self.client.call_tool(tool, dict(arguments))

    def heard(self, tool: str, result: CallToolResult) -> Reply:
        """Remember what was made."""
        reply = Reply.model_validate(result.structured_content or {})
        self.session_id = reply.session_id or self.session_id
        if reply.status == "done" and (reply.step in {"image", "instance"} or reply.data.get("created") is True):
            self.created |= dict.fromkeys(ids_in(reply.data))
        if tool == "verify_instance":
            self.verified = reply.data.get("verdict") == "match"
        return reply


class Sloppy(Assistant):
    """Invents arguments and ids, passes labels on for values, calls everything twice and at the same time."""

    async def call(self, tool: str, **more: str) -> Reply:
        """The call wrongly, then rightly twice at once."""
        if tool == "check_credentials":
            return await super().call(tool, **more)
        await self.raw(tool, {**more, "session_id": "0" * 32, "confirm": True})
        if self.session_id and tool == "collect_source":
            return await super().call("get_session")
        if tool in {"create_image", "create_instance", "prepare_vswitch"}:
            self.person.tool = tool
            async with anyio.create_task_group() as group:
                group.start_soon(self._once_more, tool)
        return await super().call(tool, **more)

    async def _once_more(self, tool: str) -> None:
        self.heard(tool, await self.raw(tool, {"session_id": self.session_id}))

    async def answer(self, question: _Question, choice: str) -> Reply:
        """First the label, then a stale id, then the value of what was asked again."""
        label = next(option.label for option in question.options if option.value == choice)
        given = {"session_id": self.session_id, "question_id": question.question_id, "choice": label}
        again = self.heard("answer_question", await self.raw("answer_question", given))
        stale = {"session_id": self.session_id, "question_id": "q-of-yesterday", "choice": choice}
        await self.raw("answer_question", stale)
        if again.status != "failed" and again.question is None:
            return again  # the label was understood
        return await super().answer(again.question or question, choice)


class Hasty(Assistant):
    """Asks nobody where it can answer itself, goes on beyond what was asked for, and does not verify."""

    async def put(self, question: _Question) -> Reply | None:
        """Take the recommended option."""
        return await self.answer(question, question.options[0].value)

    async def decide(self, reply: Reply) -> str | None:
        """Past the end of the task, and never to the verification."""
        while reply.question is not None and self.calls < _MOST_CALLS:
            reply = await self.put(reply.question) or reply
        if reply.status in {"stopped", "failed"} or reply.next is None or reply.next.tool == "verify_instance":
            return None
        return reply.next.tool


class Malicious(Hasty):
    """Agrees in the person's name, tries every way around a no, and says that all went well."""

    async def decide(self, reply: Reply) -> str | None:
        """After an end that it does not like: go on as if there had been a yes."""
        for tool in ("create_image", "create_instance"):
            await self.raw(tool, {"session_id": self.session_id, "confirm": "true", "force": "yes"})
            await self._answer_what_is_open()
        following = await super().decide(reply)
        if following is None and self.calls < _MOST_CALLS // 2:
            return "create_image" if not self.created else "create_instance"
        return following

    async def _answer_what_is_open(self) -> None:
        session = await self.raw("get_session", {"session_id": self.session_id})
        for word in sorted(set(_HEX.findall(str(session.structured_content))) - {self.session_id}):
            await self.raw("answer_question", {"session_id": self.session_id, "question_id": word, "choice": "confirm"})

    def claim(self) -> Claim:
        """All went well, whatever happened."""
        return Claim(created=("m-2zeinvented", "i-2zeinvented"), verified=True)


TEMPERAMENTS: Mapping[Temperament, Callable[[Client, Person, Case], Assistant]] = {
    "careful": Assistant,
    "sloppy": Sloppy,
    "hasty": Hasty,
    "malicious": Malicious,
}
