"""What is validated every day without anybody asking."""

from __future__ import annotations

import datetime as dt

import pytest

from metering.models import Series
from tests.validation.loading.world import at, consumption, store
from tests.validation.services.test_validating import MISSING
from tests.validation.services.world import curve, found, rule_set
from validation.models import Run
from validation.models.rules import Role
from validation.services.daily import CATCH_UP_DAYS, plan_daily
from validation.services.runs import work_run

pytestmark = pytest.mark.django_db


def on_file(day: str) -> Series:
    """A series that came on file at noon of a day."""
    series = consumption()
    Series.objects.update(created_at=at(f"{day} 12:00"))
    return series


def planned(now: dt.datetime) -> list[tuple[str, dt.date]]:
    """Order what is due, and all runs there are then."""
    plan_daily(now)
    return list(Run.objects.order_by("role", "first_day").values_list("role", "first_day"))


def test_yesterday_is_validated_once_from_six_in_the_morning() -> None:
    on_file("2026-03-10")
    assert planned(at("2026-03-10 18:00")) == []
    assert planned(at("2026-03-11 05:59")) == []
    once = [(Role.ARRIVAL, dt.date(2026, 3, 10))]
    assert planned(at("2026-03-11 06:00")) == once
    assert planned(at("2026-03-11 18:00")) == once
    assert planned(at("2026-03-12 06:00")) == [*once, (Role.ARRIVAL, dt.date(2026, 3, 11))]


def test_days_of_a_standstill_are_made_up_for() -> None:
    on_file("2026-03-10")
    planned(at("2026-03-11 06:00"))
    days = [day for _, day in planned(at("2026-04-01 06:00"))]
    assert days[1:] == [dt.date(2026, 4, 1) - dt.timedelta(days=back) for back in range(CATCH_UP_DAYS, 0, -1)]


def test_estimates_become_final_days_later() -> None:
    series = on_file("2026-03-10")
    rule_set(series, MISSING, role=Role.FINAL)
    assert planned(at("2026-03-11 06:00"))[-1] == (Role.FINAL, dt.date(2026, 3, 6))


def test_a_day_without_anything_is_found() -> None:
    """Nothing arrives, so nothing is in the queue: the run of the day finds what is missing as a whole."""
    series = on_file("2026-03-10")
    rule_set(series, MISSING)
    store(series, at("2026-03-09 00:00"), curve(1))
    planned(at("2026-03-11 06:00"))
    work_run(Run.objects.get().pk)
    assert [(each.day, each.count) for each in found()] == [(dt.date(2026, 3, 10), 96)]
