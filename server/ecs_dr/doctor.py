"""What works on this machine and what is missing, shown as tables. Reads at most; never creates anything."""

from __future__ import annotations

import platform
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from uuid import uuid4

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ecs_dr import __version__
from ecs_dr.cloud.allowlist import ALLOWED_ACTIONS, AllowedAction
from ecs_dr.domain.source import Instance
from ecs_dr.domain.stock import Charge
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import CloudRefused, ErrorKind, NoCredentials, OutcomeUnknown
from ecs_dr.workflow.ports import Cloud, Scope

PACKAGES = ("mcp", "alibabacloud-ecs20140526", "alibabacloud-vpc20160428", "alibabacloud-credentials")

Probe = Callable[[], Awaitable[object]]


class State(StrEnum):
    """What is known of an action."""

    PERMITTED = "permitted"
    DENIED = "denied"
    UNREACHED = "unreached"
    NEEDS_CREDENTIALS = "needs_credentials"
    NEEDS_REGION = "needs_region"
    NEEDS_INSTANCE = "needs_instance"
    ONLY_WITH_DECISION = "only_with_decision"
    NOT_TRIED = "not_tried"


_STYLES: Mapping[State, str] = {State.PERMITTED: "green", State.DENIED: "bold red", State.UNREACHED: "red"}
_BAD = frozenset({State.DENIED, State.UNREACHED})


@dataclass(frozen=True)
class Target:
    """Where read-only actions may be tried; without a region none is."""

    region_id: str | None
    instance_id: str | None


class Doctor:
    """Examines one machine.

    Args:
        cloud: The cloud, behind its allow-list.
        texts: The person's language.
        endpoints: The endpoint of each product; may hold `{region}`.
        target: Where read-only actions may be tried.
        console: Where the tables go.
    """

    def __init__(
        self, cloud: Cloud, texts: Texts, endpoints: Mapping[str, str], target: Target, console: Console | None = None
    ) -> None:
        self._cloud = cloud
        self._texts = texts
        self._endpoints = endpoints
        self._target = target
        self._console = console or Console()

    async def run(self) -> int:
        """Examine and show; returns 0 when nothing that a recovery needs is missing, else 1."""
        complete = self._show_program()
        has_credentials = await self._show_credentials()
        self._show_endpoints()
        states = await self._states(has_credentials=has_credentials)
        self._show_actions(states)
        denied = any(state in _BAD for action, state in states.items() if not action.optional)
        healthy = complete and has_credentials and not denied
        key = "doctor.healthy" if healthy else "doctor.missing"
        self._console.print(Text(self._texts(key), style="bold green" if healthy else "bold red"))
        return 0 if healthy else 1

    # -- what is on the machine --------------------------------------------------------------------------------

    def _show_program(self) -> bool:
        rows = [("ecs-dr", __version__), ("Python", f"{platform.python_version()} ({platform.system()})")]
        missing = []
        for name in PACKAGES:
            try:
                rows.append((name, version(name)))
            except PackageNotFoundError:
                missing.append(name)
                rows.append((name, self._texts("doctor.not_installed")))
        self._print(self._texts("doctor.program"), rows)
        return not missing

    async def _show_credentials(self) -> bool:
        try:
            identity = await self._cloud.identity()
        except NoCredentials:
            self._print(self._texts("doctor.credentials"), [(self._texts("doctor.none"), "")])
            self._console.print(Text(self._texts("doctor.how_to_configure")), width=min(self._console.width, 110))
            return False
        rows = [
            (self._texts("doctor.provider"), identity.provider),
            (self._texts("doctor.identity_type"), identity.identity_type),
        ]
        self._print(self._texts("doctor.credentials"), rows)
        return True

    def _show_endpoints(self) -> None:
        region = self._target.region_id or "{region}"
        rows = [(product, endpoint.replace("{region}", region)) for product, endpoint in self._endpoints.items()]
        self._print(self._texts("doctor.endpoints"), rows)

    # -- what the identity may do ------------------------------------------------------------------------------

    async def _states(self, *, has_credentials: bool) -> dict[AllowedAction, State]:
        probes = await self._probes() if has_credentials else {}
        return {action: await self._state(action, probes, has_credentials) for action in ALLOWED_ACTIONS}

    async def _state(self, action: AllowedAction, probes: Mapping[str, Probe], has_credentials: bool) -> State:  # noqa: FBT001 - private, and read aloud it is clear
        if action.mutating:
            return State.ONLY_WITH_DECISION
        if not has_credentials:
            return State.NEEDS_CREDENTIALS
        if self._target.region_id is None:
            return State.NEEDS_REGION
        if action.name in probes:
            return await _tried(probes[action.name])
        return State.NEEDS_INSTANCE if action.name in _OF_INSTANCE and not self._target.instance_id else State.NOT_TRIED

    async def _probes(self) -> dict[str, Probe]:
        """What can be tried here, by the action that it sends."""
        if self._target.region_id is None:
            return {}
        cloud, scope = self._cloud, Scope(uuid4().hex, self._target.region_id)

        async def may_describe_instances() -> None:
            if not await cloud.may_describe_instances(scope):
                raise CloudRefused("ecs:DescribeInstances", ErrorKind.PERMISSION, "Forbidden.RAM", "")

        probes: dict[str, Probe] = {
            "ecs:DescribeInstances": may_describe_instances,
            "ecs:DescribeImages": lambda: cloud.find_images(scope, "ecs-dr-doctor"),
        }
        instance = await self._instance(scope)
        return probes if instance is None else probes | _instance_probes(cloud, scope, instance)

    async def _instance(self, scope: Scope) -> Instance | None:
        if self._target.instance_id is None:
            return None
        try:
            return await self._cloud.describe_instance(scope, self._target.instance_id)
        except (CloudRefused, OutcomeUnknown):
            return None

    def _show_actions(self, states: Mapping[AllowedAction, State]) -> None:
        table = self._table(self._texts("doctor.actions"), show_header=True)
        table.add_column(self._texts("doctor.action"), no_wrap=True)
        table.add_column(self._texts("doctor.needed"))
        table.add_column(self._texts("doctor.state"))
        for action, state in states.items():
            needed = self._texts("doctor.optional" if action.optional else "doctor.required")
            said = Text(self._texts(f"doctor.state.{state}"), style=_STYLES.get(state, "dim"))
            table.add_row(action.name, needed, said)
        self._console.print(table)

    def _table(self, title: str, *, show_header: bool = False) -> Table:
        self._console.print(Text(title, style="bold"))
        return Table(box=SIMPLE_HEAD, pad_edge=False, show_header=show_header, header_style="bold dim")

    def _print(self, title: str, rows: list[tuple[str, str]]) -> None:
        table = self._table(title)
        table.add_column(style="dim", min_width=26)
        table.add_column(overflow="fold")
        for name, value in rows:
            table.add_row(Text(name), Text(value))
        self._console.print(table)


_OF_INSTANCE = frozenset(
    {
        "ecs:DescribeDisks",
        "ecs:DescribeAvailableResource",
        "vpc:DescribeVSwitches",
        "vpc:DescribeVpcs",
        "ecs:DescribeInstanceTypes",
        "ecs:DescribeInstanceRamRole",
        "ecs:DescribeUserData",
        "ecs:DescribeInstanceHistoryEvents",
        "ecs:DescribeInstanceAutoRenewAttribute",
    }
)
"""Actions that can be tried only with something of an instance in hand."""


def _instance_probes(cloud: Cloud, scope: Scope, instance: Instance) -> dict[str, Probe]:
    of = instance.instance_id
    probes: dict[str, Probe] = {
        "ecs:DescribeDisks": lambda: cloud.describe_disks(scope, of),
        "ecs:DescribeAvailableResource": lambda: cloud.zone_stock(scope, instance.instance_type, Charge()),
        "vpc:DescribeVSwitches": lambda: cloud.describe_vswitches(scope, instance.vpc_id),
        "vpc:DescribeVpcs": lambda: cloud.describe_vpc(scope, instance.vpc_id),
        "ecs:DescribeInstanceTypes": lambda: cloud.instance_types(scope, (instance.instance_type,)),
        "ecs:DescribeInstanceRamRole": lambda: cloud.describe_ram_role(scope, of),
        "ecs:DescribeUserData": lambda: cloud.has_user_data(scope, of),
        "ecs:DescribeInstanceHistoryEvents": lambda: cloud.describe_history_events(scope, of),
    }
    if instance.charge_type == "PrePaid":
        probes["ecs:DescribeInstanceAutoRenewAttribute"] = lambda: cloud.describe_auto_renew(scope, of)
    return probes


async def _tried(probe: Probe) -> State:
    """An answer of any kind but a missing permission means that the identity may ask."""
    try:
        await probe()
    except CloudRefused as refusal:
        return State.DENIED if refusal.kind is ErrorKind.PERMISSION else State.PERMITTED
    except OutcomeUnknown:
        return State.UNREACHED
    return State.PERMITTED
