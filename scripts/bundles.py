"""Lays out the bundles of scripts/build-bundles. Run by it; the one argument is the folder to fill."""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from pathlib import Path

from variables import with_variables

from ecs_dr import __version__
from ecs_dr.protocol.catalogue import TOOLS

ROOT = Path(__file__).resolve().parents[1]
NAME = "alibabacloud-ecs-disaster-recovery-image"
REGISTRY_NAME = "io.github.sdk-team/ecs-dr"
SHORT = "Guided, verified recovery of an Alibaba Cloud ECS instance into another zone"
PACKAGE = ("pyproject.toml", "README.md", "LICENSE", "SKILL.md", "references", "server")
SETTINGS = (
    ("ECS_DR_LANGUAGE", "Language of questions and reports: en or zh"),
    ("ECS_DR_ELICITATION", "off for a host that declares forms and shows none"),
    ("ECS_DR_REPORT_DIR", "Folder where reports are also written as files"),
)


def described() -> str:
    """The project's own one-line description."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["description"])


def copy(names: tuple[str, ...], target: Path, source: Path = ROOT) -> None:
    """Copy files and folders of the project, without what Python leaves behind."""
    target.mkdir(parents=True)
    for name in names:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy2(source / name, target / name)


def write(path: Path, content: object) -> None:
    """A JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def claude_code(folder: Path) -> None:
    """The plugin: the skill, the package it starts, and how."""
    copy(("README.md", "LICENSE"), folder)
    copy(PACKAGE, folder / "package")
    copy(("SKILL.md", "references", "README.md"), folder / "skills" / NAME)
    plugin = {"name": "ecs-dr", "version": __version__, "description": described(), "license": "MIT-0"}
    write(folder / ".claude-plugin/plugin.json", plugin)
    start = {"command": "uvx", "args": ["--from", "${CLAUDE_PLUGIN_ROOT}/package", "ecs-dr", "serve"]}
    write(folder / ".mcp.json", {"mcpServers": {"ecs-dr": start}})


def desktop(folder: Path) -> None:
    """What goes into the .mcpb bundle."""
    copy(PACKAGE, folder)
    tools = [{"name": spec.name, "description": spec.title} for spec in TOOLS]
    manifest = {
        "manifest_version": "0.4",
        "name": "ecs-dr",
        "display_name": "Alibaba Cloud ECS disaster recovery",
        "version": __version__,
        "description": described(),
        "author": {"name": "The ecs-dr contributors"},
        "license": "MIT-0",
        "server": {
            "type": "uv",
            "entry_point": "server/ecs_dr/__main__.py",
            "mcp_config": {
                "command": "uv",
                "args": ["run", "--no-dev", "--no-editable", "--directory", "${__dirname}", "ecs-dr", "serve"],
                "env": {"ECS_DR_LANGUAGE": "${user_config.language}"},
            },
        },
        "tools": tools,
        "prompts_generated": True,
        "user_config": {
            "language": {
                "type": "string",
                "title": "Language",
                "description": "Language of questions and reports: en or zh",
                "default": "en",
                "required": False,
            }
        },
        "compatibility": {"platforms": ["darwin", "win32", "linux"], "runtimes": {"python": ">=3.11"}},
    }
    write(folder / "manifest.json", manifest)


def registry(path: Path) -> None:
    """The registry's entry; whoever publishes puts the namespace they own in place of the name's first part."""
    variables = [{"name": name, "description": text, "isRequired": False} for name, text in SETTINGS]
    package = {
        "registryType": "pypi",
        "identifier": NAME,
        "version": __version__,
        "runtimeHint": "uvx",
        "runtimeArguments": [{"type": "named", "name": "--from", "value": f"{NAME}=={__version__}"}],
        "packageArguments": [{"type": "positional", "value": "serve"}],
        "transport": {"type": "stdio"},
        "environmentVariables": variables,
    }
    entry = {
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": REGISTRY_NAME,
        "title": "Alibaba Cloud ECS disaster recovery",
        "description": SHORT,
        "version": __version__,
        "packages": [package],
    }
    write(path, entry)


def clawhub(folder: Path) -> None:
    """The skill as it is published: the same folder, its front matter with every environment variable."""
    copy((*PACKAGE, "requirements.lock", "requirements-build.lock"), folder)
    copy(("serve", "lib"), folder / "scripts", ROOT / "scripts")
    page = folder / "SKILL.md"
    page.write_text(with_variables(page.read_text(encoding="utf-8")), encoding="utf-8")


def main(target: Path) -> None:
    """Fill the folder anew."""
    shutil.rmtree(target, ignore_errors=True)
    claude_code(target / "claude-code-plugin")
    desktop(target / "desktop")
    registry(target / "server.json")
    clawhub(target / NAME)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
