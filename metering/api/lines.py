"""Values as CSV: a line per value, written while the store is read, so that memory does not grow with the period."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering import store
from metering.api.period import Period
from metering.models import Series
from metering.quality_names import full_name
from metering.services.units import in_one_state
from metering.store import NO_VALUE

HEADER = "series,gsrn,obis,unit,at,value,quality,status\r\n"
_VALUES_AT_A_TIME = 20_000


def csv_lines(series: Sequence[Series], period: Period) -> Iterator[str]:
    """CSV text in pieces, series after series: header, then a line per slot or register value.

    `at` is the start of the interval or the instant of the stand, in UTC; `value` is exact, in the unit; empty where
    there is none.
    """
    yield HEADER
    for each in series:
        for part in _parts(each, period):
            with in_one_state([each]) as (present,):
                lines = "".join(_profile_lines(present, part) if each.is_profile else _periodic_lines(present, part))
            yield lines


def _parts(series: Series, period: Period) -> Iterator[Period]:
    """The period in stretches of whole intervals that fit in memory together with everything else."""
    step = timedelta(seconds=(series.interval_s or 60) * _VALUES_AT_A_TIME)
    start: datetime = period.start
    while start < period.end:
        yield Period(start, min(start + step, period.end), period.as_of)
        start += step


def _profile_lines(series: Series, part: Period) -> Iterator[str]:
    matrix = store.read([series.pk], part.start, part.end, as_of=part.as_of)
    return _lines(series, matrix.instants, matrix.values[0], matrix.quality[0], matrix.status[0])


def _periodic_lines(series: Series, part: Period) -> Iterator[str]:
    stored = store.read_registers([series.pk], part.start, part.end, as_of=part.as_of)
    return _lines(series, stored.at, stored.values, stored.quality, stored.status)


def _lines(
    series: Series,
    at: NDArray[np.datetime64],
    values: NDArray[np.int64],
    quality: NDArray[np.uint8],
    status: NDArray[np.uint32],
) -> Iterator[str]:
    head = f"{series.pk},{series.metering_point.gsrn},{series.measured_property.obis},{series.measured_property.unit}"
    names = {code: full_name(code) for code in np.unique(quality).tolist()}
    rows = zip(at.astype(str).tolist(), values.tolist(), quality.tolist(), status.tolist(), strict=True)
    return (f"{head},{a}Z,{_exact(v, series.exponent)},{names[q]},{s}\r\n" for a, v, q, s in rows)


def _exact(value: int, exponent: int) -> Any:
    if value == NO_VALUE:
        return ""
    return value if exponent == 0 else f"{Decimal(value).scaleb(exponent):f}"
