"""Whether a clock is corrected, and how."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from headend.clock import ClockRules, How, cuts_interval, decide

RULES = ClockRules(tolerance_s=10, sync_limit_s=60, largest_s=3600, boundary_s=60, left=2)
QUARTER = 900
MIDDLE = datetime(2026, 6, 1, 12, 7, 30, tzinfo=UTC)
"""The middle of a quarter of an hour."""


@pytest.mark.parametrize(
    ("offset_s", "how"),
    [
        (0, None), (10, None), (-10, None), (10.1, How.SHIFTED), (-60, How.SHIFTED), (60.5, How.SET), (-300, How.SET),
        (3600, How.SET), (3600.5, None), (-86_400, None),
    ],
)  # fmt: skip
def test_small_deviations_are_shifted_larger_ones_set_and_the_largest_left_to_a_person(
    offset_s: float, how: How | None
) -> None:
    assert decide(RULES, offset_s, MIDDLE, QUARTER) == how


def test_nothing_is_done_when_the_day_is_used_up() -> None:
    assert decide(replace(RULES, left=0), 300, MIDDLE, QUARTER) is None
    assert decide(replace(RULES, left=-1), 300, MIDDLE, QUARTER) is None


@pytest.mark.parametrize("minute", range(15))
def test_no_end_of_a_period_is_passed_or_repeated(minute: int) -> None:
    """Two minutes fast: the device passed the end of its period that we have not reached, or is about to."""
    now = MIDDLE.replace(minute=minute, second=0)
    device = now + timedelta(seconds=120)
    away = 1 <= minute <= 14 and 1 <= device.minute <= 14
    assert decide(RULES, 120, now, QUARTER) == (How.SET if away and device.minute < 15 else None)


@pytest.mark.parametrize(
    ("before", "after", "cut"),
    [
        (450, 500, False), (59, 500, True), (500, 841, True), (450, 1350, False), (700, 1100, True), (841, 300, True),
        (60, 840, False),
    ],
)  # fmt: skip
def test_what_cuts_an_interval(before: float, after: float, cut: bool) -> None:
    assert cuts_interval(before, after, QUARTER, 60) is cut
    assert cuts_interval(after, before, QUARTER, 60) is cut


def test_a_wide_margin_leaves_the_middle_of_every_period() -> None:
    assert not cuts_interval(150, 160, 300, 1800)
    assert cuts_interval(70, 150, 300, 1800)
