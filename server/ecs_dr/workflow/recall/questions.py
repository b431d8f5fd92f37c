"""What nobody knows of a source that cannot be read: at most four questions, and no guess."""

from __future__ import annotations

from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.names import is_instance_type
from ecs_dr.domain.network.model import SecurityGroup
from ecs_dr.domain.questions import ABORT, CUSTOM, Option
from ecs_dr.domain.recall.model import Recalled
from ecs_dr.domain.telling import Words
from ecs_dr.errors import InvalidInput
from ecs_dr.workflow.run import Run

TYPE_KEY = "recall.type"
GROUP_KEY = "recall.group"
CHARGE_KEY = "recall.charge"
DISKS_KEY = "recall.disks"
CATEGORIES = (("cloud_essd", "PL1"), ("cloud_auto", None), ("cloud_essd_entry", None))
"""What is offered where nobody knows what the disks were; Step 4c asks again where the zone has none of it."""
PAY_AS_YOU_GO, SUBSCRIPTION = "pay_as_you_go", "subscription"


class LeftAlone(Exception):  # noqa: N818 - no error: the person chose to stop
    """The person chose to stop at a question; nothing was decided."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def ask_type(run: Run, recalled: Recalled) -> Recalled:
    """The type, typed: no list of the cloud says what the source was."""
    if recalled.values.instance_type:
        return recalled
    while True:
        text = run.texts("question.recall.type", instance=run.session.instance_id)
        options = (run.option(CUSTOM, "recall_type", recommended=True), run.abort_option())
        label = run.texts("recall.type_label")
        decision = run.decide(TYPE_KEY, [], lambda: run.question(text, options, text_label=label))  # noqa: B023
        if decision.choice == ABORT:
            raise LeftAlone(TYPE_KEY)
        typed = (decision.text or "").strip()
        if is_instance_type(typed):
            return recalled.with_value("instance_type", typed, "person")
        run.refuse_typed(TYPE_KEY, InvalidInput("InvalidInstanceType", "invalid_instance_type", {"type": typed[:64]}))


async def ask_group(run: Run, recalled: Recalled) -> Recalled:
    """The security group, and with it the VPC.

    Raises:
        CloudRefused: The groups may not be listed.
        InvalidInput: There is none to choose.
    """
    if recalled.values.security_group_ids and recalled.values.vpc_id:
        return recalled
    vpc_id = recalled.values.vpc_id
    listed = await run.cloud.security_groups(run.scope)
    groups = [one for one in listed if one.vpc_id and not one.managed and vpc_id in {"", one.vpc_id}]
    groups = groups or [one for one in listed if one.vpc_id and not one.managed]
    if not groups:
        raise InvalidInput("NoSecurityGroup", "no_security_group", {"region": run.session.region_id})
    groups.sort(key=lambda one: (one.vpc_id, one.group_id))
    candidates = [group_option(run, one) for one in groups]
    text = run.texts("question.recall.group", instance=run.session.instance_id)
    facts: list[JsonValue] = [one.group_id for one in groups]
    chosen = run.choose(GROUP_KEY, facts, text, candidates, [run.abort_option()])
    if chosen == ABORT:
        raise LeftAlone(GROUP_KEY)
    vpc_id = next(one.vpc_id for one in groups if one.group_id == chosen)
    again = recalled.with_value("security_group_ids", (chosen,), "person")
    if vpc_id != again.values.vpc_id:
        again = again.with_value("vpc_id", vpc_id, "person").with_value("vswitch_id", "", "person")
    return again


def group_option(run: Run, group: SecurityGroup) -> Option:
    """A security group with its name and VPC."""
    return run.option(group.group_id, "recall_group", group=group.group_id, name=group.name or "-", vpc=group.vpc_id)


def ask_charge(run: Run, recalled: Recalled) -> Recalled:
    """How it is paid for."""
    if recalled.values.charge_type:
        return recalled
    text = run.texts("question.recall.charge", instance=run.session.instance_id)
    options = (
        run.option(PAY_AS_YOU_GO, "recall_pay_as_you_go", recommended=True),
        run.option(SUBSCRIPTION, "recall_subscription"),
        run.abort_option(),
    )
    choice = _chosen(run, CHARGE_KEY, [], text, options)
    return recalled.with_value("charge_type", "PrePaid" if choice == SUBSCRIPTION else "PostPaid", "person")


def ask_disks(run: Run, recalled: Recalled) -> Recalled:
    """One category for all disks of which nobody knows it."""
    unknown = [disk for disk in recalled.values.disks if not disk.category]
    if not unknown:
        return recalled
    told = run.texts("list.separator").join(disk.device for disk in unknown)
    text = run.texts("question.recall.disks", disks=told, instance=run.session.instance_id)
    offered = [
        run.option(f"{category}:{level or ''}", "recall_category", kind=f"{category} {level or ''}".strip())
        for category, level in CATEGORIES
    ]
    options = run.recommend_first([*offered, run.abort_option()])
    choice = _chosen(run, DISKS_KEY, [disk.device for disk in unknown], text, options)
    category, _, level = choice.partition(":")
    return recalled.with_category(category, level or None)


def _chosen(run: Run, key: str, facts: list[JsonValue], text: Words, options: tuple[Option, ...]) -> str:
    decision = run.decide(key, facts, lambda: run.question(text, options))
    if decision.choice == ABORT:
        raise LeftAlone(key)
    return decision.choice
