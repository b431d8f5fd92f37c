from __future__ import annotations

from pathlib import Path

import pytest

from ecs_dr.simulator.faults import FaultPlan, FaultPlanError


def effects(plan: FaultPlan, product: str, action: str, times: int) -> list[str]:
    rules = [plan.next_call(product, action) for _ in range(times)]
    return [rule.effect if rule is not None else "-" for rule in rules]


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ("1", ["reset", "-", "-", "-"]),
        ("2", ["-", "reset", "-", "-"]),
        ("2-3", ["-", "reset", "reset", "-"]),
        ("3-", ["-", "-", "reset", "reset"]),
        ("every", ["reset", "reset", "reset", "reset"]),
    ],
)
def test_the_named_calls_of_an_action_meet_the_effect(calls: str, expected: list[str]) -> None:
    plan = FaultPlan.from_toml(f'[[fault]]\naction = "ecs:CreateImage"\ncalls = "{calls}"\neffect = "reset"')
    assert effects(plan, "ecs", "CreateImage", 4) == expected


def test_other_actions_are_neither_counted_nor_hit() -> None:
    plan = FaultPlan.from_toml('[[fault]]\naction = "ecs:CreateImage"\neffect = "reset"')
    assert plan.next_call("ecs", "RunInstances") is None
    assert plan.next_call("vpc", "CreateImage") is None
    assert effects(plan, "ecs", "CreateImage", 1) == ["reset"]


def test_a_star_stands_for_every_action_of_a_product_or_of_all() -> None:
    plan = FaultPlan.from_toml(
        '[[fault]]\naction = "vpc:*"\ncalls = "every"\neffect = "reset"\n'
        '[[fault]]\naction = "*"\ncalls = "every"\neffect = "gateway_page"'
    )
    assert effects(plan, "vpc", "CreateVSwitch", 1) == ["reset"]
    assert effects(plan, "ecs", "DescribeDisks", 1) == ["gateway_page"]


def test_the_first_rule_applies_where_two_name_the_same_call() -> None:
    plan = FaultPlan.from_toml(
        '[[fault]]\naction = "ecs:RunInstances"\neffect = "lost_response"\n'
        '[[fault]]\naction = "ecs:RunInstances"\ncalls = "1-2"\neffect = "reset"'
    )
    assert effects(plan, "ecs", "RunInstances", 3) == ["lost_response", "reset", "-"]
    assert list(plan.hits().values()) == [1, 1]


def test_reset_counts_from_the_beginning() -> None:
    plan = FaultPlan.from_toml('[[fault]]\naction = "ecs:RunInstances"\neffect = "reset"')
    assert effects(plan, "ecs", "RunInstances", 2) == ["reset", "-"]
    plan.reset()
    assert list(plan.hits().values()) == [0]
    assert effects(plan, "ecs", "RunInstances", 2) == ["reset", "-"]


def test_an_error_carries_what_the_table_says() -> None:
    plan = FaultPlan.from_toml(
        '[[fault]]\naction = "ecs:RunInstances"\neffect = "error"\ncode = "OperationDenied.NoStock"\n'
        'message = "The resource is out of stock."\nhttp_status = 403\nretry_after_seconds = 1.5'
    )
    rule = plan.next_call("ecs", "RunInstances")
    assert rule is not None
    assert not rule.carried_out
    error = rule.error()
    assert error is not None
    assert (error.code, error.message, error.http_status) == (
        "OperationDenied.NoStock",
        "The resource is out of stock.",
        403,
    )
    assert error.retry_after_ms == 1500


def test_throttling_needs_no_further_words() -> None:
    rule = FaultPlan.from_toml('[[fault]]\naction = "*"\neffect = "throttle"').next_call("ecs", "DescribeImages")
    assert rule is not None
    error = rule.error()
    assert error is not None
    assert (error.code, error.http_status, error.retry_after_ms) == ("Throttling.User", 429, 1000)


@pytest.mark.parametrize(
    ("effect", "carried_out"),
    [
        ("none", True),
        ("lost_response", True),
        ("gateway_page_after", True),
        ("garbled", True),
        ("gateway_page", False),
        ("reset", False),
        ("throttle", False),
    ],
)
def test_an_effect_says_whether_the_request_is_carried_out(effect: str, *, carried_out: bool) -> None:
    plan = FaultPlan.from_toml(f'[[fault]]\naction = "*"\neffect = "{effect}"')
    rule = plan.next_call("ecs", "RunInstances")
    assert rule is not None
    assert rule.carried_out is carried_out


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("action = ", "not valid TOML"),
        ("[fault]\naction = '*'", r"\[\[fault\]\]"),
        ("fault = [1]", r"\[\[fault\]\]"),
        ("[[mistake]]\naction = '*'", "unknown key 'mistake'"),
        ("[[fault]]\naction = '*'\neffct = 'reset'", "fault 1: unknown key 'effct'"),
        ("[[fault]]\neffect = 'reset'", "action must be like"),
        ("[[fault]]\naction = 'RunInstances'", "action must be like"),
        ("[[fault]]\naction = '*'\neffect = 'explode'", "unknown effect 'explode'"),
        ("[[fault]]\naction = '*'\neffect = 'error'", "needs a code"),
        ("[[fault]]\naction = '*'\ncalls = 2", "calls must be a text"),
        ("[[fault]]\naction = '*'\ncalls = '0'", "calls must be like"),
        ("[[fault]]\naction = '*'\ncalls = '3-2'", "ends before it begins"),
        ("[[fault]]\naction = '*'\n[[fault]]\naction = '*'\ndelay_seconds = -1", "fault 2: delay_seconds"),
        ("[[fault]]\naction = '*'\nhttp_status = 200", "http_status must be between"),
    ],
)
def test_a_mistake_in_the_file_is_named(text: str, complaint: str) -> None:
    with pytest.raises(FaultPlanError, match=complaint):
        FaultPlan.from_toml(text)


def test_a_plan_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text('[[fault]]\naction = "ecs:DescribeImages"\ndelay_seconds = 3', encoding="utf-8")
    rule = FaultPlan.from_toml(file).next_call("ecs", "DescribeImages")
    assert rule is not None
    assert (rule.effect, rule.delay_seconds) == ("none", 3.0)
