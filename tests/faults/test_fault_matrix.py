"""Each call of a recovery x each fault: made once, told truly, and the recovery can be finished."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.line import DEATHS, MUTATING, TRANSIENT, Fault, Kind
from tests.faults.rig import Rig
from tests.faults.truth import check_always, check_final, check_said

ACTIONS = (
    "DescribeInstances",
    "DescribeDisks",
    "DescribeInstanceRamRole",
    "DescribeUserData",
    "DescribeImages",
    "CreateImage",
    "DescribeAvailableResource",
    "DescribeVSwitches",
    "DescribeVpcs",
    "CreateVSwitch",
    "DescribePrice",
    "RunInstances",
)


async def go_through(rig: Rig, *faults: Fault, heal_after: int = 60) -> None:
    """Recover on a bad line that is repaired after a while; everything is checked after every move."""
    rig.line.faults.extend(faults)
    await rig.start()
    try:
        for move in range(160):
            if move == heal_after:
                await rig.line.heal()
            outcome = await rig.step()
            check_always(rig)
            check_said(rig, outcome)
            if rig.finished:
                break
        await rig.line.heal()
        check_always(rig)
        check_final(rig)
    finally:
        await rig.stop()


OF_A_READ = (Kind.INTERNAL_ERROR, Kind.THROTTLED_USER, Kind.RESET, Kind.GARBLED, Kind.TIMEOUT)
"""To a read it is all one whether it was carried out: one fault of each sort."""


def cases() -> Iterator[tuple[str, Kind, int]]:
    for action in ACTIONS:
        for kind in TRANSIENT if action in MUTATING else OF_A_READ:
            for times in (1, 5):
                yield action, kind, times


@pytest.mark.sweep(5)
@pytest.mark.parametrize(("action", "kind", "times"), list(cases()))
async def test_a_fault_of_any_call_makes_nothing_twice_and_the_recovery_ends(
    action: str, kind: Kind, times: int
) -> None:
    rig = Rig.of("no-vswitch")
    await go_through(rig, Fault(action, kind, times))
    assert rig.line.applied, f"{action} was never called"
    assert {made: len(rig.made(made)) for made in MUTATING} == dict.fromkeys(MUTATING, 1)


@pytest.mark.sweep(2)
@pytest.mark.parametrize("action", MUTATING)
@pytest.mark.parametrize("kind", [Kind.LOST, Kind.LATE, Kind.ERROR_AFTER, Kind.GARBLED])
@pytest.mark.parametrize("second", [Kind.FORBIDDEN, Kind.THROTTLED_USER])
async def test_a_refusal_after_a_lost_answer_does_not_hide_what_was_made(action: str, kind: Kind, second: Kind) -> None:
    rig = Rig.of("no-vswitch", visibility_seconds=90)
    await go_through(rig, Fault(action, kind, 4), Fault(action, second, 2))
    assert {made: len(rig.made(made)) for made in MUTATING} == dict.fromkeys(MUTATING, 1)


@pytest.mark.parametrize("action", MUTATING)
@pytest.mark.parametrize("second", [Kind.QUOTA, Kind.NO_STOCK])
@pytest.mark.parametrize("visibility_seconds", [0, 8])
async def test_a_refusal_that_the_lost_request_itself_caused_is_not_believed(
    action: str, second: Kind, visibility_seconds: float
) -> None:
    rig = Rig.of("no-vswitch", visibility_seconds=visibility_seconds)
    await go_through(rig, Fault(action, Kind.LOST), Fault(action, second, 2, ignores_token=True))
    assert {made: len(rig.made(made)) for made in MUTATING} == dict.fromkeys(MUTATING, 1)


@pytest.mark.parametrize("action", MUTATING)
@pytest.mark.parametrize("kind", DEATHS)
@pytest.mark.parametrize("visibility_seconds", [0, 8])
async def test_a_process_that_dies_in_a_creating_call_is_taken_up_from_the_cloud(
    action: str, kind: Kind, visibility_seconds: float
) -> None:
    rig = Rig.of("no-vswitch", visibility_seconds=visibility_seconds)
    await go_through(rig, Fault(action, kind))
    assert rig.crashes == 1
    assert {made: len(rig.made(made)) for made in MUTATING} == dict.fromkeys(MUTATING, 1)
