"""Whether a lexical search for what people say finds this skill, and finds another where another is meant."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping

import pytest
import yaml

from tests.docs.blocks import ROOT
from tests.docs.siblings import MEAN_WORDS, SIBLINGS

OURS = "alibabacloud-ecs-disaster-recovery-image"
DESCRIPTION = yaml.safe_load((ROOT / "SKILL.md").read_text(encoding="utf-8").split("---\n", 2)[1])["description"]

TRIGGERS = json.loads((ROOT / "evals/triggers.json").read_text(encoding="utf-8"))
FOR_US = [one["query"] for one in TRIGGERS if one["should_trigger"]]
FOR_ANOTHER = {one["query"]: one["meant"] for one in TRIGGERS if not one["should_trigger"]}


def words(text: str) -> list[str]:
    """English words, and Chinese in pairs of characters, as search engines cut it."""
    latin = re.findall(r"[a-z0-9]+", text.lower())
    runs = re.findall(r"[一-鿿]+", text)
    return latin + [run[at : at + 2] for run in runs for at in range(max(1, len(run) - 1))]


def ranked(request: str, descriptions: Mapping[str, str]) -> list[str]:
    """The names by BM25 (k1 1.2, b 0.75) over name and description, best first."""
    pages = {name: Counter(words(f"{name.replace('-', ' ')} {text}")) for name, text in descriptions.items()}
    scores = dict.fromkeys(pages, 0.0)
    for word in set(words(request)):
        holding = sum(word in page for page in pages.values())
        rare = math.log(1 + (len(pages) - holding + 0.5) / (holding + 0.5))
        for name, page in pages.items():
            scores[name] += rare * page[word] * 2.2 / (page[word] + 1.2 * (0.25 + 0.75 * page.total() / MEAN_WORDS))
    return sorted(scores, key=lambda name: -scores[name])


def first(request: str, description: str = DESCRIPTION) -> str:
    return ranked(request, {**SIBLINGS, OURS: description})[0]


@pytest.mark.parametrize("request_", FOR_US)
def test_a_plain_request_finds_this_skill_first(request_: str) -> None:
    assert first(request_) == OURS


@pytest.mark.parametrize(("request_", "meant"), FOR_ANOTHER.items())
def test_a_near_miss_finds_the_skill_that_is_meant(request_: str, meant: str) -> None:
    assert first(request_) == meant


def test_the_forty_are_of_both_languages_and_the_words_of_the_description_are_what_finds_it() -> None:
    assert len(FOR_US) == len(set(FOR_US)) == 40
    assert sum(bool(re.search("[一-鿿]", one)) for one in FOR_US) == 20
    bare = "ECS disaster recovery: image, other zone."
    assert sum(first(one, bare) == OURS for one in FOR_US) < 10, "the ranking does not tell descriptions apart"
