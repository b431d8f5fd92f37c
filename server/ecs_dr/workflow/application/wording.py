"""What the questions of an application show: what is common once, what differs for each source."""

from __future__ import annotations

from collections.abc import Sequence

from ecs_dr.domain.pages.launch import several_launches
from ecs_dr.domain.pages.words import coin, figure
from ecs_dr.domain.questions import ABORT, CONFIRM, KEEP_WAITING, LEAVE_OUT, RETRY, Question
from ecs_dr.domain.telling import GAP, NO_WORDS, Part, Telling, Words, item, tell
from ecs_dr.workflow.application.state import Application, Member, Pending
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.standing import made_or_in_doubt

FROM_SNAPSHOTS = "from_snapshots"


def images_question(run: Run, pending: Sequence[Pending], application: Application) -> Question:
    """Everything that is made before the first launch, each by its name."""
    say = run.texts
    images = [one for one in pending if "image_name" in one.shown]
    sets = [one for one in pending if "sets" in one.shown]
    vswitches = [one for one in pending if "cidr_block" in one.shown]
    made = len(images) + len(sets)
    lines: list[Part | Telling] = [say("application.question.images", count=made)]
    if not made:
        lines = [say("application.question.vswitches", count=len(pending))]
    for one in images:
        planned = one.member.planned
        disks, gib = (planned.disk_count, planned.snapshot_gib) if planned is not None else ("?", "?")
        name = str(one.shown["image_name"])
        values = {"id": one.member.instance_id, "name": name, "disks": disks, "gib": gib}
        lines.append(item(say("application.question.image", **values)))
    for one in sets:
        ids = ", ".join(_snapshot_ids(one))
        label = one.pinned.question.options[0].shown
        lines.append(item(say("application.question.snapshots", id=one.member.instance_id, label=label, ids=ids)))
    for one in vswitches:
        values = {"cidr": str(one.shown["cidr_block"]), "zone": str(one.shown.get("zone_id", ""))}
        users = sum(
            member.planned is not None
            and member.planned.new_block is not None
            and member.planned.new_block.cidr_block == values["cidr"]
            for member in application.active
        )
        lines.append(item(say("application.question.vswitch", count=users, **values)))
    # Of what was asked on the way to something else, the application knows no more than the question itself.
    for one in pending:
        if one not in (*images, *sets, *vswitches):
            lines += [GAP, one.pinned.question.whole]
    lines.append(say("application.question.images_billed" if made else "application.question.vswitches_free"))
    confirm = run.option(CONFIRM, "application_images", recommended=True)
    return run.question(tell(*lines), (confirm, run.abort_option()))


def _snapshot_ids(one: Pending) -> list[str]:
    """The snapshots of the set that is recommended."""
    sets = one.shown.get("sets")
    first = sets[0] if isinstance(sets, list) and sets else None
    rows = first.get("snapshots") if isinstance(first, dict) else None
    return [str(row.get("snapshot_id")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def launches_question(run: Run, pending: Sequence[Pending], wave: int, application: Application) -> Question:
    """Everything of every launch of a wave: first what all have, then what each has of its own."""
    say = run.texts
    shown = {one.member.instance_id: one.member.session.shown_page for one in pending}
    pages = {source: page for source, page in shown.items() if page is not None}
    head = say("application.question.launches", wave=wave, count=len(pending), waves=len(application.waves))
    parts: list[Part | Telling] = [head, several_launches(pages, say)]
    # Asked before this process kept pages: then each one's own question stands here whole.
    for one in pending:
        if shown[one.member.instance_id] is None:
            parts += [GAP, one.pinned.question.whole]
    parts += [GAP, *_about(run, pending, is_last=wave == len(application.waves))]
    confirm = run.option(CONFIRM, "application_launches", recommended=True, wave=wave, count=len(pending))
    return run.question(tell(*parts), (confirm, run.abort_option()))


def _about(run: Run, pending: Sequence[Pending], *, is_last: bool) -> list[Words]:
    """What they cost together, how old their data is, and that each is made once."""
    say = run.texts
    costs = [one.member.planned.cost for one in pending if one.member.planned is not None]
    known = [cost for cost in costs if cost is not None]
    lines = []
    if known and len(known) == len(pending) and len({(cost.currency, cost.unit) for cost in known}) == 1:
        total = known[0].model_copy(update={"total": sum(cost.total for cost in known)})
        values = {
            "hour": figure(total.total),
            "month": figure(total.per_month, "month"),
            "currency": coin(total.currency, say),
        }
        lines.append(say("application.question.price", **values))
    else:
        lines.append(say("price.unknown"))
    moments = [one.member.session.image.started_at for one in pending if one.member.session.image is not None]
    if moments:
        lines.append(say("application.question.moment", moment=say.moment(min(moments))))
    return [*lines, say("application.question.exactly_last" if is_last else "application.question.exactly")]


def failure_question(run: Run, members: Sequence[Member]) -> Question:
    """What is to become of members that cannot go on; what exists of them is said."""
    say = run.texts
    waits = all(member.failure is not None and member.failure.under_way for member in members)
    lines = [say(f"application.question.{'slow' if waits else 'failed'}", count=len(members))]
    for member in members:
        failure = member.failure
        text = failure.text if failure is not None else NO_WORDS
        told = say("application.question.failed_one", id=member.instance_id, wave=member.wave, text=text)
        lines += [item(told), *(Words("  ") + line for line in _exists(run, member))]
    first = run.option(KEEP_WAITING, "application_wait") if waits else run.option(RETRY, "application_retry")
    leave = run.option(LEAVE_OUT, "application_leave_out", count=len(members))
    ways = [first, leave, run.option(ABORT, "application_abort")]
    if not waits and all(_has_no_image(member) and not member.needs_snapshots for member in members):
        ways.insert(1, run.option(FROM_SNAPSHOTS, "application_snapshots"))
    if all(one.failure is not None and (one.failure.code, one.failure.text) in one.told_failures for one in members):
        # Nothing has changed since it was asked the last time: going round recommends itself to nobody.
        ways = [ways[-1], *ways[:-1]]
    options = run.recommend_first(ways)
    return run.question(tell(*lines), options)


def _has_no_image(member: Member) -> bool:
    image = member.session.image
    return member.session.replica is None and (image is None or image.has_failed)


def _exists(run: Run, member: Member) -> list[Words]:
    made = made_or_in_doubt(member.session, run.texts, run.clock.now())
    return [run.texts("application.question.failed_has", made=run.texts("list.separator").join(made))] if made else []
