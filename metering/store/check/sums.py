"""Sums of months and histograms against the blocks they were made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from metering.store.check.findings import Fault, Finding
from metering.store.snapshot import snapshot
from metering.store.statistics import state
from metering.store.statistics.folding import SUMMED
from metering.store.statistics.histogram import encode
from metering.store.statistics.spread import blocks_of, spread_of

SERIES_AT_ONCE = 500
Key = tuple[int, int]


def check_sums(month: dt.date, tell: Callable[[str], None]) -> Iterator[Finding]:
    """Series of which something else is summed up than they hold; those noted as changed are due anyway."""
    if state.last_folded(month) is None or state.is_leaving(month):
        return
    tell(f"sums of {month:%Y-%m}")
    for (series,) in wire.fetch(_DIFFERENT, {"month": month}):
        yield Finding(Fault.SUMS, "series_month", "the sums are not those of the blocks", series, month)
    if state.is_whole(month):
        tell(f"histograms of {month:%Y-%m}")
        yield from _histograms(month)


def _histograms(month: dt.date) -> Iterator[Finding]:
    after = -1
    while True:
        with snapshot():
            params = {"month": month, "after": after, "some": SERIES_AT_ONCE}
            ids = np.array([series for (series,) in wire.fetch(_SERIES, params)], np.int64)
            if not ids.size:
                return
            wrong = _with_wrong_histograms(month, ids)
        for series in sorted(wrong):
            what = "the histograms are not those of the values"
            yield Finding(Fault.HISTOGRAM, "series_month_histogram", what, series, month)
        after = int(ids[-1])


def _with_wrong_histograms(month: dt.date, ids: NDArray[np.int64]) -> set[int]:
    stored = {row[:2]: row[2:] for row in wire.fetch(_STORED, {"month": month, "ids": ids})}
    right = _right(month, ids)
    return {key[0] for key in stored.keys() | right.keys() if stored.get(key) != right.get(key)}


def _right(month: dt.date, ids: NDArray[np.int64]) -> dict[Key, tuple[bytes, bytes]]:
    """Histograms of values and totals by series and type of day, from the blocks."""
    blocks = blocks_of(month, ids)
    if not blocks:
        return {}
    spread = spread_of(blocks)
    columns = (encode(spread.values, len(spread)), encode(spread.totals, len(spread)))
    keys = zip(spread.series_ids.tolist(), spread.types.tolist(), strict=True)
    return dict(zip(keys, zip(*columns, strict=True), strict=True))


_DUE = "SELECT FROM series_month_changed c WHERE c.month = %(month)s AND c.series_id = {series}"
_SERIES = f"""
SELECT DISTINCT m.series_id FROM series_month m JOIN folded_month f USING (month)
WHERE month = %(month)s AND m.series_id > %(after)s AND m.series_id <= f.spread_to
AND NOT EXISTS ({_DUE.format(series="m.series_id")}) ORDER BY 1 LIMIT %(some)s
"""  # noqa: S608  (no text from outside)
_STORED = """
SELECT series_id, day_type::bigint, h.values, totals FROM series_month_histogram h
WHERE month = %(month)s AND series_id = ANY (%(ids)s::bigint[])
"""
_DAYS = "day BETWEEN %(month)s AND (SELECT folded FROM folded_month WHERE month = %(month)s)"
_DIFFERENT = f"""
WITH told AS (
    SELECT series_id, day_type, days, complete, slots, present, suspect, estimated, maximum, total, complete_total
    FROM series_month WHERE month = %(month)s
), held AS (
    {SUMMED.format(which=_DAYS)}
), different AS ((TABLE told EXCEPT TABLE held) UNION ALL (TABLE held EXCEPT TABLE told))
SELECT DISTINCT series_id FROM different d WHERE NOT EXISTS ({_DUE.format(series="d.series_id")}) ORDER BY 1
"""  # noqa: S608
