"""Where values are missing: what is owed, less the days the store knows as full, looked at slot by slot."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headend.owed import Ints, Owed
from metering import store
from metering.intervals import DAY_S, day_of, to_instant

_FAR = 1 << 40
"""More seconds than any instant has."""


@dataclass(frozen=True, slots=True, eq=False)
class Missing:
    """Missing stretches of profiles: row of the profile, start and end (excluded) in epoch seconds; all (m,)."""

    profiles: Ints
    starts: Ints
    ends: Ints


def missing(owed: Owed) -> Missing:
    """The stretches in which at least one series of a profile lacks a value, disjoint, cut at the first of a month."""
    found = [_on_day(day, *pieces) for day, pieces in _incomplete(owed)]
    columns = [np.concatenate(column) for column in zip(*found, strict=True)] if found else [np.array([], np.int64)] * 3
    return united(*columns)


def united(profiles: Ints, starts: Ints, ends: Ints) -> Missing:
    """Overlapping and touching stretches of one profile and month as one; none given may reach over a month's end."""
    months = starts.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    order = np.lexsort((starts, months, profiles))
    profiles, months, starts, ends = profiles[order], months[order], starts[order], ends[order]
    other = np.flatnonzero((np.diff(profiles) != 0) | (np.diff(months) != 0)) + 1
    group = np.zeros(profiles.size, np.int64)
    group[other] = 1
    group = np.cumsum(group) * _FAR
    reached = np.maximum.accumulate(ends + group)
    first = np.ones(profiles.size, np.bool_)
    first[1:] = starts[1:] + group[1:] > reached[:-1]
    last = np.roll(first, -1)
    return Missing(profiles[first], starts[first], (reached - group)[last])


def _incomplete(owed: Owed) -> Iterator[tuple[int, tuple[Ints, Ints, Ints, Ints]]]:
    """Each day with profile, series, start and end of what is owed on it by series whose day is not full."""
    profiles, series, days, starts, ends = owed.pieces()
    if not days.size:
        return
    full = np.sort(_key(*store.full_days(owed.series, day_of(days.min()), day_of(days.max()))))
    keys = _key(series, days)
    left = np.flatnonzero(np.append(full, -1)[np.searchsorted(full, keys)] != keys)
    left = left[np.argsort(days[left], kind="stable")]
    for rows in np.split(left, np.flatnonzero(np.diff(days[left])) + 1):
        if rows.size:
            yield int(days[rows[0]]), (profiles[rows], series[rows], starts[rows], ends[rows])


def _on_day(day: int, profiles: Ints, series: Ints, starts: Ints, ends: Ints) -> tuple[Ints, Ints, Ints]:
    """Profile, start and end of what is missing of these pieces of one day."""
    order = np.argsort(series, kind="stable")
    profiles, series, starts, ends = profiles[order], series[order], starts[order], ends[order]
    gaps = store.missing(series, to_instant(day * DAY_S), to_instant((day + 1) * DAY_S))
    low = np.searchsorted(series, gaps.series_ids)
    counts = np.searchsorted(series, gaps.series_ids, side="right") - low
    gap = np.repeat(np.arange(counts.size), counts)
    piece = np.repeat(low, counts) + np.arange(gap.size) - np.repeat(np.cumsum(counts) - counts, counts)
    start = np.maximum(_seconds(gaps.starts)[gap], starts[piece])
    end = np.minimum(_seconds(gaps.ends)[gap], ends[piece])
    some = start < end
    return profiles[piece][some], start[some], end[some]


def _key(series: Ints, days: Ints) -> Ints:
    """One number for a series and a day."""
    return (series << 20) | days


def _seconds(times: NDArray[np.datetime64]) -> Ints:
    return times.astype("datetime64[s]").astype(np.int64)
