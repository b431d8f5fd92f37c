"""What works on this machine and what is missing, shown as tables. Reads and dry runs; nothing is to be created."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from uuid import uuid4

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ecs_dr import __version__
from ecs_dr.cloud.allowlist import ALLOWED_ACTIONS, AllowedAction
from ecs_dr.doctor.trials import DRY_RUN, READS_OF_INSTANCE, Outcome, State, read_trials, rehearse
from ecs_dr.domain.source import Instance
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import CloudError, ErrorKind, NoCredentials
from ecs_dr.terminal.flow import Flowing
from ecs_dr.terminal.rows import Rows
from ecs_dr.workflow.ports import Cloud, Scope

PACKAGES = ("mcp", "alibabacloud-ecs20140526", "alibabacloud-vpc20160428", "alibabacloud-credentials")

_STYLES: Mapping[State, str] = {
    State.PERMITTED: "green",
    State.DENIED: "bold red",
    State.CREDENTIALS_REFUSED: "bold red",
    State.REFUSED: "bold red",
    State.NO_SUCH_INSTANCE: "red",
    State.UNREACHED: "red",
    State.UNCLEAR: "magenta",
}
_BAD = frozenset({State.DENIED, State.CREDENTIALS_REFUSED, State.REFUSED, State.UNREACHED, State.NO_SUCH_INSTANCE})
_TRIED = frozenset(
    {State.PERMITTED, State.DENIED, State.CREDENTIALS_REFUSED, State.REFUSED, State.UNCLEAR, State.UNREACHED}
)


@dataclass(frozen=True)
class Place:
    """Where actions may be tried: without a region none is, without an instance none that creates."""

    region_id: str | None
    instance_id: str | None


class Doctor:
    """Examines one machine.

    Args:
        cloud: The cloud, behind its allow-list.
        texts: The person's language.
        endpoints: The endpoint of each product; may hold `{region}`.
        target: Where actions may be tried.
        console: Where the tables go.
    """

    def __init__(
        self, cloud: Cloud, texts: Texts, endpoints: Mapping[str, str], target: Place, console: Console | None = None
    ) -> None:
        self._cloud = cloud
        self._texts = texts
        self._endpoints = endpoints
        self._target = target
        self._console = console or Console()
        self._no_such_instance = False
        self._refused_credentials: str | None = None
        """The code that the cloud refused the credentials with, if it did."""

    async def run(self) -> int:
        """Examine and show; returns 0 when nothing that a recovery needs is missing, else 1."""
        complete = self._show_program()
        has_credentials = await self._show_credentials()
        self._show_endpoints()
        findings = await self._findings(has_credentials=has_credentials)
        self._show_actions(findings)
        lacking = any(finding.state in _BAD for action, finding in findings.items() if not action.optional)
        usable = has_credentials and self._refused_credentials is None
        healthy = complete and usable and not lacking
        self._show_refused_credentials()
        self._show_unchecked(findings)
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
        except NoCredentials as error:
            why = self._texts(f"error.{error.key}.message", **error.values)
            self._print(self._texts("doctor.credentials"), [(self._texts("doctor.none"), "")])
            self._console.print(Text(why), width=min(self._console.width, 110))
            self._console.print(Text(self._texts("doctor.how_to_configure")), width=min(self._console.width, 110))
            return False
        rows: list[tuple[str, str]] = [
            (self._texts("doctor.provider"), identity.provider),
            (self._texts("doctor.identity_type"), self._kind(identity.identity_type)),
        ]
        self._print(self._texts("doctor.credentials"), rows)
        return True

    def _show_endpoints(self) -> None:
        region = self._target.region_id or "{region}"
        rows = [(product, endpoint.replace("{region}", region)) for product, endpoint in self._endpoints.items()]
        self._print(self._texts("doctor.endpoints"), rows)

    # -- what the identity may do ------------------------------------------------------------------------------

    async def _findings(self, *, has_credentials: bool) -> dict[AllowedAction, Outcome]:
        tried = await self._try_all(self._target.region_id) if has_credentials and self._target.region_id else {}
        return {
            action: tried.get(action.name) or Outcome(self._why_untried(action, has_credentials=has_credentials))
            for action in ALLOWED_ACTIONS
        }

    def _why_untried(self, action: AllowedAction, *, has_credentials: bool) -> State:
        region_id, instance_id = self._target.region_id, self._target.instance_id
        reasons = (
            (action.mutating and action.name not in DRY_RUN, State.NO_DRY_RUN),
            (not has_credentials, State.NEEDS_CREDENTIALS),
            (self._refused_credentials is not None, State.NEEDS_GOOD_CREDENTIALS),
            (action.mutating and None in {region_id, instance_id}, State.NEEDS_DRY_RUN),
            (region_id is None, State.NEEDS_REGION),
            (not action.mutating and action.name not in READS_OF_INSTANCE, State.NOT_TRIED),
            (instance_id is None, State.NEEDS_INSTANCE),
            (self._no_such_instance, State.NO_SUCH_INSTANCE),
        )
        return next((state for holds, state in reasons if holds), State.NOT_TRIED)

    async def _try_all(self, region_id: str) -> dict[str, Outcome]:
        """What each action answers that can be tried here."""
        scope = Scope(uuid4().hex, region_id)
        instance, was_answered = await self._instance(scope)
        found = {name: await trial() for name, trial in read_trials(self._cloud, scope, instance).items()}
        if instance is not None:
            found |= await rehearse(self._cloud, self._texts, scope, instance)
        else:
            may_read = found["ecs:DescribeInstances"].state is State.PERMITTED
            self._no_such_instance = was_answered and may_read
        refused = (finding.said for finding in found.values() if finding.state is State.CREDENTIALS_REFUSED)
        self._refused_credentials = next(refused, None)
        return found

    def _kind(self, identity_type: str) -> str:
        """The kind of identity in the person's words, where there are some."""
        key = f"value.{identity_type}"
        return self._texts(key) if self._texts.has(key) else identity_type

    async def _instance(self, scope: Scope) -> tuple[Instance | None, bool]:
        """The instance, and whether the cloud answered at all: a call that failed says nothing of the instance."""
        if self._target.instance_id is None:
            return None, False
        try:
            return await self._cloud.describe_instance(scope, self._target.instance_id), True
        except CloudError as error:
            return None, error.kind in {ErrorKind.REFERENCE, ErrorKind.PARAMETER}

    def _show_actions(self, findings: Mapping[AllowedAction, Outcome]) -> None:
        self._say("doctor.actions")
        head = [Text(self._texts(f"doctor.{name}")) for name in ("action", "needed", "state")]
        rows = []
        for action, finding in findings.items():
            needed = self._texts("doctor.optional" if action.optional else "doctor.required")
            words = self._texts(f"doctor.state.{finding.state}", said=finding.said)
            rows.append([Text(action.name), Text(needed), Text(words, style=_STYLES.get(finding.state, "default"))])
        self._console.print(Padding(Rows(head, rows), (1, 0)))

    def _show_unchecked(self, findings: Mapping[AllowedAction, Outcome]) -> None:
        """Nobody is to take silence about an action that creates, or a read without a verdict, for a permission."""
        creating = {action.name: finding.state for action, finding in findings.items() if action.mutating}
        unchecked = [name for name, state in creating.items() if state not in _TRIED]
        needed_reads = {
            action: one.state for action, one in findings.items() if not (action.mutating or action.optional)
        }
        unchecked += [action.name for action, state in needed_reads.items() if state is State.UNCLEAR]
        if unchecked:
            self._say("doctor.unchecked", actions=self._texts("list.separator").join(unchecked))
        undocumented = [name for name, state in creating.items() if state is State.NO_DRY_RUN]
        if undocumented:
            self._say("doctor.no_dry_run", style="", actions=self._texts("list.separator").join(undocumented))
        if State.NEEDS_DRY_RUN in creating.values():
            self._say("doctor.how_to_check")

    def _show_refused_credentials(self) -> None:
        if self._refused_credentials is not None:
            self._say("doctor.credentials_refused", style="bold red", code=self._refused_credentials)

    def _say(self, key: str, *, style: str = "bold", **values: str) -> None:
        self._console.print(Flowing(Text(self._texts(key, **values), style=style)))

    def _print(self, title: str, rows: list[tuple[str, str]]) -> None:
        self._console.print(Flowing(Text(title, style="bold")))
        table = Table(box=SIMPLE_HEAD, pad_edge=False, show_header=False)
        table.add_column(min_width=26)
        table.add_column()
        for name, value in rows:
            table.add_row(Text(name), Flowing(Text(value)))
        self._console.print(table)
