"""Where the identity comes from: the provider chain, bounded, asked anew, and never shown."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from alibabacloud_credentials.utils import auth_constant, auth_util

from ecs_dr.cloud import credentials as credentials_module
from ecs_dr.cloud import sdk
from ecs_dr.cloud.credential_trouble import trouble_of
from ecs_dr.cloud.credentials import Credentials
from ecs_dr.cloud.sdk import SdkTransport
from ecs_dr.cloud.transport import ApiError, ApiRequest
from ecs_dr.domain.diagnosis import DiagnosisContext, explain
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import CredentialsPending, NoCredentials
from tests.cloud.fakes import SESSION
from tests.cloud.tiny_http import TinyServer, answer, error

SERVER = Path(sdk.__file__).parents[2]
ASK = """
import anyio, json
from ecs_dr.cloud.sdk import SdkTransport
from ecs_dr.errors import NoCredentials
async def main():
    try:
        found = await SdkTransport("ecs.{region}.aliyuncs.com", "vpc.{region}.aliyuncs.com").identity()
        print(json.dumps([found.provider, found.identity_type]))
    except NoCredentials as error:
        print(json.dumps(error.key))
anyio.run(main)
"""


def run_isolated(code: str, home: Path, **environment: str) -> tuple[object, str]:
    """Run in a process of its own (the SDK reads the environment once), without the metadata service."""
    base = {"HOME": str(home), "PYTHONPATH": str(SERVER), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code],
        env={**base, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout), done.stderr


def test_without_any_credential_nothing_is_found_and_nothing_is_printed(tmp_path: Path) -> None:
    assert run_isolated(ASK, tmp_path) == ("no_credentials", "")


def test_placeholders_that_a_host_did_not_expand_are_unset(tmp_path: Path) -> None:
    names = ("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN", "OIDC_TOKEN_FILE", "ROLE_ARN", "OIDC_PROVIDER_ARN")
    unexpanded = {f"ALIBABA_CLOUD_{name}": f"${{ALIBABA_CLOUD_{name}}}" for name in names}
    assert run_isolated(ASK, tmp_path, **unexpanded) == ("no_credentials", "")


@pytest.mark.parametrize(("token", "kind"), [("", "access_key"), ("test-security-token", "sts")])
def test_a_key_in_the_environment_is_told_by_provider_and_type(tmp_path: Path, token: str, kind: str) -> None:
    found = run_isolated(
        ASK,
        tmp_path,
        ALIBABA_CLOUD_ACCESS_KEY_ID="test-access-key-id",
        ALIBABA_CLOUD_ACCESS_KEY_SECRET="test-access-key-secret",
        ALIBABA_CLOUD_SECURITY_TOKEN=token,
    )
    assert found == (["env", kind], "")


def test_the_profile_of_the_cli_is_found_in_the_home_directory(tmp_path: Path) -> None:
    (tmp_path / ".aliyun").mkdir()
    profile = {"name": "default", "mode": "AK", "access_key_id": "test-id", "access_key_secret": "test-secret"}
    (tmp_path / ".aliyun" / "config.json").write_text(json.dumps({"current": "default", "profiles": [profile]}))
    assert run_isolated(ASK, tmp_path) == (["cli_profile/static_ak", "access_key"], "")


def test_importing_the_adapter_loads_no_sdk(tmp_path: Path) -> None:
    code = """
import json, sys
import ecs_dr.cloud.sdk, ecs_dr.cloud.adapter
ecs_dr.cloud.sdk.SdkTransport("ecs.{region}.aliyuncs.com", "vpc.{region}.aliyuncs.com")
print(json.dumps([n for n in sys.modules if n.split("_")[0] in ("alibabacloud", "darabonba", "Tea", "aiohttp")]))
"""
    assert run_isolated(code, tmp_path) == ([], "")


class FakeModel:
    """What a provider answers with."""

    def __init__(self, key_id: str) -> None:
        self.access_key_id = key_id
        self.access_key_secret = "test-secret"
        self.security_token = "test-token"
        self.provider_name = "default/env"
        self.type = "default"


class FakeChain:
    """A chain that keeps what it once read, as the SDK's does."""

    def __init__(self, key_id: str) -> None:
        self.model = FakeModel(key_id)

    def get_credential(self) -> FakeModel:
        return self.model


def listing(server: TinyServer) -> tuple[SdkTransport, ApiRequest]:
    request = ApiRequest("ecs", "2014-05-26", "DescribeInstances", "cn-beijing", {"RegionId": "cn-beijing"}, SESSION)
    return SdkTransport(server.url, server.url), request


@pytest.mark.parametrize("code", ["InvalidSecurityToken.Expired", "InvalidAccessKeyId.NotFound"])
async def test_credentials_that_the_cloud_refuses_are_fetched_anew(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chains = [FakeChain("test-old-id"), FakeChain("test-new-id")]
    monkeypatch.setattr("alibabacloud_credentials.client.Client", lambda: chains.pop(0))
    async with TinyServer(error(403, code), answer()) as server:
        transport, request = listing(server)
        with pytest.raises(ApiError):
            await transport.call(request)
        await transport.call(request)
    assert ["test-new-id" in seen.headers["authorization"] for seen in server.seen] == [False, True]
    assert server.seen[1].headers["x-acs-security-token"] == "test-token"


async def test_another_refusal_keeps_the_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    chains = [FakeChain("test-old-id"), FakeChain("test-new-id")]
    monkeypatch.setattr("alibabacloud_credentials.client.Client", lambda: chains.pop(0))
    async with TinyServer(error(403, "Forbidden.RAM"), answer()) as server:
        transport, request = listing(server)
        with pytest.raises(ApiError):
            await transport.call(request)
        await transport.call(request)
    assert len(chains) == 1


async def test_without_credentials_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alibabacloud_credentials.client.Client", lambda: FakeChain(""))
    async with TinyServer(answer()) as server:
        transport, request = listing(server)
        with pytest.raises(NoCredentials) as caught:
            await transport.call(request)
    assert server.seen == []
    assert caught.value.key == "no_credentials"


class SlowChain(FakeChain):
    """A chain that answers when it is let; how often it was begun is counted."""

    def __init__(self) -> None:
        super().__init__("test-id")
        self.begun = 0
        self.may_end = threading.Event()
        self.failure: Exception | None = None

    def get_credential(self) -> FakeModel:
        self.begun += 1
        self.may_end.wait(10)
        if self.failure is not None:
            raise self.failure
        return self.model


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowChain]:
    chain = SlowChain()
    monkeypatch.setattr("alibabacloud_credentials.client.Client", lambda: chain)
    yield chain
    chain.may_end.set()


async def test_a_chain_that_hangs_is_given_up_and_the_next_call_asks_again(slow: SlowChain) -> None:
    credentials = Credentials(None, limit_seconds=-0.4)
    with pytest.raises(NoCredentials) as caught:
        await credentials.ready()
    assert caught.value.key == "credentials_too_slow"
    slow.may_end.set()
    assert (await credentials.ready()).access_key_id == "test-id"
    assert slow.begun == 2


async def test_a_slow_provider_is_waited_for_over_several_calls_and_started_once(slow: SlowChain) -> None:
    credentials = Credentials(None, limit_seconds=10)
    for _ in range(3):
        with pytest.raises(CredentialsPending) as pending:
            await credentials.ready(0.01)
        assert pending.value.limit_seconds == 10
        assert not pending.value.in_doubt
    slow.may_end.set()
    assert (await credentials.ready(5)).access_key_id == "test-id"
    assert slow.begun == 1


async def test_calls_side_by_side_wait_for_one_run(slow: SlowChain) -> None:
    credentials = Credentials(None)
    found: list[str | None] = []

    async def ask() -> None:
        found.append((await credentials.ready(5)).access_key_id)

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(ask)
        await anyio.sleep(0.05)
        slow.may_end.set()
    assert found == ["test-id"] * 5
    assert slow.begun == 1


async def test_a_failure_that_came_after_the_call_had_gone_is_told_to_the_next_and_then_asked_anew(
    slow: SlowChain,
) -> None:
    credentials = Credentials(None)
    slow.failure = OSError("broken")
    with pytest.raises(CredentialsPending):
        await credentials.ready(0)
    slow.may_end.set()
    with pytest.raises(NoCredentials):
        await credentials.ready(5)
    assert slow.begun == 1
    slow.failure = None
    assert (await credentials.ready(5)).access_key_id == "test-id"
    assert slow.begun == 2


async def test_a_key_with_a_token_is_asked_for_anew_after_a_while_and_a_permanent_one_is_not(
    slow: SlowChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow.may_end.set()
    monkeypatch.setattr(credentials_module, "KEPT_SECONDS", -1.0)
    credentials = Credentials(None)
    await credentials.ready(5)
    await credentials.ready(5)
    assert slow.begun == 2
    slow.model.security_token = ""
    await credentials.ready(5)
    await credentials.ready(5)
    assert slow.begun == 2


async def test_a_provider_that_is_still_at_it_keeps_a_request_from_being_sent(slow: SlowChain) -> None:
    async with TinyServer(answer()) as server:
        transport, request = listing(server)
        with pytest.raises(CredentialsPending):
            await transport.call(replace(request, patience_seconds=0.0))
        assert server.seen == []
        slow.may_end.set()
        await transport.call(replace(request, patience_seconds=5.0))
        assert len(server.seen) == 1


def profile(mode: str, **fields: object) -> dict[str, object]:
    return {"name": "default", "mode": mode, **fields}


CHAINED = profile("ChainableRamRoleArn", source_profile="default", ram_role_arn="acs:ram::1:role/x")
EXTERNAL = "cli_profile/external"
SIGNED_IN = profile("CloudSSO", access_token="SECRET", cloud_sso_access_token_expire=1)
SET_UPS: list[tuple[str, object, dict[str, object], str, str]] = [
    ("nothing is set up", None, {}, "none", ""),
    ("CloudSSO, expired", SIGNED_IN, {}, "sign_in_expired", "cli_profile/cloud_sso"),
    ("a profile that names itself", CHAINED, {}, "profile_loop", "cli_profile/ram_role_arn"),
    ("broken JSON", "{", {}, "unreadable", "cli_profile"),
    ("a byte order mark", "\ufeff{}", {}, "unreadable", "cli_profile"),
    ("a profile that is not there", profile("AK"), {"profile_name": "prod"}, "unknown_profile", "cli_profile"),
    ("a profile without a file", None, {"profile_name": "prod"}, "unreadable", "cli_profile"),
    ("a command that is not there", profile("External", process_command="/no/such"), {}, "command_failed", EXTERNAL),
    ("a command that fails", profile("External", process_command="false"), {}, "command_failed", EXTERNAL),
    ("a command that talks", profile("External", process_command="echo SECRET"), {}, "command_failed", EXTERNAL),
    ("a command that is too slow", profile("External", process_command="sleep 5"), {}, "too_slow", EXTERNAL),
    ("an unknown mode", profile("Magic"), {}, "incomplete", "cli_profile"),
    ("a key without its secret", None, {"access_key_id": "SECRET"}, "incomplete", "env"),
    (
        "an OIDC token that is not there",
        profile("OIDC", ram_role_arn="a", oidc_provider_arn="b", oidc_token_file="/no/such"),
        {},
        "unreadable",
        "cli_profile/oidc_role_arn",
    ),
]


@pytest.mark.parametrize(("name", "config", "environment", "failure", "provider"), SET_UPS, ids=[s[0] for s in SET_UPS])
async def test_the_provider_that_is_set_up_and_its_own_kind_of_failure_are_named(
    name: str,
    config: object,
    environment: dict[str, object],
    failure: str,
    provider: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if config is not None:
        text = config if isinstance(config, str) else json.dumps({"current": "default", "profiles": [config]})
        (tmp_path / ".aliyun").mkdir()
        (tmp_path / ".aliyun" / "config.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr(auth_constant, "HOME", str(tmp_path))
    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "true")
    for key in ("access_key_id", "access_key_secret", "profile_name"):
        monkeypatch.setattr(auth_util, f"environment_{key}", environment.get(key))
    credentials = Credentials(None, limit_seconds=0.3)
    with pytest.raises(NoCredentials) as caught:
        await credentials.ready()
    error = caught.value
    assert error.data == {"provider": provider or None, "failure": failure}, name
    assert error.code == "NoCredentials"
    for language in ("en", "zh"):
        problem = explain(error, Texts(language), DiagnosisContext())
        said = f"{problem} {error.values}"
        assert "SECRET" not in said
        assert str(tmp_path) not in said
        assert problem.actions
        assert provider in problem.message or failure == "none"


def test_what_the_metadata_service_and_the_role_services_say_is_told_apart() -> None:
    said = {
        "EcsRamRoleCredentialsProvider: Failed to get RAM session credentials from ECS metadata service.": "none",
        "URLCredentialsProvider: error refreshing credentials from http://x, http_code=500": "service_failed",
        "OIDCRoleArnCredentialsProvider: error refreshing credentials from oidc_role_arn, http_code: 400": (
            "role_not_assumed"
        ),
    }
    for text, failure in said.items():
        listed = repr([text])
        error = OSError(f"unable to load credentials from any of the providers in the chain: {listed}")
        assert trouble_of(error).failure == failure


async def test_a_provider_that_breaks_is_no_credential_and_its_text_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class BrokenChain(FakeChain):
        def get_credential(self) -> FakeModel:
            raise OSError("cannot read /home/someone/.aliyun/secret")

    monkeypatch.setattr("alibabacloud_credentials.client.Client", lambda: BrokenChain("test-id"))
    with pytest.raises(NoCredentials) as caught:
        await SdkTransport("ecs.{region}.aliyuncs.com", "vpc.{region}.aliyuncs.com").identity()
    assert "secret" not in repr(caught.value)
    assert caught.value.__cause__ is None
