"""Interval readings one by one, for those that do not come in plain runs: what is faulty is named and left out."""

from __future__ import annotations

from collections.abc import Sequence

from integration.formats.espi import quality
from integration.formats.espi.columns import ABSENT, Columns
from integration.formats.espi.element import Element
from integration.formats.espi.names import espi
from integration.formats.espi.problems import Problems
from integration.formats.espi.resources import number, short
from integration.formats.portion import MOST_DIGITS, NO_VALUE, Problem, Severity

_LIMIT = 10**MOST_DIGITS
_LATEST = 2**33
_PERIOD, _START, _DURATION = espi("timePeriod"), espi("start"), espi("duration")
_VALUE, _QUALITIES = espi("value"), f"{espi('ReadingQuality')}/{espi('quality')}"
Row = tuple[int, int, int, int, int]


def read_readings(elements: Sequence[Element], problems: Problems) -> Columns:
    """The readings of these `IntervalReading` elements in order."""
    rows = (_row(element, problems) for element in elements)
    return Columns.of_rows([row for row in rows if row is not None])


def _row(element: Element, problems: Problems) -> Row | None:
    line = int(element.sourceline or 0)
    period = element.find(_PERIOD)
    start, duration = ABSENT, ABSENT
    if period is not None:
        times = [_time(period, name, line, problems) for name in (_START, _DURATION)]
        if times[0] is None or times[1] is None:
            return None
        start, duration = times[0], times[1]
    value = _value(element, line, problems)
    if value is None:
        return None
    return start, duration, value, _quality(element, line, problems), line


def _time(period: Element, name: str, line: int, problems: Problems) -> int | None:
    """Seconds; `ABSENT` where the element is missing, None where it is no number of seconds."""
    found = period.find(name)
    if found is None:
        return ABSENT
    seconds = number(found.text)
    if seconds is None or not 0 <= seconds < _LATEST:
        _refuse(problems, found, line, "not a number of seconds")
        return None
    return seconds


def _value(element: Element, line: int, problems: Problems) -> int | None:
    """The integer; `NO_VALUE` where there is none, None where it is refused."""
    found = element.find(_VALUE)
    if found is None or not (found.text or "").strip():
        problems.add(Problem(line, "a reading without a value", "value", severity=Severity.NOTE))
        return NO_VALUE
    value = number(found.text)
    reason = _reason(element, value)
    if reason:
        _refuse(problems, found, line, reason)
        return None
    return value


def _reason(element: Element, value: int | None) -> str:
    """Why a value is refused; empty where it is not."""
    if element.find(f"{_VALUE}[2]") is not None:
        return "a reading with several values"
    if value is None:
        return "not a whole number"
    return f"more than {MOST_DIGITS} digits" if abs(value) >= _LIMIT else ""


def _quality(element: Element, line: int, problems: Problems) -> int:
    """The quality that counts: of several the worst, of what is no code `questionable`."""
    codes = []
    for found in element.iterfind(_QUALITIES):
        code = number(found.text)
        if code is None or not 0 <= code <= quality.HIGHEST:
            text, code = short(found.text), quality.QUESTIONABLE
            reason = "not a quality code: taken as questionable"
            problems.add(Problem(int(found.sourceline or line), reason, "quality", text, Severity.REPAIRED))
        codes.append(code)
    return quality.worst(codes)


def _refuse(problems: Problems, element: Element, line: int, reason: str) -> None:
    name = str(element.tag).rpartition("}")[2]
    problems.add(Problem(int(element.sourceline or line), reason, name, short(element.text)))
