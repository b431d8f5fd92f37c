"""The register of what the simulated cloud can do."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TypeAlias

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.model_catalogue import Identity
from ecs_dr.simulator.world import World


@dataclass(frozen=True)
class Call:
    """One request as an action sees it.

    Attributes:
        params: The flattened parameters of the wire.
        region: The `RegionId` of the request, the empty string where the action needs none.
        hidden: The identity may not see anything, and the action answers with an empty list, not an error.
        allowed: Says whether the identity may also do another action (`ram:PassRole`).
    """

    world: World
    now: datetime
    params: Mapping[str, str]
    identity: Identity
    request_id: str
    region: str
    allowed: Callable[[str], bool]
    hidden: bool = False


Handler: TypeAlias = Callable[[Call], dict[str, Json]]


@dataclass(frozen=True)
class Action:
    """One action of one product.

    Attributes:
        needs_region: `RegionId` is mandatory.
        mutating: It creates something, honours ClientToken, and a dry run of it is never remembered.
        dry_run: It has a `DryRun` parameter that the core answers when the handler found nothing wrong.
        empty_when_denied: Without the permission it answers 200 with nothing in it (DescribeInstances).
        token_mismatch: The code for the same ClientToken with other parameters.
    """

    product: str
    name: str
    handler: Handler
    needs_region: bool = True
    mutating: bool = False
    dry_run: bool = False
    empty_when_denied: bool = False
    token_mismatch: str = "IdempotentParameterMismatch"  # noqa: S105 - an error code, not a secret


_REGISTER: dict[tuple[str, str], Action] = {}


def action(
    product: str,
    name: str,
    *,
    needs_region: bool = True,
    mutating: bool = False,
    dry_run: bool = False,
    empty_when_denied: bool = False,
    token_mismatch: str = "IdempotentParameterMismatch",  # noqa: S107 - an error code, not a secret
) -> Callable[[Handler], Handler]:
    """Register the decorated function as the action `name` of `product` (`ecs`, `vpc`)."""

    def register(handler: Handler) -> Handler:
        _REGISTER[product, name] = Action(
            product, name, handler, needs_region, mutating, dry_run, empty_when_denied, token_mismatch
        )
        return handler

    return register


def find_action(product: str, name: str) -> Action | None:
    """The action, or None when it is not simulated."""
    return registered_actions().get((product, name))


@cache
def registered_actions() -> Mapping[tuple[str, str], Action]:
    """Every simulated action by product and name; every module of `resources` is imported first."""
    from ecs_dr.simulator import resources

    for module in pkgutil.iter_modules(resources.__path__):
        importlib.import_module(f"{resources.__name__}.{module.name}")
    return _REGISTER
