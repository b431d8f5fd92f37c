"""Whole recoveries of many different sources: what became of every attribute, beside a kept ledger for each.

Kept in full is that of the plain source; of the others, the lines in which they differ from it.

After a wanted change: `./scripts/renew`, and read the diff.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from ecs_dr.domain.questions import ABORT
from ecs_dr.domain.steps import Answer
from ecs_dr.simulator.model_compute import AutoRenew, CpuOptions, Disk, Eip, Instance, MetadataOptions, SecondaryEni
from ecs_dr.simulator.world import World, load_world
from ecs_dr.workflow.session import Session
from tests.support.desk import SOURCE, Desk
from tests.support.renewal import renewing
from tests.workflow.bench import key_of, session_of, text_of, until, values_of

AS_IT_IS = "as it is"
GIVEN_BY_THE_CLOUD = re.compile(r"\biZ2ze\w+")
"""A host name that follows from the id: another with every request more."""
KEPT = Path(__file__).with_name("ledgers.json")
Change = Callable[[World], None]


@dataclass(frozen=True)
class Case:
    """A source, and what the person answers where it is not the recommended option."""

    change: Change
    choices: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    world: str = "healthy"


def own(**changes: object) -> Change:
    def change(world: World) -> None:
        for name, value in changes.items():
            setattr(world.instances[SOURCE], name, value)

    return change


def placed(**changes: object) -> Change:
    def change(world: World) -> None:
        for name, value in changes.items():
            setattr(world.instances[SOURCE].placement, name, value)

    return change


def disk(disk_id: str, **changes: object) -> Change:
    def change(world: World) -> None:
        for name, value in changes.items():
            setattr(world.disks[disk_id], name, value)

    return change


def with_ipv6(world: World) -> None:
    world.vswitches["vsw-2zek0001"].ipv6_cidr_block = "2408:4005:3::/64"
    world.instances[SOURCE].ipv6_addresses = ["2408:4005:2::10"]


def without_data_disks(world: World) -> None:
    for disk_id in ("d-2zedata00001", "d-2zedata00002"):
        del world.disks[disk_id]


def with_sixteen_disks(world: World) -> None:
    for number in range(3, 17):
        disk_id = f"d-2zedata{number:05}"
        world.disks[disk_id] = Disk(
            disk_id=disk_id,
            instance_id=SOURCE,
            type="data",
            category="cloud_essd",
            performance_level="PL1",
            size=20 + number,
            device=f"/dev/xvd{chr(ord('a') + number)}",
            zone_id="cn-beijing-h",
        )


def words(text: str) -> Mapping[str, tuple[str, str | None]]:
    return {"launch.options": ("custom", text)}


def answers(**choices: str) -> Mapping[str, tuple[str, str | None]]:
    return {key.replace("_", "."): (choice, None) for key, choice in choices.items()}


nothing: Change = own()
CASES: dict[str, Case] = {
    AS_IT_IS: Case(nothing),
    "ready to take over": Case(nothing, answers(launch_options="like_production")),
    "a drill": Case(nothing, answers(launch_options="drill")),
    "everything by word": Case(nothing, words("ram_role user_data snapshot_policy host_name release_8h no_public_ip")),
    "subscription kept on demand": Case(nothing, world="prepaid"),
    "subscription bought": Case(nothing, answers(launch_billing="subscription_1_month"), world="prepaid"),
    "subscription renewing itself": Case(
        own(auto_renew=AutoRenew(enabled=True, duration=1)),
        {"launch.billing": ("subscription_1_month", None), **words("auto_renew")},
        world="prepaid",
    ),
    "spot kept on demand": Case(own(spot_strategy="SpotAsPriceGo", deletion_protection=False)),
    "spot again": Case(
        own(
            spot_strategy="SpotWithPriceLimit",
            spot_price_limit=0.9,
            spot_duration=1,
            spot_interruption_behavior="Stop",
            deletion_protection=False,
        ),
        answers(launch_billing="spot"),
    ),
    "encrypted disks": Case(nothing, world="encrypted"),
    "an elastic address alone": Case(nothing, world="eip-only"),
    "an elastic address beside": Case(own(eip=Eip("eip-2ze1", "39.105.0.99"), public_ip_address="")),
    "secondary interfaces": Case(own(secondary_enis=[SecondaryEni("eni-2zesecond001", "vsw-2zeh0001", "172.16.0.11")])),
    "IPv6 where the VSwitch has it": Case(with_ipv6),
    "IPv6 where the VSwitch has none": Case(own(ipv6_addresses=["2408:4005:2::10"])),
    "tags of a cluster": Case(own(tags={"env": "prod", "ack.aliyun.com": "c-1", "k8s.io/role": "node"})),
    "tags of its disks": Case(
        disk("d-2zedata00001", tags={"tier": "gold"}),
        words("disk_tags"),
    ),
    "no key pair": Case(own(key_pair_name="", password_set=True)),
    "half the threads": Case(own(cpu_options=CpuOptions(core_count=2, threads_per_core=1))),
    "private names by address": Case(own(private_dns={"HostnameType": "IpBased", "EnableIpDnsARecord": "true"})),
    "login as ecs-user": Case(own(login_as_non_root=True)),
    "unlimited credits": Case(own(credit_specification="Unlimited")),
    "secure boot": Case(own(secure_boot=True)),
    "a deployment set": Case(placed(deployment_set_id="ds-2ze1"), words("deployment_set")),
    "a dedicated host": Case(
        placed(dedicated_host_id="dh-2ze1", tenancy="host", affinity="host"), words("dedicated_host")
    ),
    "bandwidth by the month": Case(
        own(internet_charge_type="PayByBandwidth", internet_max_bandwidth_out=50, internet_max_bandwidth_in=20)
    ),
    "metadata switched off": Case(own(metadata=MetadataOptions(http_endpoint="disabled"))),
    "nothing but a system disk": Case(without_data_disks),
    "sixteen data disks": Case(with_sixteen_disks),
    "another type": Case(nothing, world="sold-out"),
    "another disk category": Case(nothing, world="disk-unsupported"),
    "stopped": Case(own(status="Stopped", stopped_mode="KeepCharging")),
    "long and strange names": Case(own(instance_name="web[1,4] " + "x" * 110, description="a | b")),
}


async def recovered(case: Case) -> tuple[Answer, Desk]:
    world = load_world(case.world)
    case.change(world)
    desk = Desk(world)
    async with desk.open():
        answer = await desk.collect()
        for _ in range(120):
            if answer.question is not None:
                first = answer.question.question.options[0].value
                choice, text = case.choices.get(answer.question.key, (first, None))
                answer = await desk.answer(answer, choice, text)
            elif answer.next is not None and answer.status in {"done", "in_progress"}:
                answer = await desk.go_on(answer)
            else:
                return answer, desk
    raise AssertionError("the recovery does not end")


def ledger_of(session: Session) -> list[str]:
    """Every row but those of what lies outside, which no replica changes."""
    assert session.verification is not None
    return [
        GIVEN_BY_THE_CLOUD.sub(
            "iZ…", f"{row.device} {row.key}: {row.source} | {row.decided} | {row.replica} | {row.verdict}"
        ).lstrip()
        for row in session.verification.rows
        if row.group != "outside"
    ]


@pytest.mark.generated
@pytest.mark.parametrize("name", CASES)
async def test_a_recovery_is_a_match_and_its_ledger_is_as_kept(name: str) -> None:
    end, desk = await recovered(CASES[name])
    assert (end.step, end.data["verdict"]) == ("verify", "match"), end.message
    kept: dict[str, list[str]] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    plain = set() if name == AS_IT_IS else set(kept[AS_IT_IS])
    ledger = [line for line in ledger_of(session_of(desk)) if line not in plain]
    if renewing():
        kept[name] = ledger
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    assert ledger == kept[name]


def test_no_ledger_is_kept_of_a_source_that_is_not_tried() -> None:
    kept: dict[str, list[str]] = json.loads(KEPT.read_text(encoding="utf-8"))
    assert set(kept) == set(CASES)
    assert len(kept) >= 20


def replica_of(desk: Desk) -> Instance:
    session = session_of(desk)
    assert session.replica is not None
    return desk.simulator.world.instances[session.replica.instance_id]


async def test_user_data_reaches_the_replica_and_nobody_is_shown_it() -> None:
    secret = "IyEvYmluL3NoCmVjaG8gc2hvcAo="
    end, desk = await recovered(Case(nothing, words("user_data")))
    assert replica_of(desk).user_data == secret
    session = session_of(desk)
    assert session.replica is not None
    seen = json.dumps(
        [
            end.model_dump(mode="json"),
            [repr(one) for one in session.book.history],
            session.replica.launch.parameters(),
        ]
    )
    assert secret not in seen
    assert "echo shop" not in seen


async def test_a_drill_says_when_it_ends_and_the_cloud_is_told_the_same() -> None:
    _, desk = await recovered(Case(nothing, answers(launch_options="drill")))
    replica = replica_of(desk)
    session = session_of(desk)
    assert session.replica is not None
    assert session.replica.launch.auto_release_time
    told = next(entry.text for entry in session.book.history if entry.key == "launch.confirm")
    ends = datetime.fromisoformat(session.replica.launch.auto_release_time).astimezone(timezone(timedelta(hours=8)))
    assert f"A drill: Alibaba Cloud releases the replica with its disks at {ends:%Y-%m-%d %H:%M:%S} UTC+8" in told
    assert "release protection off (was on)" in told
    disks = [one for one in desk.world.disks.values() if one.instance_id == replica.instance_id]
    assert [one.device for one in disks if one.type == "data" and not one.delete_with_instance] == []
    assert replica.auto_release_time is not None
    assert 20 < (replica.auto_release_time - desk.clock.now()).total_seconds() / 3600 <= 24
    assert replica.public_ip_address == ""


async def test_the_recommended_set_is_the_safe_one_and_comes_as_one_question() -> None:
    _, desk = await recovered(Case(nothing))
    assert [key for key in desk.asked if key.startswith("launch.")] == ["launch.options", "launch.confirm"]
    replica = replica_of(desk)
    assert (replica.ram_role_name, replica.user_data, replica.host_name != "prod-web-01") == ("", "", True)


async def test_a_source_with_nothing_to_decide_is_not_asked_and_can_still_be_a_drill() -> None:
    world = load_world("eip-only")
    own(ram_role_name="", user_data="")(world)
    disk("d-2zedata00001", auto_snapshot_policy_id="")(world)
    desk = Desk(world)
    async with desk.open():
        confirm = await until(desk, "launch.confirm")
        assert "launch.options" not in desk.asked
        assert values_of(confirm) == ["confirm", "custom", "change", ABORT]
        options = await desk.answer(await desk.answer(confirm, "change"), "options")
        assert values_of(options) == ["standard", "drill", "custom", ABORT]
        confirm = await desk.answer(options, "drill")
        assert key_of(confirm) == "launch.confirm"
        assert "A drill: Alibaba Cloud" in text_of(confirm)


async def test_unknown_words_are_named_and_asked_for_again() -> None:
    desk = Desk()
    async with desk.open():
        options = await until(desk, "launch.options")
        again = await desk.answer(options, "custom", "ram_role root")
        assert key_of(again) == "launch.options"
        assert "root" in text_of(again).splitlines()[0]
        confirm = await desk.answer(again, "custom", "ram_role")
        assert "RAM role ShopWebRole" in next(line for line in text_of(confirm).splitlines() if "Login" in line)


async def test_stopping_at_the_options_creates_nothing_and_they_are_asked_again() -> None:
    world = load_world("eip-only")
    own(ram_role_name="")(world)
    disk("d-2zedata00001", auto_snapshot_policy_id="")(world)
    desk = Desk(world)
    async with desk.open():
        options = await until(desk, "launch.options")
        stopped = await desk.answer(options, ABORT)
        assert stopped.status == "stopped"
        assert desk.mutations["RunInstances"] == 0
        assert key_of(await desk.call("create_instance")) == "launch.options"


async def test_a_release_that_came_too_near_is_moved_and_shown_again() -> None:
    desk = Desk()
    async with desk.open():
        confirm = await desk.answer(await until(desk, "launch.options"), "drill")
        desk.clock.advance(23.5 * 3600)
        later = await desk.call("create_instance")
        assert key_of(later) == "launch.confirm"
        assert later.question != confirm.question
        shown = next(line for line in text_of(later).splitlines() if "A drill: Alibaba Cloud" in line)
        ends = datetime.fromisoformat(f"{shown.split(' at ')[1][:19]}+08:00").astimezone(UTC)
        assert (ends - desk.clock.now()).total_seconds() > 23 * 3600


async def test_the_confirmation_says_how_old_the_data_is_and_what_is_left_to_do() -> None:
    desk = Desk()
    async with desk.open():
        text = text_of(await until(desk, "launch.confirm"))
    assert "Data as of 2026-11-22 16:00:00 UTC+8" in text
    assert "Private IP 172.16.0.10" in text
    assert "Left out, as you chose: RAM role ShopWebRole" in text
