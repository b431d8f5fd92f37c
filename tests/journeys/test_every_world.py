"""Every starting world, on each of the roads and in both protocol eras, told by the cloud's own witness."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ecs_dr.simulator.world_files import builtin_worlds
from tests.support.host import Host
from tests.support.person import Form, Person
from tests.support.ways import ELICITATION, INPUT_REQUEST, OFF_LEGACY, OFF_MODERN, ROADS, Way, in_memory
from tests.support.witness import Made


@dataclass(frozen=True)
class End:
    """How a recovery in a world ends."""

    made: Made = Made(images=1, instances=1)  # noqa: RUF009 - frozen
    step: str = "verify"
    status: str = "done"
    code: str | None = None


RECOVERED = End()
ENDS = {
    "no-vswitch": End(Made(images=1, vswitches=1, instances=1)),
    "local-disk": End(Made(), "source", "failed", "SourceBlocked"),
    "image-fails": End(Made(images=1), "instance", "failed", "ImageFailed"),
    "denied": End(Made(), "plan", "stopped"),
    "source-gone": End(Made(), "source", "failed", "InstanceNotFound"),
    "snapshots-mixed": End(Made(), "source", "failed", "SourceBlocked"),
}
"""Worlds in which it does not end with a verified replica and no new VSwitch."""


@pytest.mark.sweep(4)
@pytest.mark.parametrize("way", ROADS, ids=str)
@pytest.mark.parametrize("world", sorted(builtin_worlds()))
async def test_a_recovery_ends_as_the_world_allows(world: str, way: Way) -> None:
    person = Person()
    person.on_form = lambda form: _give_up_without_permission(person, form)
    end = ENDS.get(world, RECOVERED)
    async with in_memory(way, world, person) as stage:
        last = await stage.host.recover()
        assert (last.step, last.status) == (end.step, end.status), last.text
        assert (last.problem.code if last.problem is not None else None) == end.code
        stage.witness.check(stage.host.session_id, end.made)
        if end.status == "done":
            assert last.data["verdict"] == "match"
            stage.witness.check_replica()
        assert all(heard.simulated for heard in stage.host.heard)
        assert ("answer_question" in stage.host.tools) == (not way.shows_forms)


def _give_up_without_permission(person: Person, form: Form) -> None:
    person.prefers = ("abort",) if set(form.options) == {"retry", "abort"} else ()


@pytest.mark.parametrize("way", [OFF_MODERN, OFF_LEGACY], ids=str)
async def test_a_client_whose_forms_are_switched_off_is_asked_in_answers(way: Way) -> None:
    async with in_memory(way) as stage:
        last = await stage.host.recover()
        assert last.data["verdict"] == "match"
        stage.witness.check(stage.host.session_id, Made(images=1, instances=1))
        assert "answer_question" in stage.host.tools


@pytest.mark.parametrize("way", [INPUT_REQUEST, ELICITATION], ids=str)
async def test_a_permission_that_is_granted_meanwhile_lets_the_recovery_go_on(way: Way) -> None:
    person = Person()
    async with in_memory(way, "denied", person) as stage:

        def grant_when_asked(form: Form) -> None:
            if "retry" in form.options:
                assert "ecs:RunInstances" in form.message
                stage.grant("ecs:RunInstances")
                person.on_form = None

        person.on_form = grant_when_asked
        last = await stage.host.recover()
        assert last.data["verdict"] == "match"
        stage.witness.check(stage.host.session_id, Made(images=1, instances=1))


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_every_question_and_answer_is_in_the_language_that_was_set(way: Way) -> None:
    async with in_memory(way, "no-vswitch") as stage:
        await stage.host.recover()
        said = [heard.message for heard in stage.host.heard] + [form.message for form in stage.person.forms]
        chinese = [any("一" <= letter <= "鿿" for letter in text) for text in said]
        assert chinese == [way.language == "zh"] * len(said)


async def test_a_proposed_value_becomes_the_recommended_option_and_no_more() -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        await stage.host.collect()
        await stage.host.call("create_image", image_name="drill-2026")
        stage.person.prefers = ("cn-beijing-l",)
        chosen = await stage.host.call("choose_target", target_zone_id="cn-beijing-i")
        zones = next(form for form in stage.person.forms if "cn-beijing-i" in form.options)
        assert zones.options[0] == "cn-beijing-i"
        assert chosen.data["zone_id"] == "cn-beijing-l"
        assert [image["image_name"] for image in stage.witness.new("images").values()] == ["drill-2026"]


async def test_two_recoveries_of_one_source_do_not_mix() -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        first, second = stage.host, Host(stage.host.client, Person())
        for host in (first, second):
            await host.collect()
        made = await first.call("create_image")
        refused = await second.call("create_image")
        while refused.status == "in_progress":
            refused = await second.call("create_image")
        # Also where the retries took the whole of a call: what the cloud said is told, and not tried again unasked.
        assert refused.problem is not None
        assert (refused.problem.code, refused.problem.retryable) == ("IncorrectDiskStatus.CreatingSnapshot", True)
        ends = [await first.follow(made), await second.follow(await second.call("create_image"))]
        assert [end.data.get("verdict") for end in ends] == ["match", "match"]
        assert stage.witness.made == Made(images=2, instances=2)
        launches = [entry.session_id for entry in stage.witness.carried_out("RunInstances")]
        assert launches == [first.session_id, second.session_id]
