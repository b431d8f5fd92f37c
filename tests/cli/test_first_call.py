"""A recovery service that is put together at its first call behaves as if it had been there all along."""

from __future__ import annotations

import asyncio
import threading

import anyio
import anyio.to_thread
import pytest

from ecs_dr.errors import InvalidInput
from ecs_dr.first_call import AtFirstCall
from ecs_dr.settings import Settings

SOURCE = {"instance_id": "i-2zesource0001", "region_id": "cn-beijing"}


@pytest.fixture
def imported(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    seen = threading.Event()
    monkeypatch.setattr("ecs_dr.cloud.sdk.import_products", seen.set)
    return seen


@pytest.mark.usefixtures("imported")
async def test_first_calls_at_once_find_one_recovery() -> None:
    service = AtFirstCall(Settings(), shared=False)
    async with service.running():
        answers = await asyncio.gather(
            *(service.call("collect_source", SOURCE, None, "answer_question") for _ in range(3))
        )
        listed = await service.call("get_session", {}, None, "answer_question")
    assert {answer.status for answer in answers} == {"needs_answer"}
    sessions = listed.data["sessions"]
    assert isinstance(sessions, list)
    assert len(sessions) == len({answer.session_id for answer in answers}) == 3


async def test_what_needs_no_question_imports_no_sdk(imported: threading.Event) -> None:
    service = AtFirstCall(Settings(), shared=False)
    async with service.running():
        await service.call("get_session", {}, None, "answer_question")
        await anyio.sleep(0.05)
    assert not imported.is_set()


async def test_the_sdk_comes_while_the_question_is_open(imported: threading.Event) -> None:
    service = AtFirstCall(Settings(), shared=False)
    async with service.running():
        await service.call("collect_source", SOURCE, None, "answer_question")
        assert await anyio.to_thread.run_sync(imported.wait, 5)


async def test_before_the_first_call_there_is_nothing_to_tell() -> None:
    service = AtFirstCall(Settings(language="zh"), shared=False)
    async with service.running():
        assert service.in_doubt() == []
        service.tell_what_is_left()
        assert service.zone_ids(None) == ()
        assert service.standing("0" * 32) == ""
        assert service.way_on("0" * 32) is None
        assert service.texts_for(None).language == "zh"
        assert service.texts_for(None, "en").language == "en"


@pytest.mark.usefixtures("imported")
async def test_what_is_shared_lists_nobodys_sessions() -> None:
    service = AtFirstCall(Settings(), shared=True)
    async with service.running():
        await service.call("collect_source", SOURCE, None, "answer_question")
        listed = await service.call("get_session", {}, None, "answer_question")
    assert listed.data["sessions"] == []


async def test_an_error_passes_as_it_is() -> None:
    service = AtFirstCall(Settings(), shared=False)
    async with service.running():
        with pytest.raises(InvalidInput):
            await service.call("collect_source", {**SOURCE, "instance_id": "nonsense"}, None, "answer_question")
    with pytest.raises(KeyError):
        async with AtFirstCall(Settings(), shared=False).running():
            raise KeyError("of the server")
