"""A credential provider that needs longer than a call: the step goes on with the next one, and nothing is in doubt."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import ApiRequest
from ecs_dr.domain.questions import CONFIRM
from ecs_dr.errors import CredentialsPending, NoCredentials
from ecs_dr.workflow.ports import Identity
from tests.support.desk import Desk
from tests.workflow.bench import session_of, until


class Provider:
    """Stands before the cloud; `trouble` is raised instead of a request."""

    def __init__(self, desk: Desk) -> None:
        self.trouble: Exception | None = None
        self.patience: list[float | None] = []
        desk.transport.before.append(self)

    def __call__(self, request: ApiRequest) -> None:
        self.patience.append(request.patience_seconds)
        if self.trouble is not None:
            raise self.trouble


async def test_a_step_waits_for_the_provider_over_several_calls() -> None:
    desk = Desk()
    provider = Provider(desk)
    asked = await until(desk, "image.name")
    provider.trouble = CredentialsPending(20, 60)
    waiting = await desk.answer(asked, CONFIRM)
    assert (waiting.status, waiting.step) == ("in_progress", "image")
    assert waiting.next is not None
    assert waiting.next.tool == "create_image"
    assert "20 s" in waiting.message
    assert (await desk.call("create_image")).status == "in_progress"
    provider.trouble = None
    assert (await desk.call("create_image")).status == "done"
    assert desk.mutations["CreateImage"] == 1
    assert all(one is None or 0 < one <= 45 for one in provider.patience)


@pytest.mark.parametrize("trouble", [CredentialsPending(1, 60), NoCredentials("NoCredentials", "no_credentials")])
async def test_a_creation_that_was_not_signed_is_not_in_doubt(trouble: Exception) -> None:
    desk = Desk()
    provider = Provider(desk)
    asked = await until(desk, "image.name")

    def only_the_creation(request: ApiRequest) -> None:
        provider.trouble = trouble if request.action == "CreateImage" else None

    desk.transport.before.insert(0, only_the_creation)
    if isinstance(trouble, NoCredentials):
        with pytest.raises(NoCredentials):
            await desk.answer(asked, CONFIRM)
    else:
        assert (await desk.answer(asked, CONFIRM)).status == "in_progress"
    assert session_of(desk).book.in_doubt() == ()


async def test_check_credentials_says_that_the_provider_is_still_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()

    async def pending(patience_seconds: float | None = None) -> Identity:
        assert patience_seconds == 45
        raise CredentialsPending(12.3, 60)

    monkeypatch.setattr(desk.recovery._cloud, "identity", pending)
    answer = await desk.call("check_credentials")
    assert (answer.status, answer.step) == ("in_progress", "credentials")
    assert answer.next is not None
    assert answer.next.tool == "check_credentials"
    assert "12 s so far" in answer.message
