"""The RAM policy of one recovery: what it may call and on what, and an explicit no to everything that destroys.

Resources are named as RAM's authorization rules of ECS and VPC name them (`acs:ecs:<region>:<account>:instance/<id>`).
Where an action lists, or makes what has no id yet, its kind of resource in the region is the narrowest that works;
actions that know no resources (stock, prices, types) take `*`. The allow-list is passed in: this module knows what an
action touches, not which ones the product may call.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from ecs_dr.domain.model import JsonObject, JsonValue, Model

MAX_CHARACTERS = 6144
"""The longest custom policy that RAM takes."""

ANY = "*"
_ACCOUNT = re.compile(r"[0-9]{6,20}", re.ASCII)
_ROLE = re.compile(r"[A-Za-z0-9.\-]{1,64}", re.ASCII)
_SOURCE = "instance/{instance}"

_RESOURCES: Mapping[str, tuple[str, ...]] = {
    "ecs:DescribeInstances": ("ecs:instance/*",),
    "ecs:DescribeDisks": ("ecs:disk/*", "ecs:instance/*"),
    "ecs:DescribeImages": ("ecs:image/*",),
    "ecs:CreateImage": (f"ecs:{_SOURCE}", "ecs:image/*", "ecs:snapshot/*"),
    "ecs:RunInstances": (
        "ecs:instance/*",
        "ecs:image/*",
        "ecs:disk/*",
        "ecs:snapshot/*",
        "ecs:securitygroup/*",
        "ecs:keypair/*",
        "ecs:networkinterface/*",
        "vpc:vswitch/*",
        "vpc:vpc/*",
    ),
    "ecs:DescribeInstanceRamRole": (f"ecs:{_SOURCE}",),
    "ecs:DescribeUserData": (f"ecs:{_SOURCE}",),
    "ecs:DescribeInstanceHistoryEvents": ("ecs:instance/*",),
    "ecs:DescribeInstanceAutoRenewAttribute": (f"ecs:{_SOURCE}",),
    "ecs:GetInstanceConsoleOutput": ("ecs:instance/*",),
    "ecs:DescribeSnapshots": ("ecs:snapshot/*", "ecs:disk/*", "ecs:instance/*"),
    "ecs:DescribeSnapshotGroups": ("ecs:snapshotgroup/*", "ecs:instance/*"),
    "ecs:DescribeSecurityGroups": ("ecs:securitygroup/*",),
    "vpc:DescribeVSwitches": ("vpc:vswitch/*", "vpc:vpc/*"),
    "vpc:CreateVSwitch": ("vpc:vswitch/*", "vpc:vpc/*"),
    "vpc:DescribeVpcs": ("vpc:vpc/*",),
}
"""By action: product and resource. What is not here knows no resources."""

DENIED = (
    "ecs:Delete*",
    "ecs:Release*",
    "ecs:Stop*",
    "ecs:Start*",
    "ecs:Reboot*",
    "ecs:RedeployInstance",
    "ecs:Replace*",
    "ecs:ReInit*",
    "ecs:Reset*",
    "ecs:ResizeDisk",
    "ecs:Attach*",
    "ecs:Detach*",
    "ecs:Modify*",
    "ecs:Cancel*",
    "ecs:Revoke*",
    "ecs:LeaveSecurityGroup",
    "ecs:Untag*",
    "ecs:RunCommand",
    "ecs:InvokeCommand",
    "vpc:Delete*",
    "vpc:Release*",
    "vpc:Modify*",
    "vpc:Unassociate*",
    "vpc:Untag*",
)
"""What would delete, release, stop, start, restart, detach or change something that exists."""


class PolicyAction(Model):
    """One action of the allow-list.

    Attributes:
        name: As RAM writes it: `ecs:RunInstances`.
        mutating: It creates something.
        optional: The recovery works without it.
        apart: It belongs to the road over snapshots alone: a statement of its own, which can be taken out.
    """

    name: str
    mutating: bool = False
    optional: bool = False
    apart: bool = False


class PolicyScope(Model):
    """What the policy is for.

    Attributes:
        region_id: The source's region.
        instance_id: The source.
        account_id: The Alibaba Cloud account's number; `*` is the account that the policy belongs to.
        ram_role_name: A RAM role that the replica is to be given; empty: none.
    """

    region_id: str
    instance_id: str
    account_id: str = ANY
    ram_role_name: str = ""


def is_account(text: str) -> bool:
    """Whether it is an account's number, or `*`."""
    return text == ANY or bool(_ACCOUNT.fullmatch(text))


def is_role(text: str) -> bool:
    """Whether it has the shape of a RAM role's name; empty: none is meant."""
    return not text or bool(_ROLE.fullmatch(text))


def resources_of(action: str, scope: PolicyScope) -> tuple[str, ...]:
    """The resources on which the recovery needs an action."""
    named = _RESOURCES.get(action)
    if named is None:
        return (ANY,)
    arns = []
    for entry in named:
        product, _, resource = entry.partition(":")
        path = resource.format(instance=scope.instance_id)
        arns.append(f"acs:{product}:{scope.region_id}:{scope.account_id}:{path}")
    return tuple(arns)


def recovery_policy(actions: Iterable[PolicyAction], scope: PolicyScope) -> JsonObject:
    """The policy document: actions with the same resources share a statement; HTTPS alone; the denials last.

    A denial outweighs every other policy of the same identity, so the policy belongs to an identity that does
    recoveries and nothing else.
    """
    grouped: dict[tuple[bool, tuple[str, ...]], list[str]] = {}
    for action in sorted(actions, key=lambda one: one.apart):
        grouped.setdefault((action.apart, resources_of(action.name, scope)), []).append(action.name)
    statements: list[JsonValue] = [
        _allow(names, resources, {"Bool": {"acs:SecureTransport": "true"}}) for (_, resources), names in grouped.items()
    ]
    if scope.ram_role_name:
        role = f"acs:ram::{scope.account_id}:role/{scope.ram_role_name.lower()}"
        statements.append(_allow(["ram:PassRole"], (role,), {"StringEquals": {"acs:Service": "ecs.aliyuncs.com"}}))
    statements.append({"Effect": "Deny", "Action": list(DENIED), "Resource": ANY})
    return {"Version": "1", "Statement": statements}


def as_text(policy: JsonObject) -> str:
    """The document as the console's script editor takes it."""
    return json.dumps(policy, indent=2)


def _allow(names: list[str], resources: tuple[str, ...], condition: JsonObject) -> JsonObject:
    action: JsonValue = names[0] if len(names) == 1 else list(names)
    resource: JsonValue = resources[0] if len(resources) == 1 else list(resources)
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}
