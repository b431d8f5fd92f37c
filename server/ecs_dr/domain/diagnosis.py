"""From an error to what a person can do about it: what is wrong, why, what to do next, what was not done.

Errors of ours have their own texts (`error.<key>.…`). What the cloud refuses is told by its kind
(`diagnosis.<kind>.…`), or by its code where one code means something more exact (`diagnosis.code.<name>.…`); the
cloud's own words, the code and the RequestId always stand beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Literal

from ecs_dr.denial import Denial
from ecs_dr.domain import links
from ecs_dr.domain.model import Model
from ecs_dr.domain.refusals import Blame, row_of
from ecs_dr.domain.refusals.reading import FAILED
from ecs_dr.domain.steps import Problem
from ecs_dr.domain.telling import Words, said, spaced, tell
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import (
    NO_ANSWER,
    CloudError,
    EcsDrError,
    ErrorKind,
    NoCredentials,
    OutcomeUnknown,
    RecoveryFailed,
    SourceUnusable,
    UserError,
)

CREATING_ACTIONS = frozenset({"ecs:CreateImage", "ecs:RunInstances", "vpc:CreateVSwitch"})
"""The actions that create something: what was not done matters most there."""

LAUNCH_ALONE = frozenset({Blame.OPTION, Blame.DISK_DEVICE, Blame.TERMS})
"""What is told in the words of a launch, and by its kind elsewhere."""

_UNKNOWN = "-"
_PLAIN = re.compile(r"[A-Za-z0-9+/=:_-]{1,4096}", re.ASCII)
"""What an EncodedDiagnosticMessage (Base64) and names of types are made of: handed on letter by letter."""

_NO_POLICY_HELPS = frozenset({"code.not_opened", "code.main_account_only"})
"""Refusals that no RAM policy lifts, by their texts."""

STARTS_ANEW = frozenset(
    f"diagnosis.{one}"
    for one in (
        "token_mismatch",
        "source_state",
        "reference",
        *(f"code.{code}" for code in ("need_restart", "security_lock", "image_not_valid")),
        *(f"code.{code}" for code in ("vpc", "group", "region", "instance_gone")),
    )
)
"""The texts whose advice is to begin again with the source: an image that was made is not to be made twice then."""

SKILLS = ("ram-permission-diagnose", "alibabacloud-ram-permission-diagnose")
"""The skill that guides through a missing permission, by the names under which it is published."""


class DiagnosisContext(Model):
    """Where the error happened: what links need.

    Attributes:
        region_id: The session's region, once known.
        source_id: The source's instance id, once known.
        image_id: The session's image, once there is one: no way on needs a second.
        resource_group_id: The source's resource group, once read.
        simulated: Whether the cloud behind the server is the simulator.
        source_is_unread: The source itself was refused to be read: there are ways that do without.
    """

    region_id: str | None = None
    source_id: str | None = None
    image_id: str | None = None
    resource_group_id: str | None = None
    simulated: bool = False
    source_is_unread: bool = False


def policy_statement(action: str) -> Words:
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
    return Words(json.dumps({"Version": "1", "Statement": [statement]}))


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
    found: tuple[Words, ...] = ()
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
        actions=tell(texts(f"{stem}.actions", **error.values)).lines,
        links=found,
        in_actions=frozenset(error.values.values()) & frozenset(found),
    )


def _of_the_cloud(error: CloudError, texts: Texts, context: DiagnosisContext) -> Problem:
    name = stem(error)
    missing = _missing_permission(error, name)
    row = row_of(error.code, error.message, error.http_status)
    denial = error.denial if missing is not None else None
    values = {
        "action": error.action,
        "code": error.code,
        "region": context.region_id or _UNKNOWN,
        "instance": context.source_id or _UNKNOWN,
        "request_id": error.request_id or _UNKNOWN,
        "permission": missing or _UNKNOWN,
        "policy": policy_statement(missing) if missing else _UNKNOWN,
        "policy_type": denial.policy_type if denial and denial.policy_type else _UNKNOWN,
        "option": texts(f"ledger.{row.option}.label") if row.option else _UNKNOWN,
        "effect": texts(f"diagnosis.effect.{_effect(error)}"),
    }
    said = said_of(error, texts)
    is_quoted = error.code != NO_ANSWER and not texts.has(f"said.{error.message}")
    told = "diagnosis.said" if is_quoted else "diagnosis.nobody_said"
    actions = [*tell(texts(f"{name}.actions", **values)).lines]
    if missing is not None and name == "diagnosis.outcome_unclear":
        actions[:0] = [texts("diagnosis.outcome_unclear.grant", **values)]
    if missing is not None:
        actions[1:1] = _about_the_denial(denial, missing, texts, context)
    if context.image_id and name in STARTS_ANEW:
        actions.append(texts("diagnosis.keep_image", image=context.image_id))
    if context.source_is_unread:
        actions.append(texts("diagnosis.source_unread"))
    if context.simulated:
        actions.append(texts("diagnosis.simulated"))
    return Problem(
        code=error.code,
        message=texts(f"{name}.message", **values),
        http_status=error.http_status,
        request_id=error.request_id,
        cause=spaced(texts(f"{name}.cause", **values), texts(told, said=said, **values)),
        actions=tuple(actions),
        retryable=error.retryable and missing is None,
        links=_links(error, context),
        missing_permission=missing,
        denied_by=_denied_by(denial),
    )


def said_of(error: CloudError, texts: Texts) -> Words | str:
    """What the cloud said, without the full stop; where it said nothing, what happened instead, in our words."""
    for key in (f"no_answer.{error.message}", f"said.{error.message}"):
        if texts.has(key):
            return texts(key)
    return error.message.rstrip(" .。") or _UNKNOWN


def _about_the_denial(denial: Denial | None, missing: str, texts: Texts, context: DiagnosisContext) -> list[Words]:
    """Where the policy belongs, and what the skill asks for that diagnoses permissions."""
    lines: list[Words] = []
    is_explicit = denial is not None and denial.is_explicit
    if context.resource_group_id and not is_explicit and missing.startswith("ecs:"):
        lines.append(texts("diagnosis.permission.scope", group=context.resource_group_id))
    if denial is None:
        return lines
    facts = (
        ("NoPermissionType", denial.no_permission_type),
        ("PolicyType", denial.policy_type),
        ("AuthAction", denial.auth_action),
        ("AuthPrincipalType", denial.principal_type),
        ("AuthPrincipalDisplayName", denial.principal_name),
        ("EncodedDiagnosticMessage", denial.encoded_message),
    )
    told = Words(", ").join(Words(f"{name}={_handed_on(value)}") for name, value in facts if value)
    return [*lines, texts("diagnosis.permission.facts", facts=told, skills=" / ".join(SKILLS))]


def _handed_on(value: str) -> Words:
    """A value of the denial as it is, where it is plain; else neutralised."""
    return Words(value) if _PLAIN.fullmatch(value) else said(value)


def _denied_by(denial: Denial | None) -> Literal["explicit_deny", "implicit_deny"] | None:
    if denial is None or denial.no_permission_type not in {"ExplicitDeny", "ImplicitDeny"}:
        return None
    return "explicit_deny" if denial.is_explicit else "implicit_deny"


def stem(error: CloudError) -> str:
    """The stem of the texts: of the outcome, else of the refusal's row."""
    if isinstance(error, OutcomeUnknown):
        if error.action not in CREATING_ACTIONS or not error.creates:
            return "diagnosis.no_answer"
        return "diagnosis.outcome_unknown" if error.code == NO_ANSWER else "diagnosis.outcome_unclear"
    row = row_of(error.code, error.message, error.http_status)
    denied = _denied_by(error.denial)
    if row.text == "permission" and denied is not None:
        return f"diagnosis.code.{denied}"
    if row.blame in LAUNCH_ALONE and error.action != "ecs:RunInstances":
        return f"diagnosis.{error.kind.value}"
    has_row = row.blame is not Blame.UNKNOWN and row is not FAILED
    return f"diagnosis.{row.text}" if has_row else f"diagnosis.{error.kind.value}"


def _missing_permission(error: CloudError, name: str) -> str | None:
    if error.kind is not ErrorKind.PERMISSION or name.removeprefix("diagnosis.") in _NO_POLICY_HELPS:
        return None
    return error.missing_permission or error.action


def _effect(error: CloudError) -> str:
    return "created_nothing" if error.action in CREATING_ACTIONS else "read_only"


_LINKS: Mapping[ErrorKind, Callable[[], Words]] = {
    ErrorKind.BILLING: links.billing,
    ErrorKind.PERMISSION: links.ram_policies,
    ErrorKind.CREDENTIALS: links.access_keys,
    ErrorKind.ENCRYPTION: links.kms,
    ErrorKind.TOKEN_MISMATCH: links.ticket,
    ErrorKind.PARAMETER: links.ticket,
    ErrorKind.DRY_RUN_PASSED: links.ticket,
    ErrorKind.UNKNOWN: links.ticket,
}

_REGIONAL_LINKS: Mapping[ErrorKind, Callable[[str], Words]] = {
    ErrorKind.NAME_TAKEN: links.image_list,
    ErrorKind.CIDR: links.vswitch_list,
    ErrorKind.ADDRESSES_EXHAUSTED: links.vswitch_list,
}

_LINKS_OF_MADE: Mapping[str, Callable[[str], Words]] = {
    "ecs:CreateImage": links.image_list,
    "ecs:RunInstances": links.instance_list,
    "vpc:CreateVSwitch": links.vswitch_list,
}
"""Where to look whether an action that was not answered has made something."""


def _links(error: CloudError, context: DiagnosisContext) -> tuple[Words, ...]:
    if isinstance(error, OutcomeUnknown):
        made = _LINKS_OF_MADE.get(error.action) if error.creates else None
        return (made(context.region_id),) if made and context.region_id else ()
    if error.kind is ErrorKind.QUOTA:
        return (links.quota_center(error.action.partition(":")[0]),)
    if error.kind is ErrorKind.SOURCE_STATE:
        return _source_links(context)
    if error.kind in _REGIONAL_LINKS and context.region_id:
        return (_REGIONAL_LINKS[error.kind](context.region_id),)
    return (_LINKS[error.kind](),) if error.kind in _LINKS else ()


def _source_links(context: DiagnosisContext) -> tuple[Words, ...]:
    if context.region_id and context.source_id:
        return (links.instance(context.region_id, context.source_id),)
    return (links.instance_list(context.region_id),) if context.region_id else ()
