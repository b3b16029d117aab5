"""Clock cells of a profile to UTC epoch seconds, all rows at once."""

from datetime import tzinfo

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.clock import STATUS_UNSPECIFIED, decode_datetime
from protocols.errors import RemoteProtocolError

Octets = NDArray[np.uint8]
Times = tuple[NDArray[np.int64], NDArray[np.bool_], Octets]

_DAY = 86_400
_SHORTEST_MONTH = 28
_MONTHS_BEFORE_1970 = 1970 * 12 + 1
_LOWEST = np.array([0, 0, 1, 1, 0, 0, 0, 0, 0, 0xFB, 0, 0], np.uint8)
_SPAN = np.array([0x26, 255, 11, 30, 255, 23, 59, 59, 255, 9, 255, 255], np.uint8)
"""Octets from _LOWEST to _LOWEST + _SPAN, modulo 256, are plain: deviations from -1280 to +1279 minutes are one run."""
_SECONDS = [0, 0, 0, _DAY, 0, 3600, 60, 1, 0, 256 * 60, 60, 0]
_MONTHS = [256 * 12, 12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
_WEIGHTS = np.array([_SECONDS, _MONTHS], np.int64).T
"""What each octet adds to the seconds within a month and to the months since year 0."""
_BASE = _LOWEST.view(np.int8).astype(np.int64) @ _WEIGHTS - [_DAY, _MONTHS_BEFORE_1970]


def epoch_seconds(clock: Octets, zone: tzinfo | None) -> Times:
    """Times, which of them are set, and the clock status, of (n, 12) octets.

    The usual clock, complete and with a deviation within 21 hours, is matrix arithmetic; anything else goes row by row.
    Fractions of a second are dropped. A status of 0xFF (not specified) is reported as 0.
    """
    status = clock[:, 11] * (clock[:, 11] != STATUS_UNSPECIFIED)
    above = clock - _LOWEST
    if (above > _SPAN).any():
        return (*_one_by_one(clock, zone), status)
    seconds, count = (above.astype(np.int64) @ _WEIGHTS + _BASE).T
    months = count.astype("M8[M]")
    first = months.astype("M8[D]").astype(np.int64)
    if _any_beyond_month(clock[:, 3], months, first):
        return (*_one_by_one(clock, zone), status)
    return first * _DAY + seconds, np.ones(len(clock), np.bool_), status


def _any_beyond_month(day: Octets, months: NDArray[np.datetime64], first: NDArray[np.int64]) -> bool:
    """Whether a day is one its month does not have."""
    if not (day > _SHORTEST_MONTH).any():
        return False
    following = (months + np.timedelta64(1, "M")).astype("M8[D]").astype(np.int64)
    return bool((day > following - first).any())


def _one_by_one(clock: Octets, zone: tzinfo | None) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For clocks without deviation, with wildcards or with impossible fields."""
    found = [epoch_second(raw.tobytes(), zone) for raw in clock]
    times = np.array([time or 0 for time in found], np.int64)
    return times, np.array([time is not None for time in found], np.bool_)


def epoch_second(raw: bytes, zone: tzinfo | None) -> int | None:
    """UTC epoch seconds of one 12-octet clock, None when it is not an instant."""
    try:
        return int(decode_datetime(raw, zone).at.timestamp())
    except RemoteProtocolError:
        return None
