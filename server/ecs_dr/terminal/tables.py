"""Tables of the terminal: the source, and the disks to be."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ecs_dr.domain.pages.words import kind
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.terminal.flow import Flowing
from ecs_dr.terminal.views import DisksData, SourceData, SourceView


def source(data: SourceData, texts: Texts) -> list[Table]:
    """The instance and its disks."""
    facts = _table()
    facts.add_column(style="bold")
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
        category = kind(disk.category, disk.performance_level, texts)
        use = worded_value(disk.type, texts)
        disks.add_row(*(Text(cell) for cell in (disk.device, disk.disk_id, use, category, str(disk.size_gib))))
    return [facts, disks]


def _source_rows(view: SourceView, texts: Texts) -> Iterable[tuple[str, str]]:
    comma = texts("page.comma")
    address = comma.join(view.public_ips) or (
        texts("terminal.eip", address=view.eip_address) if view.eip_address else "—"
    )
    internet = worded_value(view.internet_charge_type, texts) or "—"
    bandwidth = f"{internet} · {view.internet_max_bandwidth_out} Mbps"
    yield "instance", f"{view.instance_id}  {view.name}"
    yield "status", worded_value(view.status, texts)
    yield "zone_id", view.zone_id + texts("report.aside", what=view.region_id)
    yield "instance_type", view.instance_type
    yield "os", view.os_name + texts("report.aside", what=view.image_id)
    yield "network", f"{view.vpc_id} / {view.vswitch_id}"
    yield "security_group_ids", comma.join(view.security_group_ids)
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
        category = Text(kind(disk.category, disk.performance_level, texts), style="bold" if disk.substituted else "")
        use = worded_value(disk.type, texts)
        table.add_row(Text(disk.device), use, category, str(disk.size_gib), kind(disk.source_category, None, texts))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", caption_justify="left", show_edge=False)
    for column in columns:
        table.add_column(Flowing(Text(column)), overflow="fold")
    return table
