"""What the report looks like: complete, harmless, needing nothing from outside."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from ecs_dr.domain.report.model import RecoveryReport, Subject, report_schema
from ecs_dr.domain.report.seal import seal
from ecs_dr.domain.texts import Language
from ecs_dr.report.render import render_html, render_json, render_markdown
from ecs_dr.report.words import drawn
from tests.report.sample import sample
from tests.support.renewal import hold

SCHEMA = Path(__file__).resolve().parents[2] / "references" / "report.schema.json"
HOSTILE = "<img src=x onerror=alert(1)>\u202e\u200b</script><script>x()</script>|`*[a](https://evil.example)"


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def hostile() -> RecoveryReport:
    source = sample().source.model_copy(update={"name": HOSTILE})
    decision = replace(sample().decisions[0], text=f"Really {HOSTILE}?", typed=HOSTILE)
    row = sample().fidelity[0].model_copy(update={"source": HOSTILE})
    return sample().model_copy(update={"source": source, "decisions": (decision,), "fidelity": (row,)})


def html(report: RecoveryReport) -> str:
    return render_html(seal(report))


def test_the_page_needs_nothing_from_outside() -> None:
    page = Page(html(sample()))
    for tag, attributes in page.elements:
        assert tag not in {"img", "link", "iframe", "object", "embed", "base", "form"}
        assert not {"src", "srcset", "background", "onload", "onclick"} & attributes.keys()
        if tag == "script":
            assert attributes["type"] == "application/json"
    assert not re.search(r"@import|url\(", html(sample()))


def test_the_page_forbids_itself_scripts_and_the_network() -> None:
    policies = [attrs["content"] for tag, attrs in Page(html(sample())).elements if "http-equiv" in attrs]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_links_lead_to_the_console_alone() -> None:
    links = [attrs["href"] or "" for tag, attrs in Page(html(sample())).elements if tag == "a"]
    assert links
    assert all(re.match(r"https://(ecs|vpc)\.console\.aliyun\.com/", link) for link in links)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_part_of_the_report_is_on_the_page(language: Language) -> None:
    report = sample(language=language)
    text = Page(html(report)).text
    wanted = [report.headline, report.session_id, seal(report).seal.head]
    wanted += [item.label for item in report.criteria]
    wanted += [item.id for item in report.leftovers]
    wanted += [item.text for item in report.todo]
    wanted += [item.label for item in report.fidelity]
    wanted += [item.chosen for item in report.decisions]
    wanted += [item.request_id or "" for item in report.requests]
    wanted += [item.snapshot_id for item in report.disks]
    assert [one for one in wanted if " ".join(one.split()) not in text] == []


@pytest.mark.parametrize(
    ("verdict", "word"), [("match", "MATCH"), ("differs", "DIFFERS"), ("not_verified", "NO VERIFIED REPLICA")]
)
def test_the_verdict_is_told_in_words_and_by_a_class_for_its_colour(verdict: str, word: str) -> None:
    page = html(sample().model_copy(update={"verdict": verdict}))
    assert f'class="card verdict {verdict}"' in page
    assert f">{word}<" in page


def test_every_row_is_told_in_words_and_by_a_class_for_its_colour() -> None:
    page = html(sample())
    assert all(f'class="chip {row.verdict}">' in page for row in sample().fidelity if row.source != "-")


def test_the_timeline_is_an_inline_picture_with_a_text_instead() -> None:
    pictures = [attrs for tag, attrs in Page(html(sample())).elements if tag == "svg"]
    assert [attrs["role"] for attrs in pictures] == ["img", "img"]
    assert all((attrs["aria-label"] or "").startswith("Picture of the phases") for attrs in pictures)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_is_left_without_its_values(language: Language) -> None:
    report = sample(language=language)
    page = html(report)
    visible = page[: page.index("<script")]
    assert "{" not in re.sub(r"<style>.*?</style>", "", visible, flags=re.DOTALL)
    assert "Undefined" not in visible
    assert ">None<" not in visible


def test_commands_in_our_own_words_are_shown_as_code() -> None:
    page = html(sample())
    assert "<code>ecs-dr verify-report FILE</code>" in page
    assert "`" not in Page(page[: page.index("<script")]).text


def test_a_question_is_drawn_with_its_tables_and_nothing_in_it_becomes_markup() -> None:
    shown = "**Go** on?\n\n| Zone | Name |\n|---|---|\n| k | <b>x</b> [l](http://e.test) ![i](http://e.test) |"
    html = str(drawn(shown))
    assert "<strong>Go</strong>" in html
    assert "<td>k</td>" in html
    assert set(re.findall(r"</?([a-z]+)", html)) <= {"p", "strong", "table", "thead", "tbody", "tr", "th", "td", "br"}
    assert "&lt;b&gt;" in html


def test_what_others_wrote_stays_text_in_html() -> None:
    page = html(hostile())
    tags = [tag for tag, _ in Page(page).elements]
    assert "img" not in tags
    assert tags.count("script") == 1
    assert "\u202e" not in page
    assert "\u200b" not in page


def test_what_others_wrote_stays_text_in_markdown() -> None:
    text = render_markdown(seal(hostile()))
    for harmful in ("<img", "<script", "\u202e", "\u200b", "[a]", "https://evil.example"):
        assert harmful not in text


def test_json_keeps_what_others_wrote_and_hides_nothing_in_it() -> None:
    text = render_json(seal(hostile()))
    assert json.loads(text)["report"]["source"]["name"] == HOSTILE
    assert "\u202e" not in text


def test_a_report_is_drawn_the_same_each_time() -> None:
    sealed = seal(sample())
    assert (render_html(sealed), render_markdown(sealed), render_json(sealed)) == (
        render_html(sealed),
        render_markdown(sealed),
        render_json(sealed),
    )


def test_a_report_of_hardly_anything_can_be_drawn() -> None:
    empty = Subject(instance_id="i-1", name="", region_id="cn-beijing", zone_id="", instance_type="")
    timeline = sample().timeline.model_copy(update={"total_seconds": 0, "spans": ()})
    bare = sample().model_copy(
        update={
            "source": empty,
            "replica": None,
            "timeline": timeline,
            **dict.fromkeys(("criteria", "fidelity", "disks", "decisions", "requests", "leftovers", "todo"), ()),
        }
    )
    assert "i-1" in html(bare)
    assert "i-1" in render_markdown(seal(bare))


def test_markdown_tables_have_the_same_columns_in_every_row() -> None:
    width = 0
    for line in render_markdown(seal(sample())).splitlines():
        if line.startswith("|"):
            width = width or line.count("|")
            assert line.count("|") == width, line
        else:
            width = 0


@pytest.mark.generated
def test_the_published_schema_is_the_one_of_the_model() -> None:
    hold(SCHEMA, json.dumps(report_schema(), indent=2, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("world", ["healthy", "disk-unsupported", "prepaid"])
def test_every_report_fits_the_published_schema(world: str) -> None:
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(
        json.loads(render_json(seal(sample(world))))
    )


def test_each_decision_and_each_kind_of_request_has_a_line_of_its_own() -> None:
    report = sample()
    report = report.model_copy(
        update={"decisions": tuple(replace(one, road="answer_question") for one in report.decisions)}
    )
    lines = render_markdown(seal(report)).splitlines()
    told = [line for line in lines if re.match(r"\d+\. \d\d:\d\d:\d\d \*\*", line)]
    assert [line.partition(".")[0] for line in told] == [str(number + 1) for number in range(len(report.decisions))]
    counted = [line for line in lines if re.match(r"- \w+:\w+ × \d+", line)]
    assert len(counted) == len({record.action for record in report.requests if not record.mutating})
