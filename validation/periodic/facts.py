"""What is known beside the readings: what was received, expected, counted by the meter, and doubted."""

from __future__ import annotations

import numpy as np

from metering.intervals import day_number, day_of, to_instant
from metering.quality import QualityClass, is_substitute, is_suspect, quality_class
from metering.store import NO_VALUE, Registers, read_registers, wire
from metering.store.register_past import register_past
from validation.models import Finding, ReferenceValue
from validation.periodic.conditions.condition import PeriodicNeed
from validation.periodic.keys import find, keys_of
from validation.periodic.window import PeriodicFacts, PeriodicWindow
from validation.window import Bools, Floats, Ints

AFTER_IMPLAUSIBLE = "after_implausible"
"""Exceptions of this condition alone are no reason to doubt a value: they would keep themselves alive."""
_COUNTERS = r"^[01]-[0-9]+:0\.1\.0$"
_COUNTERS_OF = """
SELECT coalesce(array_agg(k.id ORDER BY k.id), '{}'), coalesce(array_agg(k.counter ORDER BY k.id), '{}') FROM (
    SELECT DISTINCT ON (s.id) s.id, c.id AS counter
    FROM metering_series s
    JOIN metering_series c ON c.metering_point_id = s.metering_point_id AND c.source = s.source
        AND c.periodicity <> 'interval' AND c.id <> s.id
    JOIN metering_measuredproperty m ON m.id = c.measured_property_id AND m.obis ~ %(counters)s
    WHERE s.id = ANY (%(ids)s::bigint[]) AND s.periodicity <> 'interval'
    ORDER BY s.id, (c.periodicity = s.periodicity) DESC, c.id
) AS k
"""


def load_facts(window: PeriodicWindow, needs: frozenset[PeriodicNeed]) -> PeriodicFacts:
    """What is needed, and nothing else. A few queries for each need."""
    if not len(window.readings):
        none = np.zeros(0, np.int64)
        return PeriodicFacts(none, none.astype(np.float64), none, none.astype(np.bool_))
    return PeriodicFacts(
        source=_source(window) if PeriodicNeed.SOURCE in needs else None,
        reference=_reference(window) if PeriodicNeed.REFERENCE in needs else None,
        resets=_resets(window) if PeriodicNeed.RESETS in needs else None,
        doubted=_doubted(window) if PeriodicNeed.DOUBTED in needs else None,
    )


def _source(window: PeriodicWindow) -> Ints:
    """What stands there where that was measured, else the last measurement that was replaced."""
    readings = window.readings
    changed = is_substitute(readings.quality)
    found = np.where(changed, NO_VALUE, readings.values)
    if changed.any():
        ids = np.unique(window.series_ids[readings.row[changed]])
        start, end = _bounds(window)
        past = register_past(ids, to_instant(start), to_instant(end)).states
        past = past.take((quality_class(past.quality) <= QualityClass.SUSPECT) & (past.values != NO_VALUE))
        found = np.where(changed, _values_at(window.series_ids[readings.row], readings.at, past), found)
    return found


def _reference(window: PeriodicWindow) -> Floats:
    """The reference value of a period that is valid on the day of each reading."""
    readings = window.readings
    rows = ReferenceValue.objects.filter(series__in=window.series_ids.tolist(), kind=ReferenceValue.Kind.PERIOD)
    known = list(rows.order_by("series", "valid_from").values_list("series", "valid_from", "value"))
    if not known:
        return np.full(len(readings), np.nan)
    series = np.array([each for each, _, _ in known], np.int64)
    keys = keys_of(series, np.array([day_number(since) for _, since, _ in known], np.int64))
    expected = np.array([float(value) for _, _, value in known])
    own = window.series_ids[readings.row]
    last = np.maximum(np.searchsorted(keys, keys_of(own, readings.day), side="right") - 1, 0)
    valid = (series[last] == own) & (keys[last] <= keys_of(own, readings.day))
    return np.where(valid, expected[last] / window.rows.units[readings.row], np.nan)


def _resets(window: PeriodicWindow) -> Ints:
    """The value of the reset counter of the same meter at the same instant."""
    ids, counters = wire.fetch(_COUNTERS_OF, {"ids": window.series_ids, "counters": _COUNTERS})[0]
    if not len(ids):
        return np.full(len(window.readings), NO_VALUE)
    start, end = _bounds(window)
    stored = read_registers(np.unique(counters), to_instant(start), to_instant(end))
    counter_of = np.zeros(len(window.series_ids), np.int64)
    counter_of[np.searchsorted(window.series_ids, ids)] = counters
    return _values_at(counter_of[window.readings.row], window.readings.at, stored)


def _doubted(window: PeriodicWindow) -> Bools:
    readings = window.readings
    first, last = (day_of(int(each)) for each in (readings.day.min(), readings.day.max()))
    waiting = Finding.objects.filter(
        series__in=window.series_ids.tolist(), day__gte=first, day__lte=last, state__in=Finding.WAITING
    )
    rows = waiting.exclude(condition=AFTER_IMPLAUSIBLE).order_by().values_list("series", "day")
    keys = np.array([[series, day_number(day)] for series, day in rows], np.int64).reshape(-1, 2)
    known = np.isin(keys_of(window.series_ids[readings.row], readings.day), keys_of(keys[:, 0], keys[:, 1]))
    doubted: Bools = (known | is_suspect(readings.quality)) & window.present
    return doubted


def _bounds(window: PeriodicWindow) -> tuple[int, int]:
    """Seconds since 1970 from the first reading to behind the last."""
    return int(window.readings.at.min()), int(window.readings.at.max()) + 1


def _values_at(series: Ints, at: Ints, stored: Registers) -> Ints:
    """int64 (m,): the first of what is stored of each series and instant, `NO_VALUE` where nothing is."""
    keys, first = np.unique(keys_of(stored.series_ids, stored.at.astype(np.int64)), return_index=True)
    place, known = find(keys, keys_of(series, at))
    found = np.full(len(at), NO_VALUE)
    found[known] = stored.values[first[place[known]]]
    return found
