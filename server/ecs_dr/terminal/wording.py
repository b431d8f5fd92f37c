"""What the server says to an assistant, for a person who has no tools.

The server's texts name a tool in brackets behind what it does, "Choose another zone (choose_target).", or as the
subject of a line that is about nothing else. The first leaves its meaning without the brackets, the second is left out,
and so is a line with the address of a resource that a host alone can read.
"""

from __future__ import annotations

import re
from typing import get_args

from ecs_dr.domain.steps import ToolName

_TOOL = rf"`?(?:{'|'.join(get_args(ToolName))})\b"
_ASIDE = re.compile(rf"\s*[(（]{_TOOL}[^()（）]*[)）]")
_FOR_HOSTS = re.compile(rf"\s*(?:[-*]\s+)?{_TOOL}|.*\becs-dr://")


def for_person(text: str) -> str:
    """The text without the tools that it names; rows of tables hold values, parameters of a launch too, and stay."""
    lines = (line for line in text.split("\n") if not _FOR_HOSTS.match(line))
    return "\n".join(line if line.startswith("|") else _ASIDE.sub("", line) for line in lines)
