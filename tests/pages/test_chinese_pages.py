"""No English word of the cloud's or ours is left where a Chinese reader looks: message, question, report, terminal."""

from __future__ import annotations

import re

import pytest

from ecs_dr.domain.report.seal import seal
from ecs_dr.domain.steps import Answer
from ecs_dr.report.render import render_markdown
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import Desk

ENGLISH = (
    "Running",
    "Stopped",
    "Pending",
    "Starting",
    "Creating",
    "Available",
    "CreateFailed",
    "In_use",
    "PayByTraffic",
    "PayByBandwidth",
    "PostPaid",
    "PrePaid",
    "NoSpot",
    "CNY",
    "present",
    "true",
    "false",
    "match",
    "differs",
    "VSwitch",
    "enabled",
    "required",
    "access_key",
    "Month",
    "cloud_essd",
    "cloud_auto",
)
_FOUND = re.compile(rf"(?<![\w:./-])(?:{'|'.join(ENGLISH)})(?![\w:./=-])")
_CODE = re.compile(r"`[^`]*`|\{\"Version\".*\}")


def english_in(text: str) -> list[str]:
    return _FOUND.findall(_CODE.sub("", text))


def told(answer: Answer) -> str:
    asked = answer.question.question if answer.question is not None else None
    options = () if asked is None else asked.options
    return "\n".join(
        [answer.message, *([asked.text] if asked else []), *(f"{one.label} {one.description}" for one in options)]
    )


def test_the_list_is_looked_for() -> None:
    assert english_in("状态 Running，付费 PostPaid") == ["Running", "PostPaid"]
    assert english_in("vpc:CreateVSwitch 与 `Available`") == []


@pytest.mark.parametrize("world", ["healthy", "no-vswitch", "disk-unsupported", "prepaid", "eip-only", "sold-out"])
async def test_a_recovery_in_chinese_is_told_in_chinese(world: str) -> None:
    desk = Desk(world, RecoveryOptions(simulated=True, language="zh"))
    desk.plans = True
    answer, left = await desk.collect(), list[tuple[str, list[str]]]()
    for _ in range(60):
        left.append((told(answer), english_in(told(answer))))
        if answer.question is not None:
            answer = await desk.answer(answer, answer.question.question.options[0].value)
        elif answer.next is not None:
            answer = await desk.go_on(answer)
        else:
            break
    assert answer.step == "verify"
    assert [found for found in left if found[1]] == []
    page = render_markdown(seal(desk.recovery.report(desk.session_id)))
    assert [line for line in page.split("\n") if english_in(line)] == []
