"""Four large customers and a check meter, whose values a metering service sends by file, with what goes wrong in life.

Every damage is declared here, by days before the day of the file, so it can be looked up what validation has to find:
see `PLANTS`. Values are made by number and slot, the same each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from integration.formats.table.mapping import Columns, Fixed, Layout, Mapping, Numbers, Source, Times
from integration.formats.table.mapping_json import to_json
from metering.intervals import local_day, to_seconds
from metering.models.parties import CustomerType
from metering.store import NO_VALUE

INTERVAL_S = 900
DAYS = 28
LATE_DAYS_AGO = 8
_A_DAY = 96
_MOST = 100
_POINT, _DAY = "Point", "Day"

Energy = NDArray[np.int64]
Change = Callable[[Energy], Energy]


@dataclass(frozen=True, slots=True)
class Damage:
    """What becomes of `count` quarter hours from local `hour` on, so many days before the day of the file."""

    days_ago: int
    hour: float
    count: int
    change: Change


@dataclass(frozen=True, slots=True)
class Plant:
    """A large customer: its load in kW, always and at work, and the damages of its values."""

    name: str
    kind: CustomerType
    base_kw: float
    work_kw: float
    fuse_a: int
    damages: tuple[Damage, ...] = ()


def missing(energy: Energy) -> Energy:
    """Nothing was sent."""
    return np.full_like(energy, NO_VALUE)


def error_code(energy: Energy) -> Energy:
    """4,294,967.295 kWh: all 32 bits of a register in Wh set, which says that it could not be read."""
    return np.full_like(energy, 2**32 - 1)


def backwards(energy: Energy) -> Energy:
    """A meter connected the wrong way round."""
    return -energy


def stuck(energy: Energy) -> Energy:
    """The same value again and again."""
    return np.full_like(energy, energy[0])


def times(factor: float) -> Change:
    """A multiple of what was used."""
    return lambda energy: (energy * factor).astype(np.int64)


PLANTS = (
    Plant(
        "Konepaja Rautakoura Oy", CustomerType.INDUSTRY, 14, 46, 160,
        (Damage(6, 11, 3, missing), Damage(9, 8, 20, missing), Damage(4, 9, 12, times(1.3))),
    ),
    Plant(
        "Saha Tukkipoika Oy", CustomerType.INDUSTRY, 10, 60, 200,
        (Damage(3, 13, 1, times(5)), Damage(11, 2, 4, error_code), Damage(13, 15, 3, missing)),
    ),
    Plant(
        "Kasvihuone Tomaattila Oy", CustomerType.AGRICULTURE, 30, 20, 125,
        (Damage(2, 10, 3, backwards), Damage(LATE_DAYS_AGO, 0, _A_DAY, missing)),
    ),
    Plant(
        "Kylmävarasto Jääpuikko Oy", CustomerType.BUSINESS, 24, 12, 100,
        (Damage(5, 6, 56, stuck), Damage(17, 0, 3 * _A_DAY, missing)),
    ),
)  # fmt: skip
CHECKED = 0
"""The plant with a check meter: a metering point of its own that measures the same, undamaged."""


def mapping(zone: ZoneInfo) -> dict[str, Any]:
    """How the columns of the files are to be read."""
    return to_json(
        Mapping(
            source=Source(delimiter=";"),
            layout=Layout.WIDE_DAY,
            columns=Columns(point=_POINT, time=_DAY),
            fixed=Fixed(quantity="1-0:1.29.0", unit="kWh"),
            times=Times(format="yyyy-mm-dd", zone=zone.key, interval_s=INTERVAL_S),
            numbers=Numbers(decimal=".", negative=True),
        )
    )


def file(gsrns: Sequence[str], zone: ZoneInfo, today: date) -> Iterator[bytes]:
    """Four weeks up to yesterday of each plant, damaged, and of the check meter: its GSRN is the last."""
    first = today - timedelta(days=DAYS)
    yield _headings()
    for plant, gsrn in zip(PLANTS, gsrns, strict=False):
        yield _rows(gsrn, zone, first, _damaged(plant, zone, first, today))
    yield _rows(gsrns[-1], zone, first, used(PLANTS[CHECKED], zone, first, today))


def late_file(gsrns: Sequence[str], zone: ZoneInfo, today: date) -> Iterator[bytes]:
    """The day that one plant's values lacked, as it was measured."""
    day = today - timedelta(days=LATE_DAYS_AGO)
    yield _headings()
    for plant, gsrn in zip(PLANTS, gsrns, strict=False):
        if any(damage.days_ago == LATE_DAYS_AGO for damage in plant.damages):
            whole = used(plant, zone, today - timedelta(days=DAYS), today)
            yield _rows(gsrn, zone, day, whole[DAYS - LATE_DAYS_AGO :][:1])


def used(plant: Plant, zone: ZoneInfo, first: date, end: date) -> list[Energy]:
    """Wh in the quarter hours of each local day: more on working days from seven to five, within 5 % of the usual."""
    random = np.random.default_rng(PLANTS.index(plant))
    return [_day(plant, day, zone, random) for day in _days(first, end)]


def _days(first: date, end: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((end - first).days)]


def _day(plant: Plant, day: date, zone: ZoneInfo, random: np.random.Generator) -> Energy:
    start, end = (to_seconds(instant) for instant in local_day(day, zone))
    hour = np.arange((end - start) // INTERVAL_S) / 4
    busy = np.exp(-(((hour - 12) / 4.5) ** 4)) * (1.0 if day.weekday() < 5 else 0.15)
    power = (plant.base_kw + plant.work_kw * busy) * random.uniform(0.95, 1.05, len(hour))
    energy: Energy = (power * 1000 * INTERVAL_S / 3600).astype(np.int64)
    return energy


def _damaged(plant: Plant, zone: ZoneInfo, first: date, today: date) -> list[Energy]:
    days = used(plant, zone, first, today)
    bounds = np.cumsum([0, *(len(day) for day in days)])
    energy = np.concatenate(days)
    for damage in plant.damages:
        start = bounds[len(days) - damage.days_ago] + int(damage.hour * 4)
        hit = slice(start, start + damage.count)
        energy[hit] = damage.change(energy[hit])
    return np.split(energy, bounds[1:-1])


def _headings() -> bytes:
    return f"{_POINT};{_DAY};{';'.join(map(str, range(1, _MOST + 1)))}\r\n".encode()


def _rows(gsrn: str, zone: ZoneInfo, first: date, days: Sequence[Energy]) -> bytes:
    return "".join(
        f"{gsrn};{first + timedelta(days=number)};{';'.join(map(_cell, day.tolist()))}{';' * (_MOST - len(day))}\r\n"
        for number, day in enumerate(days)
    ).encode()


def _cell(wh: int) -> str:
    return "" if wh == NO_VALUE else f"{wh / 1000:.3f}"
