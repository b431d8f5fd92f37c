"""A plan frozen into a runbook: the very launches that this product would send, with nothing worked out later."""

from __future__ import annotations

from dataclasses import dataclass

from ecs_dr.domain.application import page
from ecs_dr.domain.application.plan import MemberPlan, NewBlock
from ecs_dr.domain.attributes.choices import is_worth_asking, offers
from ecs_dr.domain.disks.plan import plan_disks
from ecs_dr.domain.images.model import unread_image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.lineage import decisions_tag, lineage_tags
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.names import replica_name
from ecs_dr.domain.network.model import VSwitchRequest
from ecs_dr.domain.permissions.policy import ANY, PolicyAction, PolicyScope, as_text, recovery_policy
from ecs_dr.domain.replica import Billing, LaunchChoices, Placement, plan_launch
from ecs_dr.domain.runbook import clean, telling
from ecs_dr.domain.runbook.keep_fresh import keep_fresh
from ecs_dr.domain.runbook.language import EXECUTION
from ecs_dr.domain.runbook.model import Runbook, RunbookFile, RunbookMember
from ecs_dr.domain.runbook.template import runbook_files
from ecs_dr.domain.source import Source
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import Telling, item, spaced, tell
from ecs_dr.domain.uris import RUNBOOK_URI
from ecs_dr.errors import RunbookImpossible
from ecs_dr.workflow.application.planning import plan_of
from ecs_dr.workflow.application.state import Application, Member
from ecs_dr.workflow.application.survey import read_all
from ecs_dr.workflow.needs import require_source
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session
from ecs_dr.workflow.session_store import SessionStore
from ecs_dr.workflow.steps.launch import billing as launch_billing
from ecs_dr.workflow.steps.launch import options as launch_options

LONGEST_ID = 32
"""A ClientToken of 64 characters holds the execution's id, a word and the source's id."""

WHOLE = "oos"
"""The name of the only template; one of several is called after its wave."""


@dataclass(frozen=True)
class Export:
    """A runbook as it is written, and what is told of it."""

    runbook: Runbook
    files: tuple[RunbookFile, ...]

    def fresh(self) -> str:
        """The template that keeps an image of each source."""
        return keep_fresh(self.runbook.region_id, self.runbook.members)

    def policy(self) -> str:
        """The RAM policy of the execution's role."""
        actions = (PolicyAction(name=name) for name in telling.needed_actions(self.runbook))
        scope = PolicyScope(region_id=self.runbook.region_id, instance_id=ANY)
        document = recovery_policy(actions, scope)
        statements = document["Statement"]
        # The engine calls the API by a road of its own, about which nothing is known: no condition is put on it.
        bare = [
            {name: value for name, value in one.items() if name != "Condition"}
            for one in (statements if isinstance(statements, list) else [])
            if isinstance(one, dict)
        ]
        return as_text({**document, "Statement": [*bare]})


async def run_step(run: Run, sessions: SessionStore) -> Answer:
    """Freeze what is planned; a plan that is not there yet is made, which reads and creates nothing."""
    session = run.session
    application = session.application or _alone(run, session)
    made = await export(run, application, sessions)
    if made is None:
        message = run.texts("application.reading", done=len(application.survey.looked), total=len(application.members))
        return run.answer("export", "in_progress", message, following=run.go_to("export_runbook"))
    session.templates = {file.name.removeprefix("-") or WHOLE: file.text for file in made.files}
    uris = [RUNBOOK_URI.format(session_id=session.session_id, name=name) for name in session.templates]
    data: JsonObject = {
        "format": "oos",
        "template_uri": uris[0],
        "templates": [*uris],
        "lines": sum(file.text.count("\n") for file in made.files),
        "left_out": [*telling.left_out(made.runbook, run.texts)],
        "decided_by_default": [*telling.decided_by_default(made.runbook.members, run.texts)],
        "ram_actions": [*telling.needed_actions(made.runbook)],
    }
    return run.answer("export", "done", told_export(made, run), data=data)


def told_export(made: Export, run: Run) -> Telling:
    """What is said of an export, beside its data."""
    say = run.texts
    size = sum(len(file.text.encode()) for file in made.files)
    lines = sum(file.text.count("\n") for file in made.files)
    message = [say("export.done", count=len(made.files), lines=lines, bytes=size)]
    if len(made.files) > 1:
        message.append(say("export.split"))
    undecided = telling.decided_by_default(made.runbook.members, say)
    message += [say("export.left_out_head"), *map(item, telling.left_out(made.runbook, say))]
    message += [say("export.undecided"), *map(item, undecided)] if undecided else []
    return tell(*message)


def _alone(run: Run, session: Session) -> Application:
    """A single recovery as an application of one."""
    require_source(run)
    application = Application(session.session_id, session.region_id, ((session.instance_id,),), [Member(session, 1)])
    application.confirmed = session.target is not None
    return application


async def export(run: Run, application: Application, sessions: SessionStore) -> Export | None:
    """The runbook of an application's plan; None when the call is over before all is read.

    Raises:
        RunbookImpossible: It cannot be exported, and why.
        InvalidInput: An id that no instance of the region has.
        CloudError: Something could not be read.
    """
    if application.plan is None:
        if not await read_all(run, application, application.survey, sessions):
            return None
        plan = await plan_of(run, application, application.survey)
        application.plan = plan if application is run.session.application else None
    else:
        plan = application.plan
    runbook = Runbook(region_id=application.region_id, members=_members(run, application, plan.members))
    return Export(runbook, runbook_files(runbook, run.texts))


def _members(run: Run, application: Application, planned: tuple[MemberPlan, ...]) -> tuple[RunbookMember, ...]:
    made: dict[NewBlock, VSwitchRequest] = {}
    members = []
    for one in planned:
        member = application.member(one.instance_id)
        if one.out or member.excluded in {"out", "left_out"}:
            continue
        _check(run, application, one)
        if one.new_block is not None and one.new_block not in made and member.session.vswitch is None:
            made[one.new_block] = _vswitch(run, one, one.new_block)
        members.append(_member(application, member, one, made))
    return tuple(members)


def _check(run: Run, application: Application, one: MemberPlan) -> None:
    """Whether this source can be exported at all.

    Raises:
        RunbookImpossible: It cannot.
    """
    if len(one.instance_id) > LONGEST_ID:
        raise RunbookImpossible("IdTooLong", "runbook_long_id", {"instance": one.instance_id})
    if one.obstacles or one.target is None:
        reasons = spaced(*(page.reason(finding, run.texts) for finding in one.obstacles))
        values = {"instance": one.instance_id, "reasons": reasons or run.texts("application.no_place")}
        raise RunbookImpossible("NotExportable", "runbook_no_zone", values)
    wanted = application.target_zone_id
    if wanted and one.target.zone_id != wanted:
        raise RunbookImpossible("ZoneNotPossible", "runbook_zone", {"instance": one.instance_id, "zone": wanted})


def _vswitch(run: Run, one: MemberPlan, block: NewBlock) -> VSwitchRequest:
    return VSwitchRequest(
        region_id=run.session.region_id,
        vpc_id=block.vpc_id,
        zone_id=block.zone_id,
        cidr_block=block.cidr_block,
        name=f"ecs-dr-{block.zone_id}",
        description=run.texts("created.vswitch_description", source=one.instance_id),
        tags=lineage_tags(EXECUTION, one.instance_id, "vswitch"),
    )


def _member(
    application: Application, member: Member, one: MemberPlan, made: dict[NewBlock, VSwitchRequest]
) -> RunbookMember:
    source = member.session.source
    if source is None:
        raise ValueError("a planned member was read")
    new_vswitch = made.get(one.new_block) if one.new_block is not None and member.session.vswitch is None else None
    return RunbookMember(
        source_id=one.instance_id,
        source_name=clean.portable(source).instance.name,
        wave=one.wave,
        launch=frozen_launch(member.session, source, one),
        new_vswitch=new_vswitch,
        cost=one.cost,
        by_default=_by_default(application, member, source, one),
        left_out=_left_out(source),
    )


def frozen_launch(session: Session, full: Source, one: MemberPlan) -> LaunchRequest:
    """What the product itself would launch, of the image that the runbook makes, under the runbook's lineage."""
    source, zone = clean.portable(full), one.place()
    chosen = {disk.device: disk.substitute for disk in zone.disks if disk.substitute is not None}
    if session.disks is not None:
        kept = (disk for disk in session.disks.disks if disk.substituted)
        chosen = {disk.device: (disk.category, disk.performance_level) for disk in kept}
    disks = plan_disks(source.disks, chosen)
    vswitch = session.vswitch.vswitch if session.vswitch is not None else one.vswitch
    placement = Placement(
        zone_id=session.target.zone_id if session.target is not None else zone.zone_id,
        instance_type=session.target.instance_type if session.target is not None else zone.instance_type,
        vswitch_id=vswitch.vswitch_id if vswitch is not None else "",
        has_ipv6=vswitch is not None and bool(vswitch.ipv6_cidr_block),
    )
    instance = source.instance
    image = session.source_image or unread_image(instance.image_id)
    lineage = (*lineage_tags(EXECUTION, instance.instance_id, "instance"), *decisions_tag(disks))
    name = replica_name(instance.name, instance.instance_id)
    return plan_launch(source, image, placement, disks, Billing(), name, lineage, LaunchChoices())


def _by_default(application: Application, member: Member, source: Source, one: MemberPlan) -> tuple[str, ...]:
    """What the runbook has as the plan proposes it, because nobody decided it (`zone`, `disks`)."""
    session, decided = member.session, application.confirmed
    undecided = {
        "zone": session.target is None and not decided,
        "type": session.target is None and not decided and "other_type" in one.exceptions,
        "disks": session.disks is None and not decided and "other_disks" in one.exceptions,
        "vswitch": session.vswitch is None and not decided,
        "billing": {"subscription", "spot"} & set(one.exceptions)
        and session.book.choice(launch_billing.KEY) != launch_billing.PAY_AS_YOU_GO,
        "options": is_worth_asking(offers(source, Billing()))
        and session.book.choice(launch_options.KEY) != launch_options.STANDARD,
        "name": True,
        "image_name": True,
    }
    return tuple(name for name, is_open in undecided.items() if is_open)


def _left_out(source: Source) -> tuple[str, ...]:
    """What carries rights of production, or cannot be carried in a template."""
    words = [offer.word for offer in offers(source, Billing()) if offer.word in telling.NEVER_EXPORTED]
    return (*words, *((clean.WORDS,) if clean.portable(source) != source else ()))
