"""What a recovery may say of the world: what was read of it, and when; never what follows from its own plans."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from ecs_dr.domain import links
from ecs_dr.domain.source_gate import Finding, group_warnings
from ecs_dr.domain.telling import NO_WORDS, Words, item
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.workflow.session import Session

if TYPE_CHECKING:
    from ecs_dr.workflow.application.state import Application


def standing(
    session: Session,
    texts: Texts,
    now: datetime,
    *,
    links_shown: bool = True,
    just_compared: bool = False,
    is_ending: bool = False,
) -> Words:
    """One paragraph: what is known of the source, and what this recovery created as it was last read.

    Args:
        session: The recovery.
        texts: In which language.
        now: The cloud's time.
        links_shown: With the console's address of each; without where the same line comes every minute.
        just_compared: Whether this very call compared the source with its first reading.
        is_ending: Whether nothing follows by itself: then it is also said that what exists is billed.
    """
    if session.application is not None:
        return _of_application(session.application, texts, now)
    separator = texts("list.separator")
    created = list(created_of(session, texts, now, links_shown=links_shown))
    unsettled = in_doubt(session, texts)
    if created:
        told = texts("world.exists", created=separator.join(created))
    elif unsettled or session.is_shared:
        told = texts("world.nothing_known")
    else:
        told = texts("world.nothing") + (_of_others(session, texts) if is_ending else NO_WORDS)
    doubt = _told_doubt(session, texts, unsettled) if unsettled else NO_WORDS
    billed = texts("world.billed") if is_ending and created else NO_WORDS
    line = told_source(session, texts, just_compared=just_compared) + told + doubt
    return Words("\n").join((line, billed)) if billed else line


class _WithoutTimes(Texts):
    def moment(self, when: datetime | None, *, near: datetime | None = None) -> str:  # noqa: ARG002 - told alike
        return "-"

    def span(self, first: datetime, last: datetime, *, near: datetime | None = None) -> str:  # noqa: ARG002 - told alike
        return "-"


def standing_but_for_times(session: Session, texts: Texts) -> Words:
    """The same without the moments of the readings: equal as long as nothing has changed."""
    return standing(session, _WithoutTimes(texts.language), session.created_at, links_shown=False)


def other_recoveries(session: Session) -> tuple[Finding, ...]:
    """Of the same source, those of this process first."""
    here = {finding.values["session"] for finding in session.recovered_here}
    return (*session.recovered_here, *(one for one in session.recovered_before if one.values["session"] not in here))


def _of_others(session: Session, texts: Texts) -> Words:
    """Who began anew may have an image or a replica all the same: of another recovery of the same source."""
    others = [
        texts(f"world.of_another{'_tagged' if finding.values['at'] else ''}", **finding.values)
        for finding in other_recoveries(session)
    ]
    return texts("world.of_others", others=texts("list.separator").join(others)) if others else NO_WORDS


def is_all_named(session: Session, named: frozenset[str]) -> bool:
    """Whether a sentence that names these ids leaves nothing for `standing` to add: no other thing, and no doubt."""
    if session.book.in_doubt() or session.resumed or session.integrity is not None or session.application is not None:
        return False
    if other_recoveries(session):
        return False
    used = set() if session.image is None else {session.image.image_id}
    return used | {made for _, made in session.made} <= named


def told_source(session: Session, texts: Texts, *, just_compared: bool) -> Words:
    """What is known of the source."""
    found = session.integrity
    if found is None and (session.source is None or session.recalled is not None):
        return texts(
            "world.source_missing" if session.source_missing else "world.source_unread", id=session.instance_id
        )
    if found is None:
        return texts("world.source_read", id=session.instance_id)
    since, at = texts.span(*found.since, near=found.at[1]), texts.span(*found.at)
    same = "same" if just_compared else "was_same"
    if session.source is not None and group_warnings(session.source):
        same = "in_part"
    if session.source is None and not found.is_gone:
        return texts("world.source_not_compared", id=session.instance_id, at=at)
    key = "gone" if found.is_gone else "changed" if found.has_changed else same
    return texts(f"world.source_{key}", id=session.instance_id, since=since, at=at)


def created_of(
    session: Session, texts: Texts, now: datetime, *, links_shown: bool = False, but: Collection[str] = ()
) -> Iterator[Words]:
    """Everything that carries this session's name, with its last reading; without those that are told elsewhere."""
    data_as_of = {one.image_id: one.data_as_of for one in session.own_images if one.data_as_of is not None}
    for kind, resource_id, address in _made(session):
        if resource_id in but:
            continue
        link = texts("world.link", link=address) if links_shown and address else NO_WORDS
        told = texts(f"world.{kind}", id=resource_id, state=told_state(session, texts, resource_id, now), link=link)
        if kind == "image" and resource_id in data_as_of:
            told = told + texts("snapshots.world_as_of", time=texts.moment(data_as_of[resource_id]))
        yield told


def _made(session: Session) -> Iterator[tuple[str, str, Words]]:
    """Of each: what it is, its id, and where the console shows it."""
    images = links.image_list(session.region_id)
    for kind, made in session.made:
        there_is_a_page = kind == "replica" and made not in session.lost_replicas
        replica = links.instance(session.region_id, made) if there_is_a_page else NO_WORDS
        yield kind, made, images if kind == "image" else replica
    if session.image is not None and session.image.adopted:
        yield "image_adopted", session.image.image_id, images


def _of_application(application: Application, texts: Texts, now: datetime) -> Words:
    """What every member has made, as it was last read, and what may exist."""
    lines = []
    for member in application.members:
        made = made_or_in_doubt(member.session, texts, now)
        if made:
            listed = texts("list.separator").join(made)
            lines.append(item(texts("application.member_has", id=member.instance_id, made=listed)))
    if not lines:
        return texts("world.nothing_known" if application.resumed and not application.found else "world.nothing")
    return Words("\n").join([texts("application.exists"), *lines])


def _told_doubt(session: Session, texts: Texts, unsettled: list[Words]) -> Words:
    """What may exist, and how that is settled: an image that another took the place of is not sent again."""
    pending = session.pending
    is_sent_again = pending.image is not None and not pending.image.disks
    is_aside = session.book.in_doubt() == ("image",) and pending.image_set_aside is not None and not is_sent_again
    return texts(f"world.in_doubt{'_aside' if is_aside else ''}", what=texts("list.separator").join(unsettled))


def in_doubt(session: Session, texts: Texts) -> list[Words]:
    """What was sent without a clear answer."""
    return [texts(f"world.doubt_{step}") for step in session.book.in_doubt()]


def made_or_in_doubt(session: Session, texts: Texts, now: datetime, *, but: Collection[str] = ()) -> list[Words]:
    """What this recovery made, as it was last read, and what may exist beside it."""
    doubts = (texts("application.doubt", what=doubt) for doubt in in_doubt(session, texts))
    return [*created_of(session, texts, now, but=but), *doubts]


def told_state(session: Session, texts: Texts, resource_id: str, now: datetime | None = None) -> Words:
    """How it was when it was last read, and when; without the date where that is the day of `now`."""
    sighting = session.sightings.get(resource_id)
    if sighting is None or sighting.looked_at is None:
        return texts("world.state_accepted")
    at = texts.moment(sighting.looked_at, near=now)
    if sighting.gone_at is not None:
        return texts("world.state_gone", at=at)
    if sighting.seen_at is None:
        return texts("world.state_unseen", at=at)
    seen = texts.moment(sighting.seen_at, near=now)
    if sighting.is_missing:
        return texts("world.state_missing", at=at, seen=seen)
    return texts("world.state_seen", status=worded_value(sighting.status, texts), at=seen)
