"""Outages as masks over the columns."""

from __future__ import annotations

import datetime as dt

import pytest

from devices.models import Device, Installation
from events.models import Outage, PlannedOutage
from tests import factories as make
from tests.validation.loading.world import DAY, HELSINKI, LONG_AGO, at, consumption, facts, metered, window
from validation.facts import Need
from validation.window import Bools, Window

pytestmark = pytest.mark.django_db


def outage(device: Device, start: str, end: str | None) -> Outage:
    return Outage.objects.create(
        device=device, started_at=at(start), ended_at=None if end is None else at(end), start_source="log"
    )


def masks(found: Window) -> tuple[list[str], list[str]]:
    """When the intervals wholly in an outage begin, and those touched by one, in the first row."""
    loaded = facts(found, Need.OUTAGES)
    assert loaded.outages is not None
    assert loaded.outage_touched is not None
    return _clock(found, loaded.outages), _clock(found, loaded.outage_touched)


def _clock(found: Window, mask: Bools) -> list[str]:
    starts = [dt.datetime.fromtimestamp(second, HELSINKI) for second in found.starts[mask[0]].tolist()]
    return [f"{each:%d %H:%M}" for each in starts]


def test_an_interval_is_in_an_outage_or_touched_by_it() -> None:
    point, device = metered()
    outage(device, "2026-03-10 10:05", "2026-03-10 10:45")
    whole, touched = masks(window(consumption(point)))
    assert whole == ["10 10:15", "10 10:30"]
    assert touched == ["10 10:00", "10 10:15", "10 10:30"]


def test_a_moment_without_power_touches_its_interval() -> None:
    point, device = metered()
    outage(device, "2026-03-10 10:00", "2026-03-10 10:00")
    assert masks(window(consumption(point))) == ([], ["10 10:00"])


def test_an_outage_over_midnight_is_seen_from_both_days() -> None:
    point, device = metered()
    outage(device, "2026-03-09 23:30", "2026-03-10 00:30")
    series = consumption(point)
    whole, _ = masks(window(series))
    assert whole == ["09 23:30", "09 23:45", "10 00:00", "10 00:15"]
    assert masks(window(series, first=DAY + dt.timedelta(days=1))) == ([], [])


def test_an_open_outage_lasts_until_the_device_is_taken_down() -> None:
    point, device = metered(LONG_AGO, at("2026-03-10 23:30"))
    outage(device, "2026-03-10 22:59", None)
    Installation.objects.create(
        device=make.make_device(point.utility), metering_point=point, period=(at("2026-03-10 23:30"), None)
    )
    whole, touched = masks(window(consumption(point)))
    assert whole == ["10 23:00", "10 23:15"]
    assert touched == ["10 22:45", *whole]


def test_outages_of_a_device_elsewhere_are_none_here() -> None:
    point, device = metered(at("2026-03-10 12:00"))
    elsewhere = make.make_metering_point(point.utility)
    Installation.objects.create(device=device, metering_point=elsewhere, period=(LONG_AGO, at("2026-03-10 12:00")))
    outage(device, "2026-03-10 10:00", "2026-03-10 11:00")
    found = window(consumption(point), consumption(elsewhere))
    loaded = facts(found, Need.OUTAGES).outages
    assert loaded is not None
    assert loaded.sum(axis=1).tolist() == [0, 4]


def test_announced_work_touches_and_proves_nothing() -> None:
    utility = make.make_utility()
    point, device = metered(transformer_area=make.make_transformer_area(utility))
    assert point.transformer_area is not None
    PlannedOutage.objects.create(
        area=point.transformer_area, starts_at=at("2026-03-10 08:00"), ends_at=at("2026-03-10 09:00"), reason="Work"
    )
    outage(device, "2026-03-10 08:30", "2026-03-10 08:45")
    whole, touched = masks(window(consumption(point)))
    assert whole == ["10 08:30"]
    assert touched == ["10 08:00", "10 08:15", "10 08:30", "10 08:45"]


def test_an_outage_over_the_hour_that_comes_twice() -> None:
    point, device = metered()
    outage(device, "2026-10-25 02:30", "2026-10-25 04:30")
    whole, _ = masks(window(consumption(point), first=dt.date(2026, 10, 25)))
    assert len(whole) == 12, "three hours passed"
