"""The environment variables that the program reads, for whoever packs the skill: a registry lists them."""

from __future__ import annotations

from collections.abc import Mapping

from ecs_dr.settings import Settings

PREFIX = "ECS_DR_"

CHAIN: Mapping[str, str] = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "Access key of the server's process; a profile or a RAM role is better",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "Belongs to ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_SECURITY_TOKEN": "STS token that belongs to a temporary access key",
    "ALIBABA_CLOUD_PROFILE": "Profile of the Alibaba Cloud CLI configuration to use",
    "ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "Leave the profiles of the Alibaba Cloud CLI out of the provider chain",
    "ALIBABA_CLOUD_CREDENTIALS_FILE": "Another credentials file",
    "ALIBABA_CLOUD_CREDENTIALS_URI": "Local address that hands out credentials",
    "ALIBABA_CLOUD_ECS_METADATA": "RAM role of the ECS instance the server runs on",
    "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "Do not ask the ECS metadata service",
    "ALIBABA_CLOUD_IMDSV1_DISABLED": "Use the hardened mode of the ECS metadata service alone",
    "ALIBABA_CLOUD_ROLE_ARN": "RAM role to assume with OIDC",
    "ALIBABA_CLOUD_ROLE_SESSION_NAME": "Session name of the assumed role",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "OIDC provider of the role",
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "File that holds the OIDC token",
    "ALIBABA_CLOUD_STS_REGION": "Region of the STS endpoint used to assume a role",
    "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED": "Use the VPC endpoint of STS",
}
"""What the credential provider chain of alibabacloud-credentials reads; a test compares with its source."""

OURS: Mapping[str, str] = {
    "language": "en or zh",
    "elicitation": "off for a host that declares forms and shows none",
    "profile_tags": "off puts no lineage tags on what is created",
    "timezone": "Zone of the times that a person reads, as UTC+8",
    "report_dir": "Folder where reports are also written as files",
    "poll_seconds": "Longest gap between two looks at the image",
    "ask_after_seconds": "How long an image may take before the user is asked",
    "retry_wait_seconds": "Wait before a retryable request is sent again",
    "retry_attempts": "How often it is sent again",
    "call_budget_seconds": "Longest time that one tool call takes before it answers",
    "credential_seconds": "Longest that a credential provider may take",
    "ecs_endpoint": "Endpoint of the ECS API",
    "vpc_endpoint": "Endpoint of the VPC API",
    "http_token": "Bearer token for the HTTP transport; the file is better",
    "http_token_file": "File that holds the bearer token for the HTTP transport",
}
"""The program's own settings, by field."""


def variables() -> dict[str, str]:
    """Name and meaning of each, the credentials first.

    Raises:
        KeyError: A setting has no words here yet.
    """
    return {**CHAIN, **{f"{PREFIX}{name.upper()}": OURS[name] for name in Settings.model_fields}}


def with_variables(page: str) -> str:
    """SKILL.md as it is packed for ClawHub: its front matter lists every variable, none of them required."""
    _, front, body = page.split("---\n", 2)
    lines = ["    envVars:"]
    for name, meaning in variables().items():
        lines += [f"      - name: {name}", "        required: false", f"        description: {meaning}"]
    return f"---\n{front.rstrip()}\n" + "\n".join(lines) + f"\n---\n{body}"
