"""Units, points, statistics, usage and what is expected: only what is asked for is loaded."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from metering.models import MeteringPoint
from metering.quality import Quality
from metering.store import NO_VALUE
from metering.store.statistics.daytypes import DayType
from tests import factories as make
from tests.metering.store.summing_up import fold_days
from tests.queries import count_queries
from tests.validation.loading.world import DAY, HELSINKI, at, consumption, facts, metered, store, window
from validation.facts import Facts, Need
from validation.loading import load_facts
from validation.loading.profiles import shapes
from validation.models import ReferenceValue

pytestmark = pytest.mark.django_db


def test_units_are_those_of_each_series() -> None:
    wh, kwh = consumption(exponent=-1), consumption(obis="1-0:2.29.0", unit="kWh", exponent=2)
    found = facts(window(wh, kwh))
    assert found.units.tolist() == [0.1, 100]
    assert found.unit_names == ("Wh", "kWh")
    assert not found.signed


def test_momentary_quantities_may_be_negative() -> None:
    power = make.make_series(metered()[0], "1-0:16.7.0", "W", kind="instantaneous")
    assert facts(window(power)).signed


def test_only_what_is_asked_for_is_loaded() -> None:
    loaded = window(consumption())
    for need in Need:
        found = facts(loaded, need)
        given = {name for name in _EMPTY.__dataclass_fields__ if not _same(getattr(found, name), getattr(_EMPTY, name))}
        assert given - {"units", "unit_names"} == _FIELDS[need], need


def _same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, dict) and one == other)


_EMPTY = Facts(np.ones(1), ("Wh",))
_FIELDS = {
    Need.STATISTICS: {"statistics"}, Need.MEDIANS: {"statistics"}, Need.USAGE: {"usage"},
    Need.OUTAGES: {"outages", "outage_touched"},
    Need.STANDS: {"stands"}, Need.SERVICE: {"in_service"}, Need.CHECK: {"check"}, Need.SIBLINGS: {"siblings"},
    Need.CAPACITY: {"capacity"}, Need.PARTNERS: set[str](), Need.HISTORY: {"history"}, Need.ANNUAL: {"annual"},
    Need.PROFILE: {"profile"},
}  # fmt: skip


def test_a_window_of_nothing_has_facts_of_nothing() -> None:
    found = load_facts(window(), frozenset(Need), HELSINKI)
    assert found.units.shape == (0,)
    assert found.stands is not None
    assert found.stands.shape[0] == 0


@pytest.mark.parametrize("need", [need for need in Need if need is not Need.HISTORY])
def test_the_number_of_queries_does_not_grow(need: Need) -> None:
    series = [consumption(metered(fuse_a=25)[0], interval_s=3_600) for _ in range(9)]
    for each in series:
        store(each, at("2026-03-10 00:00"), range(24))
    with count_queries() as few:
        facts(window(series[0]), need)
    with count_queries() as many:
        facts(window(*series, last=DAY + dt.timedelta(days=2)), need)
    assert few.number == many.number <= 15


def test_usage_is_that_of_the_days_that_had_ended() -> None:
    series = consumption(interval_s=3_600)
    store(series, dt.datetime(2026, 3, 7, tzinfo=dt.UTC), [*[2] * 24, *[3] * 24])
    store(series, dt.datetime(2026, 3, 9, tzinfo=dt.UTC), [5] * 24)
    store(series, dt.datetime(2026, 3, 3, tzinfo=dt.UTC), [5] * 23)
    usage = facts(window(series), Need.USAGE).usage
    assert usage is not None
    assert usage.totals.shape == (1, 35)
    column = {day: (dt.date(2026, 3, day) - dt.date(1970, 1, 1)).days - usage.first_day for day in (3, 7, 8)}
    assert usage.totals[0, [column[7], column[8]]].tolist() == [48, 72]
    assert column[8] == 34, "the UTC day of the 9th had not ended at midnight in Helsinki"
    assert usage.totals[0, column[3]] == NO_VALUE
    assert usage.maxima[0, [column[3], column[7]]].tolist() == [5, 2]
    assert not usage.estimated.any()


def test_usage_says_which_days_hold_estimates() -> None:
    series = consumption(interval_s=3_600)
    store(series, dt.datetime(2026, 3, 7, tzinfo=dt.UTC), [2] * 24, Quality.ESTIMATED)
    usage = facts(window(series, series), Need.USAGE).usage
    assert usage is not None
    assert usage.estimated.sum(axis=1).tolist() == [1, 1]


def test_a_device_in_place_at_a_connected_point_is_in_service() -> None:
    there, gone = consumption(metered(end=at("2026-03-10 06:10"))[0]), consumption(metered(state="closed")[0])
    found = window(there, gone)
    service = facts(found, Need.SERVICE).in_service
    assert service is not None
    assert service[:, found.judged].sum(axis=1).tolist() == [25, 0]


def test_before_the_first_device_that_is_known_of_a_point_counts_as_in_service() -> None:
    later, never = consumption(metered(start=at("2026-03-10 06:10"))[0]), consumption()
    found = window(later, never)
    service = facts(found, Need.SERVICE).in_service
    assert service is not None
    assert service[:, found.judged].all()


def test_siblings_share_a_metering_point() -> None:
    point = metered()[0]
    found = window(consumption(point), consumption(point, obis="1-0:2.29.0"), consumption())
    siblings = facts(found, Need.SIBLINGS).siblings
    assert siblings is not None
    assert siblings[0] == siblings[1] != siblings[2]


def test_capacity_is_what_fuse_and_phases_let_through() -> None:
    point = metered(fuse_a=25, phases=3)[0]
    gas = metered(fuse_a=25, energy_type="gas")[0]
    series = [
        consumption(point, exponent=-1),
        consumption(point, obis="1-0:2.29.0", unit="kWh", exponent=-3),
        consumption(point, obis="1-0:3.29.0", unit="varh"),
        make.make_series(point, "1-0:1.7.0", "W", kind="instantaneous"),
        make.make_series(point, "1-0:32.7.0", "V", kind="instantaneous"),
        consumption(),
        consumption(gas),
    ]
    capacity = facts(window(*series), Need.CAPACITY).capacity
    power = 25 * 3 * 230
    assert capacity is not None
    assert np.array_equal(
        capacity, [power / 4 * 10, power / 4, power / 4, power, np.nan, np.nan, np.nan], equal_nan=True
    )


def test_what_is_expected_of_a_year_is_the_latest_that_holds() -> None:
    series, none = consumption(exponent=2), consumption()
    for day, value in ((dt.date(2025, 1, 1), 1), (DAY, 4_000_000), (DAY + dt.timedelta(days=1), 9)):
        ReferenceValue.objects.create(series=series, value=Decimal(value), valid_from=day)
    ReferenceValue.objects.create(series=none, value=Decimal(9), valid_from=DAY, kind="period")
    annual = facts(window(series, none), Need.ANNUAL).annual
    assert annual is not None
    assert annual[0] == 40_000
    assert np.isnan(annual[1])


def test_a_class_profile_is_1_on_average() -> None:
    for customers in shapes().values():
        for shape in customers.values():
            assert shape.shape == (12, 3, 24)
            assert (shape >= 0).all()
            weights = np.array([5, 1, 1])[:, None] * np.array([31, 28.2425, 31, 30, 31, 30] * 2)[:, None, None]
            assert 0.95 < (shape * weights).sum() / (weights.sum() * 24) < 1.05


def test_a_class_profile_follows_local_time_and_the_customer() -> None:
    def customer(kind: str) -> MeteringPoint:
        point = metered()[0]
        owner = make.make_customer(point.utility, customer_type=kind)
        make.make_contract(point, owner, validity=DateRange(dt.date(2026, 1, 1), None))
        return point

    household, producer, nobody = consumption(customer("household")), consumption(customer("producer")), consumption()
    cold = consumption(metered(energy_type="cold")[0])
    first, last = dt.date(2026, 3, 27), dt.date(2026, 3, 30)
    found = window(household, producer, nobody, cold, first=first, last=last)
    profile = facts(found, Need.PROFILE).profile
    assert profile is not None
    home, sun = shapes()["electricity"]["household"], shapes()["electricity"]["producer"]
    march = 2
    hours = profile[0, found.edges[0] : found.edges[1] : 4]
    assert np.array_equal(hours, home[march, DayType.WORKING])
    changed = profile[1, found.edges[2] : found.edges[3] : 4]
    assert np.array_equal(changed, np.delete(sun[march, DayType.SUNDAY], 3)), "the hour from 3 to 4 is left out"
    assert np.array_equal(profile[2], profile[0])
    assert np.array_equal(profile[3, found.edges[3] :: 4], shapes()["cold"]["business"][march, DayType.WORKING])


def test_public_holidays_have_the_profile_of_sundays() -> None:
    found = window(consumption(), first=dt.date(2026, 5, 1))
    profile = facts(found, Need.PROFILE).profile
    assert profile is not None
    sunday = shapes()["electricity"]["household"][4, DayType.SUNDAY]
    assert np.array_equal(profile[0, found.edges[0] :: 4], sunday)


def test_statistics_are_those_of_the_months_before() -> None:
    series, new = consumption(interval_s=3_600), consumption(interval_s=3_600)
    for number in range(28):
        store(series, dt.datetime(2026, 2, 1 + number, tzinfo=dt.UTC), [number % 7] * 24)
    fold_days(dt.date(2026, 2, 1), 28)
    found = facts(window(series, new), Need.MEDIANS, Need.ANNUAL)
    assert found.statistics is not None
    assert found.annual is not None
    assert found.statistics.average[0, DayType.ALL] == 3
    assert found.statistics.daily_average[0, DayType.SUNDAY] == 0
    assert found.statistics.maximum[0, DayType.ALL] == 6
    assert found.statistics.median[0, DayType.ALL] == pytest.approx(3)
    assert np.isnan(found.statistics.median[1]).all()
    assert found.annual[0] == pytest.approx(3 * 24 * 365.2425)
    assert np.isnan(found.annual[1])
