"""Lines are broken where a reader of either language expects it, in a terminal of any width."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ecs_dr.terminal.flow import broken, column_widths
from ecs_dr.terminal.page import Page

WRITTEN = st.text(alphabet="ab cd-./源实例恢复，。（）: ", max_size=80)


def lines(text: str, width: int) -> list[str]:
    return broken(Text(text), width).plain.split("\n")


PAGES = Path(__file__).resolve().parents[1] / "snapshots" / "pages"


def drawn(markdown: str, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(Page(markdown))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@given(WRITTEN, st.integers(min_value=2, max_value=40))
def test_no_line_is_too_wide_and_nothing_but_spaces_is_lost(text: str, width: int) -> None:
    assert all(cell_len(line) <= width for line in lines(text, width))
    assert "".join(lines(text, width)).replace(" ", "") == text.replace(" ", "")


def test_chinese_fills_the_line_beside_other_words() -> None:
    assert lines("将地域 cn-beijing 的实例恢复到另一个可用区", 22) == ["将地域 cn-beijing 的实", "例恢复到另一个可用区"]


def test_no_line_begins_with_the_end_of_a_sentence() -> None:
    assert lines("源实例保持运行。镜像", 14) == ["源实例保持运", "行。镜像"]


def test_words_stay_whole_where_the_line_has_room_for_them() -> None:
    assert lines("one ecs.g7.xlarge two", 14) == ["one", "ecs.g7.xlarge", "two"]


def test_a_word_that_is_too_long_is_cut_at_a_joint() -> None:
    assert lines("ecs.g7e.xlarge", 10) == ["ecs.g7e.", "xlarge"]
    assert lines("ecsg7exlarge", 10) == ["ecsg7exlar", "ge"]


@pytest.mark.parametrize(
    ("available", "widths"),
    [(30, [12, 18]), (26, [12, 14]), (20, [12, 8]), (14, [7, 7]), (8, [6, 6])],
)
def test_columns_keep_their_longest_word_first_and_their_longest_line_next(available: int, widths: list[int]) -> None:
    assert column_widths([(12, 12), (8, 18)], available) == widths


def test_a_table_in_a_narrow_terminal_is_folded_and_not_cut_short() -> None:
    page = drawn("| Zone | Types in stock |\n|---|---|\n| cn-beijing-k | same (or ecs.g7e.xlarge) |", 34)
    assert "…" not in page
    assert "cn-beijing-k" in page
    assert "ecs.g7e.xlarge)" in page


def test_a_link_ends_before_chinese_brackets() -> None:
    assert "（https://ecs.console.aliyun.com/x）。" in drawn("镜像（https://ecs.console.aliyun.com/x）。", 60)


def test_a_link_ends_before_the_sentence_does() -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True)
    console.print(Page("See https://ecs.console.aliyun.com/images. What exists: https://a.example/b?c=d;"))
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert ";https://ecs.console.aliyun.com/images\x1b" in said
    assert ";https://a.example/b?c=d\x1b" in said


def test_bold_chinese_is_bold_and_shows_no_asterisks() -> None:
    assert "推荐：可用区" in drawn("**推荐**：可用区", 40)


@pytest.mark.parametrize("width", range(8, 30))
def test_no_line_begins_with_a_comma_also_where_a_name_is_cut(width: int) -> None:
    for text in ("vsw-2zek0001，可用地址 4080 个，cn-beijing-k。", "ecs.g7.xlarge,vsw-2zek0001;"):
        assert not [line for line in lines(text, width) if line[0] in "，,;。"], (text, width)


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_a_short_label_is_read_on_one_line_beside_a_long_paragraph(width: int) -> None:
    long = "首次启动时会再次执行，可能重复注册节点或覆盖数据。内容直接传入，不显示也不保存。" * 3
    rows = "".join(f"| {label} | {long} |\n" for label in ("实例名称", "snapshot_policy", "云盘"))
    page = drawn(f"| 关键字 | 后果 |\n|---|---|\n{rows}", width)
    assert all(label in page for label in ("实例名称", "snapshot_policy", "云盘", "关键字"))


def test_a_label_is_read_whole_beside_a_link_that_is_wider_than_the_page() -> None:
    link = "https://ecs.console.aliyun.com/server/i-2zep27rka4llaymst6ez/detail?regionId=cn-beijing"
    page = drawn(f"| | |\n|---|---|\n| 灾备实例 | prod；{link} |\n| Billed now | nothing |", 60)
    assert "灾备实例" in page
    assert "Billed now" in page


def test_a_table_without_room_for_its_names_is_told_row_by_row() -> None:
    page = drawn(
        "| 可用区 | 库存 | 规格 | 交换机 |\n|---|---|---|---|\n"
        "| cn-beijing-k | 充足 | ecs.g8i.xlarge | 新建 172.16.16.0/20 |",
        46,
    )
    for whole in ("cn-beijing-k", "库存 充足", "ecs.g8i.xlarge", "172.16.16.0/20"):
        assert whole in page


def test_a_row_that_is_named_by_a_number_alone_is_told_with_its_head() -> None:
    page = drawn("| Wave | Source | Replica |\n|---|---|---|\n| 2 | i-2zeshopapp01 | i-2zedtz5fkug3q2x8iqyh |", 30)
    assert "Wave 2" in page
    assert "Source i-2zeshopapp01" in page


def test_a_table_whose_cells_would_be_columns_of_scraps_is_told_as_a_list() -> None:
    disks = (
        "| 云盘 | 容量 | 类型 | 名称 | 随实例释放 |\n|---|---|---|---|---|\n"
        "| /dev/xvdc 数据盘 | 200 GiB | ESSD AutoPL、预配置 1000 IOPS、突发开 | prod-web-cache | 是 |"
    )
    assert "类型 ESSD AutoPL、预配置 1000 IOPS、突发" in drawn(disks, 60)
    assert "ESSD AutoPL、预配置 1000 IOPS、突发开  prod-web-cache" in drawn(disks, 100)


def test_a_list_in_english_is_separated_as_english_is() -> None:
    table = "| Zone | Stock | Type |\n|---|---|---|\n| cn-beijing-k | plenty | ecs.g7.xlarge |"
    assert "Stock plenty; Type" in drawn(table, 30)


def test_a_table_has_one_empty_line_before_and_after_it() -> None:
    page = drawn("Before.\n| Zone | Stock | Type |\n|---|---|---|\n| cn-beijing-k | plenty | same |\nAfter.", 80)
    assert [line.strip()[:4] for line in page.strip().split("\n")] == ["Befo", "", "Zone", "────", "cn-b", "", "Afte"]


@pytest.mark.parametrize(("language", "asks"), [("en", "Create 1 instance?"), ("zh", "创建 1 台实例？")])
def test_the_launch_of_a_healthy_source_fits_a_screen_with_a_line_a_disk(language: str, asks: str) -> None:
    page = PAGES / language / "ask.launch.confirm.md"
    told = page.read_text(encoding="utf-8").partition(asks)[2].partition("\n- `confirm`")[0]
    lines = drawn(asks + told.rpartition("\n")[0], 100).strip().split("\n")
    assert len(lines) <= 25
    assert len([line for line in lines if " GiB " in line]) == 3
