"""A question as it reaches this client, whichever way it came, and the person's reply to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mcp_types import ElicitRequestFormParams
from pydantic import BaseModel, ConfigDict, Field

from ecs_dr.domain.texts import Texts


@dataclass(frozen=True)
class Choice:
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
    """

    body: str
    choices: tuple[Choice, ...]
    text_label: str = ""


@dataclass(frozen=True)
class Reply:
    """What the person chose, with the typed value when that was the choice."""

    choice: str
    text: str | None = None


class _Titled(BaseModel):
    model_config = ConfigDict(extra="ignore")

    const: str
    title: str


class _Field(BaseModel):
    model_config = ConfigDict(extra="ignore")

    title: str = ""
    options: tuple[_Titled, ...] = Field(default=(), alias="oneOf")


class _Schema(BaseModel):
    model_config = ConfigDict(extra="ignore")

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
        choices = tuple(Choice(option.value, option.label, option.description) for option in self.options)
        return Form(self.text, choices, self.text_label if self.allow_text else "")


def form_of(params: ElicitRequestFormParams, texts: Texts) -> Form:
    """The form of an elicitation request, each option's description moved from the message to the option.

    That the cloud is simulated is left out: this client says it once, at the beginning.

    Raises:
        ValidationError: It is not the form of a question (contract of the server: `choice`, optionally `text`).
    """
    schema = _Schema.model_validate(params.requested_schema)
    body = params.message.removeprefix(texts("form.simulated")).splitlines()
    choices = []
    for option in schema.properties["choice"].options:
        prefix = texts("form.option", label=option.title, description="").rstrip()
        described = next((line for line in body if line.startswith(prefix)), None)
        choice = Choice(option.const, option.title)
        if described is not None:
            body.remove(described)
            choice = replace(choice, description=described.removeprefix(prefix).strip())
        choices.append(choice)
    typed = schema.properties.get("text")
    return Form("\n".join(body).strip(), tuple(choices), typed.title if typed is not None else "")
