"""Step 1: read the source instance and its disks, after the person has confirmed which one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.names import is_instance_id, is_region_id
from ecs_dr.domain.questions import ABORT, CONFIRM, Question
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.source_gate import Finding, blockers, forbid_imaging_alone, warnings
from ecs_dr.domain.steps import Answer, Problem
from ecs_dr.errors import CloudRefused, EcsDrError, ErrorKind, InvalidInput
from ecs_dr.redact import safe_display
from ecs_dr.workflow.run import Run, may_be_skipped
from ecs_dr.workflow.session import Arguments

KEY = "source.confirm"


def checked_arguments(arguments: Arguments) -> tuple[str, str]:
    """Instance and region id, checked by their form before anything is sent.

    Raises:
        InvalidInput: One of them cannot be an id.
    """
    instance_id = (arguments.get("instance_id") or "").strip()
    region_id = (arguments.get("region_id") or "").strip()
    if not is_instance_id(instance_id):
        raise InvalidInput("InvalidInstanceId", "invalid_instance_id")
    if not is_region_id(region_id):
        raise InvalidInput("InvalidRegionId", "invalid_region_id")
    return instance_id, region_id


async def run_step(run: Run) -> Answer:
    """Confirm, read, judge."""
    session = run.session
    if session.source is not None:
        return _answer(run, session.source)
    decision = run.decide(KEY, [session.instance_id, session.region_id], lambda: _confirmation(run))
    if decision.choice == ABORT:
        return run.aborted("source", KEY)
    await run.cloud.identity()
    source = await read_source(run)
    session.source = source
    return _answer(run, source)


def _confirmation(run: Run) -> Question:
    session = run.session
    return run.question(
        run.texts("question.source.confirm", instance=session.instance_id, region=session.region_id),
        (run.option(CONFIRM, "confirm_source", recommended=True), run.abort_option()),
    )


async def read_source(run: Run) -> Source:
    """Everything readable of the source, as it is now.

    Raises:
        CloudRefused: With kind PERMISSION also when the API hid the missing permission behind an empty list.
        InvalidInput: There is no such instance in that region.
    """
    session, scope = run.session, run.scope
    instance = await run.cloud.describe_instance(scope, session.instance_id)
    if instance is None:
        if not await run.cloud.may_describe_instances(scope):
            raise CloudRefused(
                "ecs:DescribeInstances",
                ErrorKind.PERMISSION,
                "Forbidden.RAM",
                run.texts("note.empty_list_means_permission"),
                missing_permission="ecs:DescribeInstances",
            )
        session.source_missing = True
        values = {"instance": session.instance_id, "region": session.region_id}
        raise InvalidInput("InstanceNotFound", "instance_not_found", values)
    disks = await run.cloud.describe_disks(scope, session.instance_id)
    return await _with_optional_reads(run, Source(instance=instance, disks=disks))


async def _with_optional_reads(run: Run, source: Source) -> Source:
    """Add what further reads tell, side by side; each is left out with a note when it is not permitted."""
    cloud, scope, instance_id = run.cloud, run.scope, run.session.instance_id
    found: dict[str, object] = {}
    unread: list[str] = []
    failures: list[EcsDrError] = []

    async def read(field: str, action: str, call: Callable[[], Awaitable[object]]) -> None:
        try:
            found[field] = await call()
        except CloudRefused as refusal:
            if may_be_skipped(refusal.kind):
                unread.append(action)
            else:
                failures.append(refusal)
        except EcsDrError as error:
            failures.append(error)

    async with anyio.create_task_group() as reads:
        reads.start_soon(
            read, "ram_role_name", "ecs:DescribeInstanceRamRole", lambda: cloud.describe_ram_role(scope, instance_id)
        )
        reads.start_soon(read, "has_user_data", "ecs:DescribeUserData", lambda: cloud.has_user_data(scope, instance_id))
        if source.instance.charge_type == "PrePaid":
            reads.start_soon(
                read,
                "auto_renew",
                "ecs:DescribeInstanceAutoRenewAttribute",
                lambda: cloud.describe_auto_renew(scope, instance_id),
            )
    if failures:
        raise failures[0]
    return source.model_copy(update={**found, "unread": tuple(sorted(unread))})


def _answer(run: Run, source: Source) -> Answer:
    stopping = blockers(source, run.clock.now())
    telling = warnings(source)
    run.session.blocked, run.session.only_imaging_blocked = bool(stopping), forbid_imaging_alone(stopping)
    data: JsonObject = {
        "source": source.model_dump(mode="json", exclude={"disks", "instance"}) | source_record(source.instance),
        "disks": [disk.model_dump(mode="json") for disk in source.disks],
        "warnings": [_finding(run, finding) for finding in telling],
        "blockers": [_finding(run, finding) for finding in stopping],
    }
    if stopping:
        reasons = [_sentence(run, finding) for finding in stopping]
        problem = Problem(
            code="SourceBlocked",
            message=run.texts("error.source_blocked.message", instance=source.instance.instance_id),
            cause="\n".join(reasons),
            actions=tuple(run.texts("error.source_blocked.actions").split("\n")),
        )
        adoptable = run.session.only_imaging_blocked
        hint = [run.texts("step.source.adopt")] if adoptable else []
        message = "\n".join([problem.message, *reasons, *hint, run.state_of_the_world()])
        following = run.go_to("adopt_image") if adoptable else None
        return run.answer("source", "failed", message, data=data, problem=problem, following=following)
    instance = source.instance
    lines = [
        run.texts(
            "step.source.done",
            instance=instance.instance_id,
            name=safe_display(instance.name),
            type=instance.instance_type,
            zone=instance.zone_id,
            status=instance.status,
            disks=len(source.disks),
            size=sum(disk.size_gib for disk in source.disks),
        ),
        *(f"- {_sentence(run, finding)}" for finding in telling),
        run.texts("step.source.plan"),
        run.state_of_the_world(),
    ]
    return run.answer("source", "done", "\n".join(lines), data=data, following=run.go_to("create_image"))


def source_record(instance: Instance) -> JsonObject:
    """The fields of the instance at the top level of `data.source`, where a reader looks for them."""
    return instance.model_dump(mode="json")


def _sentence(run: Run, finding: Finding) -> str:
    return run.texts(f"finding.{finding.key}", **finding.values)


def _finding(run: Run, finding: Finding) -> JsonObject:
    return {"code": finding.code, "message": _sentence(run, finding)}
