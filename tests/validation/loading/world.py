"""Metered points with series, and short ways to say what is stored of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from devices.models import Device, Installation
from metering.intervals import DAY_S
from metering.models import MeteringPoint, Series
from metering.store import NO_VALUE, Origin, place, write
from tests import factories as make
from validation.facts import Facts, Need
from validation.loading import load_facts, load_window
from validation.window import Window

HELSINKI = ZoneInfo("Europe/Helsinki")
DAY = dt.date(2026, 3, 10)
LATER = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def at(text: str) -> dt.datetime:
    """An instant from what the clock shows in Helsinki: "2026-03-10 00:15"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=HELSINKI).astimezone(dt.UTC)


def metered(
    start: dt.datetime | None = LONG_AGO, end: dt.datetime | None = None, **fields: Any
) -> tuple[MeteringPoint, Device]:
    """A metering point in Finland and the device that hangs there from `start` to `end`."""
    utility = make.make_utility()
    utility.country = "FI"
    utility.save()
    point, device = make.make_metering_point(utility, **fields), make.make_device(utility)
    Installation.objects.create(device=device, metering_point=point, period=(start, end))
    return point, device


def consumption(point: MeteringPoint | None = None, obis: str = "1-0:1.29.0", **fields: Any) -> Series:
    """A consumption series, of a new metered point unless one is given."""
    return make.make_series(point or metered()[0], obis, **fields)


def store(series: Series, start: dt.datetime, values: Sequence[int | None], quality: int | None = None) -> None:
    """Store consecutive values, None where there is none."""
    numbers = np.array([NO_VALUE if value is None else value for value in values], np.int64)
    instants = (start.timestamp() + np.arange(len(values)) * (series.interval_s or DAY_S)).astype(np.int64)
    codes = None if quality is None else np.full(len(values), quality, np.uint8)
    given = numbers != NO_VALUE
    codes = None if codes is None else codes[given]
    counts = write(place(series.interval_s, series.pk, instants[given], numbers[given], codes).batch, origin=Origin())
    assert counts.refused == 0, counts.refusals


def window(*series: Series, first: dt.date = DAY, last: dt.date | None = None, **fields: Any) -> Window:
    """The window of these series over local days of Helsinki, long after they ended."""
    interval_s = series[0].interval_s if series else 900
    return load_window(
        [each.pk for each in series], first, last or first, HELSINKI, interval_s, **({"now": LATER} | fields)
    )


def facts(found: Window, *needs: Need) -> Facts:
    """These facts of a window."""
    return load_facts(found, frozenset(needs), HELSINKI)


def read_stand(series: Series, values: dict[str, int]) -> None:
    """Store register values by what the clock shows in Helsinki."""
    make.make_register_values(series, {at(text): value for text, value in values.items()})
