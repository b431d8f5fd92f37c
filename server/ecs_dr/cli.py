"""The `ecs-dr` program: flags in, wiring out. Whatever is heavy is imported by the command that needs it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from ecs_dr import __version__
from ecs_dr.cli_export import export_app
from ecs_dr.cli_options import (
    DEFAULT_SCENARIO,
    FaultsOption,
    FromReportOption,
    FromSnapshotsOption,
    ReportOption,
    WaveOption,
    with_default_scenario,
)
from ecs_dr.cli_running import (
    DEFAULT_SPEED,
    EXIT_USAGE,
    PROGRAM,
    fail,
    read_settings,
    refuse,
    run,
    say,
    simulation_of,
)
from ecs_dr.domain.telling import Words
from ecs_dr.ending import EXIT_BY_CLOSED_PIPE, write_nowhere
from ecs_dr.errors import reason

app = typer.Typer(
    name=PROGRAM,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class TransportName(StrEnum):
    """How an MCP host reaches the server."""

    STDIO = "stdio"
    HTTP = "http"


SimulateOption = Annotated[
    str | None,
    typer.Option(
        "--simulate",
        metavar="[SCENARIO]",
        show_default=False,
    ),
]
SpeedOption = Annotated[float, typer.Option("--speed", min=0.01, max=100_000)]
VariantOption = Annotated[
    list[str] | None,
    typer.Option(
        "--variant",
        metavar="NAME=READING",
        show_default=False,
    ),
]
InstanceOption = Annotated[str | None, typer.Option("--instance-id", show_default=False)]
RegionOption = Annotated[str | None, typer.Option("--region-id", show_default=False)]


def _version(asked: bool) -> None:  # noqa: FBT001 - typer's signature
    if asked:
        typer.echo(f"ecs-dr {__version__}")
        raise typer.Exit


app.add_typer(export_app, name="export")


@app.callback()
def _program(
    *,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    """Make `ecs-dr COMMAND` the only form, beside `--version`."""
    del version  # its callback has told it


@app.command()
def serve(
    *,
    transport: Annotated[TransportName, typer.Option()] = TransportName.STDIO,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8765,
    behind_tls: Annotated[bool, typer.Option("--behind-tls")] = False,
    simulate: SimulateOption = None,
    speed: SpeedOption = DEFAULT_SPEED,
    variant: VariantOption = None,
    faults: FaultsOption = None,
) -> None:
    """Run the MCP server. On stdio, stdout carries the protocol alone; logs go to stderr."""
    # Nothing that is imported becomes garbage: looking for it takes a tenth of the start (`serve_mcp` turns it on).
    gc.disable()
    from ecs_dr.wiring import HttpAddress, serve_mcp

    http = HttpAddress(host, port, behind_tls) if transport is TransportName.HTTP else None
    run(serve_mcp(read_settings(), simulation_of(simulate, speed, variant, faults), http))


@app.command()
def recover(  # noqa: PLR0913 - one parameter an option
    *,
    simulate: SimulateOption = None,
    instance_id: InstanceOption = None,
    region_id: RegionOption = None,
    wave: WaveOption = None,
    yes: Annotated[
        bool,
        typer.Option("--yes"),
    ] = False,
    speed: SpeedOption = DEFAULT_SPEED,
    variant: VariantOption = None,
    faults: FaultsOption = None,
    from_snapshots: FromSnapshotsOption = False,
    from_report: FromReportOption = None,
    report: ReportOption = None,
) -> None:
    """Recover an instance here in the terminal, through the same MCP server.

    Exit code: 0 when all six success criteria hold, 1 when they do not or the recovery stopped, 130 after Ctrl-C.
    """
    if yes and simulate is None:
        refuse("yes")
    if wave and instance_id is not None:
        refuse("one_or_waves")
    if wave and (from_snapshots or from_report is not None):
        refuse("of_one")
    from ecs_dr.wiring import recover_in_terminal

    settings = read_settings()
    if report is not None:
        settings = settings.model_copy(update={"report_dir": report})
    code = run(
        recover_in_terminal(
            settings,
            simulation_of(simulate, speed, variant, faults),
            instance_id,
            region_id,
            yes=yes,
            waves="|".join(wave or ()),
            from_snapshots=from_snapshots,
            from_report=from_report,
        )
    )
    raise typer.Exit(code)


@app.command()
def simulate(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8780,
    scenario: Annotated[str, typer.Option()] = DEFAULT_SCENARIO,
    speed: Annotated[
        float,
        typer.Option(min=0, max=100_000),
    ] = 1.0,
    faults: Annotated[Path | None, typer.Option(show_default=False)] = None,
    variant: VariantOption = None,
) -> None:
    """Run the cloud simulator alone: HTTP on loopback, speaking the ECS and VPC API to the unmodified SDKs."""
    from ecs_dr.wiring import simulate_alone

    run(simulate_alone(port, scenario, speed, faults, tuple(variant or ())))


@app.command()
def doctor(
    *, simulate: SimulateOption = None, instance_id: InstanceOption = None, region_id: RegionOption = None
) -> None:
    """Say what works on this machine: versions, credential provider (never a value), endpoints, each RAM action.

    With --region-id reading actions are tried; with --instance-id as well all of them, and CreateImage and RunInstances
    with DryRun, so that nothing is created. Exit code: 0 when nothing is missing as far as it was tried, else 1.
    """
    from ecs_dr.wiring import examine

    code = run(examine(read_settings(), simulation_of(simulate, DEFAULT_SPEED), instance_id, region_id))
    raise typer.Exit(code)


class FormatName(StrEnum):
    """How the register is printed."""

    TABLE = "table"
    JSON = "json"


@app.command()
def standby(
    *,
    region_id: RegionOption = None,
    instance_id: Annotated[list[str] | None, typer.Option("--instance-id", show_default=False)] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="KEY=VALUE", show_default=False),
    ] = None,
    max_age: Annotated[str, typer.Option("--max-age", metavar="AGE")] = "24h",
    form: Annotated[FormatName, typer.Option("--format")] = FormatName.TABLE,
    simulate: SimulateOption = None,
) -> None:
    """Say what each instance could be recovered from today: newest image or snapshots, age, zones. Reads only.

    Without --instance-id or --tag: the whole region. Exit code: 0 when there is at least one instance and all are fresh
    and launchable, 1 when something is stale, missing or launchable nowhere, 2 when something could not be read.
    """
    if region_id is None and simulate is None:
        refuse("region")
    from ecs_dr.wiring import show_standbys

    arguments = {
        "region_id": region_id,
        "instance_ids": ",".join(instance_id or ()),
        "tag": ",".join(tag or ()),
        "max_age_hours": max_age,
    }
    work = show_standbys(
        read_settings(), simulation_of(simulate, DEFAULT_SPEED), arguments, as_text=form is FormatName.TABLE
    )
    raise typer.Exit(run(work))


@app.command("verify-report")
def verify_report(
    file: Annotated[Path, typer.Argument(show_default=False)],
    *,
    seal: Annotated[
        str | None,
        typer.Option(show_default=False),
    ] = None,
) -> None:
    """Check that a report is as it was written, and name the first place where it is not.

    Exit code: 0 when it is whole, 1 when it is broken, 2 when the file cannot be read.
    """
    from ecs_dr.domain.texts import Texts
    from ecs_dr.domain.texts.wording import worded_value
    from ecs_dr.report.check import check_report
    from ecs_dr.report_shelf import text_of
    from ecs_dr.workflow.reporting.ports import ReportNotFound

    texts = Texts(read_settings().language)
    try:
        text = text_of(file)
    except ReportNotFound as refused:
        fail(texts(f"report.check.{refused.damage}", file=Words(file)))
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else type(error).__name__
        fail(texts("report.check.unreadable", file=Words(file), reason=worded_value(why, texts)))
    found = check_report(text, seal)
    key = f"report.check.{found.outcome}"
    told = texts(key, file=Words(file), part=Words(found.part), digest=found.head, version=found.version)
    typer.echo(str(told))  # as words, the end of the line that is added would count as written by others
    raise typer.Exit(0 if found.whole else 1)


@app.command()
def fidelity(
    *,
    markdown: Annotated[bool, typer.Option("--markdown")] = False,
) -> None:
    """Say of every attribute of an instance what becomes of it on the replica, and how many are carried."""
    from ecs_dr.domain.attributes import document
    from ecs_dr.domain.texts import Texts

    if markdown:
        typer.echo(document.markdown(Texts("en")), nl=False)
    else:
        typer.echo(str(document.plain(Texts(read_settings().language))))


@app.command()
def policy(
    *,
    instance_id: Annotated[str, typer.Option("--instance-id", show_default=False)],
    region_id: Annotated[str, typer.Option("--region-id", show_default=False)],
    account_id: Annotated[str, typer.Option("--account-id")] = "*",
    ram_role_name: Annotated[str, typer.Option("--ram-role-name", show_default=False)] = "",
) -> None:
    """Print the least RAM policy for one recovery, for an identity that does nothing else. Sends nothing."""
    from ecs_dr.cloud.allowlist import ALLOWED_ACTIONS
    from ecs_dr.domain.names import is_instance_id, is_region_id
    from ecs_dr.domain.permissions import policy as ram

    if not is_instance_id(instance_id) or not is_region_id(region_id):
        refuse("policy_ids")
    if not ram.is_account(account_id) or not ram.is_role(ram_role_name):
        refuse("policy_names")
    scope = ram.PolicyScope(
        region_id=region_id, instance_id=instance_id, account_id=account_id, ram_role_name=ram_role_name
    )
    actions = (
        ram.PolicyAction(name=one.name, mutating=one.mutating, optional=one.optional, apart=one.apart)
        for one in ALLOWED_ACTIONS
    )
    typer.echo(ram.as_text(ram.recovery_policy(actions, scope)))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program and end the process with its exit code."""
    given = with_default_scenario(sys.argv[1:] if arguments is None else arguments)
    command = typer.main.get_command(app)
    if not given or given[-1] == "export" or {"-h", "--help"} & set(given):
        from ecs_dr.cli_words import word_help

        word_help(command)
    try:
        code = command.main(args=given, prog_name=PROGRAM, standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()  # else what cannot be written is found out when nobody can tell it any more
    except TyperException as error:
        from ecs_dr.cli_words import refusal

        if given and given[-1] != "export":  # else the help was the answer, and is shown
            say(refusal(error, PROGRAM))
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        write_nowhere()
        raise SystemExit(_cut_short(error)) from None
    raise SystemExit(code if isinstance(code, int) else 0)


def _cut_short(error: OSError) -> int:
    """The system refused what the command cannot go on without: one line says what; the exit code."""
    if isinstance(error, BrokenPipeError):
        return EXIT_BY_CLOSED_PIPE
    from ecs_dr.cli_words import texts
    from ecs_dr.domain.texts.wording import worded_value

    words = texts()
    say(str(words("cli.error.cut_short", why=worded_value(reason(error), words))))
    return EXIT_USAGE
