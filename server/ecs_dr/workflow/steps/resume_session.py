"""Take a recovery up again from the cloud alone: after a crash, a restart, or on another machine."""

from __future__ import annotations

from ecs_dr.domain.attributes.choices import choices_from
from ecs_dr.domain.disk_plan import bind_to_image, plan_disks
from ecs_dr.domain.image import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.lineage import SESSION, SOURCE, belongs_to, decided_disks, decided_words
from ecs_dr.domain.model import Tag
from ecs_dr.domain.names import is_session_id
from ecs_dr.domain.questions import ABORT, CONFIRM, Question
from ecs_dr.domain.replica import Billing, Placement, plan_launch
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.source_gate import blockers, forbid_imaging_alone
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.stock import Charge
from ecs_dr.domain.times import parse_time
from ecs_dr.errors import InvalidInput
from ecs_dr.workflow.following import what_follows
from ecs_dr.workflow.image_watch import ImageWatcher
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Arguments, ChosenVSwitch, DiskPlan, ImageState, Replica, Session, Target
from ecs_dr.workflow.snapshot_reads import recall_origin
from ecs_dr.workflow.steps.collect_source import checked_arguments, read_source

KEY = "resume.confirm"
LOOK_AGAIN_AFTER_SECONDS = (3.0, 6.0)
"""What was created a moment ago may not be listed yet (DescribeImages, DescribeInstances)."""


def checked(arguments: Arguments) -> tuple[str, str, str]:
    """Session, instance and region id, checked by their form before anything is sent.

    Raises:
        InvalidInput: One of them cannot be an id.
    """
    session_id = (arguments.get("session_id") or "").strip()
    if not is_session_id(session_id):
        raise InvalidInput("InvalidSessionId", "invalid_session_id")
    return (session_id, *checked_arguments(arguments))


def check_same(session: Session, instance_id: str, region_id: str) -> None:
    """A session that still lives is the one that is meant.

    Raises:
        InvalidInput: It recovers another instance.
    """
    if (session.instance_id, session.region_id) != (instance_id, region_id):
        raise InvalidInput("OtherInstance", "other_instance", {"instance": instance_id})


async def run_step(run: Run, watcher: ImageWatcher) -> Answer:
    """Confirm, read the source, find what carries this session's tags, and go on from there."""
    session = run.session
    if session.source is None:
        decision = run.decide(KEY, [session.instance_id, session.region_id], lambda: _confirmation(run))
        if decision.choice == ABORT:
            return run.aborted("session", KEY)
        await run.cloud.identity(run.budget_left)
        await _rebuild(run, watcher)
    following = what_follows(run)
    lines = [run.texts(_found_key(session)), run.state_of_the_world()]
    return run.answer("session", "done", "\n".join(lines), data=session.summary(), following=following)


def _found_key(session: Session) -> str:
    if session.replica is not None:
        return "step.resume.replica"
    return "step.resume.image" if session.image is not None else "step.resume.nothing"


def _confirmation(run: Run) -> Question:
    session = run.session
    text = run.texts(
        "question.resume.confirm", session=session.session_id, instance=session.instance_id, region=session.region_id
    )
    return run.question(text, (run.option(CONFIRM, "confirm_resume", recommended=True), run.abort_option()))


async def _rebuild(run: Run, watcher: ImageWatcher) -> None:
    session = run.session
    source = await read_source(run)
    findings = blockers(source, run.clock.now())
    session.blocked, session.only_imaging_blocked = bool(findings), forbid_imaging_alone(findings)
    session.resumed = True
    images, replicas = await _created_before(run)
    image = images[0] if images else None
    if image is None and replicas:
        image = await run.cloud.describe_image(run.scope, replicas[0].image_id)
    if image is not None:
        started_at = parse_time(image.creation_time) or run.clock.now()
        session.image = ImageState(image_id=image.image_id, name=image.name, started_at=started_at, image=image)
        session.image.data_as_of, session.image.origin = await recall_origin(run, image)
        session.failed_images = [
            ImageState(one.image_id, one.name, parse_time(one.creation_time) or started_at, one)
            for one in images[1:]
            if one.phase == "failed"
        ]
    vswitches = await run.cloud.describe_vswitches(run.scope, source.instance.vpc_id)
    mine = (one for one in vswitches if belongs_to(one.tags, session.session_id, session.instance_id))
    session.created_vswitch_ids = sorted(one.vswitch_id for one in mine)
    if replicas and image is not None:
        await _take_up_replica(run, source, image, replicas[0])
    session.source = source
    if session.image is not None and session.replica is None:
        watcher.watch(session)


async def _created_before(run: Run) -> tuple[list[Image], list[Instance]]:
    """What carries this session's tags, the newest first; looked for again while something may not be visible yet."""
    session = run.session
    tags = (Tag(key=SESSION, value=session.session_id), Tag(key=SOURCE, value=session.instance_id))
    images: list[Image] = []
    replicas: list[Instance] = []
    for pause in (0.0, *LOOK_AGAIN_AFTER_SECONDS):
        await run.clock.sleep(pause)
        images = sorted(
            await run.cloud.images_tagged(run.scope, tags), key=lambda found: found.creation_time, reverse=True
        )
        replicas = sorted(
            await run.cloud.instances_tagged(run.scope, tags), key=lambda found: found.creation_time, reverse=True
        )
        if replicas or (images and images[0].phase == "building"):
            break
    return images, replicas


async def find_strays(run: Run) -> None:
    """Look once more for what carries this session's tags: what was not listed in time must not be forgotten."""
    session = run.session
    if not session.resumed or not run.options.profile_tags:
        return
    tags = (Tag(key=SESSION, value=session.session_id), Tag(key=SOURCE, value=session.instance_id))
    known = {
        session.image.image_id if session.image is not None else "",
        *(failed.image_id for failed in session.failed_images),
        session.replica.instance_id if session.replica is not None else "",
    }
    images = await run.cloud.images_tagged(run.scope, tags)
    replicas = await run.cloud.instances_tagged(run.scope, tags)
    session.strays = (
        *(("image", one.image_id) for one in images if one.image_id not in known),
        *(("replica", one.instance_id) for one in replicas if one.instance_id not in known),
    )


async def _take_up_replica(run: Run, source: Source, image: Image, replica: Instance) -> None:
    session = run.session
    disks = plan_disks(source.disks, decided_disks(replica.tags))
    launch = _launch_of(source, image, replica, disks=DiskPlan(disks=disks, supported={}))
    session.target = Target(zone_id=replica.zone_id, instance_type=replica.instance_type, zones=())
    session.disks = DiskPlan(disks=disks, supported={})
    found = await run.cloud.describe_vswitches(run.scope, replica.vpc_id, vswitch_id=replica.vswitch_id)
    if found:
        created = found[0].vswitch_id in session.created_vswitch_ids
        session.vswitch = ChosenVSwitch(vswitch=found[0], created=created)
    launched_at = parse_time(replica.creation_time) or run.clock.now()
    session.replica = Replica(instance_id=replica.instance_id, launch=launch, launched_at=launched_at, seen=True)


def _launch_of(source: Source, image: Image, replica: Instance, disks: DiskPlan) -> LaunchRequest:
    """What the launch must have been: the source's values, with the zone, type and billing that were chosen."""
    lineage = tuple(tag for tag in replica.tags if tag.key.startswith("ecs-dr:"))
    choices = choices_from(decided_words(replica.tags), replica.auto_release_time)
    has_ipv6 = bool(replica.ipv6_addresses)
    return plan_launch(
        source,
        image,
        Placement(
            zone_id=replica.zone_id,
            instance_type=replica.instance_type,
            vswitch_id=replica.vswitch_id,
            has_ipv6=has_ipv6,
        ),
        bind_to_image(disks.disks, image.mappings),
        Billing(charge=Charge(charge_type=replica.charge_type, spot_strategy=replica.spot_strategy)),
        replica.name,
        lineage,
        choices,
    )
