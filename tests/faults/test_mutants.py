"""Faults put back into the product, one at a time: the schedules with somebody else catch each of them.

A test of the test: an oracle that lets one of these through would judge nothing. Each mutant says which schedules are
played for it; the same schedules are clean without it (`test_somebody.py` plays them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from benchmarks.somebody import Tally, play
from ecs_dr.domain.source import Instance
from ecs_dr.domain.steps import ToolName
from ecs_dr.domain.telling import Words
from ecs_dr.domain.texts import Texts
from ecs_dr.protocol.boundary import Boundary
from ecs_dr.workflow import decisions, following, needs, standing
from ecs_dr.workflow.memory.chosen import ImageState
from ecs_dr.workflow.memory.sightings import Sighting
from ecs_dr.workflow.ports import Scope
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.reads.told import Reading
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session
from ecs_dr.workflow.steps import replica_watch, resume_session, verify_instance
from ecs_dr.workflow.steps.collect_source import read_source
from ecs_dr.workflow.steps.launch import create_instance, elsewhere
from tests.faults import scripts
from tests.faults.scripts import SCRIPTS, Script, play_script

Mutant = Callable[[pytest.MonkeyPatch], None]
MOST = 120
"""Schedules that a mutant may survive."""


def always_untouched(patch: pytest.MonkeyPatch) -> None:
    def source(session: Session, texts: Texts, *, just_compared: bool) -> str:
        del texts, just_compared
        return f"Source {session.instance_id} is untouched. "

    patch.setattr(standing, "told_source", source)
    patch.setattr(verify_instance, "told_source", source)


def untouched_since_ever(patch: pytest.MonkeyPatch) -> None:
    """What holds since the resumption is told as if it held since the image."""
    honest = Session.note_source

    def note_source(self: Session, source: object, first: object, last: object) -> None:
        began_at = None if self.image is None else self.image.started_at
        honest(self, source, began_at or first, began_at or last)  # type: ignore[arg-type] # a fault

    patch.setattr(Session, "note_source", note_source)


def failures_forget_what_exists(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Boundary, "_with_standing", lambda _self, message, _session_id: message)


def absence_is_not_yet(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sighting, "gone_at", property(lambda _self: None))


def verified_from_memory(patch: pytest.MonkeyPatch) -> None:
    """The image is what it was when it was waited for."""
    honest = ImageWatcher.look

    async def look(self: ImageWatcher, session: Session, state: ImageState, scope: Scope) -> None:
        if state.image is None or state.image.phase == "building":
            await honest(self, session, state, scope)

    patch.setattr(ImageWatcher, "look", look)


def waits_for_every_disk_for_ever(patch: pytest.MonkeyPatch) -> None:
    def may_be_judged(replica: object, instance: object, missing: tuple[str, ...], now: object) -> bool:
        del replica, now
        return replica_watch.is_up(instance) and not missing  # type: ignore[arg-type] # a fault

    patch.setattr(verify_instance, "may_be_judged", may_be_judged)


def taken_up_leads_to_a_new_one(patch: pytest.MonkeyPatch) -> None:
    honest = following.next_tool

    def next_tool(session: Session) -> ToolName | None:
        return "collect_source" if session.source is None else honest(session)

    patch.setattr(following, "next_tool", next_tool)
    patch.setattr(needs, "next_tool", next_tool)


def source_read_first(patch: pytest.MonkeyPatch) -> None:
    """What exists is looked for after the source was found, and only then."""
    honest = resume_session.rebuild

    async def rebuild(run: Run, watcher: ImageWatcher) -> None:
        run.session.resumed = True
        await read_source(run)
        await honest(run, watcher)

    patch.setattr(resume_session, "rebuild", rebuild)
    patch.setattr(Boundary, "_with_standing", lambda _self, message, _session_id: f"{message} Nothing was created.")


def looked_up_by_all_tags(patch: pytest.MonkeyPatch) -> None:
    """A launch of another server is looked for by tags that follow the source's."""

    async def made_already(run: Run) -> Instance | None:
        own = run.session.source.instance.tags if run.session.source is not None else ()
        found = await run.cloud.instances_tagged(run.scope, (*run.lineage(elsewhere.STEP), *own))
        return found[0] if found else None

    patch.setattr(create_instance, "made_already", made_already)
    patch.setattr(elsewhere, "made_already", made_already)


def doubt_is_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(following, "_SETTLES", dict.fromkeys(("image", "vswitch", "instance"), "plan_recovery"))


def other_servers_vswitches_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    async def none(run: Run) -> None:
        run.session.strays = ()

    patch.setattr(verify_instance, "find_strays", none)


def told_as_of_now(patch: pytest.MonkeyPatch) -> None:
    """What an earlier call has read is told as if it had been read just now."""
    patch.setattr(Reading, "note", lambda _self, _sent_at, _answered_at: None)


def _told(key: str, otherwise: Callable[[str], str]) -> Mutant:
    """A product with another sentence in one place."""

    def mutant(patch: pytest.MonkeyPatch) -> None:
        honest = Texts.__call__

        def say(self: Texts, wanted: str, **values: str | float) -> str:
            said = honest(self, wanted, **values)
            return Words(otherwise(said)) if wanted == key else said

        patch.setattr(Texts, "__call__", say)

    mutant.__name__ = f"another_{key.replace('.', '_')}"
    return mutant


def a_token_for_each_set_of_values(patch: pytest.MonkeyPatch) -> None:
    """The cloud cannot tell that the launch of another server belongs to the same recovery."""
    patch.setattr(decisions, "_ONE_OF_A_SESSION", frozenset())


def a_living_session_is_not_looked_at_again(patch: pytest.MonkeyPatch) -> None:
    async def nothing(run: Run, watcher: ImageWatcher) -> None:
        del run, watcher

    patch.setattr(resume_session, "_look_again", nothing)


def other_recoveries_are_not_named(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(standing, "_of_others", lambda _session, _texts: "")


SCRIPTED: Mapping[Mutant, Script] = {
    a_living_session_is_not_looked_at_again: scripts.a_server_that_is_asked_to_take_up_what_it_has,
    a_token_for_each_set_of_values: scripts.two_servers_launch_with_other_values_before_the_first_is_listed,
    other_recoveries_are_not_named: scripts.a_new_recovery_beside_an_image,
    _told("world.nothing", lambda _: "So far nothing was created."): scripts.a_new_recovery_that_is_put_off,
    _told("export.done", lambda said: f"{said} Nothing was created."): scripts.a_runbook_beside_what_exists,
    _told("plan.creates_create", lambda _: "an instance"): scripts.a_plan_with_a_new_vswitch,
    _told("recall.verified", lambda _: ""): scripts.a_source_that_only_its_image_remembers,
    looked_up_by_all_tags: scripts.two_servers_launch_beside_a_new_tag,
    doubt_is_ignored: scripts.an_image_in_doubt,
    other_servers_vswitches_are_forgotten: scripts.a_vswitch_of_another_server,
    told_as_of_now: scripts.a_slow_cloud_beside_renames,
    untouched_since_ever: scripts.a_change_before_it_is_taken_up,
    absence_is_not_yet: scripts.an_image_deleted_while_it_is_waited_for,
    waits_for_every_disk_for_ever: scripts.a_disk_taken_before_the_verification,
}
"""Faults of situations that chance meets too seldom, each with the written schedule that meets it."""

MUTANTS: tuple[Mutant, ...] = (
    always_untouched,
    failures_forget_what_exists,
    verified_from_memory,
    taken_up_leads_to_a_new_one,
    source_read_first,
)


@contextmanager
def put_back(mutant: Mutant) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        mutant(patch)
        yield


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
async def test_a_fault_that_is_put_back_is_caught(mutant: Mutant) -> None:
    with put_back(mutant):
        for seed in range(1, MOST + 1):
            tally = Tally()
            story = await play(seed, tally)
            if story.broken:
                return
    pytest.fail(f"{MOST} schedules let it through")


@pytest.mark.parametrize("mutant", SCRIPTED, ids=lambda mutant: mutant.__name__)
async def test_a_fault_that_is_put_back_is_caught_by_the_schedule_that_meets_it(mutant: Mutant) -> None:
    script = SCRIPTED[mutant]
    with put_back(mutant), pytest.raises(AssertionError) as caught:
        await play_script(script, SCRIPTS[script])
    assert "never" not in str(caught.value), "the schedule did not come to its situation"
