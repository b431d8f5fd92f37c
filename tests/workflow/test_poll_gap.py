"""The gap between two looks at an image: adaptive, and never above the limit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.domain.images.model import Image
from ecs_dr.workflow.reads.image_watch import LONGEST_LAST_GAP_SECONDS, SHORTEST_GAP_SECONDS, poll_gap

LIMIT = 60.0


def image(progress: int | None) -> Image:
    return Image(image_id="m-1", name="n", status="Creating", progress=progress)


progresses = st.none() | st.integers(min_value=0, max_value=100)
elapsed = st.floats(min_value=0, max_value=86_400)
limits = st.floats(min_value=0.1, max_value=3_600)


@given(progresses, elapsed, limits)
def test_the_gap_is_never_above_the_limit_and_never_zero(progress: int | None, waited: float, limit: float) -> None:
    gap = poll_gap(image(progress), waited, limit)
    assert 0 < gap <= limit


@given(progresses, elapsed, limits)
def test_the_gap_is_at_least_three_seconds_unless_the_limit_is_lower(
    progress: int | None, waited: float, limit: float
) -> None:
    assert poll_gap(image(progress), waited, limit) >= min(SHORTEST_GAP_SECONDS, limit)


@given(elapsed, limits, st.integers(1, 99), st.integers(1, 99))
def test_a_further_image_is_looked_at_no_later(waited: float, limit: float, one: int, other: int) -> None:
    less, more = sorted((one, other))
    assert poll_gap(image(more), waited, limit) <= poll_gap(image(less), waited, limit)


def test_half_of_the_least_that_can_be_left_is_waited() -> None:
    # 74 % may be as good as 75: then 50 s of 200 are left.
    assert poll_gap(image(74), 150, LIMIT) == 25.0


def test_at_99_percent_a_long_image_is_not_left_alone_for_half_of_a_percent() -> None:
    assert poll_gap(image(99), 4 * 3600, LIMIT) == LONGEST_LAST_GAP_SECONDS
    assert poll_gap(image(99), 3600, LIMIT) == 4.5


def test_an_image_that_is_nearly_done_is_looked_at_soon() -> None:
    assert poll_gap(image(99), 300, LIMIT) == SHORTEST_GAP_SECONDS


def test_without_a_progress_figure_the_gap_grows_with_the_time_so_far() -> None:
    assert poll_gap(None, 0, LIMIT) == SHORTEST_GAP_SECONDS
    assert poll_gap(image(None), 200, LIMIT) == 20.0
    assert poll_gap(image(0), 10_000, LIMIT) == LIMIT
