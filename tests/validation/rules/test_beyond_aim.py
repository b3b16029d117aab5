"""Conditions AIM does not have, each on values made by hand, with what they keep silent about."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from metering.quality import EstimationMethod, Quality, estimated_by
from metering.store.batch import NO_VALUE
from tests.validation.rules.hours import HOURS, MONDAY, ask, columns, facts, hours, usual
from validation.conditions.condition import conditions
from validation.facts import Facts, Usage
from validation.window import Window

FLAT = [100] * HOURS
ESTIMATED = estimated_by(EstimationMethod.LINEAR)


def _with(**others: int | None) -> list[int | None]:
    day: list[int | None] = [*FLAT]
    for hour, value in others.items():
        day[int(hour[1:])] = value
    return day


def _usage(*totals: int, maxima: int = 500, estimated: int = 0) -> Usage:
    """Totals of the days before Monday, the last `estimated` of them with estimates."""
    rows = np.array([totals], np.int64)
    doubtful = np.arange(len(totals))[None] >= len(totals) - estimated
    return Usage(MONDAY - len(totals), rows, np.where(rows == 0, 0, maxima), doubtful)


def test_the_published_spikes() -> None:
    """185.7 % above the third highest fails the usual 180 %, 177.8 % passes."""
    found = ask("spike", hours([1, 7, 20, 7, *[1] * 20]))
    passed = ask("spike", hours([1, 9, 25, 9, *[1] * 20]))

    assert columns(found.failing) == [2]
    assert found.limit is not None
    assert found.limit[0, 2] == pytest.approx(7 * 2.8)
    assert not passed.failing.any()


def test_a_spike_below_the_floor_is_none() -> None:
    day = hours([1, 7, 20, 7, *[1] * 20])

    assert not ask("spike", day, floor="21 Wh").failing.any()
    assert columns(ask("spike", day, floor="0.02 kWh").failing) == [2]


def test_a_limit_in_another_unit_says_nothing_and_why() -> None:
    window = hours([1, 7, 20, 7, *[1] * 20], FLAT)

    outcome = ask("spike", window, facts(window), floor="1 m3")

    assert not outcome.failing.any()
    ((reason, rows),) = outcome.not_judged.items()
    assert "the limit is in m3, the series in Wh" in reason
    assert rows.all()


def test_more_than_fuse_and_phases() -> None:
    window = hours(_with(h5=1_201, h6=1_200), FLAT)
    known = facts(window, capacity=np.array([1_000.0, np.nan]))

    outcome = ask("above_capacity", window, known)

    assert columns(outcome.failing) == [5]
    assert [rows.tolist() for rows in outcome.not_judged.values()] == [[False, True]]


def test_a_peak_above_the_highest_so_far() -> None:
    window = hours(_with(h5=301, h6=300))

    assert columns(ask("above_peak", window, facts(window, statistics=usual(1, maximum=200))).failing) == [5]
    unknown = ask("above_peak", window, facts(window, statistics=usual(np.nan)))
    assert "no whole month of values yet" in unknown.not_judged
    assert not unknown.failing.any()


def test_a_step_goes_by_the_last_good_value() -> None:
    window = hours(_with(h5=None, h6=1_101, h7=1_100))

    outcome = ask("step", window)

    assert columns(outcome.failing) == [6]
    assert outcome.limit is not None
    assert outcome.limit[0, 6] == 1_100


def test_flat_and_long_zero() -> None:
    window = hours([1, *[50] * 6, *range(1, 12), *[0] * 6])
    off = facts(window, outage_touched=np.zeros(window.shape, np.bool_))

    assert columns(ask("flat", window, minutes=360).failing) == [1, 2, 3, 4, 5, 6]
    assert columns(ask("flat", window, minutes=360, zeros=True).failing)[-1] == 23
    assert columns(ask("long_zero", window, off, minutes=360).failing) == list(range(18, 24))
    assert not ask("long_zero", window, off, minutes=361).failing.any()


def test_zero_days_count_those_before() -> None:
    window = hours([0] * HOURS)

    assert ask("zero_days", window, facts(window, usage=_usage(5, 0, 0)), days=3).failing.all()
    assert not ask("zero_days", window, facts(window, usage=_usage(0, 5, 0)), days=3).failing.any()


def test_a_day_goes_by_the_days_before() -> None:
    window = hours([200] * HOURS)
    known = facts(window, usage=_usage(*[1_500] * 6))

    assert ask("usage_outside", window, known, high=300).failing.all()
    assert not ask("usage_outside", window, known, high=320).failing.any()
    assert ask("usage_change", window, known, change=68).failing.all()
    assert not ask("usage_change", window, known, change=69).failing.any()


@pytest.mark.parametrize("usage", [_usage(1_500, 1_500), _usage(*[1_500] * 6, estimated=4)])
def test_days_that_are_too_few_or_estimated_are_no_measure(usage: Usage) -> None:
    window = hours([9_000] * HOURS)

    outcome = ask("usage_outside", window, facts(window, usage=usage))

    assert not outcome.failing.any()
    assert "too few days of measured values before" in outcome.not_judged


def test_the_sum_of_a_day_and_its_register() -> None:
    window = hours(FLAT, FLAT, FLAT)
    stands = np.full((3, HOURS + 1), NO_VALUE)
    stands[:2, 0] = 1_000
    stands[:2, HOURS] = 1_000 + np.array([2_401, 2_400])
    known = facts(window, stands=stands)

    outcome = ask("sum_check", window, known)

    assert outcome.failing.all(axis=1).tolist() == [True, False, False]
    assert [rows.tolist() for rows in outcome.not_judged.values()] == [[False, False, True]]
    assert not ask("sum_check", window, known, tolerance="1 Wh").failing.any()


def test_a_multiplier_left_out() -> None:
    window = hours(FLAT)
    stands = np.full((1, HOURS + 1), NO_VALUE)
    stands[0, [0, HOURS]] = 0, 96_000

    assert not ask("wrong_multiplier", window, facts(window, stands=stands)).failing.any()
    stands[0, HOURS] = 24_000
    assert ask("wrong_multiplier", window, facts(window, stands=stands)).failing.all()


def test_status_of_the_meter_but_not_of_a_file() -> None:
    of_file = 0b1001110 << 25 | 0b10
    window = hours(_with(h7=None), status={(0, 4): 0b10, (0, 5): of_file, (0, 6): 0b100, (0, 7): 0b10})

    assert columns(ask("meter_state", window, state="clock_invalid").failing) == [4]
    assert columns(ask("status_bits", window, bits=6).failing) == [4, 6]


def test_energy_without_service_or_in_an_outage() -> None:
    window = hours(_with(h2=0))
    first = np.zeros(window.shape, np.bool_)
    first[0, :4] = True

    assert columns(ask("inactive", window, facts(window, in_service=~first)).failing) == [0, 1, 3]
    assert columns(ask("in_outage", window, facts(window, outages=first)).failing) == [0, 1, 3]
    assert not ask("in_outage", window, facts(window, outages=first), floor="100 Wh").failing.any()


def test_estimates_for_days() -> None:
    window = hours(_with(h4=None), quality={(0, 3): ESTIMATED})
    known = facts(window, usage=_usage(5, 5, 5, estimated=2))

    assert columns(ask("many_estimates", window, known, days=3).failing) == [3, 4]
    assert not ask("many_estimates", window, known, days=4).failing.any()


def test_values_of_one_quality_for_long() -> None:
    window = hours(FLAT, quality={(0, hour): Quality.REJECTED for hour in (3, 4, 5, 9)})

    assert columns(ask("same_quality", window, quality="suspect", minutes=180).failing) == [3, 4, 5]


def test_a_channel_is_missing_beside_another() -> None:
    window = hours(_with(h5=None, h6=None), _with(h6=None), _with(h5=None))

    outcome = ask("beside_siblings", window, facts(window, siblings=np.array([7, 7, 8])))

    assert [columns(outcome.failing, row) for row in range(3)] == [[5], [], []]


def test_main_and_check_meter() -> None:
    window = hours(_with(h5=103, h6=102), FLAT)
    check = np.full(window.shape, 100)
    check[1] = NO_VALUE

    outcome = ask("check_meter", window, facts(window, check=check))

    assert columns(outcome.failing) == [5]
    assert [rows.tolist() for rows in outcome.not_judged.values()] == [[False, True]]


def test_power_factor_in_units_of_another_size() -> None:
    window = hours(FLAT)
    reactive = np.full(window.shape, 100)
    reactive[0, 5] = 200
    known = facts(window, partners={"reactive": reactive}, partner_units={"reactive": np.array([1.0])})

    assert columns(ask("power_factor", window, known).failing) == [5]
    assert ask("power_factor", window, facts(window)).not_judged["no series of reactive energy"].all()


def test_one_phase_without_voltage() -> None:
    window = hours(FLAT)
    codes = ("1-0:32.7.0", "1-0:52.7.0", "1-0:72.7.0")
    volts = {code: np.full(window.shape, 2_310) for code in codes}
    volts[codes[1]][0, 5] = 20
    tenths = {code: np.array([0.1]) for code in codes}

    assert columns(ask("missing_phase", window, facts(window, partners=volts, partner_units=tenths)).failing) == [5]


@pytest.mark.parametrize(
    ("unit", "worth", "sentinel"),
    [("Wh", 1.0, 4_294_967_295), ("kWh", 0.001, 4_294_967_295), ("m³", 0.001, 2**31 - 1)],
)
def test_numbers_that_stand_for_errors(unit: str, worth: float, sentinel: int) -> None:
    window = hours(_with(h5=sentinel))

    assert columns(ask("sentinel", window, facts(window, unit=unit, worth=worth)).failing) == [5]


def test_sentinels_of_series_of_several_units_in_one_batch() -> None:
    window = hours(_with(h5=8_590_000), _with(h5=8_590_000))
    mixed = Facts(np.array([1.0, 10.0]), ("Wh", "Wh"))

    assert [columns(ask("sentinel", window, mixed).failing, row) for row in (0, 1)] == [[5], []]


@pytest.mark.parametrize("value", [None, 0])
def test_nothing_at_all_and_nothing_but_zero(value: int | None, everything: tuple[str, ...]) -> None:
    """A year of zeros, and of nothing: every condition answers, and only those speak that can know."""
    window = hours([value] * HOURS * 365)
    for code in everything:
        outcome = ask(code, window, _all_known(window), **_REQUIRED.get(code, {}))
        assert outcome.failing.shape == window.shape
        assert outcome.failing.any() == (code in _EXPECTED[value])


def test_a_series_with_one_value(everything: tuple[str, ...]) -> None:
    window = hours([5, *[None] * 23])
    for code in everything:
        assert ask(code, window, _all_known(window), **_REQUIRED.get(code, {})).failing.shape == window.shape


_REQUIRED: dict[str, dict[str, Any]] = {
    "higher_than": {"limit": "1 Wh"},
    "lower_than": {"limit": "0 Wh"},
    "check_function": {"formula": "value / value > 1"},
    "status_bits": {"bits": 1},
}
_EXPECTED = {
    None: {"missing", "anything", "many_estimates"},
    0: {"zero", "anything", "not_missing", "long_zero", "zero_days"},
}


def _all_known(window: Window) -> Facts:
    """Facts of a series nobody knows anything about yet."""
    rows, slots = window.shape
    nowhere = np.zeros(window.shape, np.bool_)
    nothing = np.full((rows, 30), NO_VALUE)
    return facts(
        window,
        statistics=usual(np.nan, rows),
        usage=Usage(MONDAY - 30, nothing, nothing, nothing == 0),
        outages=nowhere,
        outage_touched=nowhere,
        stands=np.full((rows, slots + 1), NO_VALUE),
        in_service=~nowhere,
        check=np.full(window.shape, NO_VALUE),
        siblings=np.arange(rows),
        capacity=np.full(rows, np.nan),
    )


@pytest.fixture(scope="module")
def everything() -> tuple[str, ...]:
    """The codes of all conditions."""
    return tuple(each.code for each in conditions())
