"""The one place for consent: what was asked, what was answered, and what that allows.

A question is pinned when it is first put: the same words, options and id on every round until it is answered,
dismissed, or the facts it was asked about change. An answer is a decision. A decision on a mutating call permits
exactly the parameters that the person saw (or typed), once. `authorize` alone turns it into an `Attempt`, and the
cloud adapter refuses a mutating call without one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from ecs_dr import traces
from ecs_dr.domain.model import JsonObject, JsonValue, digest
from ecs_dr.domain.questions import PinnedQuestion, Question, Road, understood
from ecs_dr.domain.report.model import DecisionEntry, ShownOption
from ecs_dr.domain.steps import ToolName
from ecs_dr.domain.telling import Words, tell
from ecs_dr.errors import ConsentViolation, StaleQuestion
from ecs_dr.workflow.choices import Choice, about, displaced_by
from ecs_dr.workflow.ports import Attempt, Clock, Ids

Permits = Callable[[str, str | None], tuple[JsonObject, ...]]
"""From the chosen option and the typed text: the parameters that this answer allows to be sent.

More than one where forms differ only in what the person does not decide about (with and without lineage tags).
"""

QUESTION_LIFE_SECONDS = 3600.0
"""How long an answer still counts, in the host's seconds: a later one is asked for again, on fresh facts."""

MAX_WITHDRAWN = 64
"""How many withdrawn questions are remembered with the reason, for whoever answers one of them."""


class Asking(Exception):  # noqa: N818 - control flow of a step, not an error
    """The step cannot go on without the person."""

    def __init__(self, pinned: PinnedQuestion) -> None:
        super().__init__(pinned.key)
        self.pinned = pinned


class Recorded(Exception):  # noqa: N818 - control flow of a step, not an error
    """What the person permitted is written down; another tool call carries it out."""

    def __init__(self, tool: ToolName) -> None:
        super().__init__(tool)
        self.tool = tool


@dataclass(slots=True)
class Decision:
    """What a person decided: on which facts, what it permits, and whether that was used."""

    decision_id: str
    key: str
    choice: str
    text: str | None
    facts_digest: str
    permitted_digests: tuple[str, ...]
    used: bool = False


@dataclass(frozen=True, slots=True)
class _Open:
    pinned: PinnedQuestion
    facts_digest: str
    permits: Permits | None
    asked_at: float
    shown_at: datetime
    bare: Question
    """As it was first put, without a reason why it is put again."""


AttemptState = Literal["open", "done", "refused", "elsewhere"]
"""`elsewhere`: another server, or a process that ended, has sent one of its own under the same token."""

_ONE_OF_A_SESSION = frozenset({"instance"})
"""Steps whose token is the same whatever their parameters: the cloud refuses a second one of the session."""


@dataclass(slots=True)
class _AttemptRecord:
    attempt: Attempt
    key: str
    number: int
    state: AttemptState = "open"
    in_doubt: bool = False
    """It was sent, and no answer has settled yet whether it was carried out."""
    elsewhere_since: datetime | None = None


@dataclass(slots=True)
class DecisionBook:
    """Every question, decision and attempt of one session."""

    session_id: str
    ids: Ids
    clock: Clock
    _open: dict[str, _Open] = field(default_factory=dict)
    _decisions: dict[str, Decision] = field(default_factory=dict)
    _attempts: dict[str, _AttemptRecord] = field(default_factory=dict)
    _withdrawn: dict[str, str] = field(default_factory=dict)
    """Questions that were withdrawn because something they rest on was put anew, with the key of that."""
    history: list[DecisionEntry] = field(default_factory=list)
    """What was shown, what was chosen and when, in order."""

    @property
    def log(self) -> list[JsonObject]:
        """How each was decided, without what was shown: the report has that."""
        return [
            {
                "key": entry.key,
                "choice": entry.choice,
                **({"typed": entry.typed} if entry.typed is not None else {}),
                "road": entry.road,
                "answered_at": entry.answered_at.isoformat(timespec="seconds"),
            }
            for entry in self.history
        ]

    def decide(
        self, key: str, facts: JsonValue, build: Callable[[], Question], permits: Permits | None = None
    ) -> Decision:
        """The person's decision on `key`, given on these facts.

        Raises:
            Asking: It is not given yet, or was given on other facts: the pinned question.
        """
        facts_digest = digest(facts)
        decision = self._decisions.get(key)
        if decision is not None:
            if decision.facts_digest == facts_digest and not decision.used:
                return decision
            del self._decisions[key]
        standing = self._open.get(key)
        if standing is None or standing.facts_digest != facts_digest or self._is_late(standing):
            question = build()
            pinned = PinnedQuestion(question_id=self.ids.hex32(), key=key, question=question)
            standing = _Open(pinned, facts_digest, permits, self.clock.host_seconds(), self.clock.now(), question)
            self._displace(key)
            self._open[key] = standing
        raise Asking(standing.pinned)

    def put_what_is_open(self, key: str) -> None:
        """The question on `key` once more, as it stands; nothing where none is open.

        Raises:
            Asking: The pinned question.
        """
        standing = self._open.get(key)
        if standing is not None and not self._is_late(standing):
            raise Asking(standing.pinned)

    def _displace(self, key: str) -> None:
        """A question is put (anew): every open question and every unused go-ahead that rests on it counts no longer."""
        for other in [other for other in self._open if displaced_by(key, other)]:
            self._withdrawn[self._open.pop(other).pinned.question_id] = key
        for other in [other for other in self._decisions if displaced_by(key, other)]:
            if (decision := self._decisions[other]).permitted_digests and not decision.used:
                del self._decisions[other]
                self._withdrawn[decision.decision_id] = key
        while len(self._withdrawn) > MAX_WITHDRAWN:
            del self._withdrawn[next(iter(self._withdrawn))]

    def put_again(self, question_id: str, reason: Words) -> PinnedQuestion:
        """The question once more, after an answer that could not be used: with the reason, under a new id.

        Raises:
            StaleQuestion: It is not open.
        """
        standing = self._standing(question_id)
        question = standing.bare.model_copy(update={"remark": tell(reason)})
        pinned = PinnedQuestion(question_id=self.ids.hex32(), key=standing.pinned.key, question=question)
        self._open[pinned.key] = replace(standing, pinned=pinned, asked_at=self.clock.host_seconds())
        return pinned

    def propose(self, question_id: str, choice: str) -> PinnedQuestion:
        """The same open question with another option recommended: what somebody proposes in the person's place.

        Args:
            question_id: The question.
            choice: The proposed option, by value or label; one that was not offered changes nothing.

        Raises:
            StaleQuestion: It is not open.
        """
        standing = self._standing(question_id)
        question = standing.pinned.question
        proposed = question.meant(choice)
        if proposed is None or proposed.recommended:
            return standing.pinned
        others = (one.model_copy(update={"recommended": False}) for one in question.options if one is not proposed)
        first = proposed.model_copy(update={"recommended": True})
        pinned = standing.pinned.model_copy(
            update={"question": question.model_copy(update={"options": (first, *others)})}
        )
        self._open[pinned.key] = replace(standing, pinned=pinned)
        return pinned

    def carry_over(self, decision: Decision, key: str, choice: str, facts: JsonValue) -> None:
        """What was agreed to with another question counts for `key` as well, while it would be put on these facts.

        It permits what that decision permits, and names it: nothing is asked twice.
        """
        self._decisions[key] = replace(decision, key=key, choice=choice, text=None, facts_digest=digest(facts))

    def stands(self, key: str, facts: JsonValue) -> bool:
        """Whether this was put or decided on exactly these facts: nothing new needs to be looked up for its text."""
        wanted = digest(facts)
        decision, standing = self._decisions.get(key), self._open.get(key)
        return (decision is not None and decision.facts_digest == wanted and not decision.used) or (
            standing is not None and standing.facts_digest == wanted and not self._is_late(standing)
        )

    def choice(self, key: str) -> str | None:
        """What was chosen on `key`, and holds for as long as its facts do."""
        decision = self._decisions.get(key)
        return None if decision is None else decision.choice

    def typed(self, key: str) -> str | None:
        """What was typed on `key`, for as long as that decision stands."""
        decision = self._decisions.get(key)
        return None if decision is None else decision.text

    def is_about(self, choice: Choice) -> bool:
        """Whether a question about that choice is open, or answered and its answer holds."""
        return any(about(key) is choice for key in (*self._open, *self._decisions))

    def is_on(self, key: str) -> bool:
        """Whether a question on `key` is open, or answered and its answer holds."""
        return key in self._open or key in self._decisions

    def settle(self, question_id: str, choice: str, text: str | None, road: Road | None = None) -> PinnedQuestion:
        """Record an answer. The question is closed only by one of its own options.

        Raises:
            StaleQuestion: It was answered, withdrawn or never asked.
            InvalidInput: Not one of the options, text that belongs to none, or `custom` without it; it stays open.
        """
        standing = self._standing(question_id)
        chosen, typed = understood(standing.pinned.question, choice, text)
        key = standing.pinned.key
        permitted = standing.permits(chosen, typed) if standing.permits is not None else ()
        self._decisions[key] = Decision(
            decision_id=question_id,
            key=key,
            choice=chosen,
            text=typed,
            facts_digest=standing.facts_digest,
            permitted_digests=tuple(digest(parameters) for parameters in permitted),
        )
        del self._open[key]
        self._log(standing, chosen, typed, road)
        return standing.pinned

    def dismiss(self, question_id: str, how: str, road: Road | None = None) -> PinnedQuestion:
        """The person declined or closed the question: it is withdrawn, and nothing is decided.

        Raises:
            StaleQuestion: It was answered, withdrawn or never asked.
        """
        standing = self._standing(question_id)
        del self._open[standing.pinned.key]
        self._log(standing, how, None, road)
        return standing.pinned

    def forget(self, key: str) -> None:
        """Withdraw the question and the decision on `key`."""
        self._open.pop(key, None)
        self._decisions.pop(key, None)

    def forget_about(self, choice: Choice) -> None:
        """Withdraw every question and every decision about that choice."""
        for store in (self._open, self._decisions):
            for key in [key for key in store if about(key) is choice]:
                del store[key]

    def use_up(self, key: str) -> Decision | None:
        """The decision on `key`, removed: it counts for this one time."""
        return self._decisions.pop(key, None)

    def rearm_refused(self, step: str) -> None:
        """The person said "retry" of a refused call: what its decision permitted is permitted once more."""
        record = self._attempts.get(step)
        if record is None or record.state != "refused":
            return
        decision = self._decisions.get(record.key)
        if decision is not None and decision.decision_id == record.attempt.decision_id:
            decision.used = False

    def authorize(self, step: str, decision: Decision, parameters: JsonObject) -> Attempt:
        """Turn an unused decision into the permit of one mutating call.

        Raises:
            ConsentViolation: The decision was used, or permits other parameters: a bug in a step.
        """
        wanted = digest(parameters)
        if decision.used or wanted not in decision.permitted_digests:
            raise ConsentViolation(f"{step}: {decision.key} does not permit these parameters")
        decision.used = True
        previous = self._attempts.get(step)
        number = 1 if previous is None else previous.number + 1
        told_apart_by = "" if step in _ONE_OF_A_SESSION else wanted
        token = hashlib.sha256(f"{self.session_id}:{step}:{number}:{told_apart_by}".encode()).hexdigest()[:56]
        attempt = Attempt(decision_id=decision.decision_id, parameters_digest=wanted, client_token=f"ecs-dr-{token}")
        self._attempts[step] = _AttemptRecord(attempt, decision.key, number)
        return attempt

    def open_attempt(self, step: str) -> Attempt | None:
        """An attempt whose outcome is not known: it may be sent again as it was, and no other may be made."""
        record = self._attempts.get(step)
        if record is None or record.state != "open":
            return None
        return replace(record.attempt, in_doubt=record.in_doubt)

    def mark_sent(self, step: str) -> None:
        """The step's attempt goes out: until an answer settles it, what it makes may exist."""
        self._attempts[step].in_doubt = True

    def mark_undone(self, step: str) -> None:
        """The cloud said for certain that no send of the step's open attempt was carried out."""
        self._attempts[step].in_doubt = False

    def in_doubt(self) -> tuple[str, ...]:
        """The steps whose attempt may have been carried out without anybody knowing."""
        open_states = {"open", "elsewhere"}
        return tuple(step for step, one in self._attempts.items() if one.state in open_states and one.in_doubt)

    def note_elsewhere(self, step: str) -> None:
        """The step's token was used for another request: what that made may exist, and is looked for."""
        record = self._attempts[step]
        record.state, record.in_doubt, record.elsewhere_since = "elsewhere", True, self.clock.now()

    def elsewhere_since(self, step: str) -> datetime | None:
        """Since when such a request is known of; None where there is none, or where it is settled."""
        record = self._attempts.get(step)
        return record.elsewhere_since if record is not None and record.state == "elsewhere" else None

    def close_attempt(self, step: str, state: AttemptState) -> None:
        """The outcome of the step's attempt is known."""
        self._attempts[step].state = state
        self._attempts[step].in_doubt = False

    def open_questions(self) -> tuple[PinnedQuestion, ...]:
        """What the person has not answered yet."""
        return tuple(standing.pinned for standing in self._open.values())

    def is_open(self, question_id: str) -> bool:
        """Whether it is one of these."""
        return any(standing.pinned.question_id == question_id for standing in self._open.values())

    def _standing(self, question_id: str) -> _Open:
        for standing in self._open.values():
            if standing.pinned.question_id == question_id and not self._is_late(standing):
                return standing
        withdrawn_for = self._withdrawn.get(question_id)
        if withdrawn_for is not None:
            values = {"question_id": question_id, "what": withdrawn_for}
            raise StaleQuestion("StaleQuestion", "question_withdrawn", values)
        raise StaleQuestion("StaleQuestion", "stale_question", {"question_id": question_id})

    def _is_late(self, standing: _Open) -> bool:
        return self.clock.host_seconds() - standing.asked_at > QUESTION_LIFE_SECONDS

    def _log(self, standing: _Open, choice: str, text: str | None, road: Road | None) -> None:
        question, answered_at = standing.pinned.question, self.clock.now()
        chosen = question.option(choice)
        open_for = self.clock.host_seconds() - standing.asked_at
        traces.question(standing.pinned.key, "answered" if chosen is not None else choice, road, open_for)
        self.history.append(
            DecisionEntry(
                question_id=standing.pinned.question_id,
                key=standing.pinned.key,
                text=question.text,
                options=tuple(
                    ShownOption(value=one.value, label=one.shown, description=one.description)
                    for one in question.options
                ),
                choice=choice,
                chosen=chosen.shown if chosen is not None else "",
                typed=text,
                road=road,
                asked_at=standing.shown_at,
                answered_at=answered_at,
                seconds=round((answered_at - standing.shown_at).total_seconds(), 1),
            )
        )
