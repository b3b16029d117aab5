"""Values as columns: one integer array per series, quality and status as runs. A year of quarter hours is 300 kB."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering import store
from metering.api.period import Period
from metering.intervals import to_instant
from metering.models import Series
from metering.quality import is_scaled
from metering.quality_names import class_name, method_name
from metering.services.units import in_one_state
from metering.store import NO_VALUE

Column = dict[str, Any]


def columns(series: Sequence[Series], period: Period) -> list[Column]:
    """One column document per series, in the order given; one query per interval length and one for all periodic."""
    found: dict[int, Column] = {}
    with in_one_state(series) as present:
        for interval_s, group in groupby(sorted(present, key=_interval), key=_interval):
            members = list(group)
            build = _profile_columns if interval_s else _periodic_columns
            found.update((each.pk, column) for each, column in zip(members, build(members, period), strict=True))
    return [found[each.pk] for each in series]


def _interval(series: Series) -> int:
    return series.interval_s


def _profile_columns(series: Sequence[Series], period: Period) -> Iterable[Column]:
    matrix = store.read([each.pk for each in series], period.start, period.end, as_of=period.as_of)
    for row, each in enumerate(series):
        grid = {"start": _iso(matrix.start), "step_s": matrix.interval_s}
        yield _head(each) | grid | _body(matrix.values[row], matrix.quality[row], matrix.status[row])


def _periodic_columns(series: Sequence[Series], period: Period) -> Iterable[Column]:
    stored = store.read_registers([each.pk for each in series], period.start, period.end, as_of=period.as_of)
    for each in series:
        rows = stored.series_ids == each.pk
        at = [f"{instant}Z" for instant in stored.at[rows]]
        yield _head(each) | {"at": at} | _body(stored.values[rows], stored.quality[rows], stored.status[rows])


def _head(series: Series) -> Column:
    point, measured = series.metering_point, series.measured_property
    return {
        "series": series.pk,
        "metering_point": point.pk,
        "gsrn": point.gsrn,
        "obis": measured.obis,
        "unit": measured.unit,
        "exponent": series.exponent,
        "kind": series.kind,
        "periodicity": series.periodicity,
        "zone": point.utility.time_zone,
    }


def _body(values: NDArray[np.int64], quality: NDArray[np.uint8], status: NDArray[np.uint32]) -> Column:
    return {
        "values": _with_nulls(values),
        "quality": [_quality(code) | {"count": count} for code, count in _runs(quality)],
        "status": [{"word": word, "count": count} for word, count in _runs(status)],
    }


def _quality(code: int) -> Column:
    """A quality by name; of an estimate also how it was found."""
    return {"name": class_name(code), "code": code, "method": method_name(code), "scaled": is_scaled(code)}


def _with_nulls(values: NDArray[np.int64]) -> list[int | None]:
    """Python integers, None where there is no value."""
    listed: list[int | None] = values.tolist()
    for place in np.flatnonzero(values == NO_VALUE).tolist():
        listed[place] = None
    return listed


def _runs(codes: NDArray[np.uint8] | NDArray[np.uint32]) -> list[tuple[int, int]]:
    """Run-length form: code and how often it stands in a row."""
    if not codes.size:
        return []
    starts = np.concatenate([[0], np.flatnonzero(np.diff(codes)) + 1])
    lengths = np.diff(np.append(starts, codes.size))
    return list(zip(codes[starts].tolist(), lengths.tolist(), strict=True))


def _iso(instant: Any) -> str:
    return f"{to_instant(int(instant.timestamp())):%Y-%m-%dT%H:%M:%SZ}"
