"""The registry's entry (server.json) keeps the rules of its schema that an edit here can break.

They are those of the schema that the entry names in `$schema`; CONTRIBUTING.md says how to validate against all of it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from ecs_dr import __version__
from ecs_dr.settings import Settings
from tests.docs.blocks import ROOT

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
NAME = re.compile(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+")
VERSION = re.compile(r"\d+\.\d+\.\d+(?:[-.a-z0-9]+)?")


class _Strict(BaseModel):
    """A field that is not listed here is a typing mistake: the schema would let it pass in silence."""

    model_config = ConfigDict(extra="forbid")


class Argument(_Strict):
    """What is put on the command line."""

    type: Literal["named", "positional"]
    name: str | None = None
    value: str


class Variable(_Strict):
    """A setting that a client may offer."""

    name: str
    description: str
    is_required: bool = Field(alias="isRequired")


class Transport(_Strict):
    """How a client talks to what it started."""

    type: Literal["stdio", "streamable-http", "sse"]


class Package(_Strict):
    """What a client installs and starts."""

    registry_type: str = Field(alias="registryType")
    identifier: str
    version: str
    runtime_hint: str = Field(alias="runtimeHint")
    runtime_arguments: tuple[Argument, ...] = Field(alias="runtimeArguments")
    package_arguments: tuple[Argument, ...] = Field(alias="packageArguments")
    transport: Transport
    environment_variables: tuple[Variable, ...] = Field(alias="environmentVariables")


class Entry(_Strict):
    """The whole file. Fields without a default are the ones that the schema requires, and those that we promise."""

    schema_url: str = Field(alias="$schema")
    name: str
    title: str
    description: str
    version: str
    packages: tuple[Package, ...]


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file as scripts/bundles.py writes it."""
    folder = tmp_path_factory.mktemp("bundles") / "dist"
    command = [sys.executable, str(ROOT / "scripts/bundles.py"), str(folder)]
    subprocess.run(command, check=True, env={"PYTHONPATH": str(ROOT / "server")})  # noqa: S603 - this Python, our own script
    return (folder / "server.json").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def entry(content: str) -> Entry:
    """The same, with every required field there and of its type."""
    return Entry.model_validate_json(content)


@pytest.fixture(scope="module")
def package(entry: Entry) -> Package:
    """The one package."""
    assert len(entry.packages) == 1
    return entry.packages[0]


def test_it_names_the_schema_that_these_rules_are_from(entry: Entry) -> None:
    assert entry.schema_url == SCHEMA


@pytest.mark.parametrize("field", ["name", "description", "version"])
def test_a_field_that_the_schema_requires_is_a_text_that_is_not_empty(field: str, content: str) -> None:
    value = json.loads(content)[field]
    assert isinstance(value, str)
    assert value.strip()


@pytest.mark.parametrize("field", ["registryType", "identifier", "transport"])
def test_a_field_that_the_schema_requires_of_a_package_is_there(field: str, content: str) -> None:
    assert all(package[field] for package in json.loads(content)["packages"])


def test_the_name_is_a_namespace_and_a_name_with_one_slash_between(entry: Entry) -> None:
    assert NAME.fullmatch(entry.name)
    assert 3 <= len(entry.name) <= 200


def test_description_and_title_have_at_most_100_characters(entry: Entry) -> None:
    assert 1 <= len(entry.description) <= 100
    assert 1 <= len(entry.title) <= 100


def test_each_version_is_this_version_and_no_range(entry: Entry, package: Package) -> None:
    assert VERSION.fullmatch(__version__), "a range or `latest` is refused by the registry"
    assert entry.version == package.version == __version__


def test_the_client_starts_it_and_talks_to_it_on_stdio(package: Package) -> None:
    assert package.transport.type == "stdio"
    assert [(one.type, one.value) for one in package.package_arguments] == [("positional", "serve")]


def test_the_runtime_has_its_hint_and_installs_exactly_this_version(package: Package) -> None:
    assert package.runtime_hint == "uvx", "a hint is due where there are runtime arguments"
    named = [(one.type, one.name, one.value) for one in package.runtime_arguments]
    assert named == [("named", "--from", f"{package.identifier}=={__version__}")]


def test_the_identifier_is_the_distribution_and_one_of_its_programs(package: Package) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert package.registry_type == "pypi"
    assert package.identifier == project["name"]
    assert project["scripts"][package.identifier] == project["scripts"]["ecs-dr"]


def test_each_variable_is_a_setting_none_is_required_and_none_is_a_secret(package: Package) -> None:
    known = {f"ECS_DR_{name.upper()}" for name in Settings.model_fields}
    names = {variable.name for variable in package.environment_variables}
    assert names <= known
    assert not {name for name in names if "TOKEN" in name}
    assert not any(variable.is_required for variable in package.environment_variables)
    assert all(variable.description for variable in package.environment_variables)
