"""Who may do what (RAM, Resource Access Management).

A world's identities may do everything except what their `denied` and `explicitly_denied` lists name. A refusal
has the code `Forbidden.RAM` and says in its `AccessDeniedDetail` which action is missing. DescribeInstances is
the exception the cloud makes: without its permission it answers 200 with an empty list, and only a dry run
tells (the core does that, see `Action.empty_when_denied`).
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from ecs_dr.simulator.errors import Denial, Fault
from ecs_dr.simulator.model_catalogue import Identity
from ecs_dr.simulator.world import World


def check(world: World, identity: Identity, product: str, action: str) -> None:
    """Let the identity do the action, or refuse it.

    The account itself (`RootUser`) is above every policy.

    Raises:
        Fault: `Forbidden.RAM`, with the details of the denial.
    """
    if identity.principal_type == "RootUser":
        return
    name = f"{product}:{action}"
    if _named(name, identity.explicitly_denied):
        raise forbidden(world, identity, name, "ExplicitDeny")
    if _named(name, identity.denied):
        raise forbidden(world, identity, name, "ImplicitDeny")


def identity_of_key(world: World, access_key_id: str) -> Identity | None:
    """Return the identity that owns an access key, None for an unknown key.

    Raises:
        Fault: `InvalidAccessKeyId.Inactive`.
    """
    for identity in world.identities.values():
        if identity.access_key_id == access_key_id:
            if identity.status == "Inactive":
                raise Fault("InvalidAccessKeyId.Inactive", "Specified access key is disabled.", 400)
            return identity
    return None


def _named(action: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in patterns)


def forbidden(world: World, identity: Identity, action: str, no_permission_type: str = "ImplicitDeny") -> Fault:
    """The refusal of an action, with the details of the denial."""
    return Fault(
        "Forbidden.RAM",
        "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
        403,
        denial=Denial(
            auth_action=action,
            principal_type=identity.principal_type,
            principal_name=identity.name,
            owner_id=world.account.owner_id,
            no_permission_type=no_permission_type,
            policy_type="AccountLevelIdentityBasedPolicy",
        ),
    )
