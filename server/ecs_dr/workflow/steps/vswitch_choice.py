"""What is chosen in Step 4b: which VSwitch of the target zone, or which block for a new one."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.names import is_vswitch_id
from ecs_dr.domain.network.cidr import validate_cidr
from ecs_dr.domain.network.model import Vpc, VSwitch, VSwitchRequest
from ecs_dr.domain.network.vswitches import by_id
from ecs_dr.domain.questions import CREATE_VSWITCH, CUSTOM, PICK_ANOTHER_ZONE, Option
from ecs_dr.domain.source import Instance
from ecs_dr.domain.telling import Words, spaced
from ecs_dr.errors import InvalidInput
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.memory.chosen import ChosenVSwitch, Target
from ecs_dr.workflow.mutation import permitted
from ecs_dr.workflow.needs import require_source
from ecs_dr.workflow.run import Run

PICK_KEY = "vswitch.pick"
CREATE_KEY = "vswitch.create"


def checked_arguments(run: Run, source: Instance) -> tuple[str | None, str | None]:
    """The VSwitch and the block that the call proposes, checked by their form before anything is sent.

    Raises:
        InvalidInput: One of them cannot be what it should be.
    """
    wanted = run.argument("vswitch_id")
    if wanted is not None and not is_vswitch_id(wanted):
        raise InvalidInput("InvalidVSwitchId", "invalid_vswitch_id")
    cidr = run.proposal("cidr_block", CREATE_KEY)
    if cidr is not None and not _is_cidr(cidr):
        raise InvalidInput("CidrMalformed", "cidr_unreadable", {"cidr": cidr[:40], "example": _example(source)})
    return wanted, cidr


def _example(source: Instance) -> str:
    """How a block inside the VPC is written, shown by the one around the source: nothing else is read yet."""
    address = next(iter(source.private_ips), "172.16.1.0")
    return str(IPv4Network(f"{address}/24", strict=False))


def _is_cidr(text: str) -> bool:
    """Whether it has the shape of an IPv4 block, whatever VPC it may fit in."""
    address, slash, mask = text.partition("/")
    try:
        IPv4Network((IPv4Address(address), int(mask)), strict=False)
    except ValueError:
        return False
    return bool(slash) and mask.isdigit()


def other_proposals(chosen: ChosenVSwitch, wanted: str | None, cidr: str | None) -> list[str]:
    """What is proposed and differs from the VSwitch that was decided."""
    pairs = ((wanted, chosen.vswitch.vswitch_id), (cidr, chosen.vswitch.cidr_block))
    return [new for new, old in pairs if new is not None and new != old]


def is_another_asked_about(run: Run) -> bool:
    """Whether a question is open, or answered or to be put again, that may lead to another VSwitch than the decided."""
    return run.remark is not None or any(run.session.book.is_on(key) for key in (PICK_KEY, CREATE_KEY))


def is_block_wanted(run: Run, wanted: str | None, cidr: str | None) -> bool:
    """Whether this call, or an earlier one whose proposal nobody has settled, proposes a new VSwitch."""
    return cidr is not None or (wanted is None and CREATE_KEY in run.session.proposed)


def proposed_block(run: Run, cidr: str | None, vpc: Vpc | None, existing: tuple[VSwitch, ...]) -> str | None:
    """The block to recommend because it was proposed, in this call or an earlier one.

    It is kept: a call without it, or one that carries an answer, finds the question as it was put. One that cannot be
    taken any more leaves the question open, with the reason.

    Raises:
        InvalidInput: This call proposes a block that cannot be taken; nothing is changed.
    """
    session = run.session
    proposal = cidr or session.proposed.get(CREATE_KEY)
    if not proposal:
        return None
    try:
        proposal = proposal if vpc is None else str(validate_cidr(proposal, vpc, existing))
    except InvalidInput as error:
        if cidr is not None:
            raise
        run.remark = run.remark or error
        proposal = ""
    if cidr is not None:
        session.book.forget(PICK_KEY)
        session.forget_proposals(Choice.VSWITCH)
    session.proposed[CREATE_KEY] = proposal
    return proposal or None


def unusable(wanted: str, target: Target, existing: tuple[VSwitch, ...]) -> InvalidInput:
    """Why a proposed VSwitch cannot take the replica."""
    known = by_id(existing, wanted)
    values = {"vswitch": wanted, "zone": target.zone_id}
    if known is None:
        return InvalidInput("VSwitchNotFound", "vswitch_not_found", values)
    values |= {"actual": known.zone_id, "status": known.status, "free": str(known.available_ip_count)}
    return InvalidInput("VSwitchNotUsable", "vswitch_not_usable", values)


def pick(run: Run, target: Target, usable: tuple[VSwitch, ...], wanted: str | None) -> str:
    """The VSwitch that the person picks among those that exist, a proposal first; `abort` where that is chosen.

    A single one needs no question, unless another one was decided before.
    """
    decided = run.session.vswitch
    if len(usable) == 1 and decided is None:
        return usable[0].vswitch_id
    proposed = run.session.proposed
    if wanted not in {None, proposed.get(PICK_KEY)}:
        run.session.book.forget(CREATE_KEY)
        run.session.forget_proposals(Choice.VSWITCH)
        proposed[PICK_KEY] = wanted or ""
    first = [proposed.get(PICK_KEY), decided.vswitch.vswitch_id if decided is not None else None]
    ordered = sorted(usable, key=lambda vswitch: [vswitch.vswitch_id != one for one in first])
    options = [_option(run, vswitch) for vswitch in ordered]
    text = _with_refused(run, run.texts("question.vswitch.pick", zone=target.zone_id, count=len(usable)))
    facts: list[JsonValue] = [target.zone_id, first[0], *sorted(item.vswitch_id for item in usable)]
    return run.choose(PICK_KEY, facts, text, options, [run.abort_option()] if decided is not None else [])


def _with_refused(run: Run, text: Words) -> Words:
    """With the VSwitches that are not offered, as a launch was refused for them."""
    refused = run.texts("list.separator").join(run.session.refusals.vswitches)
    return spaced(text, run.texts("refused.vswitches", vswitches=refused)) if refused else text


def _option(run: Run, vswitch: VSwitch) -> Option:
    return run.option(
        vswitch.vswitch_id,
        "vswitch",
        id=vswitch.vswitch_id,
        name=vswitch.name or "-",
        cidr=vswitch.cidr_block,
        free=vswitch.available_ip_count,
    )


def decide_creation(run: Run, target: Target, proposal: str | None, usable: tuple[VSwitch, ...]) -> Decision:
    """What the person says to a new VSwitch with the proposed block; the decision permits exactly that one."""
    options: list[Option] = []
    if proposal is not None:
        options.append(run.option(CREATE_VSWITCH, "create_vswitch", cidr=proposal, zone=target.zone_id))
    if usable:
        decided = run.session.vswitch
        first = (by_id(usable, decided.vswitch.vswitch_id) if decided is not None else None) or usable[0]
        options.append(_option(run, first))
    options += [run.option(CUSTOM, "custom_cidr"), run.option(PICK_ANOTHER_ZONE, "pick_another_zone")]
    if len(options) < 4:
        options.append(run.abort_option())
    key = "question.vswitch.create" if proposal is not None else "question.vswitch.create_custom"
    run.shown = {"cidr_block": proposal, "zone_id": target.zone_id}
    text = _with_refused(run, run.texts(key, zone=target.zone_id, cidr=proposal or "-"))
    return run.decide(
        CREATE_KEY,
        creation_facts(target.zone_id, proposal, usable),
        lambda: run.question(text, run.recommend_first(options), text_label=run.texts("question.vswitch.text_label")),
        permits=lambda choice, typed: (
            permitted(vswitch_request(run, target.zone_id, (typed if choice == CUSTOM else proposal) or ""))
            if choice in {CREATE_VSWITCH, CUSTOM}
            else ()
        ),
    )


def creation_facts(zone_id: str, proposal: str | None, usable: tuple[VSwitch, ...]) -> JsonValue:
    """What the question whether to create one is put on: the place, the block, and what there is instead."""
    return [zone_id, proposal, [*sorted(vswitch.vswitch_id for vswitch in usable)]]


def agree_with_plan(run: Run, decision: Decision, zone_id: str, cidr: str) -> None:
    """The plan that was accepted showed the VSwitch: creating exactly that one needs no second question."""
    run.session.book.carry_over(decision, CREATE_KEY, CREATE_VSWITCH, creation_facts(zone_id, cidr, ()))


def vswitch_request(run: Run, zone_id: str, cidr: str) -> VSwitchRequest:
    """A VSwitch with that block in the source's VPC."""
    session = run.session
    return VSwitchRequest(
        region_id=session.region_id,
        vpc_id=require_source(run).instance.vpc_id,
        zone_id=zone_id,
        cidr_block=cidr,
        name=f"ecs-dr-{zone_id}",
        description=run.texts("created.vswitch_description", source=session.instance_id),
        tags=run.lineage("vswitch"),
    )
