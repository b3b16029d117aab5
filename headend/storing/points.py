"""From readings to points of series: which series every column and register goes to, as flat columns for the store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headend.knowledge import Knowledge
from headend.plan import ProfileRows, RegisterValue
from headend.storing.outcome import Outcome
from metering.models import Series
from metering.quality import Quality
from metering.services.properties import kind_of
from metering.services.series import SeriesSpec
from protocols.dlms.obis import Obis

_DOUBTFUL = ("critical_error", "clock_invalid", "data_not_valid")
"""Status bits after which a value is kept but not called good."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Values of one series, all arrays (m,): `at` epoch seconds; `scaler` says what unit `values` are in."""

    spec: SeriesSpec
    scaler: int
    at: NDArray[np.int64]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]

    def where(self, mask: NDArray[np.bool_], spec: SeriesSpec) -> "Points":
        """The points chosen by `mask`, as points of `spec`."""
        return Points(spec, self.scaler, self.at[mask], self.values[mask], self.quality[mask], self.status[mask])


def points(outcomes: Sequence[Outcome]) -> list[Points]:
    """All points of these outcomes; devices that are installed nowhere have none."""
    found: list[Points] = []
    for outcome in outcomes:
        known = outcome.known
        if known is None or known.metering_point_id is None:
            continue
        for rows in outcome.readings.profiles:
            found += _of_profile(known, rows)
        found += (_of_register(known, register) for register in outcome.readings.registers)
    return [each for each in found if each.at.size]


def _of_profile(known: Knowledge, rows: ProfileRows) -> Iterator[Points]:
    """Points per value column; what is off the grid of an interval profile is kept as an on-demand value."""
    quality = _quality(known, rows)
    columns = [column for column in rows.layout.columns if column.is_value]
    periodicity = _periodicity(known, rows.layout.obis, rows.layout.interval_s)
    for column, values, held in zip(columns, rows.values, rows.held, strict=True):
        spec = _spec(known, column.obis, column.unit or "", periodicity, rows.layout.interval_s)
        of_column = Points(spec, column.scaler or 0, rows.at, values, quality, rows.status).where(held, spec)
        if not spec.interval_s:
            yield of_column
            continue
        on_grid = of_column.at % spec.interval_s == 0
        yield of_column.where(on_grid, spec)
        yield of_column.where(~on_grid, _spec(known, column.obis, column.unit or "", Series.Periodicity.ON_DEMAND, 0))


def _of_register(known: Knowledge, register: RegisterValue) -> Points:
    spec = _spec(known, register.obis, register.unit, Series.Periodicity.ON_DEMAND, 0)
    at = np.array([int(register.at.timestamp())], np.int64)
    value = np.array([register.value], np.int64)
    return Points(spec, register.scaler, at, value, np.zeros(1, np.uint8), np.zeros(1, np.uint32))


def _spec(known: Knowledge, obis: Obis, unit: str, periodicity: Series.Periodicity, interval_s: int) -> SeriesSpec:
    assert known.metering_point_id is not None
    interval = interval_s if periodicity == Series.Periodicity.INTERVAL else 0
    source = known.device.serial_number
    return SeriesSpec(known.metering_point_id, obis, unit, kind_of(obis), periodicity, interval, source)


def _periodicity(known: Knowledge, obis: Obis, interval_s: int) -> Series.Periodicity:
    daily = known.description.daily_profile
    if (daily is not None and daily.obis == obis) or interval_s >= 86_400:
        return Series.Periodicity.DAILY
    return Series.Periodicity.INTERVAL


def _quality(known: Knowledge, rows: ProfileRows) -> NDArray[np.uint8]:
    """uint8 (m,): suspect where the meter itself doubts the row."""
    mask = sum(1 << bit for bit, meaning in known.description.status_bits.items() if meaning in _DOUBTFUL)
    doubtful = (rows.status & np.uint32(mask)) != 0
    return np.where(doubtful, Quality.SUSPECT, Quality.MEASURED).astype(np.uint8)
