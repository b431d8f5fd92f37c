"""Secrets that nobody else has are planted; whatever fails, they turn up nowhere."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import pytest

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.sdk import SdkTransport
from ecs_dr.protocol.app import build_server
from ecs_dr.simulator.clock import AcceleratedClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.faults import FaultPlan, FaultRule
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.clock import ScaledClock
from ecs_dr.workflow.ids import RandomIds
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.host import Host
from tests.support.person import Form, Person
from tests.support.ways import ALL_WAYS, ANSWER_MODERN, Way, in_memory

KEY_ID, SECRET, TOKEN = "canary-id-8Zq1WmN4", "canary-secret-Lk29TvXc7Rb3", "canary-sts-token-Qw56HsJd0Pf8Uy"
CANARIES = (KEY_ID, SECRET, TOKEN)
SPEED = 2000.0

Break = Callable[[SimulatorServer], None]


def _rule(effect: str, action: str = "*", code: str = "", status: int = 500) -> Break:
    def add(server: SimulatorServer) -> None:
        rule = FaultRule(action=action, last_call=None, effect=effect, code=code, message=code, http_status=status)  # type: ignore[arg-type]
        server.faults.rules.append(rule)

    return add


def _other_secret(server: SimulatorServer) -> None:
    server.simulator.world.identities["operator"].access_key_secret = "another-secret"


def _other_key(server: SimulatorServer) -> None:
    server.simulator.world.identities["operator"].access_key_id = "another-id"


def _denied(server: SimulatorServer) -> None:
    server.simulator.world.identities["operator"].denied.append("ecs:*")


def _inactive(server: SimulatorServer) -> None:
    server.simulator.world.identities["operator"].status = "Inactive"


FAILURES: dict[str, Break] = {
    "wrong secret": _other_secret,
    "unknown key": _other_key,
    "disabled key": _inactive,
    "no permission": _denied,
    "error": _rule("error", code="InternalError"),
    "unknown code": _rule("error", code="Strange.Code", status=400),
    "throttled": _rule("throttle", code="Throttling.User", status=429),
    "reset": _rule("reset"),
    "lost response": _rule("lost_response"),
    "gateway page": _rule("gateway_page"),
    "create image fails": _rule("error", "ecs:CreateImage", "QuotaExceed.Image", 400),
    "launch is lost": _rule("lost_response", "ecs:RunInstances"),
    "nothing fails": lambda _: None,
}


@dataclass
class Planted:
    host: Host
    recovery: Recovery
    server: SimulatorServer

    def everything(self) -> str:
        """All that anybody could see: answers, sessions, reports."""
        sessions = [session.summary() for session in self.recovery.sessions.all()]
        states = [repr(session) for session in self.recovery.sessions.all()]
        reports = [self.recovery.report(one.session_id).model_dump_json() for one in self.recovery.sessions.all()]
        answers = [heard.model_dump_json() for heard in self.host.heard]
        return "\n".join([json.dumps(sessions), *states, *reports, *answers])


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's credential chain finds the canaries where it looks for environment variables."""
    from alibabacloud_credentials.utils import auth_util

    monkeypatch.setattr(auth_util, "environment_access_key_id", KEY_ID)
    monkeypatch.setattr(auth_util, "environment_access_key_secret", SECRET)
    monkeypatch.setattr(auth_util, "environment_security_token", TOKEN)


@asynccontextmanager
async def planted(way: Way = ANSWER_MODERN) -> AsyncIterator[Planted]:
    world = load_world("healthy")
    operator = world.identities["operator"]
    operator.access_key_id, operator.access_key_secret, operator.security_token = CANARIES
    clock = ScaledClock(SPEED)
    async with SimulatorServer(Simulator(world, AcceleratedClock(SPEED)), faults=FaultPlan()) as server:
        transport = SdkTransport(server.url, server.url)
        cloud = AlibabaCloud(transport, clock, RetryPolicy(wait_seconds=1, attempts=1))
        recovery = Recovery(cloud, clock, RandomIds(), RecoveryOptions(simulated=True))
        mcp_server = build_server(recovery, elicitation=way.elicitation, simulated=True)
        person = Person()
        async with recovery.running(), way.client(mcp_server, person) as client:
            yield Planted(Host(client, person), recovery, server)


def give_up(person: Person, form: Form) -> None:
    """What a permission or a quota stands against is asked about again and again, until the person gives up."""
    person.prefers = ("abort",) if "retry" in form.options else ()


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("failure", FAILURES, ids=str)
async def test_a_planted_secret_turns_up_nowhere(failure: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with planted() as case:
        heard = await case.host.call("check_credentials")
        assert heard.data["identity_type"] == "sts"
        FAILURES[failure](case.server)
        case.host.person.on_form = partial(give_up, case.host.person)
        last = await case.host.follow(await case.host.collect())
        assert (last.status == "done") == (failure == "nothing fails")
        seen = case.everything()
    logged = "\n".join(f"{record.getMessage()} {record.exc_info!r} {record.exc_text}" for record in caplog.records)
    for canary in CANARIES:
        assert canary not in seen
        assert canary not in logged


@pytest.mark.usefixtures("chain")
async def test_an_endpoint_that_nobody_serves_tells_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with planted() as case:
        case.host.heard.clear()
        gone = case.server.url
    clock = ScaledClock(SPEED)
    cloud = AlibabaCloud(SdkTransport(gone, gone), clock, RetryPolicy(1, 1))
    recovery = Recovery(cloud, clock, RandomIds(), RecoveryOptions())
    server = build_server(recovery, elicitation="off", simulated=True)
    async with recovery.running(), ANSWER_MODERN.client(server, Person()) as client:
        host = Host(client, Person())
        failed = await host.collect()
    assert failed.status == "failed"
    for canary in CANARIES:
        assert canary not in failed.model_dump_json() + caplog.text


LOOK_LIKE_SECRETS = (
    "LTAI" + "FakeFakeFake1234",
    "STS.NFakeFakeFakeFake1234",
    "fakefakeFAKEFAKE1234fakefake12",
    "access_key_secret=canary-secret-Lk29TvXc7Rb3",
    "Bearer canary-sts-token-Qw56HsJd0Pf8Uy",
)


@pytest.mark.parametrize("way", ALL_WAYS, ids=str)
@pytest.mark.parametrize("secret", LOOK_LIKE_SECRETS)
async def test_a_credential_as_argument_or_answer_is_refused_and_not_echoed(
    secret: str, way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with in_memory(way) as stage:
        await stage.host.collect()
        refused = [await stage.host.call("create_image", image_name=secret)]
        refused.append(await stage.host.call("answer_question", question_id="0" * 32, choice="custom", text=secret))
        refused.append(await stage.host.call("create_image", access_key_secret="anything"))
        for heard in refused:
            assert heard.problem is not None
            assert heard.problem.code == "SecretInArgument"
            assert secret not in heard.model_dump_json()
        assert secret not in repr(stage.recovery.sessions.all())
        assert not stage.simulator.calls("CreateImage")
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("ecs_dr"))
    assert secret not in ours
