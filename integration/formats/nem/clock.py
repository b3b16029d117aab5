"""Market time: ten hours ahead of UTC all year, so every market day has 24 hours (National Electricity Rules, EST)."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta

MARKET_OFFSET_S = 36_000
DAY_S = 86_400
MINUTE_S = 60
_EPOCH = date(1970, 1, 1)


def market_day(text: bytes) -> int | None:
    """Days since 1970 of `CCYYMMDD`; None if there is no such day."""
    if len(text) != 8 or not text.isdigit():
        return None
    try:
        return (date(int(text[:4]), int(text[4:6]), int(text[6:])) - _EPOCH).days
    except ValueError:
        return None


def day_start(day: int) -> int:
    """Seconds since 1970 UTC of the midnight that begins this market day."""
    return day * DAY_S - MARKET_OFFSET_S


def market_instant(text: str) -> int | None:
    """Seconds since 1970 UTC of `CCYYMMDDhhmmss` (or without seconds); None if there is no such time."""
    if len(text) not in (12, 14) or not (text.isascii() and text.isdigit()):
        return None
    try:
        moment = datetime.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return calendar.timegm(moment.timetuple()) - MARKET_OFFSET_S


def day_text(day: int) -> str:
    """`CCYYMMDD` of days since 1970."""
    return (_EPOCH + timedelta(days=day)).isoformat().replace("-", "")


def instant_text(at: int) -> str:
    """`CCYYMMDDhhmmss` in market time of seconds since 1970 UTC."""
    return datetime.fromtimestamp(at + MARKET_OFFSET_S, UTC).strftime("%Y%m%d%H%M%S")
