"""Dates and times as people write them, wildcards kept (Blue Book 4.1.6.1)."""

from protocols.dlms.clock import ClockStatus

_DAYS = {1: "Mon", 2: "Tue", 3: "Wed", 4: "Thu", 5: "Fri", 6: "Sat", 7: "Sun"}
_WILD = 0xFF
_MONTHS = {0xFD: "month DST ends", 0xFE: "month DST begins"}
_MONTH_DAYS = {0xFD: "second last day", 0xFE: "last day"}


def instant_words(raw: bytes) -> str:
    """Twelve octets of a date-time: `Sun 2026-03-29 12:00:00 +03:00, daylight saving`; empty if they are none."""
    if len(raw) != 12 or not _possible(raw[:5], raw[5:9]):
        return ""
    deviation, status = int.from_bytes(raw[9:11], "big", signed=True), raw[11]
    if not (-840 <= deviation <= 840 or deviation == -0x8000):
        return ""
    return f"{date_words(raw[:5])} {time_words(raw[5:9])}{_offset(deviation)}{_status(status)}"


def date_words(raw: bytes) -> str:
    """Five octets: year(2), month, day of month, day of week; `*` for what is not specified."""
    year, month, day, weekday = int.from_bytes(raw[:2], "big"), raw[2], raw[3], raw[4]
    shown = "****" if year == 0xFFFF else f"{year:04}"
    month_text, day_text = _MONTHS.get(month) or _two(month), _MONTH_DAYS.get(day) or _two(day)
    named = f"{_DAYS[weekday]} " if weekday in _DAYS else ""
    return f"{named}{shown}-{month_text}-{day_text}"


def time_words(raw: bytes) -> str:
    """Four octets: hour, minute, second, hundredths; `*` for what is not specified."""
    hundredths = "" if raw[3] in (0, _WILD) else f".{raw[3]:02}"
    return f"{_two(raw[0])}:{_two(raw[1])}:{_two(raw[2])}{hundredths}"


def _possible(date: bytes, time: bytes) -> bool:
    year, month, day, weekday = int.from_bytes(date[:2], "big"), date[2], date[3], date[4]
    return (
        (1970 <= year < 2200 or year == 0xFFFF)
        and (1 <= month <= 12 or month >= 0xFD)
        and (1 <= day <= 31 or day >= 0xFD)
        and (weekday <= 7 or weekday == _WILD)
        and all(part <= top or part == _WILD for part, top in zip(time, (23, 59, 59, 99), strict=True))
    )


def _two(number: int) -> str:
    return "**" if number == _WILD else f"{number:02}"


def _offset(deviation: int) -> str:
    """The sign is the other way round on the wire: minutes from local time to UTC."""
    if deviation == -0x8000:
        return ", deviation not specified"
    hours, minutes = divmod(abs(deviation), 60)
    return f" {'-' if deviation > 0 else '+'}{hours:02}:{minutes:02}"


def _status(status: int) -> str:
    if status == _WILD:
        return ", status not specified"
    names = [str(flag.name).lower().replace("_", " ") for flag in ClockStatus if flag and status & flag]
    return "".join(f", {name}" for name in names)
