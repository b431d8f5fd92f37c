"""No fixed sentence claims a state of the cloud that whoever says it cannot know: it speaks of its own doing alone.

Somebody else may create, delete and change at any time, and another session or server may have made something. What
exists is told with the time of its reading (`world.*`), and nowhere else.
"""

from __future__ import annotations

import re

import pytest

from ecs_dr.domain.texts import catalogue

_OF_ITSELF = "本次操作|本次请求|本次恢复"
CLAIMS = {
    "en": {
        "that nothing was created at all": r"\b[Nn]othing (?:else )?was (?:created|made|launched)\b(?! (?:twice|now))",
        "that something is still there": r"\bstill exists?\b|\bgoes on existing\b|\bIt stays as it is\b|\bIt is kept\b",
        "that something is not there": r"\b[Tt]here is no (?:image|replica|VSwitch)\b",
        "that the source is as it was": r"\bis untouched\b|\bis unchanged\b",
    },
    "zh": {
        "that nothing was created at all": rf"(?<!{_OF_ITSELF})(?<!该应用)(?:没有|尚未)创建(?:任何|其他)资源",
        "that something is still there": r"仍然存在|保持不变",
        "that something is not there": rf"(?<!{_OF_ITSELF})(?<!本次恢复还)没有(?:镜像|灾备实例|交换机)",
        "that the source is as it was": r"未被改动",
    },
}
KNOWN = {
    "world.source_same": "said of a comparison in the same call alone, with both times",
    "diagnosis.code.option.actions": "of the launch that is asked about, not of the cloud",
    "question.launch.change": "of decisions, not of the cloud",
}
"""Sentences that may, and why."""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_sentence_claims_what_nobody_read(language: str) -> None:
    found = [
        f"{key}: {what}: {text}"
        for key, text in catalogue("en" if language == "en" else "zh").items()
        for what, claim in CLAIMS[language].items()
        if re.search(claim, text) and key not in KNOWN
    ]
    assert found == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Nothing was created."),
        ("en", "What it created still exists."),
        ("en", "There is no replica yet."),
        ("zh", "没有找到。没有创建任何资源。"),
        ("zh", "已创建的资源仍然存在。"),
    ],
)
def test_the_sentences_that_were_mended_would_be_found(language: str, text: str) -> None:
    assert any(re.search(claim, text) for claim in CLAIMS[language].values())
