"""Validation and estimation: kernels, pandas beside them, from store to store, and how good estimates are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.report import Figure
from bench.vee.kernels import kernels
from bench.vee.pandas_twin import against_pandas
from bench.vee.pipeline import pipeline
from bench.vee.quality import quality
from bench.vee.world import DAYS, arrive, make_history, make_meters


@dataclass(frozen=True, slots=True)
class Load:
    """How many meters are on file and how many of them kernels and pandas judge; gaps per method, length and curve."""

    meters: int
    judged: int
    sample: int
    gaps: int


FULL = Load(meters=143_000, judged=3_000, sample=2_000, gaps=200)
QUICK = Load(meters=6_000, judged=3_000, sample=200, gaps=10)


def run(quick: bool) -> Iterator[Figure]:
    """Measure on 42,000 series-days, or on a million."""
    return measure(QUICK if quick else FULL)


def measure(load: Load) -> Iterator[Figure]:
    """All parts, the estimates at last."""
    meters = make_meters(load.meters)
    make_history(meters)
    values = arrive(meters)
    yield from kernels(meters.used[: load.judged])
    yield from against_pandas(meters.used[: load.sample])
    yield from pipeline(values, load.meters * DAYS)
    yield from quality(load.gaps)
