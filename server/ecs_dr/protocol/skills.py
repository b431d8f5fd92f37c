"""The skill over MCP (extension `io.modelcontextprotocol/skills`, SEP-2640): how to use this server, from the server.

A host lists the skill, verifies each file against size and digest, and reads it as an ordinary resource. The pages also
stay under their older addresses (`documents`), for hosts that know nothing of the extension.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Literal

from mcp.server.extension import Extension, MethodBinding, ResourceBinding
from mcp.server.mcpserver.resources import FunctionResource
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CacheableResult, PaginatedRequestParams, PaginatedResult, RequestParams
from pydantic import Field, TypeAdapter

from ecs_dr.domain.model import JsonObject, Model
from ecs_dr.protocol.documents import REFERENCES, SCHEMA, document

NAME = "alibabacloud-ecs-disaster-recovery-image"
ROOT = f"skill://{NAME}"
SKILL_URI = f"{ROOT}/SKILL.md"
FRESH_FOR_MS = 3_600_000
"""How long a host may keep the listing: it changes with the installation alone."""

_FRONTMATTER = TypeAdapter(JsonObject)


class SkillResource(Model):
    """One file: its address, and what its content must be. Size in bytes."""

    uri: str
    digest: str
    size: int


class Skill(Model):
    """The skill's entry: its front matter as it stands, and every file of it."""

    uri: str
    frontmatter: JsonObject
    resources: tuple[SkillResource, ...]


class ListSkillsResult(CacheableResult, PaginatedResult):
    """Answer of `skills/list`."""

    result_type: Annotated[Literal["complete"], Field(alias="resultType")] = "complete"
    skills: tuple[Skill, ...]


class GetSkillParams(RequestParams):
    """Parameters of `skills/get`."""

    uri: str


class GetSkillResult(CacheableResult):
    """Answer of `skills/get`."""

    result_type: Annotated[Literal["complete"], Field(alias="resultType")] = "complete"
    skill: Skill


def file_names() -> tuple[str, ...]:
    """Every file of the skill, SKILL.md first; the manifest must be complete."""
    return ("SKILL.md", *(f"references/{name}.md" for name in REFERENCES), f"references/{SCHEMA}")


@cache
def entry() -> Skill:
    """The one skill of this server, read and digested once, when somebody asks.

    Raises:
        ResourceNotFoundError: The installation lacks a page.
    """
    files = []
    for name in file_names():
        content = document(name).encode("utf-8")
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        files.append(SkillResource(uri=f"{ROOT}/{name}", digest=digest, size=len(content)))
    return Skill(uri=SKILL_URI, frontmatter=frontmatter(document("SKILL.md")), resources=tuple(files))


def frontmatter(page: str) -> JsonObject:
    """The YAML between the first two `---` lines, with every field that stands there."""
    import yaml

    return _FRONTMATTER.validate_python(yaml.safe_load(page.split("---\n", 2)[1]))


async def _list(context: object, params: PaginatedRequestParams) -> ListSkillsResult:
    """There is one page."""
    del context, params
    return ListSkillsResult(skills=(entry(),), ttl_ms=FRESH_FOR_MS, cache_scope="public")


async def _get(context: object, params: GetSkillParams) -> GetSkillResult:
    del context
    if params.uri != SKILL_URI:
        raise MCPError(INVALID_PARAMS, f"this server serves the skill {SKILL_URI} and no other")
    return GetSkillResult(skill=entry(), ttl_ms=FRESH_FOR_MS, cache_scope="public")


class Skills(Extension):
    """Declares the skill and serves it; nothing is read before it is asked for."""

    identifier = "io.modelcontextprotocol/skills"

    def resources(self) -> Sequence[ResourceBinding]:
        """Each file at its own address."""
        return [ResourceBinding(_resource(name)) for name in file_names()]

    def methods(self) -> Sequence[MethodBinding]:
        """Listing, and looking one up."""
        return (
            MethodBinding("skills/list", PaginatedRequestParams, _list),
            MethodBinding("skills/get", GetSkillParams, _get),
        )


def _resource(name: str) -> FunctionResource:
    is_page = name.endswith(".md")
    return FunctionResource(
        uri=f"{ROOT}/{name}",
        name=NAME if name == "SKILL.md" else name,
        title=None,
        description="How to guide a recovery with this server's tools." if name == "SKILL.md" else None,
        mime_type="text/markdown" if is_page else "application/json",
        fn=lambda: document(name),
    )
