"""Estimates from a level: check meter, outage, fixed values and totals, register spread, flat, class profile."""

import numpy as np
import pytest

from tests.validation.estimators.block import MONDAY, marks, number, row, said
from validation.estimators.days import JudgedDays
from validation.estimators.levels import (
    Span,
    check_meter,
    class_profile,
    fixed_total,
    fixed_value,
    flat,
    outage_zero,
    register_spread,
    shares_of_day,
)
from validation.estimators.segments import Segments
from validation.estimators.settling import settle


def test_the_check_meter_answers_where_it_is_usable() -> None:
    check = row(10, 20, None, 40)
    assert said(check_meter(check, check > 0, marks(".xxx"), 1.02)) == [None, pytest.approx(20.4), None, 40.8]


def test_an_outage_is_zero_and_nothing_else_is() -> None:
    assert said(outage_zero(marks("xx.."), marks(".xx."))) == [None, 0, None, None]


def test_a_fixed_value_may_differ_by_row() -> None:
    wanted = np.vstack([marks("x."), marks(".x")])
    answer = fixed_value(np.array([[5.0], [7.0]]), wanted)
    assert (answer[0, 0], answer[1, 1], int(np.isnan(answer).sum())) == (5, 7, 2)


def test_a_fixed_total_is_spread_over_gap_day_or_row() -> None:
    """Seven slots, of which the first is context and three each are a day; two gaps of three slots."""
    days = JudgedDays.of(number(MONDAY), [1, 4, 7], 3)
    wanted = marks("xxx.xxx")
    assert said(fixed_total(12, wanted, Span.GAP)) == [4, 4, 4, None, 4, 4, 4]
    assert said(fixed_total(12, wanted, Span.DAY, days)) == [None, 6, 6, None, 4, 4, 4]
    assert said(fixed_total(12, wanted, Span.ROW)) == [2, 2, 2, None, 2, 2, 2]


def test_every_row_may_have_its_own_fixed_total() -> None:
    wanted = np.vstack([marks("xx."), marks("..x"), marks("...")])
    answer = fixed_total(np.array([10.0, 20.0, 30.0]), wanted, Span.ROW)
    assert np.nansum(answer, axis=1).tolist() == [10, 20, 0]


def test_a_fixed_total_stays_whole_in_integers() -> None:
    wanted = marks(".xxx.")
    segments = Segments.of(row(None, *[None] * 5), row(*[None] * 5), marks("....."), wanted)
    assert settle(fixed_total(10, wanted, Span.GAP), segments).values[0, 1:4].tolist() == [4, 3, 3]


def test_a_total_per_day_needs_days() -> None:
    with pytest.raises(ValueError, match="know the days"):
        fixed_total(1, marks("x"), Span.DAY)


def test_the_register_difference_is_spread_evenly_where_both_stands_are_known() -> None:
    wanted = marks(".xx.x")
    segments = Segments.of(row(0, 4, None, None, 10, None), row(4, None, None, 0, None), marks("x..x."), wanted)
    assert said(register_spread(segments, wanted.shape)) == [None, 3, 3, None, None]


def test_flat_gives_a_short_day_less_and_an_unknown_load_nothing() -> None:
    days = JudgedDays.of(number(MONDAY), [1, 24], 24, changes=3)
    answer = flat(np.array([48.0, np.nan]), days, np.ones((2, 24), np.bool_))
    assert np.isnan(answer[0, 0])
    assert answer[0, 1:].tolist() == [2] * 23
    assert np.isnan(answer[1]).all()


def test_a_class_profile_keeps_its_shape_and_seasons() -> None:
    """Two days of four slots of which the second has twice the energy; the average day is 100."""
    curve = np.array([[1.0, 2, 3, 4], [2, 4, 6, 8]])
    shape = shares_of_day(curve)
    assert shape.sum(axis=1).tolist() == pytest.approx([10 / 15, 20 / 15])
    days = JudgedDays.of(number(MONDAY), [0, 4, 8], 4)
    answer = class_profile(shape, np.array([150.0]), days, np.ones((1, 8), np.bool_))
    assert answer[0].tolist() == pytest.approx([10, 20, 30, 40, 20, 40, 60, 80])


def test_class_profiles_may_differ_by_row_and_follow_the_wall_clock() -> None:
    shape = np.array([[[0.1, 0.2, 0.3, 0.4]], [[0.25] * 4]])
    days = JudgedDays.of(number(MONDAY), [0, 5], 4, changes=1)
    answer = class_profile(shape, np.array([10.0, 20.0]), days, np.ones((2, 5), np.bool_))
    assert answer[0].tolist() == [1, 2, 2, 3, 4]
    assert answer[1].tolist() == [5] * 5


def test_a_curve_of_nothing_has_no_shape() -> None:
    assert np.isnan(shares_of_day(np.zeros((2, 1, 4)))).all()
