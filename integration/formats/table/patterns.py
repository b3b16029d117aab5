"""Times as text: from what files write to seconds of a calendar, before anybody knows in which zone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from integration.formats.table.mapping import AUTO

DAY_S = 86_400
COUNTED = ("epoch_s", "epoch_ms", "excel", "excel1904")
"""Times that are numbers: seconds or milliseconds since 1970 UTC, days since 1899-12-30 or 1904-01-01 local time."""
PATTERN_TOKENS = {
    "yyyy": r"(?P<yyyy>[0-9]{4})",
    "yy": r"(?P<yy>[0-9]{2})",
    "mm": r"(?P<mm>[0-9]{1,2})",
    "dd": r"(?P<dd>[0-9]{1,2})",
    "HH": r"(?P<HH>[0-9]{1,2})",
    "MM": r"(?P<MM>[0-9]{2})",
    "SS": r"(?P<SS>[0-9]{2})(?:[.,][0-9]{1,9})?",
    "AM": r"(?P<AM>[AaPp])\.?[Mm]\.?",
}
"""Small letters for the date, capitals for the time of day; between them stands what stands in the file."""
PATTERNS = (
    "dd.mm.yyyy HH:MM",
    "dd.mm.yyyy HH:MM:SS",
    "dd/mm/yyyy HH:MM",
    "mm/dd/yyyy HH:MM",
    "mm/dd/yyyy HH:MM AM",
    "yyyy-mm-dd HH:MM",
    "yyyy/mm/dd HH:MM",
    "yyyymmddHHMM",
    "dd.mm.yyyy",
    "yyyy-mm-dd",
)
"""A choice for forms; any other combination of tokens does as well."""

_FIXED_WIDTH = {"mm": "[0-9]{2}", "dd": "[0-9]{2}", "HH": "[0-9]{2}"}
_TOKEN = re.compile("yyyy|yy|mm|dd|HH|MM|SS|AM")
_ISO = re.compile(
    r"(?P<yyyy>[0-9]{4})-(?P<mm>[0-9]{2})-(?P<dd>[0-9]{2})"
    r"(?:[T ]+(?P<HH>[0-9]{1,2}):(?P<MM>[0-9]{2})(?::(?P<SS>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"\s?(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?)?"
)
_SLASHES = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}.*")
_EPOCH = dt.date(1970, 1, 1).toordinal()
_DAY_ZERO = {"excel": dt.date(1899, 12, 30).toordinal() - _EPOCH, "excel1904": dt.date(1904, 1, 1).toordinal() - _EPOCH}
FIRST_YEAR, LAST_YEAR = 2000, 2099


class TimeError(ValueError):
    """The text is no time in the declared format; the message says why."""


@dataclass(frozen=True, slots=True)
class Label:
    """Seconds since 1970 as the calendar reads, and the offset from UTC in seconds where the text names one."""

    seconds: int
    offset: int | None = None


Parser = Callable[[str], Label]


def parser_of(format_: str) -> Parser:
    """The reader of one format. It raises TimeError; ISO 8601 dates are understood besides any pattern, because sheets
    give them and nothing else looks like them."""
    if format_ in COUNTED:
        return lambda text: _counted(text, format_)
    if format_ == AUTO:
        recognised = (_ISO, *map(_expression, _RECOGNISED))
        return lambda text: _labelled(text, recognised, format_)
    declared = (_expression(format_), _ISO)
    return lambda text: _labelled(text, declared, format_)


def pattern_fault(pattern: str) -> str:
    """What is wrong with a declared format; empty when nothing is."""
    if pattern in COUNTED:
        return ""
    tokens = _TOKEN.findall(pattern)
    if len(set(tokens)) != len(tokens):
        return "names the same part twice"
    if not {"mm", "dd"} <= set(tokens) or not {"yyyy", "yy"} & set(tokens):
        return "must have a year (yyyy), a month (mm) and a day (dd)"
    if "MM" in tokens and "HH" not in tokens:
        return "has minutes (MM) without hours (HH)"
    return ""


_RECOGNISED = (
    "dd.mm.yyyy HH:MM:SS",
    "dd.mm.yyyy HH:MM",
    "dd.mm.yyyy",
    "yyyy/mm/dd HH:MM:SS",
    "yyyy/mm/dd HH:MM",
    "yyyy/mm/dd",
    "yyyymmdd HH:MM",
    "yyyymmddHHMMSS",
    "yyyymmddHHMM",
    "yyyymmdd",
)


def _expression(pattern: str) -> re.Pattern[str]:
    """The regular expression of a pattern. Parts that touch each other have all their digits."""
    parts, end = [], 0
    for token in _TOKEN.finditer(pattern):
        parts.append(_between(pattern[end : token.start()]))
        touches = pattern[token.end() : token.end() + 2] in PATTERN_TOKENS or (token.start() == end and end > 0)
        name = token.group()
        parts.append(f"(?P<{name}>{_FIXED_WIDTH[name]})" if touches and name in _FIXED_WIDTH else PATTERN_TOKENS[name])
        end = token.end()
    return re.compile("".join(parts) + _between(pattern[end:]))


def _between(text: str) -> str:
    return "".join(r"[\sT]+" if letter == " " else re.escape(letter) for letter in text)


def _labelled(text: str, expressions: tuple[re.Pattern[str], ...], format_: str) -> Label:
    for expression in expressions:
        if found := expression.fullmatch(text):
            return _label(found.groupdict())
    if not text:
        raise TimeError("the time is missing")
    if format_ == AUTO and _SLASHES.fullmatch(text):
        raise TimeError("day and month cannot be told apart: declare dd/mm/yyyy or mm/dd/yyyy")
    raise TimeError("not a time" if format_ == AUTO else f"not a time like {format_}")


def _label(parts: dict[str, str | None]) -> Label:
    year = int(parts.get("yyyy") or 0) or 2000 + int(parts.get("yy") or 0)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise TimeError(f"the year {year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    try:
        day = dt.date(year, int(parts["mm"] or 0), int(parts["dd"] or 0)).toordinal() - _EPOCH
    except ValueError as error:
        raise TimeError("there is no such day") from error
    return Label(day * DAY_S + _time_of_day(parts), _offset(parts.get("offset")))


def _time_of_day(parts: dict[str, str | None]) -> int:
    """Seconds since midnight; 24:00 is the end of the day."""
    hour, minute, second = (int(parts.get(name) or 0) for name in ("HH", "MM", "SS"))
    if half := parts.get("AM"):
        if not 1 <= hour <= 12:
            raise TimeError(f"there is no {hour} o'clock before or after noon")
        hour = hour % 12 + (12 if half in "Pp" else 0)
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > DAY_S:
        raise TimeError("there is no such time of day")
    return seconds


def _offset(text: str | None) -> int | None:
    if not text:
        return None
    if text == "Z":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if text[0] == "-" else seconds


def _counted(text: str, format_: str) -> Label:
    try:
        number = Decimal(text.replace(",", "."))
        if format_ in _DAY_ZERO:
            label = Label(_DAY_ZERO[format_] * DAY_S + round(number * DAY_S))
        else:
            label = Label(int(number) if format_ == "epoch_s" else int(number // 1000), 0)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise TimeError("not a number" if text else "the time is missing") from error
    if not _FIRST <= label.seconds < _LAST:
        raise TimeError(f"as {format_} this is not between {FIRST_YEAR} and {LAST_YEAR}")
    return label


_FIRST = (dt.date(FIRST_YEAR, 1, 1).toordinal() - _EPOCH) * DAY_S
_LAST = (dt.date(LAST_YEAR + 1, 1, 1).toordinal() - _EPOCH) * DAY_S
