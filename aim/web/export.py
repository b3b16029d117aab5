"""CSV of what a list shows: the same rows, columns and order, streamed so that a million rows need no memory.

Text that a spreadsheet would run as a formula is defused with a leading apostrophe (OWASP, CSV injection); numbers stay
numbers. The file begins with a byte-order mark because spreadsheets otherwise read UTF-8 wrongly.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from itertools import islice
from typing import Any, TypeAlias

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from aim.web.tables import Column
from aim.web.tones import State

CHUNK_ROWS = 2000
Complete: TypeAlias = Callable[[Sequence[Any]], None]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_response(
    rows: QuerySet[Any], columns: Sequence[Column], name: str, complete: Complete | None = None
) -> StreamingHttpResponse:
    """The rows as a CSV attachment `NAME-YYYYMMDD-HHMM.csv`; times are ISO 8601 in the active zone.

    `complete` is given the rows chunk by chunk and sets on them what a query alone does not bring.
    """
    zone = timezone.get_current_timezone()
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M")
    found: Iterable[Any] = rows.iterator(chunk_size=CHUNK_ROWS)
    return StreamingHttpResponse(
        csv_lines(_completed(found, complete) if complete else found, columns, zone),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{stamp}.csv"', "X-Accel-Buffering": "no"},
    )


def _completed(rows: Iterable[Any], complete: Complete) -> Iterator[Any]:
    rest = iter(rows)
    while chunk := list(islice(rest, CHUNK_ROWS)):
        complete(chunk)
        yield from chunk


def csv_lines(rows: Iterable[Any], columns: Sequence[Column], zone: tzinfo) -> Iterator[str]:
    """The byte-order mark with the header line, then one line per row."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([safe(column.label) for column in columns])
    for row in rows:
        yield writer.writerow([plain(column.exported(row), zone) for column in columns])


def plain(value: object, zone: tzinfo) -> str | int | float | Decimal:
    """A cell as CSV carries it: numbers as they are, times as ISO 8601 in `zone`, everything else as defused text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    return safe(value.label if isinstance(value, State) else str(value))


def safe(text: str) -> str:
    """`text`, with an apostrophe in front when a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


class _Echo:
    """The file object `csv.writer` wants; `writerow` returns what `write` returns."""

    def write(self, line: str) -> str:
        return line
