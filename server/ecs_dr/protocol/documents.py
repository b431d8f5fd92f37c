"""The skill document and its references as resources, for hosts that have the server and not the folder."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from mcp.server.mcpserver.exceptions import ResourceNotFoundError

from ecs_dr.protocol.sdk import Server

SKILL_URI = "ecs-dr://skill"
REFERENCE_URI = "ecs-dr://reference/"

SCHEMA = "report.schema.json"
"""The one file of references/ that is no page."""

REFERENCES: dict[str, str] = {
    "tools": "Every tool with its arguments, answers and questions",
    "installation": "Registering the server per host, credentials, proxies",
    "ram-policies": "RAM permissions and a least-privilege policy",
    "verification-method": "What the last step compares, and how to repeat it by hand",
    "acceptance-criteria": "The six success criteria, correct and incorrect patterns",
    "fidelity": "Every attribute: carried over, asked about, or not, and why",
    "troubleshooting": "Each kind of failure: what is seen, cause, action",
    "applications": "Several instances together: waves, one plan, the same plan on OOS",
    "standby": "What could be recovered today, and how it is kept fresh",
    "snapshots": "When the zone is down or the source is gone: which road, what is told, how to practise it",
    "differences": "Where this differs from the CLI-based skill, and why",
    "first-recovery": "A small drill on a real account: what it costs, what to look at, what to send back.",
}
"""File names in references/ without `.md`, and what each page is about."""


def document(path: str) -> str:
    """A page of the skill's folder.

    An installed package carries the pages with it; a source tree has them three folders up.

    Args:
        path: `SKILL.md`, or `references/<name>.md`.

    Raises:
        ResourceNotFoundError: The installation lacks it.
    """
    packed = files("ecs_dr") / "documents" / path
    if packed.is_file():
        return packed.read_text(encoding="utf-8")
    beside = Path(__file__).resolve().parents[3] / path
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    raise ResourceNotFoundError(f"{path} is not part of this installation")


def add_documents(server: Server) -> None:
    """Register SKILL.md and each page of references/. They are read when asked for, not before."""

    @server.resource(
        SKILL_URI,
        name="skill",
        title="How to guide a recovery",
        description="The skill document: order of the tools, what to ask, what to show, when to stop.",
        mime_type="text/markdown",
    )
    def skill() -> str:
        return document("SKILL.md")

    for name, about in REFERENCES.items():
        _add_reference(server, name, about)


def _add_reference(server: Server, name: str, about: str) -> None:
    @server.resource(
        f"{REFERENCE_URI}{name}", name=name, title=about, description=f"{about}.", mime_type="text/markdown"
    )
    def reference() -> str:
        return document(f"references/{name}.md")
