"""Validation and estimation: kernels, from store to store, pandas beside it, and how good estimates are."""

from __future__ import annotations

from collections.abc import Iterator

from bench.report import Figure
from bench.vee.kernels import kernels
from bench.vee.pipeline import pipeline
from bench.vee.world import FIRST_DAY, fill, make_meters
from metering.store.statistics.folding import fold

DAYS = 7
BEFORE = 35
"""Days of history: a month of statistics and the weeks that like days are looked for in."""


def run(quick: bool) -> Iterator[Figure]:
    """Measure on 20,000 series-days, or on a million."""
    meters = 3_000 if quick else 143_000
    ids = make_meters(meters)
    fill(ids, FIRST_DAY - BEFORE, BEFORE, spoil=False)
    fold()
    values = fill(ids, FIRST_DAY, DAYS, spoil=True)
    yield from kernels(ids[:3_000], DAYS - 1)
    yield from pipeline(values)
