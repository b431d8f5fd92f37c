"""The steps of a recovery, the tools that carry them, and the answer that every tool gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, InstanceOf

from ecs_dr.domain.model import JsonObject, Model
from ecs_dr.domain.questions import PinnedQuestion
from ecs_dr.domain.telling import NO_WORDS, Telling, Words, markdown, tell
from ecs_dr.domain.texts import Language

StepName = Literal[
    "credentials",
    "source",
    "image",
    "image_wait",
    "target",
    "vswitch",
    "disks",
    "instance",
    "verify",
    "plan",
    "session",
    "standby",
    "application",
    "export",
]
Tells = Literal["nothing", "message", "cause", "all"]
"""Of a problem: nothing, what is wrong, also why, or everything, what to do next included."""

Status = Literal["done", "needs_answer", "in_progress", "stopped", "failed"]
ToolName = Literal[
    "check_credentials",
    "collect_source",
    "create_image",
    "wait_for_image",
    "choose_target",
    "prepare_vswitch",
    "check_disks",
    "create_instance",
    "verify_instance",
    "answer_question",
    "get_session",
    "resume_session",
    "plan_recovery",
    "adopt_image",
    "list_standbys",
    "image_from_snapshots",
    "plan_application",
    "recover_application",
    "export_runbook",
]

STEP_OF: Mapping[ToolName, StepName] = {
    "check_credentials": "credentials",
    "collect_source": "source",
    "create_image": "image",
    "wait_for_image": "image_wait",
    "choose_target": "target",
    "prepare_vswitch": "vswitch",
    "check_disks": "disks",
    "create_instance": "instance",
    "verify_instance": "verify",
    "answer_question": "session",
    "get_session": "session",
    "resume_session": "session",
    "plan_recovery": "plan",
    "adopt_image": "image",
    "list_standbys": "standby",
    "image_from_snapshots": "image",
    "plan_application": "application",
    "recover_application": "application",
    "export_runbook": "export",
}
"""The step that a tool's answers belong to, unless an answer names another."""


CREATING_TOOLS: frozenset[str] = frozenset(
    {"create_image", "image_from_snapshots", "prepare_vswitch", "create_instance", "recover_application"}
)
"""A request that creates something goes out in a call of one of these, and of no other tool: a host that has the
person approve them sees every creation, whichever way the question itself was answered."""


class Next(Model):
    """The tool to call next, and why."""

    tool: ToolName
    why: Words


class Problem(Model):
    """Why a tool failed: what is wrong, why, what to do next."""

    code: str
    message: Words
    http_status: int | None = None
    request_id: str | None = None
    cause: Words = NO_WORDS
    actions: tuple[Words, ...] = ()
    retryable: bool = False
    links: tuple[Words, ...] = ()
    missing_permission: str | None = None
    denied_by: Literal["explicit_deny", "implicit_deny"] | None = None
    """Whether a policy denies a missing permission in so many words; None where the cloud does not say."""
    in_actions: frozenset[str] = Field(default=frozenset(), exclude=True)
    """Those of the links that an action gives already."""

    def untold(self, tells: Tells) -> Problem:
        """What of it is not said already."""
        told: dict[Tells, dict[str, object]] = {"nothing": {}, "message": {"message": NO_WORDS}}
        told["cause"] = told["message"] | {"cause": NO_WORDS}
        told["all"] = told["cause"] | {"actions": (), "links": ()}
        links = tuple(link for link in self.links if link not in self.in_actions)
        return self.model_copy(update={"links": links, **told[tells]})


class Answer(Model):
    """What every tool answers, whichever way the host shows it."""

    session_id: str | None
    step: StepName
    status: Status
    telling: InstanceOf[Telling]
    """What is said; an open question, which is part of it, apart."""
    data: JsonObject = Field(default_factory=dict)
    in_words: frozenset[str] = frozenset()
    """Names of `data` that the message, or the question, says already in the person's words."""
    question: PinnedQuestion | None = None
    asking: ToolName | None = None
    """The tool that put the question: called again, it puts it again."""
    language: Language | None = None
    """In which it is told; None: in the server's own."""
    asked_again: bool = False
    """The question follows an answer that could not be used, and says why."""
    next: Next | None = None
    problem: Problem | None = None
    tells: Tells = "message"
    """How much of the problem is said already."""

    @property
    def whole(self) -> Telling:
        """All that is said, with what is asked."""
        return self.telling if self.question is None else tell(self.telling, self.question.question.whole)

    @property
    def message(self) -> Words:
        """The same in Markdown."""
        return markdown(self.whole)
