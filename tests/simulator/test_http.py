from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import anyio
import httpx2
import pytest

from ecs_dr.simulator.clock import ManualClock, RealClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.faults import FaultPlan
from ecs_dr.simulator.http import SimulatorServer, SimulatorThread
from ecs_dr.simulator.world import load_world

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CREATE = {
    "RegionId": "cn-beijing",
    "ZoneId": "cn-beijing-l",
    "VpcId": "vpc-2zesource0001",
    "CidrBlock": "172.20.0.0/24",
}
REGION = {"RegionId": "cn-beijing"}


@pytest.fixture
async def server() -> AsyncIterator[SimulatorServer]:
    async with SimulatorServer(Simulator(load_world("healthy"), ManualClock(START))) as running:
        yield running


@pytest.fixture
async def client(server: SimulatorServer) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as opened:
        yield opened


FAKE_SECRET = "test-access-key-secret"


class Signer:
    """Signs requests as the documentation says, apart from both the SDK's code and the simulator's."""

    def __init__(self, host: str, secret: str = FAKE_SECRET) -> None:
        self.host = host
        self.secret = secret
        self.count = 0

    def headers(
        self, action: str, version: str, query: Mapping[str, str], body: bytes = b"", method: str = "POST"
    ) -> dict[str, str]:
        self.count += 1
        signed = {
            "host": self.host,
            "x-acs-action": action,
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": f"nonce-{self.count}",
            "x-acs-version": version,
        }
        names = ";".join(sorted(signed))
        canonical_query = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in sorted(query.items()))
        canonical_headers = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        canonical = f"{method}\n/\n{canonical_query}\n{canonical_headers}\n{names}\n{signed['x-acs-content-sha256']}"
        to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self.secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        credential = f"Credential=test-access-key-id,SignedHeaders={names},Signature={signature}"
        return {**signed, "authorization": f"ACS3-HMAC-SHA256 {credential}", "user-agent": "a test"}


@pytest.fixture
def signer(server: SimulatorServer) -> Signer:
    return Signer(server.endpoint)


async def vpc(client: httpx2.AsyncClient, signer: Signer, action: str, params: Mapping[str, str]) -> httpx2.Response:
    headers = signer.headers(action, "2016-04-28", params)
    return await client.post("/", params=dict(params), headers=headers)


async def test_a_signed_request_is_answered_in_json(
    client: httpx2.AsyncClient, signer: Signer, server: SimulatorServer
) -> None:
    answer = await vpc(client, signer, "DescribeVSwitches", REGION)
    assert answer.status_code == 200
    assert answer.json()["TotalCount"] == 4
    assert answer.headers["x-acs-request-id"] == answer.json()["RequestId"]
    entry = server.simulator.journal[-1]
    assert (entry.action, entry.identity, entry.user_agent) == ("DescribeVSwitches", "operator", "a test")


async def test_get_is_answered_like_post(client: httpx2.AsyncClient, signer: Signer) -> None:
    headers = signer.headers("DescribeRegions", "2014-05-26", {}, method="GET")
    answer = await client.get("/", headers=headers)
    assert answer.json()["Regions"]["Region"][0]["RegionId"] == "cn-beijing"


async def test_parameters_may_come_as_a_form(client: httpx2.AsyncClient, signer: Signer) -> None:
    body = urlencode(CREATE).encode()
    headers = signer.headers("CreateVSwitch", "2016-04-28", {}, body)
    form = {**headers, "content-type": "application/x-www-form-urlencoded"}
    answer = await client.post("/", content=body, headers=form)
    assert answer.json()["VSwitchId"].startswith("vsw-")


async def test_user_data_of_the_greatest_length_fits_into_the_url(client: httpx2.AsyncClient, signer: Signer) -> None:
    longest = "QUJD" * (32 * 1024 // 3)
    answer = await vpc(client, signer, "DescribeVpcs", {**REGION, "UserData": longest})
    assert answer.status_code == 200


async def test_an_error_has_the_fields_of_the_api(client: httpx2.AsyncClient, signer: Signer) -> None:
    answer = await vpc(client, signer, "CreateVSwitch", {**CREATE, "CidrBlock": "172.16.0.0/24"})
    body = answer.json()
    assert (answer.status_code, body["Code"]) == (400, "InvalidCidrBlock.Overlapped")
    assert set(body) == {"Code", "Message", "RequestId", "HostId", "Recommend"}
    assert "x-acs-retry-after" not in answer.headers


async def test_an_unknown_action_is_a_clear_error_and_no_empty_success(
    client: httpx2.AsyncClient, signer: Signer
) -> None:
    answer = await vpc(client, signer, "DeleteVpc", REGION)
    assert (answer.status_code, answer.json()["Code"]) == (501, "NotSimulated")
    assert "vpc:DeleteVpc" in answer.json()["Message"]


async def test_a_denied_action_says_what_is_missing(
    client: httpx2.AsyncClient, signer: Signer, server: SimulatorServer
) -> None:
    server.simulator.world.identities["operator"].denied = ["vpc:CreateVSwitch"]
    answer = await vpc(client, signer, "CreateVSwitch", CREATE)
    detail = answer.json()["AccessDeniedDetail"]
    assert (answer.status_code, answer.json()["Code"]) == (403, "Forbidden.RAM")
    assert (detail["AuthAction"], detail["NoPermissionType"]) == ("vpc:CreateVSwitch", "ImplicitDeny")
    assert set(detail) >= {"AuthPrincipalType", "PolicyType", "EncodedDiagnosticMessage"}


async def test_a_wrong_secret_is_refused_and_written_down_without_a_trace_of_it(
    client: httpx2.AsyncClient, server: SimulatorServer
) -> None:
    answer = await vpc(client, Signer(server.endpoint, "another-secret"), "CreateVSwitch", CREATE)
    assert (answer.status_code, answer.json()["Code"]) == (400, "SignatureDoesNotMatch")
    entry = server.simulator.journal[-1]
    assert (entry.action, entry.outcome, entry.identity) == ("CreateVSwitch", "SignatureDoesNotMatch", "")
    assert "secret" not in json.dumps(entry.as_json())
    assert len(server.simulator.world.vswitches) == 4


async def test_an_unknown_version_names_no_product(client: httpx2.AsyncClient, signer: Signer) -> None:
    answer = await client.post("/", headers=signer.headers("DescribeRegions", "2020-01-01", {}))
    assert answer.json()["Code"] == "InvalidVersion"


async def test_an_unsigned_request_is_incomplete(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/", params={"Action": "DescribeRegions"})
    assert (answer.status_code, answer.json()["Code"]) == (400, "IncompleteSignature")


def plan(server: SimulatorServer, text: str) -> None:
    server.faults.rules[:] = FaultPlan.from_toml(text).rules


async def test_an_injected_error_is_answered_and_nothing_is_done(
    client: httpx2.AsyncClient, signer: Signer, server: SimulatorServer
) -> None:
    plan(server, '[[fault]]\naction="vpc:CreateVSwitch"\neffect="error"\ncode="TaskConflict"\nhttp_status=400')
    answer = await vpc(client, signer, "CreateVSwitch", CREATE)
    assert (answer.status_code, answer.json()["Code"]) == (400, "TaskConflict")
    assert len(server.simulator.world.vswitches) == 4
    assert server.simulator.journal[-1].outcome == "TaskConflict"
    assert (await vpc(client, signer, "CreateVSwitch", CREATE)).status_code == 200


async def test_throttling_names_the_time_to_wait_in_milliseconds(
    client: httpx2.AsyncClient, signer: Signer, server: SimulatorServer
) -> None:
    plan(server, '[[fault]]\naction="*"\neffect="throttle"\nretry_after_seconds=2.5')
    answer = await vpc(client, signer, "DescribeVpcs", REGION)
    assert (answer.status_code, answer.headers["x-acs-retry-after"]) == (429, "2500")


@pytest.mark.parametrize(("effect", "made"), [("reset", 0), ("lost_response", 1)])
async def test_a_dropped_connection_leaves_the_client_without_an_answer(
    client: httpx2.AsyncClient, signer: Signer, server: SimulatorServer, effect: str, made: int
) -> None:
    plan(server, f'[[fault]]\naction="vpc:CreateVSwitch"\neffect="{effect}"')
    with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
        await vpc(client, signer, "CreateVSwitch", CREATE)
    assert len(server.simulator.world.vswitches) == 4 + made
    assert server.simulator.journal[-1].outcome == ("OK" if made else "reset")
    assert (await vpc(client, signer, "DescribeVpcs", REGION)).status_code == 200


@pytest.mark.parametrize(("effect", "made"), [("gateway_page", 0), ("gateway_page_after", 1)])
async def test_a_gateway_page_is_html_and_no_answer(
    client: httpx2.AsyncClient, signer: Signer, server: SimulatorServer, effect: str, made: int
) -> None:
    plan(server, f'[[fault]]\naction="vpc:CreateVSwitch"\neffect="{effect}"')
    answer = await vpc(client, signer, "CreateVSwitch", CREATE)
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert len(server.simulator.world.vswitches) == 4 + made


async def test_a_delay_alone_changes_nothing_else(
    client: httpx2.AsyncClient, signer: Signer, server: SimulatorServer
) -> None:
    plan(server, '[[fault]]\naction="vpc:CreateVSwitch"\ndelay_seconds=0.01')
    assert (await vpc(client, signer, "CreateVSwitch", CREATE)).status_code == 200
    assert list(server.faults.hits().values()) == [1]


async def test_the_state_is_readable_and_holds_no_secret(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/_simulator/state")
    assert answer.json()["name"] == "healthy"
    assert "test-access-key-secret" not in answer.text


async def test_the_journal_is_readable(client: httpx2.AsyncClient, signer: Signer) -> None:
    await vpc(client, signer, "DescribeVpcs", REGION)
    (entry,) = (await client.get("/_simulator/journal")).json()
    assert (entry["action"], entry["outcome"], entry["params"]) == ("DescribeVpcs", "OK", REGION)


async def test_reset_brings_back_the_beginning(
    client: httpx2.AsyncClient, signer: Signer, server: SimulatorServer
) -> None:
    plan(server, '[[fault]]\naction="vpc:DescribeVpcs"\neffect="throttle"')
    await vpc(client, signer, "CreateVSwitch", CREATE)
    await vpc(client, signer, "DescribeVpcs", REGION)
    assert list((await client.get("/_simulator/faults")).json().values()) == [1]
    assert (await client.post("/_simulator/reset")).json() == {"reset": True}
    assert len(server.simulator.world.vswitches) == 4
    assert server.simulator.journal == []
    assert list(server.faults.hits().values()) == [0]


async def test_a_manual_clock_is_stepped_from_outside(client: httpx2.AsyncClient, server: SimulatorServer) -> None:
    assert (await client.get("/_simulator/clock")).json() == {"now": "2026-11-22T08:00:00Z"}
    answer = await client.post("/_simulator/clock", json={"advance_seconds": 90})
    assert answer.json() == {"now": "2026-11-22T08:01:30Z"}
    assert server.simulator.clock.now() - START == timedelta(seconds=90)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"advance_seconds": -1}', b'{"advance_seconds": true}'])
async def test_a_step_that_is_none_is_refused(client: httpx2.AsyncClient, body: bytes) -> None:
    assert (await client.post("/_simulator/clock", content=body)).status_code == 400


async def test_a_clock_that_runs_by_itself_is_not_stepped() -> None:
    async with (
        SimulatorServer(Simulator(load_world("healthy"), RealClock())) as server,
        httpx2.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        answer = await client.post("/_simulator/clock", json={"advance_seconds": 1})
        assert answer.status_code == 409


@pytest.mark.parametrize("path", ["state", "journal", "faults", "reset", "clock"])
async def test_a_web_page_cannot_reach_the_control_endpoints_by_another_name(
    client: httpx2.AsyncClient, path: str
) -> None:
    method = "POST" if path == "reset" else "GET"
    answer = await client.request(method, f"/_simulator/{path}", headers={"host": "attacker.example:80"})
    assert answer.status_code == 403


async def test_the_control_endpoints_can_be_left_out() -> None:
    async with (
        SimulatorServer(Simulator(load_world("healthy")), control=False) as server,
        httpx2.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        assert (await client.get("/_simulator/state")).status_code == 404


async def test_the_server_listens_on_the_loopback_address_alone_and_then_no_more() -> None:
    server = SimulatorServer(Simulator(load_world("healthy")))
    async with server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        port = server.port
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.port


async def test_a_cancelled_caller_leaves_nothing_listening() -> None:
    server = SimulatorServer(Simulator(load_world("healthy")))
    with anyio.CancelScope() as scope:
        async with server:
            port = server.port
            scope.cancel()
            await anyio.sleep_forever()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_taken_port_is_an_os_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = SimulatorServer(Simulator(load_world("healthy")), port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            await server.__aenter__()
        with pytest.raises(OSError, match="in use"):
            SimulatorThread(server).__enter__()


async def test_a_server_can_be_started_again() -> None:
    server = SimulatorServer(Simulator(load_world("healthy")))
    for _ in range(2):
        async with server, httpx2.AsyncClient(base_url=server.url, trust_env=False) as client:
            assert (await client.get("/_simulator/clock")).status_code == 200


def test_a_thread_serves_synchronous_code_and_ends() -> None:
    serving = SimulatorThread(SimulatorServer(Simulator(load_world("healthy"), ManualClock(START))))
    with serving as server:
        answer = httpx2.get(f"{server.url}/_simulator/clock", trust_env=False)
        assert answer.json() == {"now": "2026-11-22T08:00:00Z"}
        assert (server.access_key_id, server.access_key_secret) == ("test-access-key-id", FAKE_SECRET)
    assert not serving._thread.is_alive()
