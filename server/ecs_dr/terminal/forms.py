"""A question as it reaches this client, whichever way it came, and the person's reply to it."""

from __future__ import annotations

from dataclasses import dataclass

from mcp_types import ElicitRequestFormParams
from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True)
class FormOption:
    """One option."""

    value: str
    label: str
    description: str = ""


@dataclass(frozen=True)
class Form:
    """One decision.

    Attributes:
        body: What is asked, in Markdown.
        choices: The options, the recommended one first.
        text_label: What a typed value means; empty when none is wanted.
        remark: Why it is put again.
    """

    body: str
    choices: tuple[FormOption, ...]
    text_label: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Reply:
    """What the person chose, with the typed value when that was the choice."""

    choice: str
    text: str | None = None


class _Titled(BaseModel):
    model_config = ConfigDict(extra="ignore")

    const: str
    title: str
    description: str = ""


class _Field(BaseModel):
    model_config = ConfigDict(extra="ignore")

    title: str = ""
    options: tuple[_Titled, ...] = Field(default=(), alias="oneOf")


class _Schema(BaseModel):
    model_config = ConfigDict(extra="ignore")

    description: str = ""
    properties: dict[str, _Field]


class _Option(BaseModel):
    model_config = ConfigDict(extra="ignore")

    value: str
    label: str
    description: str = ""


class OpenQuestion(BaseModel):
    """The `question` of an answer whose form could not be shown during the call."""

    model_config = ConfigDict(extra="ignore")

    question_id: str
    text: str
    options: tuple[_Option, ...]
    allow_text: bool = False
    text_label: str = ""

    def form(self) -> Form:
        """The same question as a form."""
        choices = tuple(FormOption(option.value, option.label, option.description) for option in self.options)
        return Form(self.text, choices, self.text_label if self.allow_text else "")


def form_of(params: ElicitRequestFormParams) -> Form:
    """The form of an elicitation request, as the server draws it for this client.

    Raises:
        ValidationError: It is not the form of a question (contract of the server: `choice`, optionally `text`).
    """
    schema = _Schema.model_validate(params.requested_schema)
    choices = (FormOption(one.const, one.title, one.description) for one in schema.properties["choice"].options)
    typed = schema.properties.get("text")
    return Form(params.message, tuple(choices), typed.title if typed is not None else "", schema.description)
