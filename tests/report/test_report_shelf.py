"""An earlier report is taken by name alone, and only whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ecs_dr.domain.recall.model import Remembered
from ecs_dr.domain.recall.reports import told_by_report
from ecs_dr.domain.report.seal import seal
from ecs_dr.report.render import render_json
from ecs_dr.report_shelf import KeptReports
from ecs_dr.workflow.reporting.ports import ReportNotFound
from tests.report.sample import sample

NAME = "ecs-dr-report-0123"


def shelf(tmp_path: Path, text: str | None = None) -> KeptReports:
    (tmp_path / f"{NAME}.json").write_text(render_json(seal(sample())) if text is None else text, encoding="utf-8")
    return KeptReports(tmp_path)


@pytest.mark.parametrize("name", [NAME, f"{NAME}.json", f"{NAME}.html", f"{NAME}.md"])
def test_any_of_its_three_names_finds_it(tmp_path: Path, name: str) -> None:
    assert shelf(tmp_path).read(name) == sample()


@pytest.mark.parametrize("name", ["", "../x", "/etc/passwd", "a/b", "..", ".hidden", "x" * 129, "a..b", "C:\\x", "a\n"])
def test_a_path_is_no_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReportNotFound) as refused:
        shelf(tmp_path).read(name)
    assert refused.value.damage == "no_name"


def test_without_a_folder_there_is_none() -> None:
    with pytest.raises(ReportNotFound) as refused:
        KeptReports(None).read(NAME)
    assert refused.value.damage == "no_folder"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    shelf(tmp_path)
    (tmp_path / "link.json").symlink_to(tmp_path / f"{NAME}.json")
    with pytest.raises(ReportNotFound):
        KeptReports(tmp_path).read("link")


def test_one_that_was_changed_says_where(tmp_path: Path) -> None:
    document = json.loads(render_json(seal(sample())))
    document["report"]["was"]["security_group_ids"] = ["sg-2zeopen000001"]
    with pytest.raises(ReportNotFound) as refused:
        shelf(tmp_path, json.dumps(document)).read(NAME)
    assert (refused.value.damage, refused.value.part) == ("changed", "was")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"report": {}, "seal": {}}', "[" * 100_000])
def test_what_is_no_report_is_refused_in_words(tmp_path: Path, text: str) -> None:
    with pytest.raises(ReportNotFound):
        shelf(tmp_path, text).read(NAME)


def test_a_file_given_by_hand_goes_by_its_own_name(tmp_path: Path) -> None:
    elsewhere = tmp_path / "the report of june.json"
    elsewhere.write_text(render_json(seal(sample())), encoding="utf-8")
    reports = KeptReports(None)
    assert reports.give(elsewhere) == sample()
    assert reports.read(elsewhere.name) == sample()


def test_a_report_of_before_tells_what_its_pages_showed() -> None:
    now = told_by_report(sample())
    before = told_by_report(sample().model_copy(update={"was": Remembered()}))
    for field in ("instance_type", "charge_type", "zone_id", "vpc_id", "key_pair_name"):
        assert getattr(before, field) == getattr(now, field), field
    assert set(before.security_group_ids) == set(now.security_group_ids)
    assert [(disk.disk_id, disk.kind) for disk in before.disks] == [(disk.disk_id, disk.kind) for disk in now.disks]
