"""What a runbook is written from: the very requests that the product itself would send, wave by wave."""

from __future__ import annotations

from itertools import pairwise

from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import Model
from ecs_dr.domain.network.model import VSwitchRequest
from ecs_dr.domain.plan.model import Cost


class RunbookMember(Model):
    """One source of a runbook.

    Attributes:
        source_id: The source.
        source_name: As a person calls it.
        wave: Its wave, from 1.
        launch: What RunInstances is told. The image is made by the runbook; so is the VSwitch where there is none.
        new_vswitch: The VSwitch that is made for it; None where `launch` names one that exists.
        cost: What the replica costs, where it could be read.
        by_default: What nobody decided and is exported as recommended; texts are `export.default.<name>`.
        left_out: What the runbook leaves out of this source; texts are `export.left_out.<name>`.
    """

    source_id: str
    source_name: str
    wave: int
    launch: LaunchRequest
    new_vswitch: VSwitchRequest | None = None
    cost: Cost | None = None
    by_default: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class Runbook(Model):
    """Everything that a runbook freezes."""

    region_id: str
    members: tuple[RunbookMember, ...]
    part: tuple[int, int] | None = None
    """Of a wave that is larger than a template takes: which part this is, and of how many."""

    @property
    def waves(self) -> tuple[tuple[RunbookMember, ...], ...]:
        """The members by wave, each wave in the order of its ids: the same plan gives the same bytes."""
        numbers = sorted({member.wave for member in self.members})
        return tuple(
            tuple(sorted((one for one in self.members if one.wave == number), key=lambda member: member.source_id))
            for number in numbers
        )

    @property
    def new_vswitches(self) -> tuple[VSwitchRequest, ...]:
        """Every VSwitch that the runbook makes, each once."""
        found = {
            (one.new_vswitch.vpc_id, one.new_vswitch.zone_id, one.new_vswitch.cidr_block): one.new_vswitch
            for wave in self.waves
            for one in wave
            if one.new_vswitch is not None
        }
        return tuple(found[key] for key in sorted(found))

    def of_wave(self, number: int) -> Runbook:
        """The same for one wave alone."""
        return self.model_copy(update={"members": tuple(one for one in self.members if one.wave == number)})

    def in_parts(self, count: int) -> tuple[Runbook, ...]:
        """So many runbooks with about as many members each, in the order of their ids."""
        if count == 1:
            return (self,)
        members = [member for wave in self.waves for member in wave]
        cuts = [len(members) * part // count for part in range(count + 1)]
        return tuple(
            self.model_copy(update={"members": tuple(members[start:end]), "part": (part, count)})
            for part, (start, end) in enumerate(pairwise(cuts), 1)
        )


class RunbookFile(Model):
    """A template as it is written."""

    name: str
    """What stands before the suffix: empty for the only one, `-wave1` … for one wave of several."""
    text: str
