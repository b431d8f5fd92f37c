from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ecs_dr.simulator.clock import AcceleratedClock, ManualClock, RealClock, timestamp

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_a_manual_clock_moves_only_when_it_is_moved() -> None:
    clock = ManualClock(START)
    assert clock.now() == START
    assert clock.advance(90) == START + timedelta(seconds=90)
    clock.set(START + timedelta(hours=1))
    assert clock.now() == START + timedelta(hours=1)


def test_no_clock_runs_backward() -> None:
    clock = ManualClock(START)
    with pytest.raises(ValueError, match="backward"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="backward"):
        clock.set(START - timedelta(seconds=1))


def test_an_accelerated_clock_multiplies_the_time_that_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = [100.0]
    monkeypatch.setattr("ecs_dr.simulator.clock.time.monotonic", lambda: real[0])
    clock = AcceleratedClock(60, START)
    real[0] += 2
    assert clock.now() == START + timedelta(seconds=120)


@pytest.mark.parametrize("speed", [0, -1])
def test_a_clock_needs_a_positive_speed(speed: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        AcceleratedClock(speed)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ManualClock(datetime(2026, 11, 22))  # noqa: DTZ001 - the mistake that is refused


def test_the_real_clock_is_in_utc() -> None:
    assert RealClock().now().tzinfo is UTC


def test_moments_are_written_as_the_api_writes_them() -> None:
    assert timestamp(START) == "2026-11-22T08:00:00Z"
    assert timestamp(START, seconds=False) == "2026-11-22T08:00Z"
    assert timestamp(None) == ""
