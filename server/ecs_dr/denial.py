"""What the cloud says of a missing permission, on the line and in our errors alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Denial:
    """What the cloud says of a missing permission (`AccessDeniedDetail` of an error body).

    Attributes:
        auth_action: The RAM action that was asked for.
        no_permission_type: `ExplicitDeny` or `ImplicitDeny`.
        policy_type: The kind of policy that denies, as `ControlPolicy`.
        principal_type: `SubUser`, `AssumedRoleUser` or `RootUser`.
        principal_name: Whose permission it is, as the cloud shows it.
        encoded_message: What RAM's DecodeDiagnosticMessage reads.
    """

    auth_action: str
    no_permission_type: str = ""
    policy_type: str = ""
    principal_type: str = ""
    principal_name: str = ""
    encoded_message: str = ""

    @property
    def is_explicit(self) -> bool:
        """Whether a policy denies it in so many words: no Allow helps then."""
        return self.no_permission_type == "ExplicitDeny"
