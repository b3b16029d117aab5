"""How times and numbers are written on screen. Times are in the active zone, always with its abbreviation at hand."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


def local_time(value: datetime) -> str:
    """`2026-11-20 14:15 EET`: local to the active zone, to the minute."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M %Z}"


def exact_time(value: datetime) -> str:
    """ISO 8601 with the zone's offset, to the second; what exports and `<time datetime>` carry."""
    return timezone.localtime(value).isoformat(timespec="seconds")


def age(value: datetime, now: datetime | None = None) -> str:
    """How long ago in the largest whole unit: `just now`, `5 min ago`, `3 h ago`, `12 d ago`; or `in 5 min`."""
    elapsed = (now or timezone.now()) - value
    text = _span(abs(elapsed))
    if not text:
        return "just now"
    return f"{text} ago" if elapsed > timedelta(0) else f"in {text}"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return ""
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def grouped(value: float | Decimal | str | None, places: int = 0) -> str:
    """A number in groups of three with narrow spaces (ISO 80000-1): 1 234 567.8; empty for None or ""."""
    if value in (None, ""):
        return ""
    return f"{Decimal(str(value)):,.{places}f}".replace(",", NARROW_SPACE).replace("-", "\N{MINUS SIGN}")
