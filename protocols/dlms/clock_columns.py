"""Clock cells of a profile to UTC epoch seconds, all rows at once."""

from datetime import tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.clock import STATUS_UNSPECIFIED, decode_datetime
from protocols.errors import RemoteProtocolError

Times = tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.uint8]]
_LAST_MONTH, _LAST_HOUR, _LAST_SIXTIETH, _WILD = 12, 23, 59, 0xFF


def epoch_seconds(clock: NDArray[Any], zone: tzinfo | None) -> Times:
    """Times, which of them are set, and the clock status, of (n,) records of `rows.CLOCK_TYPE`.

    Fractions of a second are dropped. A status of 0xFF (not specified) is reported as 0.
    """
    status = clock["status"].copy()
    status[status == STATUS_UNSPECIFIED] = 0
    deviation = clock["deviation"].astype(np.int64)
    month, day, hour = clock["month"], clock["day"], clock["hour"]
    months = ((clock["year"].astype(np.int64) - 1970) * 12 + month - 1).astype("M8[M]")
    days = months.astype("M8[D]").astype(np.int64) + day - 1
    minute, second = clock["minute"].astype(np.int64), clock["second"]
    times = days * 86_400 + hour * np.int64(3600) + (minute + deviation) * 60 + np.where(second == _WILD, 0, second)
    inside = (days.astype("M8[D]").astype("M8[M]") == months) & (month >= 1) & (month <= _LAST_MONTH) & (day >= 1)
    inside &= (hour <= _LAST_HOUR) & (minute <= _LAST_SIXTIETH) & ((second <= _LAST_SIXTIETH) | (second == _WILD))
    inside &= (clock["year"] != 0xFFFF) & (np.abs(deviation) < 24 * 60)
    if not inside.all():
        return _one_by_one(clock, zone, status)
    return times, inside, status


def _one_by_one(clock: NDArray[Any], zone: tzinfo | None, status: NDArray[np.uint8]) -> Times:
    """For clocks without deviation, with wildcards or with impossible fields."""
    times = np.zeros(len(clock), np.int64)
    present = np.zeros(len(clock), np.bool_)
    for row, raw in enumerate(clock):
        epoch = epoch_second(raw.tobytes(), zone)
        if epoch is not None:
            times[row], present[row] = epoch, True
    return times, present, status


def epoch_second(raw: bytes, zone: tzinfo | None) -> int | None:
    """UTC epoch seconds of one 12-octet clock, None when it is not an instant."""
    try:
        return int(decode_datetime(raw, zone).at.timestamp())
    except RemoteProtocolError:
        return None
