"""What a runbook says of itself: in its description, in each approval, and to whoever exported it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.pages.words import money
from ecs_dr.domain.plan.model import Cost
from ecs_dr.domain.runbook.model import Runbook, RunbookMember
from ecs_dr.domain.telling import Words
from ecs_dr.domain.texts import Texts

ALWAYS_LEFT_OUT = ("user_data_content", "addresses", "interfaces", "verification", "later_decisions")
"""What no runbook does; texts are `export.left_out.<name>`."""

NEVER_EXPORTED = frozenset(
    {
        *("ram_role", "user_data", "snapshot_policy", "deployment_set", "dedicated_host"),
        *("host_name", "disk_tags", "auto_renew", "password_inherit"),
    }
)
"""What a person may have carried along, and no template carries: it acts on production. Words of the options."""

SPELLED_IDS = 5
"""More sources than so many are told as a number: a template is at most 64 KB."""

ACTIONS = (
    "ecs:DescribeInstances",
    "ecs:DescribeDisks",
    "ecs:DescribeImages",
    "ecs:CreateImage",
    "ecs:RunInstances",
)
VSWITCH_ACTIONS = ("vpc:DescribeVSwitches", "vpc:CreateVSwitch")


def needed_actions(runbook: Runbook) -> tuple[str, ...]:
    """What the execution's RAM role must be allowed."""
    return (*ACTIONS, *(VSWITCH_ACTIONS if runbook.new_vswitches else ()))


def left_out(runbook: Runbook, texts: Texts) -> tuple[str, ...]:
    """What the runbook does not do, one line each."""
    told = [texts(f"export.left_out.{name}") for name in ALWAYS_LEFT_OUT]
    return (*told, *_by_name(runbook.members, texts, "left_out", lambda member: member.left_out))


def decided_by_default(members: Sequence[RunbookMember], texts: Texts) -> tuple[str, ...]:
    """What nobody decided, one line each."""
    return _by_name(members, texts, "default", lambda member: member.by_default)


def _by_name(
    members: Sequence[RunbookMember], texts: Texts, prefix: str, of: Callable[[RunbookMember], tuple[str, ...]]
) -> tuple[str, ...]:
    concerned: dict[str, list[str]] = {}
    for member in sorted(members, key=lambda one: (one.wave, one.source_id)):
        for name in of(member):
            concerned.setdefault(name, []).append(member.source_id)
    return tuple(
        texts("export.of", what=texts(f"export.{prefix}.{name}"), sources=_sources(ids, len(members), texts))
        for name, ids in concerned.items()
    )


def _sources(ids: Sequence[str], total: int, texts: Texts) -> Words:
    if len(ids) == total and total > 1:
        return texts("export.all_sources")
    if len(ids) > SPELLED_IDS:
        return texts("export.some_sources", count=len(ids), first=ids[0])
    return texts("list.separator").join(ids)


class Teller:
    """Words the texts of one runbook."""

    def __init__(self, runbook: Runbook, texts: Texts) -> None:
        self._runbook = runbook
        self._texts = texts

    def images(self) -> str:
        """What the first approval permits."""
        say, runbook = self._texts, self._runbook
        lines: list[str] = [say("export.approve.images", count=len(runbook.members)), *self._part(say)]
        lines += [f"- {self._named(member)}" for wave in runbook.waves for member in wave]
        lines += [
            say("export.approve.vswitch", cidr=request.cidr_block, zone=request.zone_id)
            for request in runbook.new_vswitches
        ]
        return "\n".join([*lines, *self._undecided(runbook.members), say("export.approve.billed_images")])

    def launches(self, wave: Sequence[RunbookMember]) -> str:
        """What the approval of a wave permits."""
        say = self._texts
        lines = [say("export.approve.launches", wave=wave[0].wave, count=len(wave)), *self._part(say)]
        lines += [
            say(
                "export.approve.launch",
                source=self._named(member),
                name=member.launch.instance_name,
                type=member.launch.instance_type,
                zone=member.launch.zone_id,
                price=self._price(member.cost),
            )
            for member in wave
        ]
        return "\n".join([*lines, *self._undecided(wave), say("export.approve.billed_launches")])

    def description(self) -> JsonObject:
        """What the template is, in both languages."""
        return {key: self._description(Texts(language)) for key, language in (("en", "en"), ("zh-cn", "zh"))}  # type: ignore[arg-type]

    def _description(self, say: Texts) -> str:
        runbook = self._runbook
        waves = [len(wave) for wave in runbook.waves]
        lines = [
            say(
                "export.about",
                count=len(runbook.members),
                region=runbook.region_id,
                waves=" + ".join(str(size) for size in waves),
            ),
            *self._part(say),
            say("export.about.safe"),
            say("export.about.again"),
            say("export.about.webhook"),
            say("export.about.policy", actions=Words(", ").join(needed_actions(runbook))),
            say("export.about.left_out"),
            *(f"- {line}" for line in left_out(runbook, say)),
        ]
        return "\n".join([*lines, *_undecided(runbook.members, say)])

    def _part(self, say: Texts) -> list[str]:
        if self._runbook.part is None:
            return []
        part, parts = self._runbook.part
        return [say("export.about.part", part=part, parts=parts, wave=self._runbook.members[0].wave)]

    def _named(self, member: RunbookMember) -> str:
        name = member.source_name
        return self._texts("export.source", id=member.source_id, name=name) if name else member.source_id

    def _price(self, cost: Cost | None) -> str:
        if cost is None:
            return self._texts("price.unknown")
        return money(cost.total, cost.currency, cost.unit, self._texts)

    def _undecided(self, members: Sequence[RunbookMember]) -> list[str]:
        return _undecided(members, self._texts)


def _undecided(members: Sequence[RunbookMember], texts: Texts) -> list[str]:
    lines = decided_by_default(members, texts)
    return [texts("export.undecided"), *(f"- {line}" for line in lines)] if lines else []
