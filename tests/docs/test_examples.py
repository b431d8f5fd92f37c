"""What the documents tell a reader to type works: commands and options exist, worlds load, configurations start."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.main import get_group

from ecs_dr.cli import app
from ecs_dr.cli_export import export_app
from ecs_dr.simulator.world import load_world
from tests.docs.blocks import ROOT

PAGES = ("README.md", "README.zh-CN.md", "SKILL.md", "CONTRIBUTING.md", "SECURITY.md", "docs/simulator.md")
REFERENCES = tuple(str(page.relative_to(ROOT)) for page in sorted((ROOT / "references").glob("*.md")))


def fenced(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(page: str) -> Iterator[list[str]]:
    """Each command line of the page's shell blocks, as words."""
    for block in fenced(page, "sh"):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield words


def ecs_dr_calls(page: str) -> Iterator[list[str]]:
    """What follows `ecs-dr` (or stands behind scripts/recover), also in running text."""
    for words in commands(page):
        program = words[0].rsplit("/", 1)[-1]
        if program == "recover":
            yield ["recover", *words[1:]]
        elif program in {"ecs-dr", "uvx"}:
            yield words[words.index("ecs-dr") + 1 :] if "ecs-dr" in words else words[1:]
    inline = re.findall(
        r"`(?:uvx --from /path/to/FOLDER )?ecs-dr ([a-z-]+(?: [^`]*)?)`", (ROOT / page).read_text(encoding="utf-8")
    )
    yield from (shlex.split(call) for call in inline)


@pytest.mark.parametrize("page", [*PAGES, *REFERENCES])
def test_every_command_and_option_that_is_named_exists(page: str) -> None:
    program = get_group(app)
    context = typer.Context(program)
    for words in ecs_dr_calls(page):
        command = program.get_command(context, words[0])
        assert command is not None, f"{page}: ecs-dr {words[0]}"
        if words[0] == "export":
            command = get_group(export_app).get_command(context, words[1])
            assert command is not None, f"{page}: ecs-dr {' '.join(words[:2])}"
        known = {flag for parameter in command.params for flag in parameter.opts}
        named = {word.split("=")[0] for word in words[1:] if word.startswith("--")}
        assert named <= known | {"--help"}, f"{page}: ecs-dr {' '.join(words)}"


@pytest.mark.parametrize("page", [*PAGES, *REFERENCES])
def test_every_script_that_is_named_is_there(page: str) -> None:
    named = set(re.findall(r"(?:\./|FOLDER/)(scripts/[a-z-]+)", (ROOT / page).read_text(encoding="utf-8")))
    assert [script for script in sorted(named) if not (ROOT / script).is_file()] == []


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_world_of_the_readme_loads_and_is_as_described(page: str, tmp_path: Path) -> None:
    (block,) = fenced(page, "toml")
    path = tmp_path / "slow-and-small.toml"
    path.write_text(block, encoding="utf-8")
    world = load_world(str(path))
    assert world.name == "slow-and-small"
    assert world.behaviour.image_seconds == 900


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "references/installation.md"])
def test_every_configuration_starts_the_server(page: str) -> None:
    blocks = [json.loads(block) for block in fenced(page, "json")]
    assert blocks
    for block in blocks:
        (servers,) = block.values()
        assert servers["ecs-dr"]["command"] == "uvx"
        assert servers["ecs-dr"]["args"] == ["--from", "/path/to/FOLDER", "ecs-dr", "serve"]


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_proofs_that_the_readme_names_are_there(page: str) -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", (ROOT / page).read_text(encoding="utf-8")))
    assert len(named) > 5
    assert [test for test in sorted(named) if not (ROOT / test).is_file()] == []


def test_both_readmes_have_the_same_sections_commands_and_tables() -> None:
    shapes = []
    for page in ("README.md", "README.zh-CN.md"):
        lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
        sections = sum(line.startswith("## ") for line in lines)
        rows = sum(line.startswith("|") for line in lines)
        told = [[word for word in one if word != "ECS_DR_LANGUAGE=zh"] for one in commands(page)]
        shapes.append((sections, rows, [" ".join(one).replace("--env --env", "--env") for one in told]))
    assert shapes[0] == shapes[1]


def test_the_bundles_carry_the_one_version_and_start_the_server(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - this Python, our own script
        [sys.executable, str(ROOT / "scripts/bundles.py"), str(tmp_path / "dist")],
        check=False,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "server")},
    )
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "dist"
    plugin = json.loads((folder / "claude-code-plugin/.claude-plugin/plugin.json").read_text(encoding="utf-8"))
    manifest = json.loads((folder / "desktop/manifest.json").read_text(encoding="utf-8"))
    entry = json.loads((folder / "server.json").read_text(encoding="utf-8"))
    version = re.search(r'"(.+)"', (ROOT / "server/ecs_dr/__init__.py").read_text(encoding="utf-8").splitlines()[-1])
    assert version is not None
    found = {plugin["version"], manifest["version"], entry["version"], entry["packages"][0]["version"]}
    assert found == {version[1]}
    assert len(entry["description"]) <= 100
    assert (folder / "claude-code-plugin/package/server/ecs_dr/__main__.py").is_file()
    assert (folder / "desktop" / manifest["server"]["entry_point"]).is_file()
    # uv installs what the project is developed with unless it is told not to.
    assert {"--no-dev", "--no-editable"} <= set(manifest["server"]["mcp_config"]["args"])
    assert list(folder.rglob("__pycache__")) == []
