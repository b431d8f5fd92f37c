"""What the doctor tries: each read as the recovery makes it, and the launch as a dry run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from ecs_dr.domain.network.vswitches import usable_vswitches
from ecs_dr.domain.plan.model import ZonePlan
from ecs_dr.domain.replica import Billing
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.stock.model import Charge
from ecs_dr.domain.stock.ranking import rank_zones
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import CloudError, CloudRefused, ErrorKind, OutcomeUnknown
from ecs_dr.workflow.clock import SystemClock
from ecs_dr.workflow.ids import RandomIds
from ecs_dr.workflow.planning.checks import ENDS_IT, RUN_INSTANCES, rehearsed_launch
from ecs_dr.workflow.ports import Cloud, Scope
from ecs_dr.workflow.run import RecoveryOptions, Run
from ecs_dr.workflow.session_store import SessionStore

IMAGE_NAME = "ecs-dr-doctor"
"""A name that is looked for: whether images may be listed."""


class State(StrEnum):
    """What is known of an action."""

    PERMITTED = "permitted"
    DENIED = "denied"
    CREDENTIALS_REFUSED = "credentials_refused"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    UNREACHED = "unreached"
    NEEDS_CREDENTIALS = "needs_credentials"
    NEEDS_GOOD_CREDENTIALS = "needs_good_credentials"
    NEEDS_REGION = "needs_region"
    NEEDS_INSTANCE = "needs_instance"
    NEEDS_DRY_RUN = "needs_dry_run"
    NO_SUCH_INSTANCE = "no_such_instance"
    NO_DRY_RUN = "no_dry_run"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True)
class Outcome:
    """What a trial showed.

    Attributes:
        state: What is known now.
        said: The code that the cloud answered with, or the permission that is missing; empty where none is told.
    """

    state: State
    said: str = ""


TrialCall = Callable[[], Awaitable[Outcome]]
ReadCall = Callable[[], Awaitable[object]]

_PAST_AUTHORISATION = frozenset(
    {
        ErrorKind.DEPENDENCY,
        ErrorKind.DISK,
        ErrorKind.DRY_RUN_PASSED,
        ErrorKind.NO_STOCK,
        ErrorKind.PARAMETER,
        ErrorKind.REFERENCE,
        ErrorKind.SOURCE_STATE,
    }
)
"""Refusals of a read that are about what was asked for: the identity was let through before them."""


def read_trials(cloud: Cloud, scope: Scope, instance: Instance | None) -> dict[str, TrialCall]:
    """The reads that can be tried, by the action that each sends; more of them with an instance in hand."""
    reads: dict[str, ReadCall] = {
        "ecs:DescribeInstances": lambda: _not_hidden("ecs:DescribeInstances", cloud.may_describe_instances(scope)),
        "ecs:DescribeImages": lambda: _images(cloud, scope),
    }
    if instance is not None:
        reads |= {
            name: partial(read, cloud, scope, instance)
            for name, read in READS_OF_INSTANCE.items()
            if name != AUTO_RENEW or instance.charge_type == "PrePaid"
        }
    return {name: partial(_tried, read) for name, read in reads.items()}


async def _tried(read: ReadCall) -> Outcome:
    """An answer, or a refusal of what was asked for, means that the identity may ask."""
    try:
        await read()
    except CloudError as error:
        if isinstance(error, CloudRefused) and error.kind in _PAST_AUTHORISATION:
            return Outcome(State.PERMITTED)
        return _of_identity(error) or Outcome(State.UNCLEAR, error.code)
    return Outcome(State.PERMITTED)


async def _not_hidden(action: str, permitted: Awaitable[bool]) -> None:
    """An empty list may hide a missing permission; what else tells of it is asked here.

    Raises:
        CloudRefused: The permission is missing.
    """
    if not await permitted:
        raise CloudRefused(action, ErrorKind.PERMISSION, "Forbidden.RAM", "")


async def _images(cloud: Cloud, scope: Scope) -> None:
    if not await cloud.find_images(scope, IMAGE_NAME):
        await _not_hidden("ecs:DescribeImages", cloud.may_describe_images(scope))


async def _vswitches(cloud: Cloud, scope: Scope, vpc_id: str) -> None:
    if not await cloud.describe_vswitches(scope, vpc_id):
        await _not_hidden("vpc:DescribeVSwitches", cloud.may_describe_vswitches(scope, vpc_id))


async def _disks(cloud: Cloud, scope: Scope, instance_id: str) -> None:
    """An instance has a system disk at least: none at all means that they are hidden."""
    if not await cloud.describe_disks(scope, instance_id):
        raise CloudRefused("ecs:DescribeDisks", ErrorKind.PERMISSION, "Forbidden.RAM", "")


AUTO_RENEW = "ecs:DescribeInstanceAutoRenewAttribute"
READS_OF_INSTANCE: Mapping[str, Callable[[Cloud, Scope, Instance], Awaitable[object]]] = {
    "ecs:DescribeDisks": lambda cloud, scope, of: _disks(cloud, scope, of.instance_id),
    "ecs:DescribeAvailableResource": lambda cloud, scope, of: cloud.zone_stock(scope, of.instance_type, Charge()),
    "vpc:DescribeVSwitches": lambda cloud, scope, of: _vswitches(cloud, scope, of.vpc_id),
    "vpc:DescribeVpcs": lambda cloud, scope, of: cloud.describe_vpc(scope, of.vpc_id),
    "ecs:DescribeInstanceTypes": lambda cloud, scope, of: cloud.instance_types(scope, (of.instance_type,)),
    "ecs:DescribeInstanceRamRole": lambda cloud, scope, of: cloud.describe_ram_role(scope, of.instance_id),
    "ecs:DescribeUserData": lambda cloud, scope, of: cloud.has_user_data(scope, of.instance_id),
    "ecs:DescribeInstanceHistoryEvents": lambda cloud, scope, of: cloud.describe_history_events(scope, of.instance_id),
    AUTO_RENEW: lambda cloud, scope, of: cloud.describe_auto_renew(scope, of.instance_id),
}
"""Reads that can be tried only with something of an instance in hand; the last of a subscription alone."""

DRY_RUN = frozenset({RUN_INSTANCES})
"""Creating actions whose DryRun is documented: CreateVSwitch has none, CreateImage one that nothing is said about."""


async def rehearse(cloud: Cloud, texts: Texts, scope: Scope, instance: Instance) -> dict[str, Outcome]:
    """RunInstances with DryRun, as `plan_recovery` tries it."""
    return {RUN_INSTANCES: await _try_launch(cloud, texts, scope, instance)}


async def _try_launch(cloud: Cloud, texts: Texts, scope: Scope, instance: Instance) -> Outcome:
    clock, ids = SystemClock(), RandomIds()
    session = SessionStore(clock, ids).create(instance.instance_id, scope.region_id)
    # No tags: a recovery goes on without them where they are not permitted.
    run = Run(session, cloud, clock, ids, RecoveryOptions(profile_tags=False), texts, "plan_recovery", {})
    try:
        disks = await cloud.describe_disks(scope, instance.instance_id)
        image = await cloud.describe_image(scope, instance.image_id)
        zone = await _place(cloud, scope, instance)
    except CloudError as error:
        is_refused = error.kind is ErrorKind.CREDENTIALS
        return Outcome(State.CREDENTIALS_REFUSED if is_refused else State.UNCLEAR, error.code)
    if not disks or image is None or not image.can_be_rehearsed:
        return Outcome(State.UNCLEAR, texts("doctor.no_trial_image"))
    launch = rehearsed_launch(run, Source(instance=instance, disks=disks), image, zone, Billing())
    try:
        await cloud.dry_run_launch(scope, launch)
    except CloudError as error:
        return _refused(error)
    return Outcome(State.PERMITTED)


async def _place(cloud: Cloud, scope: Scope, instance: Instance) -> ZonePlan:
    """Another zone with stock and a VSwitch; without any, the source's own: it tells of the permission all the same."""
    vswitches = await cloud.describe_vswitches(scope, instance.vpc_id)
    stocks = rank_zones(await cloud.zone_stock(scope, instance.instance_type, Charge()), instance.zone_id)
    for stock in stocks:
        usable = usable_vswitches(vswitches, instance, stock.zone_id)
        if usable and stock.stock.buyable:
            return ZonePlan.to_rehearse(instance, usable[0])
    return ZonePlan.where_it_is(instance, vswitches)


def _refused(error: CloudError) -> Outcome:
    """What a dry run that did not pass says of the real call."""
    state = State.REFUSED if error.kind in ENDS_IT else State.UNCLEAR
    return _of_identity(error) or Outcome(state, error.code)


def _of_identity(error: CloudError) -> Outcome | None:
    """What an error says of who asks and whether anybody answers; None where it is about something else."""
    if isinstance(error, OutcomeUnknown):
        return Outcome(State.UNREACHED)
    if error.kind is ErrorKind.CREDENTIALS:
        return Outcome(State.CREDENTIALS_REFUSED, error.code)
    if error.kind is ErrorKind.PERMISSION:
        return Outcome(State.DENIED, error.missing_permission or error.action)
    return None
