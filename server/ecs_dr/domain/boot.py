"""Running is not booted: what an instance's console says of its start.

The text is judged and dropped. A console prints what cloud-init, a kernel or a careless script writes, secrets
included, so only the verdict is ever kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Boot = Literal["login", "emergency", "panic", "unknown"]
"""`login`: it asks who wants to log in. `emergency`: it stopped half-way and waits for somebody at the console.
`panic`: the kernel gave up. `unknown`: nothing readable says which."""


@dataclass(frozen=True)
class BootReading:
    """What was read of a console, and why no more.

    Attributes:
        boot: The verdict; `unknown` is never told as good.
        why: The end of the text key `boot.<why>`: what to do or to look at.
    """

    boot: Boot
    why: str


_Event = Literal["login", "emergency", "panic", "starting"]

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
"""Terminal escapes (ECMA-48): GetInstanceConsoleOutput leaves them in unless RemoveSymbols is set."""

_EVENTS: tuple[tuple[_Event, re.Pattern[str]], ...] = (
    # getty's prompt begins a line. "After logging in, type …" of the emergency mode does not.
    ("login", re.compile(r"^[A-Za-z0-9][\w.\-]{0,253} login:", re.MULTILINE)),
    (
        "emergency",
        re.compile(
            r"you are in (?:emergency|rescue) mode|welcome to emergency mode|entering emergency mode"
            r"|give root password for (?:maintenance|login)|press enter for maintenance"
            r"|^\(initramfs\)|^dracut:/#|^grub(?: rescue)?>"
            r"|cannot open access to console, the root account is locked",
            re.MULTILINE | re.IGNORECASE,
        ),
    ),
    # `panic=` stands on many kernels' command line: only the announcement counts.
    ("panic", re.compile(r"kernel panic - not syncing|end kernel panic", re.IGNORECASE)),
    # The first line of a kernel: what an earlier start printed says nothing of this one.
    ("starting", re.compile(r"^\[ *0\.0+\] Linux version ", re.MULTILINE)),
)


def judge_console(text: str) -> Boot:
    """What the console says. What stands last decides: a restart after a panic may well reach its login prompt.

    Args:
        text: As GetInstanceConsoleOutput gives it, decoded; any text, also none.
    """
    plain = _ESCAPES.sub("", text).replace("\r", "\n")
    last: _Event = "starting"
    at = -1
    for event, pattern in _EVENTS:
        found = max((match.start() for match in pattern.finditer(plain)), default=-1)
        if found > at:
            last, at = event, found
    return "unknown" if last == "starting" else last
