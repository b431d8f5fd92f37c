"""Whether the SDK sends all that it was given."""

from __future__ import annotations

from collections.abc import Mapping

from ecs_dr.cloud.transport import ApiRequest, Json


def check_nothing_is_lost(request: ApiRequest, typed: Mapping[str, object]) -> None:
    """The SDK drops what its models do not know: a parameter that a person decided on must not vanish."""
    lost = sorted(
        name for name, value in request.params.items() if name != "RegionId" and not _is_kept(value, typed.get(name))
    )
    if lost:
        raise ValueError(f"{request.product}:{request.action}: the SDK does not know these parameters: {lost}")


def _is_kept(sent: Json, got: object) -> bool:
    """Whether everything sent is still there; the models add empty lists of their own."""
    if sent is None:
        return True
    if isinstance(sent, dict):
        return isinstance(got, dict) and all(_is_kept(value, got.get(name)) for name, value in sent.items())
    if isinstance(sent, list):
        return isinstance(got, list) and len(got) == len(sent) and all(map(_is_kept, sent, got))
    return bool(sent == got)
