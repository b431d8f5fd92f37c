"""What a console says of a start: the last word counts, and only the verdict leaves."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.domain.boot import Boot, judge_console
from ecs_dr.simulator.consoles import LOGIN_BANNERS, ConsoleName, console_bytes

ENDINGS: dict[ConsoleName, Boot] = {
    "login": "login",
    "panic-then-login": "login",
    "emergency": "emergency",
    "emergency-old": "emergency",
    "dracut": "emergency",
    "initramfs": "emergency",
    "grub": "emergency",
    "panic": "panic",
    "restarting": "unknown",
    "silent": "unknown",
    "binary": "unknown",
}


def test_every_console_of_the_simulator_has_its_verdict_here() -> None:
    assert set(ENDINGS) == set(get_args(ConsoleName))


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("system", LOGIN_BANNERS)
def test_the_ending_decides(name: ConsoleName, system: str) -> None:
    content = console_bytes(name, "prod-web-01", f"{system.title()} 1 64 bit")
    assert judge_console(content.decode("utf-8", errors="replace")) == ENDINGS[name]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Command line: root=/dev/vda1 panic=5 quiet\nweb login: ", "login"),
        ("You are in emergency mode. After logging in, type ...", "emergency"),
        ("last message: user login: failed for root\n  web login: ", "unknown"),
        ("\x1b[0m\x1b[1;31mweb-1 login:\x1b[0m ", "login"),
        ("web login: \n[  99.1] Kernel panic - not syncing: Fatal exception\n", "panic"),
        ("\r\nUbuntu 22.04 web ttyS0\r\n\r\nweb login: ", "login"),
    ],
)
def test_a_prompt_begins_a_line_and_a_command_line_is_no_panic(text: str, verdict: Boot) -> None:
    assert judge_console(text) == verdict


@given(st.text(), st.text(max_size=40))
def test_any_text_has_a_verdict_and_a_later_prompt_wins(noise: str, tail: str) -> None:
    assert judge_console(noise) in get_args(Boot)
    calm = "".join(c for c in tail if c.isalpha())
    assert judge_console(f"{noise}\x07\nweb-01 login: {calm}") == "login" or "\x1b" in noise
