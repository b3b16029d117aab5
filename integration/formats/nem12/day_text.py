"""The records of market days as text: 300, where quality differs within a day 400, and 500."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from integration.formats.nem import codes
from integration.formats.nem.clock import DAY_S, MARKET_OFFSET_S, day_start, day_text
from integration.formats.nem.fields import join, split
from integration.formats.nem.flags import Flags, from_status
from integration.formats.nem.stretch import Stretch
from integration.formats.nem12.assembly import EVENT_KIND, ORDER_KIND
from integration.formats.nem12.market_days import MarketDays

_WORD_BITS = 32


def day_records(stretch: Stretch, days: MarketDays, numbers: Sequence[bytes], updated: str) -> Iterator[bytes]:
    """All records of these days; `numbers` are the values of each as text, `updated` the time they were changed."""
    descriptions = [""]
    keys = days.status.astype(np.int64) | _described(stretch, days, descriptions) << _WORD_BITS
    uniform = (keys == keys[:, :1]).all(axis=1).tolist()
    orders = _orders(stretch)
    for row, day in enumerate(days.days.tolist()):
        flags, description = _meaning(int(keys[row, 0]), descriptions)
        same = uniform[row]
        ending = [flags.quality_method, flags.reason_code, description] if same else ["V", "", ""]
        date, last = day_text(day).encode(), join([*ending, updated, ""]).encode()
        yield b"300,%s,%s,%s\r\n" % (date, numbers[row], last)
        if not same or flags.reason in codes.WITH_EVENTS:
            yield from _events(keys[row], descriptions)
        for order in orders.get(day, ()):
            yield _record("500", *(split(order.encode()) or [order]))


def _record(*fields: str) -> bytes:
    return join(list(fields)).encode() + b"\r\n"


def _meaning(key: int, descriptions: Sequence[str]) -> tuple[Flags, str]:
    flags = from_status(key & ((1 << _WORD_BITS) - 1))
    assert flags is not None, "statuses to write are all of this kind"
    return flags, descriptions[key >> _WORD_BITS]


def _events(keys: NDArray[np.int64], descriptions: Sequence[str]) -> Iterator[bytes]:
    """Records 400 of a day: one for every run of intervals with the same flags and description."""
    begins = [0, *(np.flatnonzero(np.diff(keys)) + 1).tolist(), len(keys)]
    for begin, end in pairwise(begins):
        flags, description = _meaning(int(keys[begin]), descriptions)
        yield _record("400", str(begin + 1), str(end), flags.quality_method, flags.reason_code, description)


def _described(stretch: Stretch, days: MarketDays, descriptions: list[str]) -> NDArray[np.int64]:
    """Which of `descriptions`, to which the ones found are added, holds for each interval; 0 for none."""
    rows, columns = days.values.shape
    which = np.zeros(rows * columns, dtype=np.int64)
    starts = days.days[:, None] * DAY_S - MARKET_OFFSET_S + np.arange(columns) * stretch.channel.interval_s
    known = {"": 0}
    for remark in stretch.remarks:
        if remark.kind == EVENT_KIND:
            number = known.setdefault(remark.text, len(known))
            begin, end = np.searchsorted(starts.ravel(), [remark.start, remark.end])
            which[begin:end] = number
    descriptions[:] = known
    return which.reshape(rows, columns)


def _orders(stretch: Stretch) -> dict[int, list[str]]:
    """Details of readings by market day."""
    orders: dict[int, list[str]] = {}
    for remark in stretch.remarks:
        if remark.kind == ORDER_KIND:
            orders.setdefault((remark.start - day_start(0)) // DAY_S, []).append(remark.text)
    return orders
