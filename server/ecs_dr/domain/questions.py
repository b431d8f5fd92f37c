"""A question to the person: one decision, two to four options, the recommended one first."""

from __future__ import annotations

from typing import Literal

from pydantic import InstanceOf, model_validator

from ecs_dr.domain.model import JsonObject, JsonValue, Model
from ecs_dr.domain.telling import GAP, NO_WORDS, Telling, Words, markdown, tell
from ecs_dr.errors import InvalidInput

KEEP_WAITING = "keep_waiting"
OPEN_CONSOLE = "open_console"
ABORT = "abort"
CREATE_VSWITCH = "create_vswitch"
PICK_ANOTHER_ZONE = "pick_another_zone"
KEEP_TYPE = "keep_type"
CHOOSE_ANOTHER_TYPE = "choose_another_type"
MORE_OPTIONS = "more_options"
CUSTOM = "custom"
RETRY = "retry"
CONFIRM = "confirm"
LEAVE_OUT = "leave_out"

Road = Literal["input_request", "elicitation", "answer_question"]
"""How an answer came: by a form between two calls (protocol 2026-07-28), by a form during a call (earlier protocols),
or passed on by the assistant. Which one it can be follows from what the calling client declares."""

MAX_TEXT = 256
"""Characters that a person may type beside an option."""
MAX_OPTIONS = 4
MIN_OPTIONS = 2


class Option(Model):
    """One answer that can be picked: `value` travels, label and description are read."""

    value: str
    label: Words
    description: Words
    recommended: bool = False
    mark: Words = NO_WORDS
    """What follows the label while the option is the recommended one."""

    @property
    def shown(self) -> Words:
        """The label as it is read, with the mark where it has it."""
        return self.label + self.mark if self.recommended else self.label

    def as_data(self) -> JsonObject:
        """As it travels."""
        shown = {"value": self.value, "label": str(self.shown), "description": str(self.description)}
        return {**shown, "recommended": self.recommended}

    def is_called(self, name: str) -> bool:
        """Whether somebody who read its label, with the mark or without, may mean it by that name, however spaced."""
        return _squeezed(name) in {_squeezed(self.label), _squeezed(self.label + self.mark)}


def _squeezed(name: str) -> str:
    return "".join(name.split()).casefold()


class Question(Model):
    """One decision, put to the person as it stands, in whatever way the host can show it."""

    telling: InstanceOf[Telling]
    remark: InstanceOf[Telling] = Telling()
    """Why it is put again: what the last answer lacked."""
    options: tuple[Option, ...]
    allow_text: bool = False
    text_label: Words = NO_WORDS

    @property
    def text(self) -> Words:
        """What is asked, in Markdown."""
        return markdown(self.whole)

    @property
    def whole(self) -> Telling:
        """What is asked, behind the remark where there is one."""
        return tell(self.remark, GAP, self.telling) if self.remark else self.telling

    @model_validator(mode="after")
    def _two_to_four_options_recommended_first(self) -> Question:
        if not MIN_OPTIONS <= len(self.options) <= MAX_OPTIONS:
            raise ValueError(f"a question has {MIN_OPTIONS} to {MAX_OPTIONS} options, not {len(self.options)}")
        if len({option.value for option in self.options}) != len(self.options):
            raise ValueError("two options share a value")
        if any(option.recommended for option in self.options[1:]):
            raise ValueError("the recommended option comes first")
        return self

    def option(self, value: str) -> Option | None:
        """The option with this value, if it was offered."""
        return next((option for option in self.options if option.value == value), None)

    def meant(self, choice: str) -> Option | None:
        """The option that a choice names: by its value, else by its label, where that is one option's alone."""
        labelled = [option for option in self.options if choice.strip() and option.is_called(choice)]
        return self.option(choice) or (labelled[0] if len(labelled) == 1 else None)


class PinnedQuestion(Model):
    """A question as it was first put, with its single-use id."""

    question_id: str
    key: str
    """Which decision it is (`image.name`): at most one open question per key and session."""
    question: Question

    def as_data(self) -> JsonObject:
        """The `question` object of an answer (contract: question_id, text, options, allow_text, text_label)."""
        return {
            "question_id": self.question_id,
            "text": str(self.question.text),
            "options": [option.as_data() for option in self.question.options],
            "allow_text": self.question.allow_text,
            "text_label": self.question.text_label,
        }

    def answerable(self) -> JsonObject:
        """What an answer names: the id, and the values to choose from."""
        values: list[JsonValue] = [option.value for option in self.question.options]
        return {"question_id": self.question_id, "options": values, "allow_text": self.question.allow_text}


def understood(question: Question, choice: str, text: str | None) -> tuple[str, str | None]:
    """The value and the text that an answer means.

    Raises:
        InvalidInput: It means none, or two things at once: told in the words that the person saw.
    """
    typed = (text or "").strip() or None
    chosen = question.meant(choice)
    if chosen is None:
        labels = Words(" · ").join(option.shown for option in question.options)
        key = "unknown_choice" if choice.strip() else "no_choice"
        raise InvalidInput("UnknownChoice", key, {"choice": choice[:80], "offered": labels})
    if typed is not None and len(typed) > MAX_TEXT:
        raise InvalidInput("TextTooLong", "text_too_long", {"limit": str(MAX_TEXT)})
    custom = question.option(CUSTOM)
    if chosen.value == CUSTOM and typed is None:
        missing = {"label": question.text_label or chosen.shown, "option": chosen.shown}
        raise InvalidInput("TextMissing", "text_missing", missing)
    if chosen.value != CUSTOM and typed is not None:
        key = "text_beside" if custom is not None else "text_not_taken"
        values = {"text": typed[:80], "option": chosen.shown, "custom": custom.shown if custom else "-"}
        raise InvalidInput("TextBesideOption", key, values)
    return chosen.value, typed
