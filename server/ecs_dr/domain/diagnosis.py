"""From an error to what a person can do about it: what is wrong, why, what to do next, what was not done.

Errors of ours have their own texts (`error.<key>.…`). What the cloud refuses is told by its kind
(`diagnosis.<kind>.…`), or by its code where one code means something more exact (`diagnosis.code.<name>.…`); the
cloud's own words, the code and the RequestId always stand beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ecs_dr.domain import links
from ecs_dr.domain.model import Model
from ecs_dr.domain.steps import Problem
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import (
    CloudError,
    EcsDrError,
    ErrorKind,
    NoCredentials,
    OutcomeUnknown,
    RecoveryFailed,
    SourceUnusable,
    UserError,
)
from ecs_dr.redact import safe_display

CREATING_ACTIONS = frozenset({"ecs:CreateImage", "ecs:RunInstances", "vpc:CreateVSwitch"})
"""The actions that create something: what was not done matters most there."""

_UNKNOWN = "-"

_NAMES_OF_CODES: Mapping[str, str] = {
    "IncorrectInstanceStatus.NeedRestart": "need_restart",
    "InstanceLockedForSecurity": "security_lock",
    "InvalidDiskCategory.CreateImage": "not_imageable",
    "InvalidOperation.DiskCategoryUnsupported": "not_imageable",
    "InvalidDiskType.ValueNotSupported": "not_imageable",
    "OperationDenied.ImageNotValid": "image_not_valid",
    "IncorrectImageStatus": "marketplace_image",
    "ImageNotSubscribed": "marketplace_image",
    "ImageRemovedInMarket": "marketplace_image",
    "QuotaExceed.BuyImage": "marketplace_image",
    "ImageNotSupportInstanceType": "architecture",
    "InvalidInstanceType.ValueNotSupported": "instance_type",
    "InvalidOperation.PublicIpAddressNoStock": "public_ip_stock",
    "InvalidPerformanceLevel.ValueNotSupported": "performance_level",
    "OperationDenied.PerformanceLevelNotMatch": "performance_level",
    "InstanceDiskNumLimitExceed": "disk_count",
    "InstanceDiskNumber.LimitExceed": "disk_count",
    "InstanceDiskLimitExceeded": "disk_count",
    "InvalidAccountStatus.SnapshotServiceUnavailable": "snapshot_service",
    "QuotaExceed.Snapshot": "snapshot_quota",
    "QuotaExceed.Image": "image_quota",
    "RealNameAuthenticationError": "account_check",
    "Forbidden.RiskControl": "account_check",
    "SecurityRisk.3DVerification": "account_check",
    "InvalidSecurityToken.Expired": "token_expired",
    "UserNotInTheWhiteList": "not_opened",
    "RegionUnauthorized": "not_opened",
    "Forbedden.NotSupportRAM": "main_account_only",
    "Forbidden.NotSupportRAM": "main_account_only",
    "InvalidParameter.Mismatch": "network_mismatch",
    "OperationDenied.InconsistentNetwork": "network_mismatch",
    "InvalidSecurityGroup.VpcMismatch": "network_mismatch",
    "InvalidPeriod": "period",
}

_NAMES_OF_PARTS: tuple[tuple[str, str], ...] = (
    ("InvalidTimeStamp", "clock"),
    ("InvalidDiskSize", "disk_size"),
    ("InvalidSystemDiskSize", "disk_size"),
    ("InvalidDataDiskSize", "disk_size"),
    (".ValueUnauthorized", "not_opened"),
)
"""Beginnings and ends of codes that come in families."""

_NO_POLICY_HELPS = frozenset({"not_opened", "main_account_only"})
"""Refusals that no RAM policy lifts."""


class DiagnosisContext(Model):
    """Where the error happened: what links need.

    Attributes:
        region_id: The session's region, once known.
        source_id: The source's instance id, once known.
        simulated: Whether the cloud behind the server is the simulator.
    """

    region_id: str | None = None
    source_id: str | None = None
    simulated: bool = False


def policy_statement(action: str) -> str:
    """The RAM policy (JSON, one line) whose one statement allows exactly this action.

    It is complete with Version and Statement, so that it can be pasted into the console's script editor.
    """
    statement: dict[str, str | dict[str, dict[str, str]]] = {
        "Effect": "Allow",
        "Action": action,
        "Resource": "*",
    }
    if action == "ram:PassRole":
        statement["Condition"] = {"StringEquals": {"acs:Service": "ecs.aliyuncs.com"}}
    return json.dumps({"Version": "1", "Statement": [statement]})


def explain(error: EcsDrError, texts: Texts, context: DiagnosisContext) -> Problem:
    """What went wrong, why, and what to do next, in the language of `texts`.

    Raises:
        TypeError: An error of neither branch of the tree: a bug.
    """
    if isinstance(error, UserError):
        return _of_ours(error, texts, context)
    if isinstance(error, CloudError):
        return _of_the_cloud(error, texts, context)
    raise TypeError(f"{type(error).__name__} is neither a UserError nor a CloudError")


def _of_ours(error: UserError, texts: Texts, context: DiagnosisContext) -> Problem:
    stem = f"error.{error.key}"
    found: tuple[str, ...] = ()
    if isinstance(error, NoCredentials):
        found = (links.access_keys(),)
    elif isinstance(error, RecoveryFailed) and context.region_id:
        found = (links.image_list(context.region_id), links.instance_list(context.region_id))
    elif isinstance(error, SourceUnusable):
        found = _source_links(context)
    return Problem(
        code=error.code,
        message=texts(f"{stem}.message", **error.values),
        cause=texts(f"{stem}.cause", **error.values),
        actions=_lines(texts(f"{stem}.actions", **error.values)),
        links=found,
    )


def _of_the_cloud(error: CloudError, texts: Texts, context: DiagnosisContext) -> Problem:
    name = _name(error)
    missing = _missing_permission(error, name)
    values = {
        "action": error.action,
        "code": safe_display(error.code),
        "region": context.region_id or _UNKNOWN,
        "instance": context.source_id or _UNKNOWN,
        "request_id": safe_display(error.request_id or _UNKNOWN),
        "permission": missing or _UNKNOWN,
        "policy": policy_statement(missing) if missing else _UNKNOWN,
        "effect": texts(f"diagnosis.effect.{_effect(error)}"),
    }
    said = safe_display(error.message).rstrip(" .。") or _UNKNOWN
    actions = _lines(texts(f"{name}.actions", **values))
    if context.simulated:
        actions = (*actions, texts("diagnosis.simulated"))
    return Problem(
        code=error.code,
        message=texts(f"{name}.message", **values),
        http_status=error.http_status,
        request_id=error.request_id,
        cause=" ".join((texts(f"{name}.cause", **values), texts("diagnosis.said", said=said, **values))),
        actions=actions,
        retryable=error.retryable,
        links=_links(error, context),
        missing_permission=missing,
    )


def _name(error: CloudError) -> str:
    """The stem of the texts: of the outcome, else of the code, else of the kind."""
    if isinstance(error, OutcomeUnknown):
        return "diagnosis.outcome_unknown" if error.action in CREATING_ACTIONS else "diagnosis.no_answer"
    special = _NAMES_OF_CODES.get(error.code) or next(
        (name for part, name in _NAMES_OF_PARTS if error.code.startswith(part) or error.code.endswith(part)), None
    )
    return f"diagnosis.code.{special}" if special else f"diagnosis.{error.kind.value}"


def _missing_permission(error: CloudError, name: str) -> str | None:
    if error.kind is not ErrorKind.PERMISSION or name.rpartition(".")[2] in _NO_POLICY_HELPS:
        return None
    return error.missing_permission or error.action


def _effect(error: CloudError) -> str:
    return "created_nothing" if error.action in CREATING_ACTIONS else "read_only"


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line)


_LINKS: Mapping[ErrorKind, Callable[[], str]] = {
    ErrorKind.BILLING: links.billing,
    ErrorKind.PERMISSION: links.ram_policies,
    ErrorKind.CREDENTIALS: links.access_keys,
    ErrorKind.ENCRYPTION: links.kms,
    ErrorKind.TOKEN_MISMATCH: links.ticket,
    ErrorKind.PARAMETER: links.ticket,
    ErrorKind.DRY_RUN_PASSED: links.ticket,
    ErrorKind.UNKNOWN: links.ticket,
}

_REGIONAL_LINKS: Mapping[ErrorKind, Callable[[str], str]] = {
    ErrorKind.NAME_TAKEN: links.image_list,
    ErrorKind.CIDR: links.vswitch_list,
    ErrorKind.ADDRESSES_EXHAUSTED: links.vswitch_list,
}

_LINKS_OF_MADE: Mapping[str, Callable[[str], str]] = {
    "ecs:CreateImage": links.image_list,
    "ecs:RunInstances": links.instance_list,
    "vpc:CreateVSwitch": links.vswitch_list,
}
"""Where to look whether an action that was not answered has made something."""


def _links(error: CloudError, context: DiagnosisContext) -> tuple[str, ...]:
    if isinstance(error, OutcomeUnknown):
        made = _LINKS_OF_MADE.get(error.action)
        return (made(context.region_id),) if made and context.region_id else ()
    if error.kind is ErrorKind.QUOTA:
        return (links.quota_center(error.action.partition(":")[0]),)
    if error.kind is ErrorKind.SOURCE_STATE:
        return _source_links(context)
    if error.kind in _REGIONAL_LINKS and context.region_id:
        return (_REGIONAL_LINKS[error.kind](context.region_id),)
    return (_LINKS[error.kind](),) if error.kind in _LINKS else ()


def _source_links(context: DiagnosisContext) -> tuple[str, ...]:
    if context.region_id and context.source_id:
        return (links.instance(context.region_id, context.source_id),)
    return (links.instance_list(context.region_id),) if context.region_id else ()
