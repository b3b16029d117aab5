"""What registers had counted at the boundaries of columns: what estimates are scaled to.

A register is what one meter shows of one quantity at one metering point. Its stands come from the profile that feeds
the consumption and from daily, monthly and on-demand readings. What was used between two stands that follow each other
is computed by `metering.store.derivation`, which knows units, multipliers, exchanges and roll-overs, and added up.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering.intervals import to_instant
from metering.quality import Quality, QualityClass, quality_class
from metering.store import NO_VALUE, VALUE_LIMIT, Registers, read_registers, wire
from metering.store.derivation.periods import between
from metering.store.derivation.rules import Feeds, Rules, rules_between
from metering.store.stands import Readings, Scale, consumption
from validation.loading.batch import Batch
from validation.loading.chains import Steps, added_up, without_outliers
from validation.loading.columns import at_boundaries
from validation.loading.scaling import by_powers
from validation.window import Codes, Ints

# Consumption of electricity is 1-0:1.29.0 of 1-0:1.8.0; other media have one code for both. The registers of one meter
# are numbered by the first of their series and counted in the finest of their units.
_SERIES = """
SELECT coalesce(array_agg(n - 1), '{}'), coalesce(array_agg(target), '{}'), coalesce(array_agg(unit), '{}'),
    coalesce(array_agg(id), '{}'), coalesce(array_agg(register), '{}'), coalesce(array_agg(interval_s), '{}'),
    coalesce(array_agg(exponent), '{}'), coalesce(array_agg(finest), '{}'),
    coalesce(array_agg(coalesce(greatest(digits - finest, 0), 0)), '{}')
FROM (
    SELECT k.n, c.id AS target, c.exponent::bigint AS unit, s.id, s.interval_s::bigint AS interval_s,
        min(s.id) OVER register AS register, s.exponent::bigint AS exponent,
        min(s.exponent::bigint) OVER register AS finest,
        max(s.register_digits::bigint + s.exponent) OVER register AS digits
    FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k (id, n)
    JOIN metering_series c ON c.id = k.id AND c.kind = 'consumption'
    JOIN metering_measuredproperty used ON used.id = c.measured_property_id
    JOIN metering_series s ON s.metering_point_id = c.metering_point_id AND s.kind = 'stand'
    JOIN metering_measuredproperty shown ON shown.id = s.measured_property_id AND shown.unit = used.unit
        AND shown.obis IN (used.obis, regexp_replace(used.obis, '^(1-[0-9]+:[0-9]+)\\.29\\.', '\\1.8.'))
    WHERE abs(s.exponent - c.exponent) <= %(furthest)s::integer
    WINDOW register AS (PARTITION BY k.n, s.measured_property_id, s.source)
    ORDER BY s.interval_s = 0 DESC, s.interval_s, s.id
) AS found
"""
_FURTHEST = 15
"""Between units further apart nothing is derived."""


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """Stand series, all int64 (m,): the row of the window they belong to, the series of that row and its exponent,
    their own id, register, interval length (0 = readings) and exponent, and the exponent and digits of the register.

    Readings come first and profiles last: where both say something about an instant, the profile is believed.
    """

    rows: Ints
    targets: Ints
    units: Ints
    ids: Ints
    registers: Ints
    intervals: Ints
    exponents: Ints
    finest: Ints
    digits: Ints

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> _Shown:
        return _Shown(*(getattr(self, column.name)[rows] for column in fields(self)))


def load_stands(batch: Batch) -> dict[str, Any]:
    """What the register of each series had counted, int64 (n, slots + 1), in integers of the series.

    Only stands nobody doubts count, and none that jumps and comes back. Where it is not known what was used between two
    that follow each other (an exchange without stands, a step backwards, an unknown unit) the chain breaks: the longest
    stretch without a break is kept, and all others are unknown.
    """
    columns = wire.fetch(_SERIES, {"ids": batch.series_ids, "furthest": _FURTHEST})[0]
    shown, shape = _Shown(*columns), (len(batch.series_ids), len(batch.boundaries))
    if not len(shown.ids):
        return {"stands": np.full(shape, NO_VALUE)}
    registers, place = np.unique(shown.registers, return_inverse=True)
    stands = without_outliers(_stands(shown, place, len(registers), batch.boundaries))
    first = np.full(len(registers), len(shown.ids), np.intp)
    np.minimum.at(first, place, np.arange(len(place)))
    heard = (stands != NO_VALUE).any(axis=1)
    steps = _used(shown.take(first[heard]), stands[heard], batch.boundaries, shape)
    return {"stands": added_up(steps)}


def _stands(shown: _Shown, place: NDArray[np.intp], registers: int, boundaries: Ints) -> Ints:
    """What each register showed at these instants, int64 (registers, b), in its finest units."""
    found = np.full((registers, len(boundaries)), NO_VALUE)
    _put_readings(found, shown, place, boundaries)
    profiles = np.flatnonzero(shown.intervals > 0)
    if profiles.size:
        own = shown.take(profiles)
        matrix = at_boundaries(own.ids, boundaries)
        values = by_powers(_sure(matrix.values, matrix.quality), (own.exponents - own.finest)[:, None])
        for length in np.unique(own.intervals).tolist():
            same = own.intervals == length  # a register has one profile of a length
            rows, told = place[profiles[same]], values[same]
            there = told != NO_VALUE
            found[rows] = told if there.all() else np.where(there, told, found[rows])
    return found


def _put_readings(found: Ints, shown: _Shown, place: NDArray[np.intp], boundaries: Ints) -> None:
    """Put the register values of these instants where they belong."""
    periodic = shown.intervals == 0
    if not periodic.any():
        return
    start, end = to_instant(int(boundaries[0])), to_instant(int(boundaries[-1]) + 1)
    read = read_registers(shown.ids[periodic], start, end)
    at = read.at.astype(np.int64)
    column = np.minimum(np.searchsorted(boundaries, at), len(boundaries) - 1)
    order = np.argsort(shown.ids)
    series = order[np.searchsorted(shown.ids[order], read.series_ids)]
    values = by_powers(_sure(read.values, read.quality), (shown.exponents - shown.finest)[series])
    there = (boundaries[column] == at) & (values != NO_VALUE)
    found[place[series[there]], column[there]] = values[there]


def _sure(values: Ints, quality: Codes) -> Ints:
    """The stands nobody doubts."""
    kind = quality_class(quality)
    return np.where((kind == QualityClass.MEASURED) | (kind == QualityClass.DECIDED), values, NO_VALUE)


def _used(registers: _Shown, stands: Ints, boundaries: Ints, shape: tuple[int, int]) -> Steps:
    """What was used from stand to stand by the registers (k,) of the rows of a window of this shape."""
    feeds = Feeds(registers.registers, registers.targets, registers.finest, registers.units, registers.digits)
    rules = rules_between(feeds)
    alone = np.bincount(registers.rows, minlength=1)[registers.rows] == 1
    plain = alone & ~rules.varying(feeds.series_ids)
    steps = Steps.none(shape)
    _put_plain(steps, registers.rows[plain], stands[plain], feeds.scale.take(np.flatnonzero(plain)))
    if not plain.all():
        others = np.flatnonzero(~plain)
        _put_others(
            steps, registers.rows, rules, _registers(feeds.series_ids[others], stands[others], boundaries), boundaries
        )
    return steps


def _put_plain(steps: Steps, rows: Ints, stands: Ints, scale: Scale) -> None:
    """Of rows with one register of which nothing is recorded: whole arrays at once, over the columns with a stand."""
    known = stands != NO_VALUE
    some = np.flatnonzero(np.logical_or.reduce(known, axis=0))
    known, told = known[:, some], stands[:, some]
    begin = _before(told)
    wide = Scale(scale.numerator[:, None], scale.denominator[:, None], scale.capacity[:, None])
    used = consumption(_readings(begin), _readings(told), wide)
    step = known & (begin != NO_VALUE)
    unsure = (used.quality != Quality.MEASURED) | (np.abs(used.values) >= VALUE_LIMIT)
    place = np.ix_(rows, some)
    steps.known[place] = known
    steps.broken[place] = step & unsure
    steps.used[place] = np.where(step & ~unsure, used.values, 0)


def _before(stands: Ints) -> Ints:
    """The last stand known before each column, same shape."""
    known, columns = stands != NO_VALUE, np.arange(stands.shape[1])
    if not known.all():
        latest = np.maximum.accumulate(np.where(known, columns, 0), axis=1)
        stands = np.take_along_axis(stands, latest, axis=1)
    return np.concatenate([np.full((len(stands), 1), NO_VALUE), stands[:, :-1]], axis=1)


def _readings(stands: Ints) -> Readings:
    return Readings(stands, np.zeros(stands.shape, np.uint8), np.zeros(stands.shape, np.uint32))


def _registers(series_ids: Ints, stands: Ints, boundaries: Ints) -> Registers:
    """The stands that are known as register values."""
    row, column = np.nonzero(stands != NO_VALUE)
    at = boundaries[column].astype("datetime64[s]")
    nothing = np.zeros(len(row), np.uint32)
    return Registers(series_ids[row], at, stands[row, column], nothing.astype(np.uint8), nothing)


def _put_others(steps: Steps, rows: Ints, rules: Rules, stands: Registers, boundaries: Ints) -> None:
    """Of rows with several registers, or one of which something is recorded."""
    found = between(stands, rules)
    row = rows[rules.feeds.rows(found.series_ids)]
    start, end = (np.searchsorted(boundaries, each.astype(np.int64)) for each in (found.starts, found.ends))
    unsure = (found.quality != Quality.MEASURED) | (np.abs(found.values) >= VALUE_LIMIT)
    steps.known[row, start] = steps.known[row, end] = True
    steps.broken[row, end] = unsure
    steps.used[row, end] = np.where(unsure, 0, found.values)
