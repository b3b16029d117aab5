"""What summing up must come to, reckoned from values read one by one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering.quality import QualityClass, quality_class
from metering.store import Completeness, completeness, read, wire
from metering.store.statistics import folding, state
from metering.store.statistics.histogram import count, encode

_SUMS = ("days", "complete", "slots", "present", "suspect", "estimated", "maximum", "total", "complete_total")
Block = tuple[NDArray[np.int64], NDArray[np.uint8]]


def blocks_of(series: int, first: dt.date, last: dt.date) -> dict[dt.date, Block]:
    """Values present and their quality of every day with a block, decoded by `read` a day at a time."""
    stored = wire.fetch(
        "SELECT day, interval_s FROM series_day WHERE series_id = %(series)s AND day BETWEEN %(first)s AND %(last)s",
        {"series": series, "first": first, "last": last},
    )
    return {day: _block(series, day, interval_s) for day, interval_s in stored}


def _block(series: int, day: dt.date, interval_s: int) -> Block:
    start = dt.datetime.combine(day, dt.time(), dt.UTC)
    matrix = read([series], start, start + dt.timedelta(days=1))
    assert matrix.interval_s == interval_s
    return matrix.values[0], matrix.quality[0]


def counts_of(blocks: dict[dt.date, Block], slots: int, days: int) -> tuple[int, int, int, int]:
    """Expected, present, suspect and estimated values of these blocks in so many days of so many slots."""
    expected = sum(len(values) for values, _ in blocks.values()) + (days - len(blocks)) * slots
    there = [quality_class(codes[_there(values)]) for values, codes in blocks.values()]
    classes = np.concatenate([np.array([], np.uint8), *there])
    suspect, estimated = (int((classes == kind).sum()) for kind in (QualityClass.SUSPECT, QualityClass.ESTIMATED))
    return expected, len(classes), suspect, estimated


def shown(found: Completeness) -> dict[int, tuple[int, int, int, int]]:
    """What `completeness` answers, by series."""
    columns = (found.expected, found.present, found.suspect, found.estimated)
    return dict(zip(found.series_ids.tolist(), zip(*(c.tolist() for c in columns), strict=True), strict=True))


def assert_complete(series: dict[int, int], first: dt.date, last: dt.date) -> None:
    """`completeness` of these series (their slots per day by id) is what their values say, by name and among all."""
    days = (last - first).days + 1
    right = {one: counts_of(blocks_of(one, first, last), slots, days) for one, slots in series.items()}
    assert shown(completeness(list(series), first, last)) == right
    among_all = shown(completeness(None, first, last))
    assert {one: among_all[one] for one in series} == right


def _there(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    there: NDArray[np.bool_] = values != np.iinfo(np.int64).min
    return there


def _sums_from_scratch(series: int, month: dt.date, last: dt.date) -> dict[tuple[int, int], dict[str, Any]]:
    """The rows of a series in `series_month` and, of a whole month, `series_month_histogram`."""
    by_type: dict[int, list[Block]] = {}
    for day, block in blocks_of(series, month, last).items():
        by_type.setdefault(max(day.isoweekday() - 5, 0), []).append(block)
    return {(series, kind): _row(blocks, is_whole=state.is_whole(month)) for kind, blocks in by_type.items()}


def _row(blocks: list[Block], *, is_whole: bool) -> dict[str, Any]:
    there = [values[_there(values)] for values, _ in blocks]
    full = [kept for kept, (values, _) in zip(there, blocks, strict=True) if len(kept) == len(values)]
    together = np.concatenate(there)
    totals = np.array([values.sum() for values in full], np.int64)
    slots, _, suspect, estimated = counts_of({dt.date(2000, 1, n + 1): b for n, b in enumerate(blocks)}, 0, len(blocks))
    row: dict[str, Any] = {
        "days": len(blocks),
        "complete": len(full),
        "slots": slots,
        "present": len(together),
        "suspect": suspect,
        "estimated": estimated,
        "maximum": int(together.max()) if together.size else None,
        "total": sum(together.tolist()),
        "complete_total": sum(totals.tolist()),
        "values": _encoded(together) if is_whole else None,
        "totals": _encoded(totals) if is_whole else None,
    }
    return row


def _encoded(values: NDArray[np.int64]) -> bytes:
    return encode(count(np.zeros(len(values), np.intp), values, 1), 1)[0]


def assert_summed_up(series: list[int], month: dt.date) -> None:
    """What is kept of this month is what summing up all anew gives."""
    last = state.last_folded(month)
    names = [*_SUMS, "values", "totals"]
    rows = wire.fetch(
        f"SELECT m.series_id, m.day_type::integer, {', '.join(names)} FROM series_month m "
        "LEFT JOIN series_month_histogram h USING (month, series_id, day_type) WHERE month = %(month)s",
        {"month": month},
    )
    kept = {(one, kind): dict(zip(names, rest, strict=True)) for one, kind, *rest in rows if one in series}
    right = [_sums_from_scratch(one, month, last) for one in series] if last else []
    assert kept == {key: row for rows_of_one in right for key, row in rows_of_one.items()}


def fold_days(month: dt.date, days: int) -> None:
    """Sum up so many more days of a month; also its histograms, once all days are."""
    with state.alone() as is_alone:
        assert is_alone
        for _ in range(days):
            folding.fold_next_day(month)
        while folding.spread_some(month):
            pass


def refold() -> None:
    """Sum up anew all that changed."""
    with state.alone() as is_alone:
        assert is_alone
        while folding.refold_some():
            pass


def changed() -> set[tuple[dt.date, int]]:
    """Months of series noted as changed."""
    return set(wire.fetch("SELECT month, series_id FROM series_month_changed"))


def forget_all() -> None:
    """Nothing is summed up."""
    wire.execute("TRUNCATE folded_month, series_month, series_month_histogram, series_month_changed")
