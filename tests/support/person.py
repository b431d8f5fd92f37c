"""Whoever decides: prefers some options, else takes the recommended one; may also leave a question unanswered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import anyio
from mcp.client import ClientRequestContext
from mcp_types import ElicitRequestFormParams, ElicitRequestParams, ElicitResult
from pydantic import BaseModel, Field

Action = Literal["accept", "decline", "cancel"]


@dataclass(frozen=True)
class Form:
    """A question, whichever way it came. `options` are the values, the recommended one first."""

    message: str
    options: tuple[str, ...]
    allow_text: bool


@dataclass(frozen=True)
class Reply:
    """What the person does with it. `choice` None: nothing was chosen."""

    choice: str | None = None
    text: str | None = None
    action: Action = "accept"


class _Const(BaseModel):
    const: str
    title: str


class _Choice(BaseModel):
    titled: tuple[_Const, ...] = Field(alias="oneOf")


class _Properties(BaseModel):
    choice: _Choice
    text: dict[str, str] | None = None


class _Schema(BaseModel):
    properties: _Properties
    required: tuple[Literal["choice"]]


DECLINED, CANCELLED = Reply(action="decline"), Reply(action="cancel")


@dataclass
class Person:
    """Answers questions.

    Attributes:
        prefers: Option values that are chosen wherever they are offered.
        first: Replies to the first questions, before anything is chosen by preference.
        on_form: Called with each question before it is answered: what happens in the world meanwhile.
        forms: The questions so far.
    """

    prefers: tuple[str, ...] = ()
    first: list[Reply] = field(default_factory=list)
    on_form: Callable[[Form], None] | None = None
    forms: list[Form] = field(default_factory=list)
    is_away: bool = False
    """A form stays open: nobody is there."""

    def reply(self, form: Form) -> Reply:
        """What the person does with this question."""
        self.forms.append(form)
        if self.on_form is not None:
            self.on_form(form)
        if self.first:
            return self.first.pop(0)
        return Reply(next((value for value in self.prefers if value in form.options), form.options[0]))

    async def __call__(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        """The elicitation callback of an MCP client."""
        del context
        assert isinstance(params, ElicitRequestFormParams)
        assert "title" not in params.requested_schema, "one host cancels silently on a root title"
        fields = _Schema.model_validate(params.requested_schema).properties
        options = tuple(option.const for option in fields.choice.titled)
        if self.is_away:
            await anyio.sleep_forever()
        reply = self.reply(Form(params.message, options, fields.text is not None))
        content: dict[str, str | int | float | bool | list[str] | None] = {}
        if reply.choice is not None:
            content["choice"] = reply.choice
        if reply.text is not None:
            content["text"] = reply.text
        return ElicitResult(action=reply.action, content=content if reply.action == "accept" else None)
