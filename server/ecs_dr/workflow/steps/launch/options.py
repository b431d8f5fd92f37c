"""What is carried along although it acts on production, costs extra or exposes: one screen, the safe set first."""

from __future__ import annotations

from datetime import timedelta

from ecs_dr.domain.attributes.choices import (
    LIKE_PRODUCTION,
    PRESENT,
    SOONEST_RELEASE,
    Offer,
    is_worth_asking,
    offers,
    read_words,
    release_time,
    words_of,
)
from ecs_dr.domain.attributes.model import NOTHING
from ecs_dr.domain.attributes.rows_network import DRILL_HOURS
from ecs_dr.domain.attributes.table import WORDS, left_for_a_person
from ecs_dr.domain.attributes.terms import Billing, LaunchChoices
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.questions import ABORT, CUSTOM, MAX_OPTIONS, Option, Question
from ecs_dr.domain.source import Source
from ecs_dr.domain.telling import Table, Words, tell
from ecs_dr.errors import InvalidInput
from ecs_dr.workflow.run import Run

KEY = "launch.options"
STANDARD = "standard"
READY = "like_production"
DRILL = "drill"

PUBLIC_ADDRESS = "public_address"
_NOT_LEFT_OUT = frozenset({"public_ip", "auto_release_time", "password_inherit"})
"""Options with a line of their own on the page."""

_WANTED = "launch.options.wanted"
_RELEASE_AT = "launch.options.release"


def ask_anew(run: Run) -> None:
    """The person wants to decide again, also where nothing was worth asking."""
    run.session.book.forget(KEY)
    run.session.proposed[_WANTED] = "yes"
    run.session.proposed.pop(_RELEASE_AT, None)


def decide_options(run: Run, source: Source, billing: Billing) -> LaunchChoices | None:
    """What is carried along; None when the person chose to stop. Asked where there is something to decide."""
    offered = _not_refused(run, offers(source, billing))
    if not is_worth_asking(offered) and _WANTED not in run.session.proposed:
        return LaunchChoices()
    facts: list[JsonValue] = [[offer.word, offer.value] for offer in offered]
    while True:
        decision = run.decide(KEY, facts, lambda: _question(run, offered))
        if decision.choice == ABORT:
            return None
        if decision.choice == READY:
            return LaunchChoices(carried=_ready(offered))
        if decision.choice == DRILL:
            return LaunchChoices(public_ip=False, release_time=_release_at(run, DRILL_HOURS))
        if decision.choice != CUSTOM:
            return LaunchChoices()
        wanted = read_words(decision.text or "", offered)
        if not wanted.unknown:
            at = "" if wanted.release_hours is None else _release_at(run, wanted.release_hours)
            return LaunchChoices(carried=wanted.carried, public_ip=wanted.public_ip, release_time=at)
        words = ", ".join(wanted.unknown)[:128]
        run.refuse_typed(KEY, InvalidInput("UnknownWords", "unknown_words", {"words": words}))


def _not_refused(run: Run, offered: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """What was refused and is left out is not offered again; a decision that stands is not asked for anew for that."""
    facts: list[JsonValue] = [[offer.word, offer.value] for offer in offered]
    if run.session.book.stands(KEY, facts):
        return offered
    return tuple(offer for offer in offered if offer.key not in run.session.refusals.left_out)


def without_refused(run: Run, choices: LaunchChoices) -> LaunchChoices:
    """The choices without what was refused and the person goes on without."""
    left_out = frozenset(run.session.refusals.left_out)
    public_ip = choices.public_ip and "internet_max_bandwidth_out" not in left_out
    groups = run.session.refusals.groups
    return choices.model_copy(update={"left_out": left_out, "public_ip": public_ip, "security_group_ids": groups})


def _ready(offered: tuple[Offer, ...]) -> frozenset[str]:
    return LIKE_PRODUCTION & {offer.word for offer in offered}


def _release_at(run: Run, hours: int) -> str:
    """Fixed when it is first needed, so that what the person sees is what is sent; anew when it has come too near."""
    now = run.clock.now()
    fixed = run.session.proposed.get(_RELEASE_AT)
    if fixed is None or fixed < release_time(now + SOONEST_RELEASE, 0):
        fixed = run.session.proposed[_RELEASE_AT] = release_time(now + timedelta(0), hours)
    return fixed


def _question(run: Run, offered: tuple[Offer, ...]) -> Question:
    ready = [offer.key for offer in offered if offer.word in LIKE_PRODUCTION]
    options: list[Option] = [run.option(STANDARD, "options_standard", recommended=True)]
    if ready:
        told = run.texts("list.separator").join(run.texts(f"ledger.{key}.label") for key in ready)
        options.append(run.option(READY, "options_like_production", words=told))
    drill = any(offer.word == WORDS["auto_release_time"] for offer in offered)
    if drill:
        options.append(run.option(DRILL, "options_drill", hours=DRILL_HOURS))
    options.append(run.option(CUSTOM, "options_custom"))
    if len(options) < MAX_OPTIONS:
        options.append(run.abort_option())
    asked = tell(run.texts("ledger.options.question"), _table(run, offered))
    return run.question(asked, options, text_label=run.texts(f"ledger.options.text_label{'_drill' if drill else ''}"))


def _table(run: Run, offered: tuple[Offer, ...]) -> Table:
    """Each word beside what it carries along: two columns, so that a form reads it as a list."""
    head = tuple(run.texts(f"ledger.table.{column}") for column in ("word", "consequence"))
    return Table(tuple((offer.word, _told(run, offer)) for offer in offered), head)


def _told(run: Run, offer: Offer) -> Words:
    subject = _item(run, offer.key, "" if offer.value in {PRESENT, NOTHING} else offer.value)
    consequence = run.texts(f"ledger.{offer.key}.consequence")
    return run.texts("ledger.options.offer", subject=subject, consequence=consequence)


def not_chosen(run: Run, source: Source, billing: Billing, choices: LaunchChoices) -> tuple[Words, ...]:
    """The options that the source has and the person did not choose, each with its value."""
    chosen = words_of(choices)
    return tuple(
        _item(run, offer.key, "" if offer.value == PRESENT else offer.value)
        for offer in offers(source, billing)
        if offer.word not in chosen and offer.key not in _NOT_LEFT_OUT | choices.left_out
    )


def refused_options(run: Run, choices: LaunchChoices) -> tuple[Words, ...]:
    """What the cloud refused, and the person goes on without."""
    return tuple(run.texts(f"ledger.{key}.label") for key in sorted(choices.left_out))


def by_hand(run: Run, source: Source, launch: LaunchRequest) -> tuple[Words, ...]:
    """What nobody can carry over and this source has; without a public address nothing changes with one."""
    recalled = run.session.recalled
    # Of a source that could not be read, what no witness told is no value that it had.
    rows = [one for one in left_for_a_person(source) if recalled is None or one[0].key in recalled.known_rows]
    private = launch.internet_max_bandwidth_out == 0
    return tuple(_item(run, row.key, value) for row, value in rows if not (private and row.key == PUBLIC_ADDRESS))


def _item(run: Run, key: str, value: str) -> Words:
    label = run.texts(f"ledger.{key}.label")
    return run.texts("page.item", label=label, value=value) if value else label
