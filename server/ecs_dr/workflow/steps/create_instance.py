"""Step 5: one instance, exactly as the person saw it."""

from __future__ import annotations

from dataclasses import dataclass

from ecs_dr.domain.disk_plan import bind_to_image
from ecs_dr.domain.image import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.names import is_instance_name, replica_name
from ecs_dr.domain.questions import ABORT, CONFIRM, CUSTOM, Option, Question
from ecs_dr.domain.replica import Billing, Placement, flatten, plan_launch
from ecs_dr.domain.source import Source
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudRefused, InvalidInput, StepOutOfOrder
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.mutation import carry_out
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import ChosenVSwitch, DiskPlan, Replica, Target
from ecs_dr.workflow.steps import launch_billing, launch_refusal
from ecs_dr.workflow.steps.create_image import lineage_tags, require_source

KEY = "launch.confirm"
STEP = "instance"


@dataclass(frozen=True)
class Ready:
    """Everything that the launch rests on."""

    source: Source
    image: Image
    target: Target
    vswitch: ChosenVSwitch
    disks: DiskPlan


async def run_step(run: Run) -> Answer:
    """Show every parameter, check once more, create one instance."""
    session = run.session
    if session.replica is not None:
        return _answer(run, session.replica)
    name = _checked_name(run)
    led_elsewhere = await launch_refusal.resume(run)
    if led_elsewhere is not None:
        return led_elsewhere
    launch, decision = session.pending.launch, None
    try:
        if launch is None:
            ready = require_everything(run)
            billing = await launch_billing.decide_billing(
                run, ready.source, ready.target, lambda b: _launch(run, ready, b)
            )
            if billing is None:
                return run.aborted("instance", "launch")
            launch, decision = await _agree(run, ready, billing, name)
            if decision.choice == ABORT:
                return run.aborted("instance", "launch")
            await run.cloud.dry_run_launch(run.scope, launch)
        return await _create(run, launch, decision)
    except CloudRefused as refusal:
        return await launch_refusal.handle(run, refusal)


def _checked_name(run: Run) -> str | None:
    name = run.argument("instance_name")
    if name is not None and not is_instance_name(name):
        raise InvalidInput("InvalidInstanceName", "invalid_instance_name", {"name": name[:128]})
    return name


def require_everything(run: Run) -> Ready:
    """What the earlier steps supply.

    Raises:
        StepOutOfOrder: What is missing, and the tool that supplies it.
    """
    session = run.session
    source = require_source(run)
    if session.image is None:
        raise StepOutOfOrder("ImageMissing", "image_missing", next_tool="create_image")
    image = session.image.image
    if image is None or image.phase != "ready":
        raise StepOutOfOrder("ImageNotReady", "image_not_ready", next_tool="wait_for_image")
    if session.target is None:
        raise StepOutOfOrder("TargetMissing", "target_missing", next_tool="choose_target")
    if session.vswitch is None:
        raise StepOutOfOrder("VSwitchMissing", "vswitch_missing", next_tool="prepare_vswitch")
    if session.disks is None:
        raise StepOutOfOrder("DisksMissing", "disks_missing", next_tool="check_disks")
    return Ready(source, image, session.target, session.vswitch, session.disks)


def _launch(run: Run, ready: Ready, billing: Billing, name: str | None = None) -> LaunchRequest:
    instance = ready.source.instance
    placement = Placement(
        zone_id=ready.target.zone_id,
        instance_type=ready.target.instance_type,
        vswitch_id=ready.vswitch.vswitch.vswitch_id,
    )
    return plan_launch(
        instance,
        ready.image,
        placement,
        bind_to_image(ready.disks.disks, ready.image.mappings),
        billing,
        name or replica_name(instance.name, instance.instance_id),
        lineage_tags(run, "instance"),
    )


async def _agree(run: Run, ready: Ready, billing: Billing, name: str | None) -> tuple[LaunchRequest, Decision]:
    """The person's go-ahead for exactly these parameters."""
    proposed = run.session.proposed
    proposed[KEY] = (
        name or proposed.get(KEY) or replica_name(ready.source.instance.name, ready.source.instance.instance_id)
    )

    def launch_for(choice: str, text: str | None) -> LaunchRequest:
        return _launch(run, ready, billing, text if choice == CUSTOM else proposed[KEY])

    while True:
        shown = launch_for(CONFIRM, None)
        facts = shown.parameters()
        price = "" if run.session.book.stands(KEY, facts) else await launch_billing.price_line(run, shown)
        text = run.texts(
            "question.launch.confirm", table=_table(run, shown), price=price, source=run.session.instance_id
        )
        options = (
            run.option(CONFIRM, "launch_confirm", recommended=True, name=shown.instance_name),
            run.option(CUSTOM, "launch_custom_name"),
            run.abort_option(),
        )
        decision = run.decide(
            KEY,
            facts,
            lambda text=text, options=options: run.question(
                text, options, text_label=run.texts("question.launch.text_label")
            ),  # type: ignore[misc]
            permits=lambda choice, typed: None if choice == ABORT else launch_for(choice, typed).parameters(),
        )
        if decision.choice != CUSTOM or is_instance_name(decision.text or ""):
            return launch_for(decision.choice, decision.text), decision
        error = InvalidInput("InvalidInstanceName", "invalid_instance_name", {"name": (decision.text or "")[:128]})
        run.refuse_typed(KEY, error)


def _question(run: Run, text: str, options: tuple[Option, ...]) -> Question:
    return run.question(text, options, text_label=run.texts("question.launch.text_label"))


def _table(run: Run, launch: LaunchRequest) -> str:
    head = f"| {run.texts('table.parameter')} | {run.texts('table.value')} |\n|---|---|"
    rows = (f"| {name} | {value.replace('|', '/')} |" for name, value in flatten(launch.parameters()))
    return "\n".join([head, *rows])


async def _create(run: Run, launch: LaunchRequest, decision: Decision | None) -> Answer:
    session = run.session
    session.pending.launch = launch
    launched_at = run.clock.now()
    try:
        instance_id = await carry_out(
            run,
            STEP,
            decision,
            launch.parameters(),
            lambda attempt: run.cloud.run_instance(run.scope, launch, attempt),
        )
    except CloudRefused as refusal:
        if not refusal.retryable:
            session.pending.launch = None
        raise
    session.pending.launch = None
    session.replica = Replica(instance_id=instance_id, launch=launch, launched_at=launched_at)
    return _answer(run, session.replica)


def _answer(run: Run, replica: Replica) -> Answer:
    data: JsonObject = {"instance_id": replica.instance_id, "launch": replica.launch.parameters()}
    message = run.texts("step.instance.done", id=replica.instance_id, zone=replica.launch.zone_id)
    message = f"{message}\n{run.state_of_the_world()}"
    return run.answer("instance", "done", message, data=data, following=run.go_to("verify_instance"))
