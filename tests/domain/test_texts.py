"""Every text exists in both languages, names the same values, and is in its language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from string import Formatter

import pytest

from ecs_dr.domain.texts import AREAS, Language, Texts, catalogue

CHINESE = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH_AFTER_CHINESE = re.compile(r"[\u4e00-\u9fff][,;!?]")
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def area(language: Language, name: str) -> Mapping[str, str]:
    texts: Mapping[str, str] = import_module(f"ecs_dr.domain.texts.{language}.{name}").TEXTS
    return texts


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("name", AREAS)
def test_both_languages_have_the_same_keys(name: str) -> None:
    english, chinese = area("en", name).keys(), area("zh", name).keys()
    assert sorted(english ^ chinese) == []


@pytest.mark.parametrize("name", AREAS)
def test_both_languages_name_the_same_values(name: str) -> None:
    english, chinese = area("en", name), area("zh", name)
    different = [key for key in english if placeholders(english[key]) != placeholders(chinese.get(key, ""))]
    assert different == []


@pytest.mark.parametrize("name", AREAS)
def test_both_languages_have_the_same_number_of_lines(name: str) -> None:
    english, chinese = area("en", name), area("zh", name)
    different = [key for key in english if english[key].count("\n") != chinese.get(key, "").count("\n")]
    assert different == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", AREAS)
def test_no_text_is_empty_or_names_an_unnamed_value(language: Language, name: str) -> None:
    texts = area(language, name)
    assert [key for key, text in texts.items() if not text.strip()] == []
    assert [key for key, text in texts.items() if not all(map(str.isidentifier, placeholders(text)))] == []


NAMES = frozenset({"ESSD AutoPL", "ESSD Entry"})
"""What the console calls by the same name in both languages."""


@pytest.mark.parametrize("name", AREAS)
def test_chinese_texts_are_chinese_and_english_ones_are_not(name: str) -> None:
    words = {key: re.sub(r"\{\w+\}", "", text) for key, text in area("en", name).items()}
    spoken = [key for key, text in words.items() if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", text) and text not in NAMES]
    assert [key for key in spoken if not CHINESE.search(area("zh", name).get(key, ""))] == []
    assert [key for key, text in words.items() if CHINESE.search(text)] == []


def test_chinese_sentences_use_chinese_punctuation() -> None:
    found = [key for key, text in area("zh", "diagnosis").items() if HALF_WIDTH_AFTER_CHINESE.search(text)]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_areas_do_not_define_a_key_twice(language: Language) -> None:
    assert len(catalogue(language)) == sum(len(area(language, name)) for name in AREAS)


def test_a_value_with_braces_is_shown_as_it_is() -> None:
    text = Texts("en")("finding.locked", locks="{evil}")
    assert "({evil})" in text


def test_a_missing_value_is_a_bug_and_not_a_hole_in_the_text() -> None:
    with pytest.raises(KeyError):
        Texts("en")("finding.locked")


def test_english_counts_one_as_one() -> None:
    texts = Texts("en")
    assert "image x with 1 snapshot (up to 9 GiB), then one instance with 1 disk" in texts(
        "plan.creates_existing", image="x", disks=1, gib=9
    )
    assert texts("step.image_wait.done", image="x", disks="1") == "Image x is ready and holds the disk."
    assert texts("application.done", count=1) == "The instance is recovered and verified."
    assert texts("step.disks.substituted", count=1, devices="x").startswith("1 disk is settled; ")
    assert texts("step.image_wait.done", image="x", disks="11") == "Image x is ready and holds all 11 disks."


def test_a_value_that_speaks_of_one_is_left_as_it_is() -> None:
    assert Texts("en")("step.image_wait.done", image="1 disks", disks=2).startswith("Image 1 disks is ready")
