"""What the cells of a column look like: numbers, times, dates, identifications."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from integration.formats.table.mapping import AUTO, BLANKS
from integration.formats.table.patterns import TimeError, parser_of

MOST = 0.75
"""Share of the cells that must look alike."""
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,' ][0-9]+)*")
_CLOCK = re.compile(r"[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?")
_SLASHES = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/[0-9]{4}(?: +[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( ?[AaPp]\.?[Mm]\.?)?)?")
_LONG_NUMBER = re.compile(r"[0-9]{10,}")
_COUNTED = (("epoch_s", 946_684_800, 4_102_444_800), ("epoch_ms", 946_684_800_000, 4_102_444_800_000))
_EXCEL_DAYS = (36_526, 73_050)
_RECOGNISE = parser_of(AUTO)


@dataclass(frozen=True, slots=True)
class Looks:
    """What most cells of a column are. `format` of times: `auto`, a pattern, or empty where they are none."""

    number: bool
    clock: bool
    format: str
    with_clock: bool
    counted: str


def looks_of(cells: Sequence[str]) -> Looks:
    """What the filled cells (n) of a column look like; nothing where there are none."""
    filled = [cell for cell in cells if cell.casefold() not in BLANKS]
    if not filled:
        return Looks(False, False, "", False, "")
    format_ = _time_format(filled)
    return Looks(
        number=_share(filled, _is_number) >= MOST and not format_,
        clock=_share(filled, lambda cell: bool(_CLOCK.fullmatch(cell))) >= MOST,
        format=format_,
        with_clock=bool(format_) and _share(filled, lambda cell: ":" in cell or len(cell) > len("yyyy-mm-dd")) >= MOST,
        counted=_counted(filled),
    )


def is_time(cell: str) -> bool:
    """Whether a cell alone is a date or a date with a time, in any of the formats that are recognised."""
    if _SLASHES.fullmatch(cell):
        return True
    try:
        _RECOGNISE(cell)
    except TimeError:
        return False
    return not cell.isdigit()


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell)) and not _LONG_NUMBER.fullmatch(cell)


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, cells)) / len(cells)


def _time_format(cells: Sequence[str]) -> str:
    if _share(cells, is_time) < MOST:
        return ""
    slashed = [found for cell in cells if (found := _SLASHES.fullmatch(cell))]
    return _slashed(slashed) if slashed else AUTO


def _slashed(found: Sequence[re.Match[str]]) -> str:
    """The pattern of dates with strokes; `auto`, which refuses them by name, where nothing tells day from month."""
    first, second = (max(int(match[group]) for match in found) for group in (1, 2))
    half = any(match[4] for match in found)
    if first > 12 >= second:
        date = "dd/mm/yyyy"
    elif second > 12 >= first or half:
        date = "mm/dd/yyyy"
    else:
        return AUTO
    clock = " HH:MM" if any(":" in match[0] for match in found) else ""
    return date + clock + (":SS" if clock and any(match[3] for match in found) else "") + (" AM" if half else "")


def _counted(cells: Sequence[str]) -> str:
    """The format of times that are numbers; empty where they are none."""
    if not all(re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", cell) for cell in cells):
        return ""
    numbers = [float(cell.replace(",", ".")) for cell in cells]
    for name, low, high in (*_COUNTED, ("excel", *_EXCEL_DAYS)):
        if all(low <= number < high for number in numbers):
            return name
    return ""
