"""Clock cells of a profile to UTC epoch seconds, all rows at once."""

from datetime import tzinfo
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.carrying import everywhere
from protocols.dlms.clock import SIZE, STATUS_UNSPECIFIED, decode_datetime
from protocols.dlms.zone_offsets import Int64Array
from protocols.errors import RemoteProtocolError

Octets = NDArray[np.uint8]

_DAY = 86_400
_FIRST_YEAR, _YEARS = 7 * 256, 512
_LOWEST = np.array([7, 0, 1, 1, 0, 0, 0, 0, 255, 0xFB, 0, 0], np.uint8)
_SPAN = np.array([1, 255, 11, 30, 255, 23, 59, 59, 100, 9, 255, 255], np.uint8)
"""Octets from _LOWEST to _LOWEST + _SPAN, modulo 256, are plain: years from 1792 to 2303, hundredths to 99 or none,
and deviations from -1280 to +1279 minutes are one run each."""
_SECONDS = [0, 0, 0, _DAY, 0, 3600, 60, 1, 0, 256 * 60, 60, 0]
_MONTHS = [256 * 12, 12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
_WEIGHTS = np.array([_SECONDS, _MONTHS], np.float32).T.copy()
"""What each octet above _LOWEST adds to the seconds within a month and to the months since _FIRST_YEAR. Floats are
exact below 2^24, and what linear algebra is fast with."""
_STARTS = np.arange((_FIRST_YEAR - 1970) * 12, (_FIRST_YEAR + _YEARS - 1970) * 12 + 1).astype("M8[M]").astype("M8[D]")
_LAST_DAY = (np.diff(_STARTS).astype(np.int64) - 1).astype(np.uint8)
"""Days of each month, less one."""
_FIRST_SECOND = _STARTS[:-1].astype(np.int64) * _DAY - 5 * 256 * 60
"""Of each month, less the five times 256 minutes that _LOWEST takes from the deviation."""
_STATUS = bytes(range(STATUS_UNSPECIFIED)) + b"\0"
_CACHED = 400 * SIZE


_LOWEST_OFTEN, _SPAN_OFTEN = np.resize(_LOWEST, _CACHED), np.resize(_SPAN, _CACHED)


class Times(NamedTuple):
    """(n,) UTC epoch seconds, which of them are set, and the clock status (0 where not specified)."""

    times: Int64Array
    usable: NDArray[np.bool_]
    status: Octets


def clock_times(octets: bytes, zone: tzinfo | None) -> Times:
    """Times of consecutive 12-octet clocks, in read-only arrays.

    The meters of a fleet stamp the same instants: what a reading of a day decodes once serves all that follow.
    """
    return _cached_times(octets, zone) if len(octets) <= _CACHED else _times(octets, zone)


def _times(octets: bytes, zone: tzinfo | None) -> Times:
    """The usual clock, complete and with a deviation, is matrix arithmetic; others go one by one.

    Fractions of a second are dropped.
    """
    status = np.frombuffer(octets[SIZE - 1 :: SIZE].translate(_STATUS), np.uint8)
    lowest, span = _limits(len(octets))
    flat = np.frombuffer(octets, np.uint8) - lowest
    if np.count_nonzero(flat > span):
        return _one_by_one(octets, zone, status)
    above = flat.reshape(-1, SIZE)
    seconds, month = (above.astype(np.float32) @ _WEIGHTS).astype(np.int64).T
    if np.count_nonzero(above[:, 3] > _LAST_DAY[month]):
        return _one_by_one(octets, zone, status)
    times = _FIRST_SECOND[month] + seconds
    times.setflags(write=False)
    return Times(times, everywhere(len(above)), status)


def _limits(size: int) -> tuple[Octets, Octets]:
    """_LOWEST and _SPAN over and over: arrays of one dimension are several times faster with so few octets a row."""
    if size <= _CACHED:
        return _LOWEST_OFTEN[:size], _SPAN_OFTEN[:size]
    return np.resize(_LOWEST, size), np.resize(_SPAN, size)


_cached_times = lru_cache(maxsize=512)(_times)


def _one_by_one(octets: bytes, zone: tzinfo | None, status: Octets) -> Times:
    """For clocks without deviation, with wildcards or with impossible fields."""
    found = [epoch_second(octets[start : start + SIZE], zone) for start in range(0, len(octets), SIZE)]
    times = np.array([time or 0 for time in found], np.int64)
    usable = np.array([time is not None for time in found], np.bool_)
    times.setflags(write=False)
    usable.setflags(write=False)
    return Times(times, usable, status)


def epoch_second(raw: bytes, zone: tzinfo | None) -> int | None:
    """UTC epoch seconds of one 12-octet clock, None when it is not an instant."""
    try:
        return int(decode_datetime(raw, zone).at.timestamp())
    except RemoteProtocolError:
        return None
