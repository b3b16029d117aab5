"""Blackouts as people write them: `Mon-Fri 07:00-09:00`, one to a line."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NUMBERS = {name.lower(): number for number, name in enumerate(WEEKDAYS)}
_LINE = re.compile(r"(?P<days>[A-Za-z, -]+?)\s+(?P<start>\d{1,2}:\d{2})\s*[-–]\s*(?P<end>\d{1,2}:\d{2})")


def clock(minute: int) -> str:
    """`07:05` of a minute of the day."""
    return f"{minute // 60:02}:{minute % 60:02}"


def weekday_words(weekdays: Iterable[int]) -> str:
    """`every day`, `Mon-Fri`, `Mon, Wed, Sat-Sun`; Monday is 0."""
    days = sorted(set(weekdays))
    if len(days) == len(WEEKDAYS):
        return "every day"
    firsts = [day for day in days if day - 1 not in days]
    lasts = [day for day in days if day + 1 not in days]
    spans = zip(firsts, lasts, strict=True)
    return ", ".join(
        WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]}-{WEEKDAYS[last]}" for first, last in spans
    )


def blackout_lines(entries: Sequence[Any]) -> str:
    """Blackouts as their rows keep them, one to a line."""
    return "\n".join(
        f"{weekday_words(each['weekdays'])} {clock(each['start'])}-{clock(each['end'])}" for each in entries
    )


def parse_blackouts(text: str) -> list[dict[str, Any]]:
    """Blackouts as rows keep them, from one line each; ValueError names the line that cannot be made out."""
    return [_parse(line.strip()) for line in text.splitlines() if line.strip()]


def _parse(line: str) -> dict[str, Any]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"“{line[:60]}” is not understood. Write it as Mon-Fri 07:00-09:00.")
    start, end = (_minute(found[name], line) for name in ("start", "end"))
    return {"weekdays": _days(found["days"], line), "start": start, "end": end}


def _minute(text: str, line: str) -> int:
    hour, minute = map(int, text.split(":"))
    if (hour, minute) == (24, 0):
        return 0
    if hour > 23 or minute > 59:
        raise ValueError(f"“{line[:60]}”: there is no time {text}.")
    return hour * 60 + minute


def _days(text: str, line: str) -> list[int]:
    if text.strip().lower() in ("every day", "daily"):
        return list(range(7))
    days: set[int] = set()
    for part in text.split(","):
        names = [name.strip().lower()[:3] for name in part.split("-")]
        if len(names) > 2 or not all(name in _NUMBERS for name in names):
            raise ValueError(f"“{line[:60]}”: there is no day {part.strip() or 'before the time'}.")
        first, last = _NUMBERS[names[0]], _NUMBERS[names[-1]]
        days.update((first + n) % 7 for n in range((last - first) % 7 + 1))
    return sorted(days)
