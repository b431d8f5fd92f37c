"""What stands in an exported template, whatever it would do: no secret, the same bytes, a size that OOS takes."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Mapping

import pytest

from ecs_dr.cloud.transport import Json
from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.runbook.language import MAX_BYTES, one_value
from ecs_dr.domain.runbook.template import runbook_files
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import RunbookImpossible
from ecs_dr.simulator.world import World
from ecs_dr.workflow.exporting import Export
from tests.runbook.linter import lint
from tests.runbook.test_execution import exported, templates
from tests.support.desk import Desk
from tests.support.shop import shop, waves_of

CREATING = {"CreateImage", "CreateVSwitch", "RunInstances"}
TOKEN = 64


def as_object(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)
    return value


def tasks_of(template: Mapping[str, Json]) -> list[dict[str, Json]]:
    tasks = template["Tasks"]
    assert isinstance(tasks, list)
    return [as_object(task) for task in tasks]


def motley(count: int) -> World:
    """A shop in which every instance has texts of its own, as long as the cloud takes them."""
    world = shop(count)
    for number, one in enumerate(world.instances.values()):
        one.description = f"{number} " + "d" * 240
        for disk in (disk for disk in world.disks.values() if disk.instance_id == one.instance_id):
            disk.description = f"{number} {disk.device} " + "e" * 220
    return world


async def of(world: World, *sizes: int) -> Export:
    return await exported(Desk(world), waves_of(*sizes))


async def test_the_same_plan_gives_the_same_bytes() -> None:
    first, second = await of(shop(4), 2, 2), await of(shop(4), 2, 2)
    assert [file.text for file in first.files] == [file.text for file in second.files]
    assert all(file.text.endswith("}\n") for file in first.files)


async def test_every_creating_call_has_a_token_of_its_execution_and_its_source() -> None:
    (template,) = templates(await of(shop(2, "no-vswitch"), 1, 1))
    calls = [as_object(task["Properties"]) for task in tasks_of(template) if task["Action"] == "ACS::ExecuteAPI"]
    tokens = [as_object(call["Parameters"]).get("ClientToken") for call in calls if str(call["API"]) in CREATING]
    assert len(tokens) == 4
    assert len({str(token) for token in tokens}) == 3  # a wave's loop differs from another's by the source alone
    for token in tokens:
        written = str(token).replace("{{ ACS::ExecutionId }}", "e" * 25).replace("{{ ACS::TaskLoopItem }}", "i" * 22)
        assert "{{" not in written
        assert len(written) <= TOKEN


async def test_nothing_deletes_stops_or_modifies() -> None:
    (template,) = templates(await of(shop(3, "no-vswitch"), 1, 2))
    for task in tasks_of(template):
        api = str(as_object(task["Properties"]).get("API", "Describe"))
        assert api in CREATING or api.startswith("Describe")


async def test_no_secret_and_no_content_of_user_data_is_in_it() -> None:
    world = shop(2)
    one = world.instances["i-2zesource0001"]
    one.description = "password=hunter2secret and {{ ACS::RegionId }}"
    one.user_data = "c2VjcmV0LWNvbnRlbnQ="
    one.tags = {**one.tags, "note": "{{ evil }}"}
    made = await of(world, 2)
    (file,) = made.files
    for secret in ("hunter2secret", "c2VjcmV0", "secret-content", "{{ evil }}", "Password"):
        assert secret not in file.text
    assert lint(json.loads(file.text)) == []
    assert "words" in made.runbook.members[0].left_out


async def test_a_hundred_alike_fit_one_template_a_wave() -> None:
    made = await of(shop(100), 20, 40, 40)
    assert all(lint(json.loads(file.text)) == [] for file in made.files)
    assert all(len(file.text.encode()) < MAX_BYTES for file in made.files)
    assert len(made.files) == 3, (
        "one template a wave: what a source was goes along with its image, for the day it is gone"
    )


async def test_what_is_too_large_is_split_by_wave() -> None:
    made = await of(motley(50), 25, 25)
    assert [file.name for file in made.files] == ["-wave1", "-wave2"]
    assert all(len(file.text.encode()) < MAX_BYTES and lint(json.loads(file.text)) == [] for file in made.files)


async def test_a_wave_that_is_too_large_is_split_into_as_few_parts_as_it_takes_in_order() -> None:
    made = await of(motley(100), 100)
    parts = len(made.files)
    assert [file.name for file in made.files] == [f"-wave1-part{part}" for part in range(1, parts + 1)]
    assert 2 <= parts <= sum(len(file.text.encode()) for file in made.files) // MAX_BYTES + 2
    assert all(len(file.text.encode()) < MAX_BYTES and lint(json.loads(file.text)) == [] for file in made.files)
    launched = [launched_in(json.loads(file.text)) for file in made.files]
    assert [one for part in launched for one in part] == sorted(member.source_id for member in made.runbook.members)
    assert max(map(len, launched)) - min(map(len, launched)) <= 1
    for number, file in enumerate(made.files, 1):
        assert f"Part {number} of {parts} of wave 1" in file.text
        assert f"第 {number} 部分（共 {parts} 部分）" in file.text


def launched_in(template: Mapping[str, Json]) -> list[str]:
    """The sources of a template's launches."""
    loops = [
        as_object(task["Loop"])
        for task in tasks_of(template)
        if str(task["Name"]).startswith("launchWave") and "Outputs" in as_object(task.get("Loop") or {})
    ]
    return sorted(str(item) for loop in loops for item in _items(loop))


def _items(loop: Mapping[str, Json]) -> list[Json]:
    items = loop["Items"]
    assert isinstance(items, list)
    return items


async def test_a_wave_of_several_parts_stands_between_the_waves_beside_it() -> None:
    made = await of(motley(100), 2, 96, 2)
    names = [file.name for file in made.files]
    assert (names[0], names[-1]) == ("-wave1", "-wave3")
    assert all(name.startswith("-wave2-part") for name in names[1:-1])


async def test_a_single_source_that_is_too_large_is_refused_with_its_size() -> None:
    made = await of(motley(2), 2)
    lead = made.runbook.members[0]
    huge = lead.model_copy(update={"launch": lead.launch.model_copy(update={"description": "x" * MAX_BYTES})})
    with pytest.raises(RunbookImpossible) as refused:
        runbook_files(made.runbook.model_copy(update={"members": (huge, made.runbook.members[1])}), Texts("en"))
    assert refused.value.code == "RunbookTooLarge"
    assert int(refused.value.values["size"]) >= MAX_BYTES


async def test_what_nobody_decided_is_in_the_description_and_in_each_approval() -> None:
    made = await of(shop(2), 1, 1)
    (template,) = templates(made)
    texts = [json.dumps(template["Description"], ensure_ascii=False)]
    texts += [json.dumps(task) for task in tasks_of(template) if task["Action"] == "ACS::Approve"]
    assert len(texts) == 4
    assert all("the target zone" in text for text in (texts[0], *texts[2:]))
    assert "unverified" in texts[0]


async def test_both_languages_say_the_same_things() -> None:
    made = await of(shop(1), 1)
    english, chinese = (json.loads(runbook_files(made.runbook, Texts(one))[0].text) for one in ("en", "zh"))
    for template in (english, chinese):
        for parameter in template["Parameters"].values():
            assert set(parameter["Label"]) == {"en", "zh-cn"}
        assert set(template["Description"]) == {"en", "zh-cn"}
    assert english["Tasks"][1] != chinese["Tasks"][1]


async def test_the_linter_finds_every_seeded_fault() -> None:
    (template,) = templates(await of(shop(2, "no-vswitch"), 1, 1))
    assert lint(template) == []
    dice = random.Random(7)  # noqa: S311 - which fault, not a secret
    for _ in range(200):
        broken = copy.deepcopy(template)
        tasks = broken["Tasks"]
        assert isinstance(tasks, list)
        task = dice.choice([one for one in tasks if isinstance(one, dict) and "API" in str(one["Properties"])])
        assert isinstance(task, dict)
        fault = dice.choice(("parameter", "reference", "field", "name", "selector", "jump", "aggregate"))
        properties = task["Properties"]
        assert isinstance(properties, dict)
        parameters = properties["Parameters"]
        assert isinstance(parameters, dict)
        if fault == "parameter":
            parameters["Instancce"] = "x"
        elif fault == "reference":
            parameters["RegionId"] = "{{ regionid.nothing }}" if dice.random() < 0.5 else "{{ nowhere.at }}"
        elif fault == "field":
            task["Propertys"] = {}
        elif fault == "name":
            task["Name"] = "createImages" if task["Name"] != "createImages" else "checkSources"
        elif fault == "selector":
            task["Outputs"] = {"x": {"Type": "String", "ValueSelector": "[.a"}}
        elif fault == "jump":
            task["OnError"] = "nowhere"
        else:
            task["Loop"] = {"Items": ["a"], "Outputs": {"x": {"AggregateField": "nothing"}}}
        if fault == "reference" and "regionid" in str(parameters["RegionId"]):
            continue  # a field of a parameter: OOS itself tells
        assert lint(broken), fault


def test_values_of_a_loop_are_literal_where_all_have_the_same() -> None:
    rows: dict[str, JsonValue] = {
        "i-1": {"a": 1, "b": [{"k": "i-1"}], "c": 1},
        "i-2": {"a": 1, "b": [{"k": "i-2"}], "c": 2},
    }
    assert one_value(rows) == {
        "a": 1,
        "b": [{"k": "{{ ACS::TaskLoopItem }}"}],
        "c": {"Fn::Select": ["{{ ACS::TaskLoopItem }}", {"i-1": 1, "i-2": 2}]},
    }
