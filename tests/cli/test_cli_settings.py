"""Settings are taken as people and hosts write them; what cannot be meant stops the start with one line."""

from __future__ import annotations

import pytest

from ecs_dr.cli_running import read_settings
from ecs_dr.settings import SettingsError, load_settings


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("zh", "zh"),
        ("ZH", "zh"),
        ("zh_CN", "zh"),
        ("zh-CN", "zh"),
        ("zh_CN.UTF-8", "zh"),
        ("zh-Hans-CN", "zh"),
        (" zh ", "zh"),
        ("EN", "en"),
        ("en_US.UTF-8", "en"),
        ("en-GB", "en"),
        ("en_IE.ISO8859-15@euro", "en"),
    ],
)
def test_a_language_may_be_named_as_a_locale_is(written: str, meant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECS_DR_LANGUAGE", written)
    assert load_settings().language == meant


@pytest.mark.parametrize("written", ["OFF", "Off", "off", " off "])
def test_off_is_off_however_it_is_written(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECS_DR_ELICITATION", written)
    monkeypatch.setenv("ECS_DR_PROFILE_TAGS", written)
    settings = load_settings()
    assert (settings.elicitation, settings.profile_tags) == ("off", "off")


def test_on_and_auto_are_taken_in_capitals_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECS_DR_ELICITATION", "AUTO")
    monkeypatch.setenv("ECS_DR_PROFILE_TAGS", "On")
    settings = load_settings()
    assert (settings.elicitation, settings.profile_tags) == ("auto", "on")


@pytest.mark.parametrize("name", ["ECS_DR_ELICITATION", "ECS_DR_PROFILE_TAGS", "ECS_DR_LANGUAGE"])
def test_a_placeholder_that_a_host_did_not_fill_in_is_unset(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without = load_settings()
    monkeypatch.setenv(name, "${user_config.anything}")
    assert load_settings() == without


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("ECS_DR_LANGUAGE", "fr_FR.UTF-8"),
        ("ECS_DR_LANGUAGE", "english"),
        ("ECS_DR_LANGUAGE", "zhuang"),
        ("ECS_DR_LANGUAGE", "zh CN"),
        ("ECS_DR_LANGUAGE", "zh_"),
        ("ECS_DR_LANGUAGE", "C"),
        ("ECS_DR_ELICITATION", "on"),
        ("ECS_DR_ELICITATION", "of f"),
        ("ECS_DR_PROFILE_TAGS", "auto"),
        ("ECS_DR_PROFILE_TAGS", "0"),
    ],
)
def test_anything_else_stops_the_start_and_is_not_repeated(
    name: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, written)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    said = str(refused.value)
    assert said.startswith(f"{name}: Input should be '")
    assert "\n" not in said
    assert f"input_value={written!r}" not in said


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ECS_DR_LANGAUGE", "ECS_DR_LANGAUGE (did you mean ECS_DR_LANGUAGE?)"),
        ("ecs_dr_report_dri", "ecs_dr_report_dri (did you mean ECS_DR_REPORT_DIR?)"),
        ("ECS_DR_X", "ECS_DR_X"),
    ],
)
def test_a_misspelt_setting_is_told_in_one_line_with_the_one_that_may_be_meant(
    name: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "a-value")
    assert read_settings() == load_settings()
    said = capsys.readouterr()
    assert said.err == f"ecs-dr: No such setting, so ignored: {told} (README, Configuration).\n"
    assert said.out == ""


def test_nothing_is_told_of_settings_that_exist(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECS_DR_POLL_SECONDS", "30")
    monkeypatch.setenv("ecs_dr_language", "en")
    read_settings()
    assert capsys.readouterr().err == ""
