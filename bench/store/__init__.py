"""The value store against a table with a row per value, both filled with the same values in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.report import Figure
from bench.store.days import make_series
from bench.store.reading import month, year
from bench.store.writing import appending, writing


@dataclass(frozen=True)
class Load:
    """How much to write: `series` × `days`, `appended` series value by value, a `year` and a `month` of so many."""

    series: int
    days: int
    appended: int
    year: int
    month: int


def run(quick: bool) -> Iterator[Figure]:
    """Measure on a load that suits the time there is."""
    return measure(Load(10_000, 4, 1_000, 3, 3_000) if quick else Load(20_000, 12, 5_000, 10, 100_000))


def measure(load: Load) -> Iterator[Figure]:
    """Write, write again, weigh, correct and read."""
    ids = make_series(load.series)
    yield from writing(ids, load.days)
    yield from appending(ids[: load.appended])
    yield from year(ids[: load.year])
    yield from month(make_series(load.month))
