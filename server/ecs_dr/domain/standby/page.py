"""The register as data, and as a page for a person."""

from __future__ import annotations

from ecs_dr.domain import links
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.standby.model import Standby, StandbyFinding
from ecs_dr.domain.telling import NO_WORDS, Table, Telling, Words, tell
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.times import parse_time

MOST_ROWS = 150
"""Of the tool's answer, the worst first; the command prints all."""

MOST_SHOWN = 20
"""Rows of the page in a chat: the rest is in the data."""

DAYS_FROM_HOURS = 48
"""Ages are said in days from here on."""

MOST_NAMED = 3
"""Instances that a line of advice names; the rest is counted."""

SAID_ONCE = frozenset({"snapshots_only", "not_one_moment", "superseded", "drill"})
"""Findings that need nobody tonight: they stand below those that do."""


def ready(rows: tuple[Standby, ...]) -> bool:
    """Whether there is at least one, and all are fresh, launchable and read in full."""
    return bool(rows) and all(row.good and not row.unknown for row in rows)


def exit_code(rows: tuple[Standby, ...]) -> int:
    """0: all fresh and launchable; 1: something is stale, missing or cannot be launched; 2, first: not read."""
    if any(row.unknown for row in rows):
        return 2
    return 0 if ready(rows) else 1


def as_data(
    rows: tuple[Standby, ...], max_age_hours: float, texts: Texts, region_id: str, *, most: int | None = MOST_ROWS
) -> JsonObject:
    """What `data` holds.

    Args:
        rows: The worst first.
        max_age_hours: What counted as fresh.
        texts: For the words of the findings.
        region_id: For their links.
        most: How many rows are told; None: all.
    """
    shown = rows if most is None else rows[:most]
    return {
        "region_id": region_id,
        "max_age_hours": max_age_hours,
        "ready": ready(rows),
        "standbys": [_row(row, texts, region_id) for row in shown],
        "left_out": len(rows) - len(shown),
    }


def _row(row: Standby, texts: Texts, region_id: str) -> JsonObject:
    zones: list[JsonValue] = [
        {"zone_id": zone.zone_id, "vswitch_id": zone.vswitch_id or None, "price": zone.price}
        for zone in row.zones
        if zone.zone_id in row.launchable_in
    ]
    return {
        "instance_id": row.instance_id,
        "name": row.name,
        "zone_id": row.zone_id,
        "newest": row.newest_as_data(),
        "fresh": row.fresh,
        "launchable_in": list(row.launchable_in),
        "tier": row.tier,
        "findings": [
            {"code": finding.code, "message": told_finding(finding, texts), "remedy": remedy(finding, texts, region_id)}
            for finding in row.findings
        ],
        "zones": zones,
        "superseded": len(row.superseded),
    }


def told_finding(finding: StandbyFinding, texts: Texts) -> Words:
    """What was found, in a sentence."""
    return texts(f"standby.finding.{finding.code}", **_told(finding, texts))


def _told(finding: StandbyFinding, texts: Texts) -> dict[str, str]:
    """A finding's values in words: times and verdicts in the person's own."""
    values = dict(finding.values)
    if "time" in values:
        values["time"] = texts.moment(parse_time(values["time"]))
    if "verdict" in values:
        values["verdict"] = texts(f"report.verdict.{values['verdict']}")
    return values


def remedy(finding: StandbyFinding, texts: Texts, region_id: str) -> Words:
    """What to do about it; nothing is ever deleted by this product."""
    return texts(
        f"standby.remedy.{finding.code}",
        snapshots=links.snapshot_list(region_id),
        images=links.image_list(region_id),
        **_told(finding, texts),
    )


def told_age(row: Standby, texts: Texts) -> Words:
    """The age of the newest data, as people say it."""
    if row.newest is None or row.age_hours is None:
        return texts("standby.age.unknown" if row.fresh is None else "standby.age.none")
    if row.age_hours < 1:
        return texts("standby.age.minutes", count=round(row.age_hours * 60))
    if row.age_hours < DAYS_FROM_HOURS:
        return texts("standby.age.hours", count=f"{row.age_hours:.0f}")
    return texts("standby.age.days", count=f"{row.age_hours / 24:.0f}")


def cells(row: Standby, texts: Texts) -> tuple[str, ...]:
    """Tier, instance, data age, from what, and where: one line of the table."""
    separator = texts("list.separator")
    where = separator.join(row.launchable_in) or texts(
        "standby.nowhere" if row.tier != "unknown" else "standby.unknown"
    )
    kind = "—"
    if row.newest is not None:
        of_one_moment = row.newest.kind == "snapshots" and row.newest.consistent
        kind = texts("standby.kind.together" if of_one_moment else f"standby.kind.{row.newest.kind}")
    return texts(f"standby.tier.{row.tier}"), f"{row.name} {row.instance_id}".strip(), told_age(row, texts), kind, where


HEADS = ("tier", "instance", "age", "kind", "where")


def summary(rows: tuple[Standby, ...], max_age_hours: float, texts: Texts, region_id: str) -> Words:
    """One sentence: how many could be recovered elsewhere right now."""
    if not rows:
        return texts("standby.empty", region=region_id)
    good = sum(1 for row in rows if row.good)
    unknown = sum(1 for row in rows if row.unknown)
    line = texts("standby.summary", good=good, total=len(rows), hours=f"{max_age_hours:g}", region=region_id)
    return line + texts("standby.summary_unknown", count=unknown) if unknown else line


def advice(rows: tuple[Standby, ...], texts: Texts, region_id: str) -> list[Words]:
    """Each kind of finding once, with the instances it is about and what to do."""
    by_code: dict[str, list[tuple[Standby, StandbyFinding]]] = {}
    for row in rows:
        for finding in row.findings:
            by_code.setdefault(finding.code, []).append((row, finding))
    lines = []
    for _, found in sorted(by_code.items(), key=lambda item: item[0] in SAID_ONCE):
        first = found[0][1]
        instances = list(dict.fromkeys(row.instance_id for row, _ in found))
        names = texts("list.separator").join(instances[:MOST_NAMED])
        left = len(instances) - MOST_NAMED
        more = texts("standby.and_more", count=left) if left > 0 else ""
        lines.append(
            texts(
                "standby.advice",
                instances=names + more,
                finding=told_finding(first, texts),
                remedy=remedy(first, texts, region_id),
            )
        )
    return lines


def page(rows: tuple[Standby, ...], max_age_hours: float, texts: Texts, region_id: str) -> Telling:
    """The page in a chat: the sentence, the worst rows, and what to do."""
    left = len(rows) - MOST_SHOWN
    return tell(
        summary(rows, max_age_hours, texts, region_id),
        Table(
            tuple(cells(row, texts) for row in rows[:MOST_SHOWN]),
            tuple(texts(f"standby.head.{head}") for head in HEADS),
        ),
        texts("standby.more_rows", count=left) if left > 0 else NO_WORDS,
        *advice(rows[:MOST_SHOWN], texts, region_id),
    )
