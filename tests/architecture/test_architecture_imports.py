"""What starting costs: nothing heavy is imported before a command needs it, nothing of the cloud before a call."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SERVER = Path(__file__).resolve().parents[2] / "server"

CLOUD_SDK = ("alibabacloud_ecs20140526", "alibabacloud_vpc20160428", "alibabacloud_credentials", "Tea", "darabonba")
HEAVY = (*CLOUD_SDK, "mcp", "starlette", "uvicorn", "pydantic", "questionary", "ecs_dr.workflow", "ecs_dr.simulator")


def loaded_after(statement: str) -> set[str]:
    """The modules of a fresh process after a statement."""
    program = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    environment = {"PYTHONPATH": str(SERVER)}
    done = subprocess.run(  # noqa: S603 - this Python, our own program
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("module", HEAVY)
def test_the_command_line_starts_without(module: str, modules_of_the_cli: set[str]) -> None:
    assert module not in modules_of_the_cli


@pytest.fixture(scope="module")
def modules_of_the_cli() -> set[str]:
    return loaded_after("import ecs_dr.cli")


def test_putting_a_recovery_and_its_server_together_imports_neither_cloud_sdk_nor_simulator() -> None:
    loaded = loaded_after(
        "import asyncio\n"
        "from ecs_dr.settings import load_settings\n"
        "from ecs_dr.wiring import wired\n"
        "from ecs_dr.protocol.app import build_server\n"
        "async def start():\n"
        "    async with wired(load_settings(), None) as made:\n"
        "        build_server(made.recovery, elicitation='auto', simulated=False)\n"
        "asyncio.run(start())"
    )
    assert "ecs_dr.protocol.app" in loaded
    assert loaded.isdisjoint({*CLOUD_SDK, "ecs_dr.simulator.core"})


def test_a_server_lists_its_tools_without_the_workflow() -> None:
    loaded = loaded_after(
        "import asyncio\n"
        "from ecs_dr.settings import load_settings\n"
        "import ecs_dr.wiring, ecs_dr.protocol.stdio\n"
        "from ecs_dr.first_call import AtFirstCall\n"
        "from ecs_dr.protocol.app import build_server\n"
        "async def start():\n"
        "    service = AtFirstCall(load_settings(), shared=False)\n"
        "    async with service.running():\n"
        "        server = build_server(service, elicitation='auto', simulated=False)\n"
        "        assert await server.list_tools()\n"
        "asyncio.run(start())"
    )
    heavy = (
        "ecs_dr.workflow.recovery",
        "ecs_dr.workflow.ports",
        "ecs_dr.cloud",
        "ecs_dr.domain.report.model",
        "ecs_dr.domain.source",
        "opentelemetry.metrics",
        "jinja2",
    )
    assert loaded.isdisjoint({*CLOUD_SDK, *heavy, "ecs_dr.domain.attributes.table", "ecs_dr.domain.refusals.table"})


def test_a_simulation_that_can_start_does_not_wait_for_the_words_of_a_refusal() -> None:
    loaded = loaded_after(
        "from ecs_dr.assembling import usable_simulation\nwith usable_simulation('healthy', None):\n    pass"
    )
    assert "ecs_dr.simulator.world_files" in loaded
    assert loaded.isdisjoint({"ecs_dr.cli_words", "rich.markdown", "typer.rich_utils"})
