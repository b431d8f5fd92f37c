"""The real SDK against a server on loopback: what is on the wire, and what its exceptions become."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol

from ecs_dr.cloud.connections import tls_context
from ecs_dr.cloud.credentials import StaticKey
from ecs_dr.cloud.endpoint import Endpoint
from ecs_dr.cloud.sdk import USER_AGENT, SdkTransport
from ecs_dr.cloud.transport import API_VERSIONS, ApiError, ApiRequest, Json, NoAnswer, Product
from ecs_dr.simulator.certificate import Certificate
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.world import load_world
from tests.cloud.fakes import SESSION
from tests.cloud.tiny_http import Canned, TinyServer, answer, error

KEY = StaticKey("test-access-key-id", "test-access-key-secret")


def request(
    action: str = "DescribeInstances",
    params: Mapping[str, Json] | None = None,
    *,
    product: Product = "ecs",
    session: str | None = SESSION,
) -> ApiRequest:
    return ApiRequest(
        product=product,
        version=API_VERSIONS[product],
        action=action,
        region_id="cn-beijing",
        params={"RegionId": "cn-beijing", **(params or {})},
        session_id=session,
    )


def transport(server: TinyServer, read_timeout_seconds: float = 20) -> SdkTransport:
    return SdkTransport(server.url, server.url, KEY, read_timeout_seconds=read_timeout_seconds)


async def test_a_request_is_signed_and_names_action_version_region_and_session() -> None:
    async with TinyServer(answer(RequestId="R")) as server:
        await transport(server).call(request(params={"InstanceIds": '["i-1"]'}))
    (seen,) = server.seen
    assert seen.headers["x-acs-action"] == "DescribeInstances"
    assert seen.headers["x-acs-version"] == "2014-05-26"
    assert seen.headers["host"] == server.host
    assert seen.headers["authorization"].startswith("ACS3-HMAC-SHA256 Credential=test-access-key-id,")
    assert seen.headers["user-agent"].endswith(f" {USER_AGENT}/{SESSION}")
    assert seen.query == {"RegionId": "cn-beijing", "InstanceIds": '["i-1"]'}


async def test_without_a_session_the_user_agent_names_the_product_alone() -> None:
    async with TinyServer(answer()) as server:
        await transport(server).call(request(session=None))
    assert server.seen[0].headers["user-agent"].endswith(f" {USER_AGENT}")


async def test_two_sessions_on_one_client_keep_their_own_user_agents() -> None:
    other = "f" * 32
    async with TinyServer(answer()) as server:
        one = transport(server)
        async with anyio.create_task_group() as group:
            group.start_soon(one.call, request())
            group.start_soon(one.call, request(session=other))
    assert {seen.headers["user-agent"].rpartition("/")[2] for seen in server.seen} == {SESSION, other}


async def test_nested_parameters_are_flattened_as_the_api_wants_them() -> None:
    params: Mapping[str, Json] = {
        "SystemDisk": {"Category": "cloud_essd", "Size": "40", "Encrypted": True},
        "DataDisk": [{"Device": "/dev/xvdb", "Size": 100, "DeleteWithInstance": False, "Encrypted": "true"}],
        "SecurityGroupIds": ["sg-1", "sg-2"],
        "Tag": [{"Key": "k", "Value": "v"}],
        "CpuOptions": {"Core": 2, "ThreadsPerCore": 2},
        "Amount": 1,
        "DryRun": True,
    }
    async with TinyServer(answer()) as server:
        await transport(server).call(request("RunInstances", params))
    query = server.seen[0].query
    assert query["SystemDisk.Size"] == "40"
    assert query["SystemDisk.Encrypted"] == "True"
    assert (query["DataDisk.1.Device"], query["DataDisk.1.DeleteWithInstance"]) == ("/dev/xvdb", "False")
    assert (query["SecurityGroupIds.1"], query["SecurityGroupIds.2"]) == ("sg-1", "sg-2")
    assert (query["Tag.1.Key"], query["CpuOptions.Core"], query["DryRun"]) == ("k", "2", "True")


async def test_the_region_is_named_also_where_the_sdks_model_has_no_place_for_it() -> None:
    async with TinyServer(answer()) as server:
        await transport(server).call(request("DescribeInstanceTypes", {"InstanceTypes": ["ecs.g7.xlarge"]}))
    assert server.seen[0].query["RegionId"] == "cn-beijing"


async def test_a_vpc_action_goes_to_the_vpc_endpoint_with_its_version() -> None:
    async with TinyServer(answer()) as ecs, TinyServer(answer()) as vpc:
        both = SdkTransport(ecs.url, vpc.url, KEY)
        await both.call(request("DescribeVSwitches", {"VpcId": "vpc-1", "PageSize": 50}, product="vpc"))
    assert ecs.seen == []
    assert vpc.seen[0].headers["x-acs-version"] == "2016-04-28"


@pytest.mark.parametrize("params", [{"Astonishing": 1}, {"SystemDisk": {"Astonishing": 1}}, {"Tag": [{"Keyy": "k"}]}])
async def test_a_parameter_the_sdk_would_drop_is_a_bug_and_nothing_is_sent(params: Mapping[str, Json]) -> None:
    async with TinyServer(answer()) as server:
        with pytest.raises(ValueError, match="does not know"):
            await transport(server).call(request("RunInstances", params))
    assert server.seen == []


async def test_the_body_comes_back_as_the_api_wrote_it() -> None:
    image = {
        "ImageId": "m-1",
        "Usable": True,
        "Progress": "45%",
        "DiskDeviceMappings": {"DiskDeviceMapping": [{"Size": "40"}]},
    }
    async with TinyServer(answer(Images={"Image": [image]}, TotalCount=1)) as server:
        body = await transport(server).call(request("DescribeImages"))
    images = body["Images"]
    assert isinstance(images, dict)
    rows = images["Image"]
    assert isinstance(rows, list)
    (row,) = rows
    assert isinstance(row, dict)
    assert (row["Usable"], row["Progress"]) == (True, "45%")
    assert row["DiskDeviceMappings"] == {"DiskDeviceMapping": [{"Size": "40"}]}


@pytest.mark.parametrize(
    "body",
    [
        '{"Instances": "", "TotalCount": 0}',
        '{"Instances": {"Instance": {"InstanceId": "i-1"}}}',
        '{"Instances": {"Instance": ["i-1"]}}',
    ],
)
async def test_a_body_that_does_not_fit_the_sdks_model_is_still_read(body: str) -> None:
    async with TinyServer(Canned(body=body)) as server:
        assert isinstance(await transport(server).call(request()), dict)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500, 503])
async def test_a_refusal_keeps_code_text_status_and_request_id(status: int) -> None:
    async with TinyServer(error(status, "OperationConflict", "Please try again later.")) as server:
        with pytest.raises(ApiError) as caught:
            await transport(server).call(request())
    found = caught.value
    assert (found.code, found.message, found.http_status, found.request_id) == (
        "OperationConflict",
        "Please try again later.",
        status,
        "REQUEST-1",
    )
    assert found.retry_after_seconds is None
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [400, 429, 503])
async def test_throttling_brings_the_time_to_wait(status: int) -> None:
    async with TinyServer(error(status, "Throttling.User", "slow down", {"x-acs-retry-after": "1500"})) as server:
        with pytest.raises(ApiError) as caught:
            await transport(server).call(request())
    assert (caught.value.code, caught.value.retry_after_seconds) == ("Throttling.User", 1.5)


async def test_a_permission_refusal_brings_its_detail() -> None:
    detail = {
        "AuthAction": "ecs:CreateImage",
        "AuthPrincipalType": "SubUser",
        "PolicyType": "AccountLevelIdentityBasedPolicy",
        "NoPermissionType": "ImplicitDeny",
        "EncodedDiagnosticMessage": "AQE",
    }
    async with TinyServer(error(403, "Forbidden.RAM", "no", AccessDeniedDetail=detail)) as server:
        with pytest.raises(ApiError) as caught:
            await transport(server).call(request())
    denied = caught.value.access_denied
    assert denied is not None
    assert (denied.auth_action, denied.no_permission_type, denied.principal_type) == (
        "ecs:CreateImage",
        "ImplicitDeny",
        "SubUser",
    )


async def test_the_string_that_was_signed_does_not_leak_from_a_signature_refusal() -> None:
    text = "Specified signature is not matched with our calculation. server string to sign is:POST%26AccessKeyId%3Dx"
    async with TinyServer(error(400, "SignatureDoesNotMatch", text)) as server:
        with pytest.raises(ApiError) as caught:
            await transport(server).call(request())
    assert "AccessKeyId" not in caught.value.message


@pytest.mark.parametrize(
    "canned",
    [
        Canned(502, "<html>Bad Gateway</html>"),
        Canned(403, "<html>Forbidden</html>"),
        Canned(200, "<html>Welcome to the hotel</html>"),
        Canned(500, '{"message": "no code"}'),
        Canned(500, "[]"),
        Canned(200, "[1, 2]"),
        Canned(drop=True),
    ],
    ids=["gateway 502", "proxy 403", "captive portal", "no code", "a list as error", "a list", "connection dropped"],
)
async def test_what_is_not_an_answer_of_the_api_is_no_answer(canned: Canned) -> None:
    async with TinyServer(canned) as server:
        with pytest.raises(NoAnswer):
            await transport(server).call(request())
    assert len(server.seen) == 1


async def test_no_answer_tells_nothing_of_the_url_and_its_parameters() -> None:
    async with TinyServer(Canned(drop=True)) as server:
        with pytest.raises(NoAnswer) as caught:
            await transport(server).call(request("DescribeUserData", {"InstanceId": "i-hidden"}))
    assert "i-hidden" not in str(caught.value)


async def test_a_server_that_never_answers_is_given_up_after_the_read_timeout() -> None:
    async with TinyServer(Canned(hold=True)) as server:
        with pytest.raises(NoAnswer):
            await transport(server, read_timeout_seconds=0.05).call(request())


async def test_a_refused_connection_is_no_answer() -> None:
    async with TinyServer(answer()) as server:
        gone = transport(server)
    with pytest.raises(NoAnswer) as caught:
        await gone.call(request())
    assert str(caught.value) in {"refused", "connect"}


async def test_a_proxy_in_the_environment_does_not_hide_the_simulator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with TinyServer(answer(RequestId="R")) as server:
        assert (await transport(server).call(request()))["RequestId"] == "R"


@pytest.mark.parametrize(
    ("template", "host", "protocol"),
    [
        ("ecs.{region}.aliyuncs.com", "ecs.cn-beijing.aliyuncs.com", "https"),
        ("https://ecs-vpc.{region}.aliyuncs.com/", "ecs-vpc.cn-beijing.aliyuncs.com", "https"),
        ("https://gateway.example:8443", "gateway.example:8443", "https"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", "http"),
        ("http://localhost:8080", "localhost:8080", "http"),
        ("http://[::1]:8080", "[::1]:8080", "http"),
    ],
)
def test_an_endpoint_is_a_host_or_a_url(template: str, host: str, protocol: str) -> None:
    assert Endpoint.of(template, "cn-beijing") == Endpoint(host, protocol)


@pytest.mark.parametrize(
    "template", ["http://ecs.cn-beijing.aliyuncs.com", "http://10.0.0.1", "http://127.0.0.1.example"]
)
def test_plain_http_is_for_loopback_alone(template: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        Endpoint.of(template, "cn-beijing")


@pytest.mark.parametrize("region", ["evil.example/", "cn-beijing@evil", "", "CN", "a" * 65])
def test_a_region_id_cannot_redirect_a_signed_request(region: str) -> None:
    with pytest.raises(ValueError, match="region"):
        Endpoint.of("ecs.{region}.aliyuncs.com", region)


async def test_the_key_of_the_simulator_is_named_and_never_shown() -> None:
    async with TinyServer(answer()) as server:
        identity = await transport(server).identity()
    assert (identity.provider, identity.identity_type) == ("simulator", "access_key")
    assert "test-access-key" not in f"{identity!r} {KEY!r}"


class Counted:
    """Counts the TLS contexts that are made, whoever makes them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = 0
        original = ssl.create_default_context

        def counting(*arguments: object, **named: object) -> ssl.SSLContext:
            self.made += 1
            return original(*arguments, **named)  # type: ignore[arg-type] # passed on as they came

        monkeypatch.setattr(ssl, "create_default_context", counting)


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The connections that the simulator accepted."""
    made: list[object] = []
    original = H11Protocol.connection_made

    def counting(self: H11Protocol, transport: asyncio.Transport) -> None:
        made.append(transport.get_extra_info("peername"))
        original(self, transport)

    monkeypatch.setattr(H11Protocol, "connection_made", counting)
    return made


async def test_many_requests_over_https_share_one_tls_context_and_few_connections(
    monkeypatch: pytest.MonkeyPatch, connections: list[object]
) -> None:
    certificate = Certificate()
    simulator = Simulator(load_world("healthy"), ManualClock(datetime(2026, 11, 22, tzinfo=UTC)))
    async with SimulatorServer(simulator, certificate=certificate) as server:
        key = StaticKey(server.access_key_id, server.access_key_secret)
        trusted = certificate.for_client()
        counted = Counted(monkeypatch)
        one = SdkTransport(server.url, server.url, key, tls=lambda: trusted)
        for _ in range(3):
            await one.call(request())
            await one.call(request("DescribeVSwitches", product="vpc"))
        assert counted.made == 0
    assert len(connections) == 1


def test_whom_the_sdk_trusts_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tls_context.cache_clear()
    counted = Counted(monkeypatch)
    assert tls_context() is tls_context()
    assert counted.made == 1


def test_a_certificate_named_in_the_environment_is_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(Certificate().pem, encoding="ascii")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    tls_context.cache_clear()
    try:
        assert "ecs-dr simulator" in str(tls_context().get_ca_certs())
    finally:
        tls_context.cache_clear()


async def test_a_creating_request_goes_over_a_connection_of_its_own(connections: list[object]) -> None:
    simulator = Simulator(load_world("healthy"), ManualClock(datetime(2026, 11, 22, tzinfo=UTC)))
    async with SimulatorServer(simulator) as server:
        one = SdkTransport(server.url, server.url, StaticKey(server.access_key_id, server.access_key_secret))
        await one.call(request())
        with pytest.raises(ApiError):
            await one.call(request("CreateImage", {"InstanceId": "i-none", "ClientToken": "t"}))
        assert len(connections) == 2
        await one.call(request())
    assert len(connections) == 2


async def test_an_endpoint_on_another_machine_is_reached_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with TinyServer(Canned(502, "no way")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "*")
        there = SdkTransport("ecs.{region}.example", "vpc.{region}.example", KEY)
        with pytest.raises(NoAnswer):
            await there.call(request())
    assert (proxy.seen[0].method, proxy.seen[0].target) == ("CONNECT", "ecs.cn-beijing.example:443")
