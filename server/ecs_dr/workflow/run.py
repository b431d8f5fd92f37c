"""What a step has in its hands while it runs: the session, the cloud, the person, and how to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

from anyio.abc import TaskGroup

from ecs_dr.domain.lineage import lineage_tags
from ecs_dr.domain.model import JsonObject, JsonValue, Tag
from ecs_dr.domain.questions import ABORT, MAX_OPTIONS, MORE_OPTIONS, Option, Question
from ecs_dr.domain.steps import CREATING_TOOLS, Answer, Next, Problem, Status, StepName, Tells, ToolName
from ecs_dr.domain.telling import GAP, NO_WORDS, Telling, Words, tell
from ecs_dr.domain.texts import Language, Texts
from ecs_dr.errors import CallBudgetSpent, InvalidInput
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.decisions import Decision, Permits, Recorded
from ecs_dr.workflow.memory.kept_reads import CallReads, KeptReads
from ecs_dr.workflow.ports import Clock, Cloud, Ids, Progress, RetryNotice, Scope, groups_of
from ecs_dr.workflow.session import Arguments, Session
from ecs_dr.workflow.standing import is_all_named, standing, standing_but_for_times

PAGE = 3

SHORTEST_SLEEP = 0.001
"""Host seconds. What is left of a budget after rounding is no time: a clock would not move on for it."""


@dataclass(frozen=True)
class RecoveryOptions:
    """How the recovery behaves (see Settings). Seconds."""

    poll_seconds: float = 60
    ask_after_seconds: float = 300
    call_budget_seconds: float = 45
    language: Language = "en"
    profile_tags: bool = True
    zone: tzinfo | None = None
    """Of the times that a person reads; None: that of the region."""
    simulated: bool = False
    for_people: bool = False
    """Whether a person reads the answers themselves, and has no tools to call."""
    lists_sessions: bool = True
    """False where several people may share the server: who has no session id learns of no session."""


@dataclass
class Run:
    """One call of one tool for one session."""

    session: Session
    cloud: Cloud
    clock: Clock
    ids: Ids
    options: RecoveryOptions
    texts: Texts
    tool: ToolName
    """The tool whose step runs: a choice may have led to it from another one."""
    arguments: Arguments
    on_progress: Progress | None = None
    called: ToolName | None = None
    """The tool that was called: what a host had the person approve. None stands for `tool` itself."""
    remark: InvalidInput | None = None
    """Why the last typed value could not be used: said in the next question."""
    reason: Telling = field(default_factory=Telling)
    """Why the next question is put, said in it: what was refused, in the cloud's own words."""
    problem: Problem | None = None
    """The same in parts, for a host that reads them."""
    tells: Tells = "nothing"
    """How much of it the question tells."""
    shown: JsonObject = field(default_factory=dict)
    """What an answer carries as `data` beside a question."""
    shown_in_words: frozenset[str] = frozenset()
    """Names of it that the question itself says (`Answer.in_words`)."""
    background: TaskGroup | None = None
    """Where a read goes on that outlasts the call."""
    retried_before: dict[str, int] = field(default_factory=dict)
    """By action: the retries of a request that the call before put off to this one."""
    started: float = field(default=0.0)
    began_at: datetime = field(init=False)
    reads: CallReads = field(init=False)

    def __post_init__(self) -> None:
        """Start counting the call's budget, unless it is counted since another step of the same call.

        Note which tool was called, for all that the call goes on to.
        """
        self.called = self.called or self.tool
        self.started = self.started or self.clock.host_seconds()
        self.began_at = self.clock.now()
        kept = self.session.kept_reads.setdefault(self.tool, KeptReads())
        kept.forget_what_is_old(self.started)
        self.reads = CallReads(kept, lambda: self.budget_left, self.background, self.clock.now)

    @property
    def scope(self) -> Scope:
        """For whom and where the cloud is called."""
        return Scope(
            self.session.session_id,
            self.session.region_id,
            self._note_retry,
            lambda: self.budget_left,
            self.reads,
            groups_of(self.session.resource_group_id),
        )

    @property
    def budget_left(self) -> float:
        """How long this call may still wait, in the host's seconds."""
        left = self.options.call_budget_seconds - (self.clock.host_seconds() - self.started)
        return left if left > SHORTEST_SLEEP else min(left, 0.0)

    def lineage(self, step: str) -> tuple[Tag, ...]:
        """The lineage tags of what this step creates; none where they are switched off."""
        session = self.session
        own = lineage_tags(session.session_id, session.instance_id, step)
        return (*own, *session.further_tags) if self.options.profile_tags else ()

    def argument(self, name: str) -> str | None:
        """An argument of the tool; None when it is absent or blank."""
        return (self.arguments.get(name) or "").strip() or None

    def proposal(self, name: str, key: str) -> str | None:
        """The same for one that proposes a value: what the person typed on `key` themselves is no new proposal."""
        value = self.argument(name)
        return None if value == self.session.book.typed(key) else value

    def becomes(self, tool: ToolName) -> Run:
        """The same call, going on in another step: a choice led there."""
        other = replace(self, tool=tool, arguments={}, remark=None, shown={}, shown_in_words=frozenset())
        other.reads = self.reads
        return other

    def hand_over(self) -> None:
        """Before a request that creates something: it goes out in a call of a tool that creates, and of no other.

        Raises:
            Recorded: This is no such call; what was decided is kept for the one of the tool that creates.
        """
        if self.called not in CREATING_TOOLS:
            raise Recorded(self.tool)

    async def progress(self, done: float, total: float | None, message: str) -> None:
        """Tell whoever waits how far it is."""
        if self.on_progress is not None:
            await self.on_progress(done, total, message)

    async def _note_retry(self, notice: RetryNotice) -> bool:
        """Tell of a wait. The count goes on over several calls, as one call may be too short for all the waits."""
        attempt = notice.attempt + self.retried_before.get(notice.action, 0)
        if attempt > notice.of:
            return False
        text = self.texts(
            "note.retry" if notice.creates else "note.retry_read",
            action=notice.action,
            code=notice.code,
            wait=f"{notice.wait_seconds:.3g}",
            attempt=attempt,
            of=notice.of,
        )
        if notice.creates:
            # A wait before a read or a trial is over when an answer comes, and no page is to begin with it.
            self.session.notes.append(text)
        await self.progress(0, None, text)
        if self.clock.in_host_seconds(notice.wait_seconds) > self.budget_left:
            self.session.retries[notice.action] = attempt
            self.session.retry_at[self.tool] = self.clock.now() + timedelta(seconds=notice.wait_seconds)
            raise CallBudgetSpent(notice.action, notice.code, creates=notice.creates)
        return True

    async def wait_out(self) -> bool:
        """Sit out the wait that the last call announced and had no time for; False while it is not over."""
        due = self.session.retry_at.get(self.tool)
        remaining = (due - self.clock.now()).total_seconds() if due is not None else 0.0
        if remaining > 0 and not await self._sit_out(remaining):
            return False
        self.session.retry_at.pop(self.tool, None)
        self.retried_before = dict(self.session.retries)
        self.session.retries.clear()
        return True

    async def pause(self, seconds: float) -> bool:
        """Sleep so many of the cloud's seconds; False when the call ended before that."""
        is_over = await self._sit_out(seconds)
        self.reads.begin_anew()
        return is_over

    async def _sit_out(self, seconds: float) -> bool:
        """The same before a request is sent again: what was read beside it still belongs together."""
        share = min(1.0, max(0.0, self.budget_left) / self.clock.in_host_seconds(seconds))
        await self.clock.sleep(seconds * share)
        return share == 1.0

    # -- questions ---------------------------------------------------------------------------------------------

    def option(self, value: str, key: str, *, recommended: bool = False, **values: str | float) -> Option:
        """An option with the texts `option.<key>.label` and `.description`."""
        return Option(
            value=value,
            label=self.texts(f"option.{key}.label", **values),
            description=self.texts(f"option.{key}.description", **values),
            recommended=recommended,
            mark=self.texts("option.recommended"),
        )

    def recommend_first(self, options: Sequence[Option]) -> tuple[Option, ...]:
        """The same options, the first marked as the recommended one."""
        first, *rest = options
        return (first.model_copy(update={"recommended": True}), *rest)

    def abort_option(self) -> Option:
        """The option that ends the step with nothing decided."""
        return self.option(ABORT, "abort")

    def question(self, asked: Words | Telling, options: Sequence[Option], *, text_label: Words = NO_WORDS) -> Question:
        """A question, with the reason in front when the last typed value could not be used."""
        told = tell(self.reason, GAP, asked) if self.reason else tell(asked)
        remark = Telling() if self.remark is None else tell(refusal_reason(self.texts, self.remark))
        typed = {"allow_text": bool(text_label), "text_label": text_label}
        return Question(telling=told, remark=remark, options=tuple(options), **typed)

    def decide(
        self, key: str, facts: JsonValue, build: Callable[[], Question], permits: Permits | None = None
    ) -> Decision:
        """The person's decision; raises `Asking` while there is none on these facts."""
        return self.session.book.decide(key, facts, build, permits)

    def refuse_typed(self, key: str, error: InvalidInput) -> None:
        """What was typed cannot be used: the decision is dropped, and the next question says why."""
        self.session.book.forget(key)
        self.remark = error

    def choose(
        self,
        key: str,
        facts: JsonValue,
        asked: Words | Telling,
        candidates: Sequence[Option],
        tail: Sequence[Option] = (),
    ) -> str:
        """Have the person pick one of any number of candidates, best first; returns the value.

        Up to four fit one question, filled up with `tail`. Of more, three are shown with "More options".
        """
        while True:
            options = self.page(key, candidates, tail)
            values: list[JsonValue] = [*sorted(option.value for option in options)]
            page_facts: JsonValue = [facts, values]
            decision = self.decide(key, page_facts, lambda chosen=options: self.question(asked, chosen))  # type: ignore[misc]
            if decision.choice != MORE_OPTIONS:
                return decision.choice
            self.turn_page(key, len(candidates))

    def page(
        self, key: str, candidates: Sequence[Option], tail: Sequence[Option], *, has_to_fit: bool = False
    ) -> tuple[Option, ...]:
        """The options of one question: all candidates with what fits of the tail; of too many three at a time.

        Args:
            key: The question's.
            candidates: What there is to choose, the best first.
            tail: What follows them while there is room.
            has_to_fit: Candidates that leave no room for the whole tail are too many.
        """
        if len(candidates) + (len(tail) if has_to_fit else 0) <= MAX_OPTIONS:
            return self.recommend_first([*candidates, *tail][:MAX_OPTIONS])
        start = self.session.pages.get(key, 0) * PAGE % len(candidates)  # a later reading may have fewer
        return self.recommend_first([*candidates[start : start + PAGE], self.option(MORE_OPTIONS, "more_options")])

    def turn_page(self, key: str, count: int) -> None:
        """The person wants to see more: the question is put again with the next ones, after the last the first."""
        self.session.pages[key] = (self.session.pages.get(key, 0) + 1) % ((count - 1) // PAGE + 1)
        self.session.book.forget(key)

    # -- answers -----------------------------------------------------------------------------------------------

    def answer(
        self,
        step: StepName,
        status: Status,
        told: Words | Telling,
        *,
        data: JsonObject | None = None,
        in_words: Iterable[str] = (),
        following: Next | None = None,
        problem: Problem | None = None,
        tells: Tells = "message",
    ) -> Answer:
        """What the tool answers; notes that nobody was told yet go in front."""
        return Answer(
            session_id=self.session.session_id,
            step=step,
            status=status,
            telling=tell(*self.session.take_notes(), told),
            data=data or {},
            in_words=frozenset(in_words),
            next=following,
            problem=problem,
            tells=tells,
            language=self.texts.language,
        )

    def stopped(self, step: StepName, *, key: str = "step.aborted", data: JsonObject | None = None) -> Answer:
        """The person chose to stop. What exists is said, and how to go on."""
        return self.answer(step, "stopped", tell(self.texts(key), self.state_of_the_world(is_ending=True)), data=data)

    def aborted(self, step: StepName, *dropped: str | Choice, data: JsonObject | None = None) -> Answer:
        """The person chose Abort: the decision is not kept, so that the tool asks again when it is called again.

        Args:
            step: Where.
            dropped: The key of the question, or all that the step asks about a choice.
            data: What the answer carries.
        """
        for one in dropped:
            self.session.drop(one)
        return self.stopped(step, data=data)

    def go_to(self, tool: ToolName) -> Next:
        """The tool to call next."""
        return Next(tool=tool, why=self.texts(f"next.{tool}"))

    @property
    def has_just_compared(self) -> bool:
        """Whether the source was read in this very call, and compared with its first reading."""
        found = self.session.integrity
        return found is not None and found.at[0] >= self.began_at

    def beside_what_exists(self, message: Words | Telling, *named: str) -> Telling:
        """The message of a step that succeeded; below it how things stand, where there is more than it names.

        Args:
            message: Of the step.
            named: Ids of what was made that it names.
        """
        if is_all_named(self.session, frozenset(named)):
            return tell(message)
        return tell(message, self.news_of_the_world())

    def news_of_the_world(self) -> Words:
        """The same in a row of answers: a person who reads them all is told again once something has changed."""
        if self.texts.for_people:
            last, self.session.last_told = self.session.last_told, standing_but_for_times(self.session, self.texts)
            if last == self.session.last_told:
                return NO_WORDS
        return self.state_of_the_world(links_shown=False)

    def state_of_the_world(self, *, links_shown: bool = True, is_ending: bool = False) -> Words:
        """What is known of the source and of what this recovery created, as it was last read (see `standing`)."""
        session = self.session
        return standing(
            session,
            self.texts,
            self.clock.now(),
            links_shown=links_shown,
            just_compared=self.has_just_compared,
            is_ending=is_ending,
        )


def refusal_reason(texts: Texts, error: InvalidInput) -> Words:
    """Why an answer could not be used, in a line or two: what is wrong with it, and what would do."""
    told = (texts(f"error.{error.key}.{part}", **error.values) for part in ("message", "cause"))
    return Words(" ").join(told)
