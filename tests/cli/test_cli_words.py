"""Every command has its help, and every call that cannot be understood its line, in the language of the person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from ecs_dr.assembling import usable_simulation
from ecs_dr.cli import app, main
from ecs_dr.cli_words import word_help
from ecs_dr.domain.texts import catalogue
from ecs_dr.simulator.faults import FaultPlan
from ecs_dr.simulator.world import load_world
from ecs_dr.starting import CannotStart

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def commands(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    yield " ".join(path), command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_every_command_and_option_is_worded_and_no_wording_is_left_over() -> None:
    command = typer.main.get_command(app)
    word_help(command)
    used = {"cli.program", "cli.epilog", "cli.option.help"}
    for path, one in commands(command):
        name = path.replace(" ", ".")
        used.add(f"cli.command.{name}" if name else "cli.program")
        for parameter in getattr(one, "params", []):
            special = f"cli.option.{name}.{parameter.name}"
            used.add(special if special in catalogue("en") else f"cli.option.{parameter.name}")
    told = {key for key in catalogue("en") if key.startswith(("cli.command.", "cli.option."))}
    assert told | {"cli.program", "cli.epilog"} == used


@pytest.mark.parametrize("path", [path for path, _ in commands(typer.main.get_command(app))])
def test_help_is_in_the_language_of_the_person_and_nothing_is_cut(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for language in ("zh", "en"):
        monkeypatch.setenv("ECS_DR_LANGUAGE", language)
        assert run(*path.split(), "--help") == 0
        said = capsys.readouterr().out
        assert re.search(r"<[a-z\[\] ]+>", said) is None, "a type of the library's, in no language"
        assert "…\n" not in re.sub(r"…[ │]*\n", "…\n", said.replace("[参数]…", "").replace("i-bp1…", ""))
        if language == "zh":
            assert "用法：" in said
            assert "Options" not in said
            assert "Show this" not in said
        else:
            assert CHINESE.search(said) is None


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (("--hlep",), "There is no option --hlep. Did you mean --help?", "没有选项 --hlep。是否想用 --help？"),
        (("recovr",), "There is no command recovr.", "没有命令 recovr。"),
        (("serve", "--port", "x"), "--port: it takes a whole number.", "--port：应为整数。"),
        (("serve", "--port", "99999"), "--port: it takes at most 65535.", "--port：不能大于 65535。"),
        (
            ("serve", "--transport", "x"),
            "--transport: it takes 'stdio', 'http'.",
            "--transport：应为 'stdio'、'http'。",
        ),
        (("policy",), "--instance-id is needed.", "缺少 --instance-id。"),
        (("recover", "--instance-id"), "--instance-id needs a value.", "--instance-id 需要一个值。"),
        (("recover", "more"), "more is not expected here.", "多出参数 more。"),
        (("verify-report",), "FILE is needed.", "缺少 FILE。"),
    ],
)
def test_a_call_that_cannot_be_understood_is_told_in_one_line(
    arguments: tuple[str, ...],
    english: str,
    chinese: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for language, told, nothing in (
        ("en", english, "Nothing was started or sent."),
        ("zh", chinese, "没有启动任何服务"),
    ):
        monkeypatch.setenv("ECS_DR_LANGUAGE", language)
        assert run(*arguments) == 2
        said = capsys.readouterr().err
        assert said.startswith(f"ecs-dr: {told}")
        assert nothing in said
        assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "chinese"),
    [
        ("ECS_DR_POLL_SECONDS", "often", "应为数字"),
        ("ECS_DR_POLL_SECONDS", "nan", "应为有限的数字"),
        ("ECS_DR_RETRY_ATTEMPTS", "99", "不能大于 10"),
        ("ECS_DR_ELICITATION", "maybe", "应为 'auto'、'off'"),
        ("ECS_DR_TIMEZONE", "Mars/Olympus", "应为时差（UTC+8）、时区名称（Asia/Shanghai）或 local"),
        ("ECS_DR_ECS_ENDPOINT", "a b", "应为主机名（只替换其中的 {region}）或 http(s) URL"),
        ("ECS_DR_ECS_ENDPOINT", "http://[::1", "应为主机名（只替换其中的 {region}）或 http(s) URL"),
        ("ECS_DR_ECS_ENDPOINT", "host:99999", "应为主机名（只替换其中的 {region}）或 http(s) URL"),
        ("ECS_DR_VPC_ENDPOINT", "https://user:word@host", "应只有主机名或 URL，不含用户名、路径、查询参数和片段"),
        ("ECS_DR_VPC_ENDPOINT", "http://host", "http:// 只用于本机回环地址，请改用 https://"),
        ("ECS_DR_HTTP_TOKEN", "short", "令牌至少 16 个 ASCII 字符，不含空格"),
        ("ECS_DR_HTTP_TOKEN_FILE", "no/such/file", "文件不存在，或无法作为纯文本读取"),
    ],
)
def test_a_bad_setting_is_told_in_the_language_of_the_person(
    name: str, value: str, chinese: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECS_DR_LANGUAGE", "zh")
    monkeypatch.setenv(name, value)
    assert run("serve") == 2
    assert capsys.readouterr().err.startswith(f"ecs-dr: {name}：{chinese}。没有启动任何服务")


@pytest.mark.parametrize(
    ("arguments", "chinese"),
    [
        (("recover", "--simulate", "healthy", "--faults", "no/file"), "--faults：没有文件 no/file。没有启动任何服务。"),
        (("simulate", "--scenario", "none"), "没有场景 none。内置场景：denied、"),
        (("simulate", "--faults", "no/file"), "--faults：没有文件 no/file。没有启动任何服务。"),
        (("simulate", "--faults", "/"), "--faults：文件 / 无法使用（不是普通文件）。没有启动任何服务。"),
        (("recover", "--simulate", "healthy", "--variant", "none=x"), "场景 healthy 无法使用（没有变体"),
        (("recover", "--simulate", "--from-report", "no/file"), "没有报告 no/file（不跟随链接）。没有发送任何请求。"),
        (("serve", "--transport", "http", "--host", "192.0.2.1"), "192.0.2.1 不是本机回环地址。"),
    ],
)
def test_what_cannot_be_started_with_is_told_in_the_language_of_the_person(
    arguments: tuple[str, ...], chinese: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECS_DR_LANGUAGE", "zh")
    assert run(*arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"ecs-dr: {chinese}")
    assert said.count("\n") == 1


def test_an_unknown_world_is_told_in_the_language_of_the_person(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECS_DR_LANGUAGE", "zh")
    assert run("recover", "--simulate", "no-such-world", "--yes") == 2
    assert capsys.readouterr().err.startswith("ecs-dr: 没有场景 no-such-world。内置场景：denied、")


FAULT = '[[fault]]\naction = "ecs:RunInstances"\n'
WORLD = 'extends = "healthy"\n[behaviour]\n'


@pytest.mark.parametrize(
    ("option", "text", "told"),
    [
        ("--faults", "x = [", "不是有效的 TOML："),
        ("--faults", FAULT + 'effect = "boom"\n', "没有效果 'boom'"),
        ("--faults", FAULT + 'calls = "x"\neffect = "error"\n', "而不是 'x'"),
        ("--simulate", WORLD + "image_secs = 3\n", "没有这个键"),
        ("--simulate", WORLD + 'image_seconds = "x"\n', "应为数字"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_in_the_language_of_the_person(
    option: str, text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_DR_LANGUAGE", "zh")
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    faults = path if option == "--faults" else None
    with pytest.raises(CannotStart) as refused, usable_simulation(str(path) if faults is None else "healthy", faults):
        FaultPlan.from_toml(faults) if faults is not None else load_world(str(path))
    assert told in str(refused.value)
