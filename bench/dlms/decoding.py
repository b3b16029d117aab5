"""Decoding: a day of a load profile as columns and as plain values.

The profile has 96 rows of clock, status (unsigned) and two registers (double-long-unsigned), 2,690 octets. Best of
many short rounds that alternate between the measures, so that a busy machine disturbs little. The ceiling is numpy
looking at the same octets and copying them, which no decoder can do without.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np

from bench.report import Figure
from protocols.dlms.columns import ClockColumn, IntegerColumn, decode_columns, encode_rows, join_rows, row_matrix
from protocols.dlms.compact_array import compact_array
from protocols.dlms.data import Encoded, decode
from protocols.dlms.encoding import NULL, array, octet_string, structure
from protocols.dlms.tags import Tag

ROWS, PERIOD_S = 96, 900
ZONE = ZoneInfo("Europe/Helsinki")
START = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
DAYS = 1_500
"""Different days of profiles, more than any cache of clocks holds."""
PER_ROUND = 250
Measure = Callable[[], object]


def figures(rounds: int) -> Iterator[Figure]:
    """What the decoders do in a second."""
    days = [_profile(day) for day in range(DAYS)]
    buffer = days[0]
    columns = partial(decode_columns, width=4, capture_period=PERIOD_S)
    measures: dict[str, Measure] = {
        "column decode": partial(columns, buffer),
        "column decode, clocks never seen before": _each(columns, days),
        "column decode, null-data compressed": partial(columns, _compressed(buffer)),
        "column decode, compact array": partial(columns, compact_array(_rows(buffer))),
        "general decode": partial(decode, buffer),
        "encode": partial(_encode, _columns(0)),
        "numpy copy of the octets": lambda: np.frombuffer(buffer, np.uint8).copy(),
    }
    goals = {"column decode": 50_000, "general decode": 2_500}
    yield Figure("octets of the profile", len(buffer), "octets")
    rates = dict(zip(measures, best(rounds, list(measures.values())), strict=True))
    for figure, rate in rates.items():
        yield Figure(figure, rate, "profiles/s", goals.get(figure))
    yield Figure("column decode against the copy", rates["column decode"] / rates["numpy copy of the octets"], "of 1")


def best(rounds: int, measures: Sequence[Measure]) -> list[float]:
    """Calls per second of each measure, the best of rounds that alternate between them."""
    found = [[_rate(measure) for measure in measures] for _ in range(rounds)]
    return [max(rates) for rates in zip(*found, strict=True)]


def _rate(measure: Measure) -> float:
    begun = time.perf_counter()
    for _ in range(PER_ROUND):
        measure()
    return PER_ROUND / (time.perf_counter() - begun)


def _each(decoder: Callable[[bytes], object], buffers: Sequence[bytes]) -> Measure:
    """Another buffer with every call."""
    following = itertools.cycle(buffers).__next__
    return lambda: decoder(following())


def _columns(day: int) -> list[ClockColumn | IntegerColumn]:
    quarters = np.arange(day * ROWS, (day + 1) * ROWS, dtype=np.int64)
    return [
        ClockColumn(START + PERIOD_S * quarters, ZONE),
        IntegerColumn(Tag.UNSIGNED, quarters * 0 + 8),
        IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, quarters * 170),
        IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, quarters // 9),
    ]


def _profile(day: int) -> bytes:
    return bytes(encode_rows(_columns(day)))


def _encode(columns: list[ClockColumn | IntegerColumn]) -> Encoded:
    return join_rows(row_matrix(columns))


def _rows(buffer: bytes) -> list[Encoded]:
    size = (len(buffer) - 2) // ROWS
    return [Encoded(buffer[start : start + size]) for start in range(2, len(buffer), size)]


def _compressed(buffer: bytes) -> bytes:
    """The same rows as meters compress them: null-data for the clock and for what is as in the row before."""
    rows: list[Encoded] = []
    before: list[Encoded] = []
    for row in _rows(buffer):
        cells = [octet_string(row[4:16]), Encoded(row[16:18]), Encoded(row[18:23]), Encoded(row[23:28])]
        pairs = zip(cells[1:], before[1:], strict=True)
        rows.append(structure(NULL, *(NULL if cell == last else cell for cell, last in pairs)) if before else row)
        before = cells
    return bytes(array(rows))
