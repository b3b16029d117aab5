"""CSV and Excel as formats of exports."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.conf import settings

from integration.exports.options import Clock, Decimal, Layout, Options
from integration.exports.registry import MOST_SERIES, Format, Objection
from integration.formats.portion import MOST_DIGITS, Letterhead, Portion
from integration.formats.table.rows import MOST_COLUMNS
from integration.formats.table.style import Style
from integration.formats.table.writable import out_of_range, why_unwritable
from integration.formats.table.writer_csv import write_csv
from integration.formats.table.writer_xlsx import write_xlsx

_PIECE = 1 << 20
_OPTIONS = frozenset({"unit", "layout", "times"})
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_IN_WORKBOOK = 2_000_000
"""Values of a workbook: two sheets full, and about as much as a spreadsheet program opens."""
_PART, _PART_OF_WORKBOOK = 100_000, 25_000
"""Values at a time: rows of text take more room than numbers, and cells of a workbook more time."""


def style_of(head: Letterhead, options: Options) -> Style:
    """How a table with these options looks."""
    zone = head.details.get("zone", "UTC") if options.times is Clock.LOCAL else "UTC"
    return Style(options.layout is Layout.WIDE, zone, "," if options.decimal is Decimal.COMMA else ".")


def most_series(options: Options) -> int:
    """A column per series in a wide table, and one for the times, perhaps another one for the hour that comes twice."""
    return MOST_COLUMNS - 2 if options.layout is Layout.WIDE else MOST_SERIES


def is_wide(options: Options) -> bool:
    """Whether the rows are instants."""
    return options.layout is Layout.WIDE


def too_many_digits(portion: Portion) -> Sequence[Objection]:
    """Values a table would have to cut."""
    return (Objection(out_of_range(portion), f"values have more than {MOST_DIGITS} digits"),)


def _csv(portions: Iterable[Portion], head: Letterhead, options: Options) -> Iterator[bytes]:
    return write_csv(portions, style_of(head, options))


def _xlsx(portions: Iterable[Portion], head: Letterhead, options: Options) -> Iterator[bytes]:
    """A workbook is a compressed folder: it is finished first, beside the other drafts, and then read in pieces."""
    folder = Path(settings.FILES) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".xlsx") as draft:
        write_xlsx(portions, draft.name, head, style_of(head, options))
        with Path(draft.name).open("rb") as book:
            while piece := book.read(_PIECE):
                yield piece


CSV = Format(
    "csv", "CSV", "csv", "text/csv; charset=utf-8", _csv, why_unwritable,
    objections=too_many_digits, in_units=True, by_time=is_wide, most_series=most_series,
    options=_OPTIONS | {"decimal"}, part_values=_PART,
)  # fmt: skip
XLSX = Format(
    "xlsx", "Excel", "xlsx", _WORKBOOK, _xlsx, why_unwritable,
    objections=too_many_digits, in_units=True, by_time=is_wide, most_series=most_series,
    options=_OPTIONS, most_values=_MOST_IN_WORKBOOK, part_values=_PART_OF_WORKBOOK,
)  # fmt: skip
