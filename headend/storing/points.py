"""From readings to points of series: which series every column and register goes to, as flat columns for the store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from headend.installed import NOWHERE
from headend.knowledge import Knowledge
from headend.plan import ProfileRows, RegisterValue
from headend.storing.outcome import Outcome, Remark, known_of
from headend.storing.placing import Placed, place_rows
from headend.storing.plain import Profile, plain_points
from metering.intervals import DAY_S
from metering.models import Series
from metering.quality import Quality
from metering.services.properties import kind_of
from metering.services.series import SeriesSpec
from protocols.dlms.obis import Obis

_DOUBTFUL = ("critical_error", "clock_invalid", "data_not_valid")
"""Status bits after which a value is kept but not called good."""
_HOMELESS = "registers only shown, because the device is installed nowhere"
_INT64_MAX = int(np.iinfo(np.int64).max)
"""An unsigned register may hold more: it is cut to this, which is far beyond what the store takes, so it is refused."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Values of one series read for one item, all arrays (m,): `at` epoch seconds; `values` in units of 10^`scaler`."""

    item_id: int
    spec: SeriesSpec
    scaler: int
    at: NDArray[np.int64]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]

    def where(self, mask: NDArray[np.bool_]) -> "Points":
        """The points chosen by `mask`."""
        columns = (self.at[mask], self.values[mask], self.quality[mask], self.status[mask])
        return Points(self.item_id, self.spec, self.scaler, *columns)


def points(outcomes: Sequence[Outcome]) -> tuple[list[Points], list[Remark]]:
    """All points of these outcomes that have a place, and what is to be said of what has none."""
    found: list[Points] = []
    remarks: list[Remark] = []
    profiles = [_profile(outcome, rows) for outcome in outcomes for rows in outcome.readings.profiles]
    of_profiles = zip(profiles, plain_points(profiles), strict=True)
    for outcome in outcomes:
        for profile, point in islice(of_profiles, len(outcome.readings.profiles)):
            if point != NOWHERE:
                found += _of_plain(profile, point)
                continue
            placed = place_rows(outcome, profile.rows.at, _quality(profile), profile.grid_s)
            found += _of_profile(profile, placed)
            remarks += placed.remarks
        of_registers, homeless = _of_registers(outcome)
        found += of_registers
        remarks += homeless
    return [each for each in found if each.at.size], remarks


def _profile(outcome: Outcome, rows: ProfileRows) -> Profile:
    layout = rows.layout
    interval = _periodicity(known_of(outcome), layout.obis, layout.interval_s) == Series.Periodicity.INTERVAL
    return Profile(outcome, rows, layout.interval_s if interval else 0)


def _of_plain(profile: Profile, point_id: int) -> Iterator[Points]:
    """Points per value column of rows that all go to one place."""
    outcome, rows = profile.outcome, profile.rows
    columns = [column for column in rows.layout.columns if column.is_value]
    periodicity = _periodicity(known_of(outcome), rows.layout.obis, rows.layout.interval_s)
    quality = _quality(profile)
    for column, values in zip(columns, rows.values, strict=True):
        spec = _spec(outcome, point_id, column.obis, column.unit or "", periodicity, rows.layout.interval_s)
        yield Points(outcome.item.pk, spec, column.scaler or 0, rows.at, values, quality, rows.status)


def _of_profile(profile: Profile, placed: Placed) -> Iterator[Points]:
    """Points per value column and place; what is spontaneous is kept as an on-demand value."""
    outcome, rows = profile.outcome, profile.rows
    columns = [column for column in rows.layout.columns if column.is_value]
    of_profile = _periodicity(known_of(outcome), rows.layout.obis, rows.layout.interval_s)
    item_id, shares = outcome.item.pk, list(placed.shares())
    for column, values, held in zip(columns, rows.values, rows.held, strict=True):
        for point_id, spontaneous, share in shares:
            periodicity = Series.Periodicity.ON_DEMAND if spontaneous else of_profile
            spec = _spec(outcome, point_id, column.obis, column.unit or "", periodicity, rows.layout.interval_s)
            of_column = Points(item_id, spec, column.scaler or 0, placed.at, values, placed.quality, rows.status)
            yield of_column.where(held & share)


def _of_registers(outcome: Outcome) -> tuple[list[Points], list[Remark]]:
    """One point per register; a device that hangs nowhere has registers to look at, but no series for them."""
    registers = outcome.readings.registers
    if not registers:
        return [], []
    at = np.array([int(register.at.timestamp()) for register in registers], np.int64)
    where = known_of(outcome).installed.points_at(at).tolist()
    placed = [(register, point) for register, point in zip(registers, where, strict=True) if point != NOWHERE]
    homeless = len(registers) - len(placed)
    remarks = [Remark(outcome.item.pk, homeless, _HOMELESS)] if homeless else []
    return [_of_register(outcome, register, point) for register, point in placed], remarks


def _of_register(outcome: Outcome, register: RegisterValue, point_id: int) -> Points:
    spec = _spec(outcome, point_id, register.obis, register.unit, Series.Periodicity.ON_DEMAND, 0)
    at = np.array([int(register.at.timestamp())], np.int64)
    value = np.array([min(max(register.value, -_INT64_MAX), _INT64_MAX)], np.int64)
    return Points(outcome.item.pk, spec, register.scaler, at, value, np.zeros(1, np.uint8), np.zeros(1, np.uint32))


def _spec(
    outcome: Outcome, point_id: int, obis: Obis, unit: str, periodicity: Series.Periodicity, interval_s: int
) -> SeriesSpec:
    interval = interval_s if periodicity == Series.Periodicity.INTERVAL else 0
    source = known_of(outcome).device.serial_number
    return SeriesSpec(point_id, obis, unit, kind_of(obis), periodicity, interval, source)


def _periodicity(known: Knowledge, obis: Obis, interval_s: int) -> Series.Periodicity:
    """A profile without an interval, or with one that does not divide the day, holds values of their instants only."""
    daily = known.description.daily_profile
    if (daily is not None and daily.obis == obis) or interval_s >= DAY_S:
        return Series.Periodicity.DAILY
    even = interval_s > 0 and DAY_S % interval_s == 0
    return Series.Periodicity.INTERVAL if even else Series.Periodicity.ON_DEMAND


def _quality(profile: Profile) -> NDArray[np.uint8]:
    """uint8 (m,): suspect where the meter itself doubts the row."""
    status = profile.rows.status
    if not status.any():
        return np.full(status.shape, Quality.MEASURED, np.uint8)
    bits = known_of(profile.outcome).description.status_bits
    mask = sum(1 << bit for bit, meaning in bits.items() if meaning in _DOUBTFUL)
    doubtful = (status & np.uint32(mask)) != 0
    return np.where(doubtful, Quality.SUSPECT, Quality.MEASURED).astype(np.uint8)
