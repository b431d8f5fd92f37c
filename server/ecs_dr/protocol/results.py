"""From an answer to what travels: structured content that says everything, and text that says everything too.

Some hosts show their model the structured content alone, some the text alone.
"""

from __future__ import annotations

from mcp_types import CallToolResult, TextContent

from ecs_dr.domain.model import JsonObject, JsonValue, Model
from ecs_dr.domain.pages.options import option_lines
from ecs_dr.domain.questions import CUSTOM, Option, PinnedQuestion
from ecs_dr.domain.steps import Answer, Next, Problem, Status
from ecs_dr.domain.telling import GAP, NO_WORDS, Telling, Words, item, markdown, tell, without_markup
from ecs_dr.domain.texts import Texts
from ecs_dr.protocol.data_text import data_lines
from ecs_dr.protocol.mirror import mirrored
from ecs_dr.protocol.neutral import plain, plain_object

ALWAYS_TOLD = frozenset(
    {
        *("warnings", "blockers", "progress", "zones", "disks", "supported_categories", "criteria", "addresses"),
        *("todo", "decided", "newest", "findings", "standbys", "left_out", "waves", "price", "templates"),
        *("decided_by_default", "sessions", "not_known", "report_uri", "report_markdown_uri"),
    }
)
"""Names of `data` that a step always has: there a host may read that there is none. Other names go when empty."""


class AnswerContent(Model):
    """The structured content of every tool."""

    session_id: str | None
    step: str
    status: Status
    message: str
    data: JsonObject
    question: JsonObject | None
    next: JsonObject | None
    problem: JsonObject | None
    simulated: bool


def output_schema() -> JsonObject:
    """The one output schema that all tools share: the fields by name, as each word costs context."""
    names: dict[str, JsonValue] = {name: {} for name in AnswerContent.model_fields}
    return {"type": "object", "properties": names}


class Presenter:
    """Words answers in the session's language."""

    def __init__(self, texts: Texts, *, simulated: bool, own_client: bool = False) -> None:
        self._texts = texts
        self._simulated = simulated
        self._own_client = own_client

    def result(self, answer: Answer, *, as_mirror: bool = False) -> CallToolResult:
        """The tool result: `isError` for a failure, never a protocol error.

        Args:
            answer: What to say.
            as_mirror: The text is the structured content once more, for a host that shows both.
        """
        content = self.content(answer)
        text = mirrored(content) if as_mirror else self.text(answer)
        return CallToolResult(
            content=[TextContent(type="text", text=text)],
            structured_content=content,
            is_error=answer.status == "failed",
        )

    def content(self, answer: Answer) -> JsonObject:
        """The nine fields. The terminal of this package gets each thing in one of them alone: it draws them all."""
        problem = answer.problem
        if self._own_client and problem is not None and answer.question is None:
            said = tell(problem.message).parts
            rest = Telling(tuple(part for part in answer.telling.parts if part not in said))
            problem = problem.untold(answer.tells).model_copy(update={"message": problem.message})
            answer = answer.model_copy(update={"telling": rest})
        content = AnswerContent(
            session_id=answer.session_id,
            step=answer.step,
            status=answer.status,
            message=_in_short(answer),
            data=_data(answer),
            question=None if answer.question is None else answer.question.as_data(),
            next=self._next(answer),
            problem=None if problem is None else problem.model_dump(mode="json"),
            simulated=self._simulated,
        )
        return plain_object(content.model_dump(mode="json"))

    def text(self, answer: Answer) -> str:
        """What happened, how things stand, what is next; enough to go on without the structured content."""
        say = self._say(answer)
        session_id = answer.session_id or say("result.no_session")
        text = markdown(
            tell(
                say("result.simulated") if self._simulated else NO_WORDS,
                answer.whole,
                *([] if answer.problem is None else _problem(say, answer.problem.untold(answer.tells))),
                say("result.state", session_id=session_id, step=answer.step, status=answer.status),
                *([] if answer.question is None else self._options(answer.question, answer)),
                *self._next_line(answer),
            )
        )
        if answer.question is None:  # an open question says itself what is to be decided, and on which facts
            untold = {name: value for name, value in answer.data.items() if name not in answer.in_words}
            facts = data_lines(plain_object(untold), text)
            return plain("\n".join([text, *([say("result.data"), *facts] if facts else [])]))
        return plain(text)

    def form_message(self, answer: Answer, pinned: PinnedQuestion) -> str:
        """What a form shows above its fields: forms have no room for an option's description."""
        say = self._say(answer)
        if self._own_client:
            return plain(markdown(tell(answer.telling, pinned.question.telling)))
        described = [one for one in pinned.question.options if one.description]
        told = tell(
            say("form.simulated") if self._simulated else NO_WORDS,
            answer.telling,
            pinned.question.whole,
            *([GAP] if described else []),
            *(say("form.option", label=one.shown, description=one.description) for one in described),
        )
        return plain(without_markup(told, say("page.colon"), say("page.semicolon")))

    def form_schema(self, answer: Answer, pinned: PinnedQuestion) -> JsonObject:
        """The form's schema. No title at its root: one host cancels silently on it."""
        question = pinned.question
        options: list[JsonValue] = [self._titled(option) for option in question.options]
        properties: dict[str, JsonValue] = {
            "choice": {"type": "string", "title": self._say(answer)("form.choice"), "oneOf": options}
        }
        if question.allow_text:
            properties["text"] = {"type": "string", "title": question.text_label}
        remark: JsonObject = {"description": markdown(question.remark)} if self._own_client and question.remark else {}
        return plain_object({"type": "object", **remark, "properties": properties, "required": ["choice"]})

    def _titled(self, option: Option) -> JsonObject:
        described = {"description": option.description} if self._own_client else {}
        return {"const": option.value, "title": option.shown, **described}

    def to_be_called_again(self, answer: Answer) -> Answer:
        """More questions than one call may put: the tool that asked goes on in its next call."""
        say = self._say(answer)
        tool = answer.asking or "get_session"
        more = {
            "telling": tell(say("result.more_questions", tool=tool)),
            "next": Next(tool=tool, why=say(f"next.{tool}")),
        }
        return answer.model_copy(update={"status": "in_progress", "question": None, "problem": None, **more})

    def _next(self, answer: Answer) -> JsonObject | None:
        if answer.next is not None:
            return answer.next.model_dump(mode="json")
        if answer.question is not None:
            return {"tool": "answer_question", "why": self._say(answer)("result.why_answer")}
        return None

    def _next_line(self, answer: Answer) -> list[Words]:
        if answer.question is not None:
            return []  # what to call with it stands below the options
        following = self._next(answer)
        if following is not None:
            return [self._say(answer)("result.next", tool=str(following["tool"]), why=str(following["why"]))]
        # A stop says in its message how to go on, a failure in its actions.
        return [self._say(answer)("result.next_nothing")] if answer.status == "done" else []

    def _options(self, pinned: PinnedQuestion, answer: Answer) -> list[Words]:
        say = self._say(answer)
        question = pinned.question
        lines = [*option_lines(question.options, say)]
        session_id = answer.session_id or say("result.no_session")
        lines.append(say("result.answer", session_id=session_id, question_id=pinned.question_id))
        if question.option(CUSTOM) is not None:
            lines.append(say("result.answer_text", label=question.text_label))
        return lines

    def _say(self, answer: Answer) -> Texts:
        return self._texts if answer.language is None else Texts(answer.language)


def _data(answer: Answer) -> JsonObject:
    """The data without what is empty, and without what the question beside it says in words."""
    said = answer.in_words if answer.question is not None else frozenset()
    return {
        name: value
        for name, value in answer.data.items()
        if name not in said and (name in ALWAYS_TOLD or (value is not None and value not in ("", [], {})))
    }


def _in_short(answer: Answer) -> str:
    """The message; of a question, which stands beside it in full, only the first sentence."""
    if answer.question is None:
        return str(answer.message)
    return str(markdown(tell(answer.telling, answer.question.question.whole.headline.lead)))


def _problem(say: Texts, problem: Problem) -> list[Words]:
    lines = [say("result.problem", code=problem.code), problem.message]
    if problem.cause:
        lines.append(say("result.cause", cause=problem.cause))
    if problem.http_status is not None:
        lines.append(say("result.http_status", http_status=problem.http_status))
    if problem.request_id:
        lines.append(say("result.request_id", request_id=problem.request_id))
    if problem.missing_permission:
        lines.append(say("result.missing_permission", action=problem.missing_permission))
    if problem.retryable:
        lines.append(say("result.retryable"))
    if problem.actions:
        lines += [say("result.actions"), *map(item, problem.actions)]
    return [*lines, *problem.links]
