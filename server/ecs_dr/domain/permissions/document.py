"""references/ram-policies.md, written from the allow-list."""

from __future__ import annotations

from collections.abc import Mapping

from ecs_dr.domain.permissions.policy import DENIED, PolicyAction, PolicyScope, as_text, recovery_policy, resources_of

EXAMPLE = PolicyScope(region_id="cn-hangzhou", instance_id="i-bp1example0001", account_id="1234567890123456")

_PURPOSES: Mapping[str, str] = {
    "ecs:DescribeInstances": "read the source and the replica; find what an interrupted recovery created",
    "ecs:DescribeDisks": "read the disks of both",
    "ecs:CreateImage": "make the whole-instance image",
    "ecs:DescribeImages": "follow the image; see which names are taken",
    "ecs:DescribeAvailableResource": "stock and disk categories by zone",
    "vpc:DescribeVSwitches": "VSwitches of the VPC",
    "vpc:CreateVSwitch": "create a VSwitch where the zone has none",
    "ecs:RunInstances": "create the replica",
    "vpc:DescribeVpcs": "propose a free CIDR block",
    "ecs:DescribePrice": "show the price before the launch",
    "ecs:DescribeInstanceTypes": "offer substitute types",
    "ecs:DescribeInstanceRamRole": "tell which RAM role the source has",
    "ecs:DescribeUserData": "tell whether there is user data",
    "ecs:DescribeInstanceHistoryEvents": "tell why a replica vanished",
    "ecs:DescribeInstanceAutoRenewAttribute": "tell how a subscription is renewed",
    "ecs:GetInstanceConsoleOutput": "tell whether the replica has booted (its text is never kept)",
    "ecs:DescribeSnapshots": "find what an image can be made of when none can be made of the source",
    "ecs:DescribeSnapshotGroups": "tell which of them are of one moment",
    "ecs:DescribeSecurityGroups": "tell whether groups still exist: of a source that is gone, of a refused launch",
}

_HEAD = """# RAM policies

<!-- Written from the allow-list in server/ecs_dr/cloud/allowlist.py: do not edit by hand.
     After a change: ./scripts/renew -->

The server can send these {count} actions and no others: an allow-list below every other part refuses the rest.
Nothing on it deletes, releases, stops, starts, restarts, detaches or modifies anything.

| Action | Needed | For | Resource |
|---|---|---|---|
"""

_MIDDLE = """
*Needed* actions stop the recovery when they are missing, and `plan_recovery` says so before anything is created.
*Optional* ones are skipped with a note.
*From snapshots* names what the road over snapshots needs (`image_from_snapshots`): statements of their own in the
policy, which may be taken out. Without `ecs:DescribeSnapshots` that road is closed, and nothing else is.

## A policy for one recovery

```text
ecs-dr policy --region-id {region} --instance-id {instance} --account-id {account}
```

prints the policy below: one region, one source for what touches the source, HTTPS alone, and an explicit denial of
everything that destroys or changes what exists. `--account-id` may be left out (`*`: the account that the policy
belongs to). It is narrower than the permissions of most people, and its denials outweigh every other policy of the
same identity: **attach it to a RAM user or role that does recoveries and nothing else.**

```json
{policy}
```

## What no policy says by itself

- Resource names follow RAM's published authorization rules, in which not every action of every region is listed. If
  a call is refused although its action is allowed, widen that one statement's `Resource` to `"*"` first.
- Lineage tags are set by the creating call itself. Where an identity may not set them, resources are created without.
- A RAM role for the replica (`--ram-role-name NAME`) adds `ram:PassRole` on that role, for ECS alone.
- Encrypted disks need the account's service role for disk encryption; KMS keys have policies of their own.
- `DescribeInstances` without permission answers with an empty list instead of an error: the server asks with a dry
  run before it says that an instance does not exist.
- System and public images are readable to everyone, whatever the policy says.

## One missing permission

When an action is refused, the answer names it and shows the policy that allows exactly it; have it granted, then
answer "Permission granted, try again". Credentials are never asked for.

## Denied

{denied}
"""


def document(actions: tuple[PolicyAction, ...]) -> str:
    """`references/ram-policies.md` for these actions."""
    rows = "".join(_row(action) for action in actions)
    policy = as_text(recovery_policy(actions, EXAMPLE))
    denied = ", ".join(f"`{action}`" for action in DENIED)
    values = {"region": EXAMPLE.region_id, "instance": EXAMPLE.instance_id, "account": EXAMPLE.account_id}
    return _HEAD.format(count=len(actions)) + rows + _MIDDLE.format(policy=policy, denied=denied, **values)


def _row(action: PolicyAction) -> str:
    general = PolicyScope(region_id="{region}", instance_id="{source}", account_id="{account}")
    resources = "<br>".join(f"`{resource}`" for resource in resources_of(action.name, general))
    needed = (
        "from snapshots"
        if action.apart
        else "optional"
        if action.optional
        else "when it is decided"
        if action.mutating
        else "yes"
    )
    return f"| `{action.name}` | {needed} | {_PURPOSES[action.name]} | {resources} |\n"
