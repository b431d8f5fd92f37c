"""One word for one thing, as the consoles of Alibaba Cloud write it, in everything that a person may read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ecs_dr.domain.texts import Language, catalogue

ROOT = Path(__file__).resolve().parents[2]

CHINESE = {
    "恢复实例": "灾备实例（“恢复实例”读作动词）",
    "副本": "灾备实例",
    "新实例": "灾备实例",
    "性能等级": "性能级别",
    "CNY": "元",
    "VSwitch": "交换机",
    "封印": "校验码",
    "试运行": "预检",
    "规划": "方案",
    "付费类型": "计费方式",
    "付费方式": "计费方式",
    "制作": "创建",
    "照搬": "沿用",
    "带过去": "沿用",
    "带上": "沿用",
    "启动请求": "创建请求",
    "启动选项": "创建选项",
    "云平台": "阿里云",
    "云端": "阿里云",
    "服务地址": "服务接入点",
    "用户数据": "实例自定义数据",
    "专有网络": "VPC（控制台名称“专有网络控制台”除外）",
    "EIP": "弹性公网 IP",
    "销售": "售卖",
    "运行手册": "OOS 模板",
    "内网": "私网",
    "该身份": "当前身份",
    "命令行日志": "系统命令行输出",
    "未发送": "没有发送",
    "未创建任何": "没有创建任何",
    "迁移": "源实例不会移动",
    "登陆": "登录",
    "帐号": "账号",
    "其它": "其他",
}
"""What is not said in Chinese, and what is said instead: the words of the consoles and of the documentation."""

EXCEPT = re.compile(r"专有网络控制台|尚未发送|尚未创建任何|带上 `\{name\}`|非弹性公网 IP|`[^`]*`|\{\w+\}|\w+:\w+")

ENGLISH = {
    r"migrat": "the source is not moved",
    r"\bcopy of the instance\b": "replica",
    r"\bin so many words\b": "explicitly",
    r"\bwitness": "where a value comes from is named",
    r"\bdeletion protection\b": "release protection, as the console calls it",
}

API_WORDS = re.compile(
    r"\b(Running|Stopped|Available|In_use|Creating|CreateFailed|PostPaid|PrePaid|PayByTraffic|NoSpot|cloud_\w+|true|false)\b"
)
"""Values of the API that have a word in the console."""


def spoken(text: str) -> str:
    return EXCEPT.sub("", text)


@pytest.mark.parametrize("word", CHINESE)
def test_chinese_has_one_word_for_one_thing(word: str) -> None:
    found = [key for key, text in catalogue("zh").items() if word in spoken(text)]
    assert found == [], f"say {CHINESE[word]}"


@pytest.mark.parametrize("word", ENGLISH)
def test_english_has_one_word_for_one_thing(word: str) -> None:
    found = [key for key, text in catalogue("en").items() if re.search(word, text, re.IGNORECASE)]
    assert found == [], f"say {ENGLISH[word]}"


def test_chinese_says_the_values_of_the_api_in_the_words_of_the_console() -> None:
    assert [key for key, text in catalogue("zh").items() if API_WORDS.search(spoken(text))] == []


@pytest.mark.parametrize("name", ["README.zh-CN.md"])
def test_chinese_pages_keep_to_the_same_words(name: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [word for word in CHINESE if word in spoken(text)] == []


@pytest.mark.parametrize(
    "file", sorted((ROOT / "server/ecs_dr/simulator/worlds").glob("*.toml")), ids=lambda one: one.stem
)
def test_worlds_are_described_in_the_same_words(file: Path) -> None:
    told = tomllib.loads(file.read_text(encoding="utf-8"))["description_zh"]
    assert [word for word in CHINESE if word in told] == []


CJK = "\u4e00-\u9fff"
HALF_WIDTH = re.compile(rf"[{CJK}][,;:!?()]|[()][{CJK}]|[，。；：（）、“”] +[{CJK}]|[{CJK}] +[，。；：（）、]|\.\.\.")
UNSPACED = re.compile(rf"[{CJK}][A-Za-z0-9`]|[A-Za-z0-9`][{CJK}]")


def test_chinese_has_full_width_punctuation_and_a_space_before_latin_letters() -> None:
    texts = {key: re.sub(r"`[^`]*`", "`x`", text) for key, text in catalogue("zh").items()}
    assert {key: found[0] for key, text in texts.items() if (found := HALF_WIDTH.findall(text))} == {}
    assert {key: found[0] for key, text in texts.items() if (found := UNSPACED.findall(text))} == {}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_has_a_double_space(language: Language) -> None:
    assert [key for key, text in catalogue(language).items() if "  " in text] == []
