"""Both halves of a result are enough alone: the structured content and the text."""

from __future__ import annotations

import json

import pytest

from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.questions import PinnedQuestion
from ecs_dr.domain.steps import Answer, Next, Problem
from ecs_dr.domain.telling import Table, Words, spaced, tell
from ecs_dr.domain.texts import Language, Texts
from ecs_dr.protocol.results import Presenter
from tests.protocol.fakes import SESSION, ScriptedRecovery, connected, content_of, pinned, text_of


def presenter(language: Language = "en", *, simulated: bool = False) -> Presenter:
    return Presenter(Texts(language), simulated=simulated)


def needs_answer(question: PinnedQuestion, before: str = "") -> Answer:
    return Answer(
        session_id=SESSION,
        step="image",
        status="needs_answer",
        telling=tell(*([Words(before)] if before else [])),
        question=question,
    )


def asking(*parts: Words | Table) -> PinnedQuestion:
    question = pinned(1).question.model_copy(update={"telling": tell(*parts)})
    return pinned(1).model_copy(update={"question": question})


async def test_the_text_of_a_question_is_enough_to_answer_it() -> None:
    async with connected(ScriptedRecovery(pinned(1, allow_text=True)), "legacy") as client:
        text = text_of(await client.call_tool("create_image", {"session_id": SESSION}))
    needed = (SESSION, pinned(1).question_id, "`confirm`", "`custom`", "Goes on with 1", "answer_question", "A name")
    assert all(said in text for said in needed)
    assert text.count("Question 1?") == 1


async def test_the_structured_content_of_a_question_is_enough_to_answer_it() -> None:
    async with connected(ScriptedRecovery(pinned(1)), "legacy") as client:
        content = content_of(await client.call_tool("create_image", {"session_id": SESSION}))
    assert content["session_id"] == SESSION
    assert content["question"] == pinned(1).as_data()
    assert content["next"] == {
        "tool": "answer_question",
        "why": "pass on the user's choice; the step that asked goes on",
    }


async def test_the_text_of_a_finished_step_carries_the_data_and_the_next_tool() -> None:
    async with connected(ScriptedRecovery(), "legacy") as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    text = text_of(result)
    assert "Image made." in text
    assert "Next: `wait_for_image`: The image is being made." in text
    data = content_of(result)["data"]
    assert isinstance(data, dict)
    assert data
    told = text.split("Data:\n", 1)[1]
    assert all(f"{name}: {value}" in told for name, value in data.items())


@pytest.mark.parametrize("simulated", [True, False])
async def test_every_answer_says_whether_the_cloud_is_simulated(*, simulated: bool) -> None:
    async with connected(ScriptedRecovery(), "legacy", simulated=simulated) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert content_of(result)["simulated"] is simulated
    assert ("**Simulation**" in text_of(result)) is simulated


def test_what_happened_how_things_stand_and_what_is_next_come_in_this_order() -> None:
    answer = Answer(
        session_id=SESSION,
        step="image",
        status="done",
        telling=tell(Words("Made.")),
        next=Next(tool="wait_for_image", why="Soon."),
    )
    assert presenter().text(answer).splitlines() == [
        "Made.",
        f"Session: {SESSION} · Step: image · Status: done",
        "Next: `wait_for_image`: Soon.",
    ]


def test_the_last_answer_says_that_nothing_is_left_to_call() -> None:
    answer = Answer(session_id=SESSION, step="verify", status="done", telling=tell(Words("All six criteria hold.")))
    assert presenter().content(answer)["next"] is None
    assert "nothing more to call" in presenter().text(answer)


def test_a_stop_does_not_say_that_nothing_is_left_to_call() -> None:
    answer = Answer(
        session_id=SESSION, step="image", status="stopped", telling=tell(Words("Stopped. Call the tool again."))
    )
    assert presenter().text(answer).splitlines()[-1] == f"Session: {SESSION} · Step: image · Status: stopped"


def test_what_follows_a_table_is_not_taken_for_a_row_of_it() -> None:
    asked = asking(Words("Which zone?"), Table((("cn-beijing-k",),), ("Zone",)))
    assert "| cn-beijing-k |\n\nSession: " in presenter().text(needs_answer(asked))
    own = Presenter(Texts("en"), simulated=False, own_client=True)
    assert own.form_message(needs_answer(asked), asked).endswith("| cn-beijing-k |")
    assert "\n- cn-beijing-k\n\n- Go 1" in presenter().form_message(needs_answer(asked), asked)


def test_a_message_that_says_more_than_the_question_keeps_both() -> None:
    text = presenter().text(needs_answer(pinned(1), "Retried once."))
    assert text.index("Retried once.") < text.index("Question 1?")
    assert (
        presenter()
        .form_message(needs_answer(pinned(1), "Retried once."), pinned(1))
        .startswith("Retried once.\nQuestion 1?")
    )


def test_a_problem_is_told_whole_and_only_once() -> None:
    problem = Problem(
        code="Forbidden.RAM",
        message=Words("Not allowed."),
        http_status=403,
        request_id="REQUEST-0002",
        cause=Words("The identity lacks a permission."),
        actions=(Words("Attach the policy."), Words("See https://ram.console.aliyun.com/policies")),
        links=(Words("https://ram.console.aliyun.com/policies"), Words("https://example.com/more")),
        missing_permission="ecs:RunInstances",
        in_actions=frozenset({"https://ram.console.aliyun.com/policies"}),
    )
    answer = Answer(
        session_id=SESSION, step="instance", status="failed", telling=tell(Words("Not allowed.")), problem=problem
    )
    text = presenter().text(answer)
    told = (
        "`Forbidden.RAM`",
        "Not allowed.",
        "403",
        "REQUEST-0002",
        "The identity lacks a permission.",
        "- Attach the policy.",
        "https://ram.console.aliyun.com/policies",
        "https://example.com/more",
        "`ecs:RunInstances`",
    )
    assert [text.count(said) for said in told] == [1] * len(told)


def test_a_question_about_a_problem_carries_the_problem_too() -> None:
    problem = Problem(code="Forbidden.RAM", message=Words("Not allowed."))
    answer = needs_answer(pinned(1), "Not allowed.").model_copy(update={"problem": problem})
    content = presenter().content(answer)
    assert content["status"] == "needs_answer"
    assert content["problem"] == problem.model_dump(mode="json")
    assert not presenter().result(answer).is_error


def test_hidden_characters_of_the_cloud_reach_neither_the_model_nor_the_form() -> None:
    hidden = "".join(chr(code) for code in (0x202E, 0x200B, 0xE0041, 0x07, 0x1B, 0xD800, 0xFEFF, 0x2028))
    asked = asking(Words(f"Copy web{hidden}01?"))
    answer = needs_answer(asked).model_copy(update={"data": {f"name{hidden}": [f"web{hidden}01", 1, None]}})
    shown = [
        presenter().text(answer),
        json.dumps(presenter().content(answer), ensure_ascii=False),
        presenter().form_message(answer, asked),
    ]
    assert all("web01" in text for text in shown)
    assert not any(character in text for text in shown for character in hidden)


def test_data_in_chinese_stays_readable_in_the_text() -> None:
    answer = Answer(
        session_id=SESSION, step="source", status="done", telling=tell(Words("已读取。")), data={"name": "生产-网站"}
    )
    text = presenter("zh").text(answer)
    assert "数据：\nname: 生产-网站" in text
    assert f"会话：{SESSION} · 步骤：source · 状态：done" in text


def test_a_question_that_stands_beside_the_message_is_not_told_twice() -> None:
    asked = asking(Words("Which?"), Table((("a", "b"),)))
    answer = needs_answer(asked, "The name is taken.")
    content = presenter().content(answer)
    assert content["message"] == "The name is taken.\nWhich?"
    assert content["question"] == asked.as_data()
    assert "The name is taken.\nWhich?\n\n| | |\n|---|---|\n| a | b |" in presenter().text(answer)


def test_what_the_message_says_in_words_is_not_told_again_below_it() -> None:
    answer = Answer(
        session_id=SESSION,
        step="image_wait",
        status="in_progress",
        telling=tell(Words("Image: Creating, 51%.")),
        data={"image_status": "Creating", "progress": 51, "further": "news"},
        in_words=frozenset({"image_status", "progress"}),
    )
    assert presenter().text(answer).splitlines()[-1] == "further: news"
    assert presenter().content(answer)["data"] == answer.data


def test_a_structure_has_nothing_empty_but_what_its_step_always_has() -> None:
    empty: JsonObject = {"source_changes": [], "image_name": None, "shown": {}, "said": ""}
    kept: JsonObject = {"todo": [], "progress": None, "created": False, "n": 0}
    answer = Answer(session_id=SESSION, step="verify", status="done", telling=tell(Words("Made.")), data=empty | kept)
    assert presenter().content(answer)["data"] == kept


def test_beside_a_question_stands_neither_its_page_nor_its_text_a_second_time() -> None:
    asked = asking(Words.led(Words("Go ahead with K?"), " It costs 1.2 CNY."), Table((("K",),), ("Zone",)))
    answer = needs_answer(asked).model_copy(
        update={"data": {"verdict": "ready", "zones": ["K"]}, "in_words": frozenset({"zones"})}
    )
    content = presenter().content(answer)
    assert content["message"] == "Go ahead with K?"
    assert content["data"] == {"verdict": "ready"}
    assert content["question"] == asked.as_data()
    assert asked.question.text in presenter().text(answer)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (Words.led(Words("要继续吗？"), "会产生费用。"), "要继续吗？"),
        (spaced("Name it web. Prod?", "It costs."), "Name it web. Prod?"),
        (Words("A line\nand another"), "A line"),
    ],
)
def test_a_question_is_summed_up_by_its_first_sentence(text: Words, first: str) -> None:
    asked = asking(text)
    assert presenter().content(needs_answer(asked))["message"] == first
