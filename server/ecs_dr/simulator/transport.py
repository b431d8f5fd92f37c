"""The seam's in-process road into the simulator: no HTTP, no signature."""

from __future__ import annotations

from collections.abc import Mapping

from ecs_dr.cloud.transport import ApiError, ApiRequest, Json
from ecs_dr.denial import Denial
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.errors import Fault

_AGENT = "AlibabaCloud-Agent-Skills/alibabacloud-ecs-disaster-recovery-image"


class SimulatorTransport:
    """Carries requests to a simulator in the same process.

    Args:
        simulator: The cloud behind it.
        identity: Who sends the requests; without it, the world's default identity.
    """

    def __init__(self, simulator: Simulator, identity: str | None = None) -> None:
        self.simulator = simulator
        self.identity = identity

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        """Answer one request.

        Raises:
            ApiError: The simulated cloud refused.
        """
        agent = f"{_AGENT}/{request.session_id}" if request.session_id else ""
        try:
            return self.simulator.handle(
                request.product, request.version, request.action, flatten(request.params), self.identity, agent
            )
        except Fault as fault:
            raise api_error(fault) from None


def api_error(fault: Fault) -> ApiError:
    """A refusal of the simulator as the seam's error."""
    denial = fault.denial
    return ApiError(
        fault.code,
        fault.message,
        http_status=fault.http_status,
        request_id=fault.request_id,
        retry_after_seconds=None if fault.retry_after_ms is None else fault.retry_after_ms / 1000,
        access_denied=None
        if denial is None
        else Denial(
            auth_action=denial.auth_action,
            no_permission_type=denial.no_permission_type,
            policy_type=denial.policy_type,
            principal_type=denial.principal_type,
            principal_name=denial.principal_name,
            encoded_message=f"simulated-diagnostic-message-for-{denial.auth_action}",
        ),
    )


def flatten(params: Mapping[str, Json]) -> dict[str, str]:
    """Nested parameters as the wire has them: dots, lists counted from one, `True` and `False`; None is left out."""
    flat: dict[str, str] = {}
    for name, value in params.items():
        _flatten_into(flat, name, value)
    return flat


def _flatten_into(flat: dict[str, str], name: str, value: Json) -> None:
    if isinstance(value, dict):
        for member, inner in value.items():
            _flatten_into(flat, f"{name}.{member}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            _flatten_into(flat, f"{name}.{number}", inner)
    elif value is not None:
        flat[name] = str(value)
