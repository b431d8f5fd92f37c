"""Tables of the terminal: the source, the disks to be, the replica beside the source, the success criteria."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ecs_dr.domain.disks import kind_name
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import field_label, worded_value
from ecs_dr.domain.verification import ALWAYS_TOLD
from ecs_dr.terminal.flow import Flowing
from ecs_dr.terminal.views import ComparedField, CriterionView, DisksData, SourceData, SourceView, VerifyData

_UNIT = re.compile(r"(?<=\d) (?=GiB|Mbps)")

IN_CLOUD_TERMS = frozenset({"status", "charge_type", "internet_charge_type", "type"})
"""Fields whose values have words of a person's language; those of others are names, numbers and ids."""


def source(data: SourceData, texts: Texts) -> list[Table]:
    """The instance and its disks."""
    facts = _table()
    facts.add_column(style="dim")
    facts.add_column()
    facts.show_header = False
    for field, value in _source_rows(data.source, texts):
        facts.add_row(texts(f"terminal.field.{field}"), Flowing(Text(value)))
    disks = _table(
        texts("terminal.field.device"),
        texts("terminal.field.disk_id"),
        texts("terminal.field.type"),
        texts("terminal.field.category"),
        texts("terminal.field.size_gib"),
    )
    for disk in data.disks:
        category = kind_name(disk.category, disk.performance_level)
        use = worded_value(disk.type, texts)
        disks.add_row(*(Text(cell) for cell in (disk.device, disk.disk_id, use, category, str(disk.size_gib))))
    return [facts, disks]


def _source_rows(view: SourceView, texts: Texts) -> Iterable[tuple[str, str]]:
    address = ", ".join(view.public_ips) or (f"EIP {view.eip_address}" if view.eip_address else "—")
    internet = worded_value(view.internet_charge_type, texts) or "—"
    bandwidth = f"{internet} · {view.internet_max_bandwidth_out} Mbps"
    yield "instance", f"{view.instance_id}  {view.name}"
    yield "status", worded_value(view.status, texts)
    yield "zone_id", f"{view.zone_id}  ({view.region_id})"
    yield "instance_type", view.instance_type
    yield "os", f"{view.os_name}  ({view.image_id})"
    yield "network", f"{view.vpc_id} / {view.vswitch_id}"
    yield "security_group_ids", ", ".join(view.security_group_ids)
    yield "charge_type", worded_value(view.charge_type, texts)
    yield "internet", f"{bandwidth} · {address}"


def planned_disks(data: DisksData, texts: Texts) -> Table:
    """What the replica's disks will be, a substitution beside what the source has."""
    table = _table(
        texts("terminal.field.device"),
        texts("terminal.field.type"),
        texts("terminal.field.category"),
        texts("terminal.field.size_gib"),
        texts("terminal.field.source_category"),
    )
    for disk in data.disks:
        category = Text(kind_name(disk.category, disk.performance_level), style="yellow" if disk.substituted else "")
        use = worded_value(disk.type, texts)
        table.add_row(Text(disk.device), use, category, str(disk.size_gib), disk.source_category)
    return table


def comparison(data: VerifyData, texts: Texts) -> list[Table]:
    """Source and replica side by side, then the criteria."""
    compared = _table(
        "",
        texts("terminal.field.field"),
        texts("terminal.field.source"),
        texts("terminal.field.replica"),
        "",
    )
    rows = [*data.instance, *data.disks]
    shown = [row for row in rows if row.field in ALWAYS_TOLD or row.decided or not row.matches]
    last = None
    for row in shown:
        subject = row.device or texts("terminal.field.instance")
        _add_compared(compared, "" if subject == last else subject, row, texts)
        last = subject
    if len(rows) > len(shown):
        compared.caption = texts("terminal.further", count=len(rows) - len(shown))
    return [compared, _criteria(data.criteria, texts)]


def _add_compared(table: Table, subject: str, row: ComparedField, texts: Texts) -> None:
    mark = _mark(passed=row.matches)
    if row.decided:
        mark.append(f" {texts('terminal.decided')}", style="yellow")
    expected, actual = (Text(_value(row.field, value, texts)) for value in (row.expected, row.actual))
    table.add_row(Text(subject, style="dim"), Flowing(Text(field_label(row.field, texts))), expected, actual, mark)


def _value(field: str, value: str, texts: Texts) -> str:
    """As a person reads it; the items of a list one below the other, so that a narrow column does not cut them."""
    if field in IN_CLOUD_TERMS:
        return worded_value(value, texts)
    return "\n".join(value.split(", ")) or "—"


def _criteria(criteria: Iterable[CriterionView], texts: Texts) -> Table:
    table = _table("", texts("terminal.field.criterion"), texts("terminal.field.actual"))
    for one in criteria:
        key = f"terminal.criterion.{one.id}"
        name = texts(key) if texts.has(key) else one.name
        found = one.actual if one.passed else texts("terminal.unmet", expected=one.expected, actual=one.actual)
        table.add_row(_mark(passed=one.passed), Flowing(Text(name)), Flowing(Text(_unbroken(found))))
    return table


def _unbroken(told: str) -> str:
    """With a number and its unit on one line."""
    return _UNIT.sub("\N{NO-BREAK SPACE}", told)


def _mark(*, passed: bool) -> Text:
    return Text("✓", style="bold green") if passed else Text("✗", style="bold red")


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold dim", caption_justify="left")
    for column in columns:
        table.add_column(Flowing(Text(column)), overflow="fold")
    return table
