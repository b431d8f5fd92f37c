"""How the simulated cloud says no, in the codes of the real one (some are misspelled there)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Denial:
    """Why a permission is missing: the `AccessDeniedDetail` of an error body.

    Attributes:
        auth_action: The RAM action, e.g. `ecs:RunInstances`.
        principal_type: `SubUser`, `AssumedRoleUser` or `RootUser`.
        principal_name: The user's or the role's display name.
        owner_id: The account that the identity belongs to.
        no_permission_type: `ImplicitDeny` (nothing allows it) or `ExplicitDeny` (a policy forbids it).
        policy_type: The kind of policy that decided.
    """

    auth_action: str
    principal_type: str
    principal_name: str
    owner_id: str
    no_permission_type: str
    policy_type: str


class Fault(Exception):  # noqa: N818 - it is an answer of the cloud, and is named as one
    """The API's refusal of one request.

    Attributes:
        code: The API's code, spelled as the API spells it.
        message: The API's text.
        http_status: The HTTP status of the answer.
        denial: The structured part of a permission refusal.
        retry_after_ms: The `x-acs-retry-after` header in milliseconds, sent with throttling.
        request_id: Set by the simulator when the refusal leaves it.
        remembered: Whether the same ClientToken meets the same refusal again, as after a lack of stock.
    """

    def __init__(
        self,
        code: str,
        message: str,
        http_status: int = 400,
        *,
        denial: Denial | None = None,
        retry_after_ms: int | None = None,
        remembered: bool = False,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.http_status = http_status
        self.denial = denial
        self.retry_after_ms = retry_after_ms
        self.remembered = remembered
        self.request_id = ""


class WorldError(Exception):
    """A world cannot be loaded: its name is unknown, or its file says something impossible."""


def missing_parameter(name: str) -> Fault:
    """A mandatory parameter is absent or empty."""
    return Fault("MissingParameter", f"The input parameter {name} that is mandatory for this action is not supplied.")


def invalid_parameter(name: str, why: str) -> Fault:
    """A parameter's value cannot be read."""
    return Fault("InvalidParameter", f"The specified parameter {name} is not valid: {why}.")


def dry_run_passed() -> Fault:
    """What a dry run that found nothing wrong answers: an error by form, a success by meaning."""
    return Fault("DryRunOperation", "Request validation has been passed with DryRun flag set.")


def not_simulated(product: str, action: str) -> Fault:
    """The action exists at most on the real cloud."""
    return Fault(
        "NotSimulated",
        f"This is a simulator, and it does not simulate {product}:{action}. Nothing was done.",
        501,
    )
