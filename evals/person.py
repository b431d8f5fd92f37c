"""The person of a scripted run: answers what is asked, and remembers what was permitted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mcp.client import ClientRequestContext
from mcp_types import ElicitRequestFormParams, ElicitRequestParams, ElicitResult
from pydantic import BaseModel, Field

from evals.cases import Creating

NO = "no"
_NOT_A_GO_AHEAD = frozenset({"abort", "more_options", "pick_another_zone", "change", "step_by_step"})
_PERMITS: Mapping[str, Creating] = {
    "create_image": "CreateImage",
    "image_from_snapshots": "CreateImage",
    "prepare_vswitch": "CreateVSwitch",
    "plan_recovery": "CreateVSwitch",  # an accepted plan permits the block that it shows
    "create_instance": "RunInstances",
}


class _Const(BaseModel):
    const: str


class _Choice(BaseModel):
    titled: tuple[_Const, ...] = Field(alias="oneOf")


class _Properties(BaseModel):
    choice: _Choice


class _Schema(BaseModel):
    properties: _Properties


@dataclass
class Person:
    """Answers questions.

    Attributes:
        says: By the tool that asks: the option that is taken, or `no`; else the recommended one.
        permitted: How often each creating request was agreed to.
        tool: The tool whose call puts the question.
    """

    says: Mapping[str, str] = field(default_factory=dict)
    permitted: Counter[Creating] = field(default_factory=Counter)
    tool: str = ""
    asked: int = 0

    def reply(self, options: Sequence[str]) -> str | None:
        """The option that is chosen, or None for a no."""
        self.asked += 1
        wanted = self.says.get(self.tool, options[0])
        is_last_question = self.tool != "create_instance" or "confirm" in options
        if wanted == NO:
            return None if is_last_question else options[0]
        choice = wanted if wanted in options else options[0]
        action = _PERMITS.get(self.tool)
        creates = self.tool != "prepare_vswitch" or choice in {"create_vswitch", "custom"}
        if action is not None and creates and is_last_question and choice not in _NOT_A_GO_AHEAD:
            self.permitted[action] += 1
        return choice

    async def __call__(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        """A form, filled in."""
        del context
        if not isinstance(params, ElicitRequestFormParams):
            return ElicitResult(action="decline")
        fields = _Schema.model_validate(params.requested_schema).properties
        choice = self.reply([option.const for option in fields.choice.titled])
        if choice is None:
            return ElicitResult(action="decline")
        return ElicitResult(action="accept", content={"choice": choice})
