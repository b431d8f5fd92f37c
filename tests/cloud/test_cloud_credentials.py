"""Where the identity comes from: the provider chain, bounded, asked anew, and never shown."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ecs_dr.cloud import sdk
from ecs_dr.cloud.sdk import SdkTransport
from ecs_dr.cloud.transport import ApiError, ApiRequest
from ecs_dr.errors import NoCredentials
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


async def test_a_chain_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    class HangingChain(FakeChain):
        def get_credential(self) -> FakeModel:
            release.wait()
            return self.model

    monkeypatch.setattr(sdk, "CREDENTIAL_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr("alibabacloud_credentials.client.Client", lambda: HangingChain("test-id"))
    try:
        with pytest.raises(NoCredentials):
            await SdkTransport("ecs.{region}.aliyuncs.com", "vpc.{region}.aliyuncs.com").identity()
    finally:
        release.set()


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
