"""Why no credential came of the provider chain: which provider is set up here, and its own kind of failure.

The providers' texts quote paths, answers and URLs. Only what they are known to say is looked for in them (texts of
alibabacloud-credentials); none of their words, and no value, goes further than this module.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ecs_dr.errors import NoCredentials

CredentialFailure = Literal[
    "none",
    "sign_in_expired",
    "unknown_profile",
    "unreadable",
    "role_not_assumed",
    "command_failed",
    "too_slow",
    "metadata_silent",
    "service_failed",
    "incomplete",
    "profile_loop",
    "other",
]

_MODES: Mapping[str, str] = {
    "AK": "static_ak",
    "StsToken": "static_sts",
    "RamRoleArn": "ram_role_arn",
    "ChainableRamRoleArn": "ram_role_arn",
    "EcsRamRole": "ecs_ram_role",
    "OIDC": "oidc_role_arn",
    "CloudSSO": "cloud_sso",
    "OAuth": "oauth",
    "External": "external",
}
"""The modes of a CLI profile, by the provider that serves them."""

_NAMES: Mapping[str, str] = {
    "EnvironmentVariableCredentialsProvider": "env",
    "OIDCRoleArnCredentialsProvider": "oidc_role_arn",
    "CLIProfileCredentialsProvider": "cli_profile",
    "ProfileCredentialsProvider": "profile",
    "EcsRamRoleCredentialsProvider": "ecs_ram_role",
    "URLCredentialsProvider": "credentials_uri",
}

_SAID: tuple[tuple[str, CredentialFailure], ...] = (
    ("recursion", "profile_loop"),
    ("command process timed out", "too_slow"),
    ("re-login", "sign_in_expired"),
    ("refresh oauth token", "sign_in_expired"),
    ("credentials from oauth", "sign_in_expired"),
    ("credentials from sso", "sign_in_expired"),
    ("external command", "command_failed"),
    ("invalid credential response", "command_failed"),
    ("invalid ststoken credential response", "command_failed"),
    ("process_command is empty", "incomplete"),
    ("unable to get profile", "unknown_profile"),
    ("invalid profile name", "unknown_profile"),
    ("failed to parse credential", "unreadable"),
    ("parsing", "unreadable"),
    ("no such file", "unreadable"),
    ("permission denied", "unreadable"),
    ("codec can't decode", "unreadable"),
    ("unsupported", "incomplete"),
    ("from ram_role_arn", "role_not_assumed"),
    ("from oidc_role_arn", "role_not_assumed"),
    ("in ram role arn", "role_not_assumed"),
    ("sts", "role_not_assumed"),
    ("metadata", "metadata_silent"),
    ("100.100.100.200", "metadata_silent"),
    ("cannot be empty", "incomplete"),
    ("is empty", "incomplete"),
    ("must not be empty", "incomplete"),
)
"""(part of a provider's text in lower case, what it means); the first that is found counts."""

_BY_PROVIDER: Mapping[str, CredentialFailure] = {
    "ecs_ram_role": "metadata_silent",
    "credentials_uri": "service_failed",
    "ram_role_arn": "role_not_assumed",
    "oidc_role_arn": "role_not_assumed",
    "cloud_sso": "sign_in_expired",
    "oauth": "sign_in_expired",
}
"""What a provider's failure is taken for whose text says nothing that is known (a connection that was refused)."""


@dataclass(frozen=True)
class Trouble:
    """Why there is no credential.

    Attributes:
        failure: Its kind.
        provider: The provider that is set up, as `cli_profile/external`; empty where none is.
        profile: The profile's name, where one is used.
    """

    failure: CredentialFailure
    provider: str
    profile: str = ""

    def as_error(self) -> NoCredentials:
        """The error that tells it."""
        key = "no_credentials" if self.failure == "none" else f"credentials_{self.failure}"
        values = {"provider": self.provider or "-", "profile": self.profile or "default"}
        error = NoCredentials("NoCredentials", key, values, next_tool="check_credentials")
        error.data = {"provider": self.provider or None, "failure": self.failure}
        return error


def trouble_of(error: BaseException) -> Trouble:
    """What the chain's error says of the provider that is set up."""
    profile, mode = _cli_profile()
    if isinstance(error, TimeoutError):
        return Trouble("too_slow", _with_mode("cli_profile", mode) if mode else "", profile)
    for provider, said in _reasons(error):
        if not _is_set_up(provider, said, has_profile=bool(profile)):
            continue
        named = _with_mode(provider, mode) if provider == "cli_profile" else provider
        return Trouble(_failure(named, said), named, profile if provider == "cli_profile" else "")
    return Trouble("none", "")


def _reasons(error: BaseException) -> list[tuple[str, str]]:
    """Each provider of the chain with what it said, in the chain's order."""
    try:
        listed = ast.literal_eval(str(error).partition("in the chain: ")[2])
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        listed = []
    if not listed:
        # A provider that once answered and is asked again raises by itself.
        return [("", f"{type(error).__name__}: {error}")]
    pairs = (str(one).partition(": ") for one in listed)
    return [(_NAMES.get(name, name), said) for name, _, said in pairs]


def _is_set_up(provider: str, said: str, *, has_profile: bool) -> bool:
    """Whether somebody meant this provider to answer: the chain asks all of them."""
    from alibabacloud_credentials.utils import auth_util

    if provider == "env":
        return bool(auth_util.environment_access_key_id or auth_util.environment_access_key_secret)
    if provider == "cli_profile":
        is_missing = "unable to open" in said or "is disabled" in said
        return not is_missing or (has_profile and "is disabled" not in said)
    if provider == "profile":
        return bool(auth_util.environment_credentials_file)
    if provider == "ecs_ram_role":
        return bool(auth_util.environment_ecs_metadata or auth_util.environment_ECSMeta_data)
    return True


def _failure(provider: str, said: str) -> CredentialFailure:
    lowered = said.lower()
    if "unable to open" in lowered:
        return "unreadable"
    known = next((failure for part, failure in _SAID if part in lowered), None)
    return known or _BY_PROVIDER.get(provider.rpartition("/")[2], "other")


def _with_mode(provider: str, mode: str) -> str:
    return f"{provider}/{mode}" if mode else provider


def _cli_profile() -> tuple[str, str]:
    """Name and provider of the CLI profile in use; empty where none is named or can be read."""
    from alibabacloud_credentials.utils import auth_constant, auth_util

    name = auth_util.environment_profile_name or ""
    try:
        text = (Path(auth_constant.HOME) / ".aliyun" / "config.json").read_text(encoding="utf-8")
        config = json.loads(text)
        name = name or str(config.get("current") or "")
        found = [one for one in config.get("profiles", ()) if one.get("name") == name]
        return name, _MODES.get(str(found[0].get("mode")), "") if found else ""
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return name, ""
