"""How the replica is paid for: asked where copying the source's way would cost or risk something."""

from __future__ import annotations

from collections.abc import Callable

from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.pages.words import money
from ecs_dr.domain.questions import ABORT, Option
from ecs_dr.domain.replica import Billing
from ecs_dr.domain.source import Source
from ecs_dr.domain.stock.model import Charge
from ecs_dr.domain.texts.wording import told_moment
from ecs_dr.errors import CloudError
from ecs_dr.workflow.memory.chosen import Target
from ecs_dr.workflow.ports import Price
from ecs_dr.workflow.run import Run

KEY = "launch.billing"
PAY_AS_YOU_GO = "pay_as_you_go"
SUBSCRIPTION_MONTH = "subscription_1_month"
SPOT = "spot"

LaunchFor = Callable[[Billing], LaunchRequest]


async def decide_billing(run: Run, source: Source, target: Target, launch_for: LaunchFor) -> Billing | None:
    """Pay-as-you-go without a question for a pay-as-you-go source; None when the person chose to stop."""
    instance = source.instance
    ways: dict[str, Billing] = {PAY_AS_YOU_GO: Billing()}
    if instance.charge_type == "PrePaid":
        ways[SUBSCRIPTION_MONTH] = Billing(charge=Charge(charge_type="PrePaid"), period=1)
    elif instance.is_spot:
        ways[SPOT] = Billing(charge=Charge(spot_strategy=instance.spot_strategy))
    ways = {way: billing for way, billing in ways.items() if way not in run.session.refusals.terms}
    if len(ways) == 1:
        return ways[PAY_AS_YOU_GO]
    facts: list[JsonValue] = [target.zone_id, target.instance_type, *ways]
    options: tuple[Option, ...] = ()
    if not run.session.book.stands(KEY, facts):
        prices = {way: price_line(run, await read_price(run, launch_for(billing))) for way, billing in ways.items()}
        offered = [run.option(way, f"billing_{way}", price=price) for way, price in prices.items()]
        options = run.recommend_first([*offered, run.abort_option()])
    text_key = "question.billing.prepaid" if SUBSCRIPTION_MONTH in ways else "question.billing.spot"
    expires = told_moment(instance.expired_time or "-", run.texts)
    text = run.texts(text_key, instance=instance.instance_id, expires=expires)
    decision = run.decide(KEY, facts, lambda: run.question(text, options))
    return None if decision.choice == ABORT else ways[decision.choice]


def way_of(launch: LaunchRequest) -> str:
    """How that launch would be paid for."""
    if launch.charge_type == "PrePaid":
        return SUBSCRIPTION_MONTH
    return PAY_AS_YOU_GO if launch.spot_strategy in {"", "NoSpot"} else SPOT


async def read_price(run: Run, launch: LaunchRequest) -> Price | None:
    """What it costs; None when that cannot be read, which is no reason to stop."""
    try:
        return await run.cloud.price(run.scope, launch)
    except CloudError:
        return None


def price_line(run: Run, price: Price | None) -> str:
    """A price with its currency and unit, as it stands within a sentence; that there is none, is said."""
    if price is None:
        return run.texts("price.unknown")
    return money(price.total, price.currency, price.unit, run.texts)
