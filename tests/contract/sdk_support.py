"""The real, unmodified Alibaba Cloud SDKs, driven in one way by all tests of the contract."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_tea_openapi.utils_models import Config
from alibabacloud_vpc20160428.client import Client as VpcClient
from darabonba.runtime import RuntimeOptions

from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.faults import FaultPlan
from ecs_dr.simulator.http import SimulatorServer

Shape: TypeAlias = "type[object] | tuple[type[object], ...] | Mapping[str, Shape] | Sequence[Shape]"

REGION = "cn-beijing"
SOURCE = "i-2zesource0001"


@dataclass(frozen=True)
class Tls:
    """The server of the same cloud that speaks HTTPS, and the file of its certificate."""

    server: SimulatorServer
    certificate_file: str


class Sdk:
    """Both SDK clients with one key, used in one way.

    Args:
        server: Where to send requests.
        mode: `sync` or `async`: which of the SDK's two methods for each action is called.
        tls: With it, requests go over HTTPS.
    """

    def __init__(self, server: SimulatorServer, mode: str, tls: Tls | None = None) -> None:
        self.server = server
        self.tls = tls
        self.mode = mode
        self.read_timeout_ms = 10_000

    def config(self, **changes: str) -> Config:
        settings = {
            "access_key_id": self.server.access_key_id,
            "access_key_secret": self.server.access_key_secret,
            "endpoint": (self.tls.server if self.tls else self.server).endpoint,
            "protocol": "https" if self.tls else "http",
            "region_id": REGION,
            **changes,
        }
        return Config(**settings)

    def send(self, request: object, **changes: str) -> dict[str, object]:
        """Send a typed request and return the response body as the SDK's model understood it."""
        kind = type(request)
        product = EcsClient if "ecs20140526" in kind.__module__ else VpcClient
        client = product(self.config(**changes))
        name = kind.__name__.removesuffix("Request").replace("VSwitch", "Vswitch")
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() + "_with_options"
        ca = self.tls.certificate_file if self.tls else None
        runtime = RuntimeOptions(read_timeout=self.read_timeout_ms, ca=ca)
        if self.mode == "async":
            response = asyncio.run(getattr(client, f"{method}_async")(request, runtime))
        else:
            response = getattr(client, method)(request, runtime)
        body: dict[str, object] = response.body.to_map()
        return body

    def rows(self, request: object, outer: str, inner: str) -> list[dict[str, object]]:
        """Send a typed request and return the rows of its list."""
        return rows_of(self.send(request), outer, inner)


def rows_of(body: Mapping[str, object], outer: str, inner: str) -> list[dict[str, object]]:
    container = body[outer]
    assert isinstance(container, dict), f"{outer} is {container!r}"
    rows: list[dict[str, object]] = container[inner]
    assert isinstance(rows, list), f"{outer}.{inner} is {rows!r}"
    return rows


class World:
    """What a test may do to the simulated cloud between two requests."""

    def __init__(self, server: SimulatorServer) -> None:
        self.simulator = server.simulator
        self.state = server.simulator.world
        self._server = server

    def advance(self, seconds: float) -> None:
        clock = self.simulator.clock
        assert isinstance(clock, ManualClock)
        clock.advance(seconds)

    def plan(self, text: str) -> None:
        """Put a fault plan in force."""
        self._server.faults.rules[:] = FaultPlan.from_toml(text).rules


def check_shape(value: object, shape: Shape) -> None:
    """Fail with every field that is absent or has another JSON type than the shape says."""
    problems = list(_mismatches(value, shape, ""))
    assert problems == []


def _mismatches(value: object, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, Mapping):
        yield from _mapping_mismatches(value, shape, path)
    elif isinstance(shape, list):
        yield from _list_mismatches(value, shape, path)
    elif isinstance(shape, type | tuple):
        kinds = shape if isinstance(shape, tuple) else (shape,)
        if type(value) not in kinds:
            yield f"{path} is {type(value).__name__} {value!r}"


def _mapping_mismatches(value: object, shape: Mapping[str, Shape], path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path} is {type(value).__name__}, not an object"
        return
    for name, inner in shape.items():
        if name not in value:
            yield f"{path}.{name} is absent"
        else:
            yield from _mismatches(value[name], inner, f"{path}.{name}")


def _list_mismatches(value: object, shape: Sequence[Shape], path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path} is {type(value).__name__}, not a list"
        return
    for number, item in enumerate(value):
        yield from _mismatches(item, shape[0], f"{path}[{number}]")
