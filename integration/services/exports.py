"""An export is asked for, cancelled, begun again and taken home. Every act is in the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import connection, transaction
from django.db.models import Count

from access import audit
from access.models import User, Utility
from aim.action import action_id, new_action
from integration.exports.options import Options
from integration.exports.registry import Format, UnknownFormatError, format_of
from integration.exports.selection import series_with
from integration.exports.states import State, move
from integration.models import ExportSeries, FileExport
from integration.services.files import FileGoneError, open_file
from integration.work.calling import call
from integration.work.states import StateChangedError
from metering.models import Series

MOST_DAYS = 3_700


class ExportError(ValueError):
    """The export cannot be made as it was asked for; the message says what to do. `field` of the form it concerns."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: a format of `exports.registry`, the period (aware, end excluded), and how values are written."""

    format: str
    start: datetime
    end: datetime
    options: Options = field(default_factory=Options)


@transaction.atomic
def begin_export(*, series: Sequence[int], order: Order, user: User | None = None) -> FileExport:
    """Have a file written of these series, in this order with those of a metering point together.

    `user` None: a person at the machine itself, who sees everything. ExportError for series the user may not see or
    of several utilities, for more of them than the format takes, and for a period without
    end.
    """
    form = _format(order)
    ids, utility = _asked(series, user, form.most_series(order.options), form.label)
    _check_size(ids, form, order)
    row = FileExport.objects.create(
        utility=utility,
        format=form.name,
        options=order.options.as_json(),
        starts_at=order.start,
        ends_at=order.end,
        name=file_name(ids, utility, form, order),
        series_count=len(ids),
        created_by=user,
        action=action_id.get() or new_action(),
    )
    _insert(row, ids)
    details = {"format": form.name, "series": len(ids), "from": order.start.isoformat(), "to": order.end.isoformat()}
    details |= {"purpose": str(order.options.purpose), "days": str(order.options.days)}
    audit.record("export asked for", row.name, user=user, utility=utility, target=row, details=details)
    transaction.on_commit(lambda: call(FileExport, row.pk))
    return row


def _format(order: Order) -> Format:
    try:
        form = format_of(order.format)
    except UnknownFormatError as error:
        raise ExportError(str(error), "format") from error
    if order.end <= order.start:
        raise ExportError("The end must be later than the beginning.", "to")
    if order.end - order.start > timedelta(days=MOST_DAYS):
        raise ExportError(f"A file may hold {MOST_DAYS:,} days at most.", "to")
    return form


def _asked(series: Sequence[int], user: User | None, most: int, label: str) -> tuple[list[int], Utility]:
    """The series, each once, those of a metering point together; and the utility all of them belong to."""
    wanted = list(dict.fromkeys(series))
    if not wanted:
        raise ExportError("There is no series to write.", "series")
    if len(wanted) > most:
        raise ExportError(f"{label} files hold {most:,} series at most.", "series")
    rows = series_with(user, wanted).values_list("pk", "metering_point", "metering_point__utility")
    found = {pk: (point, utility) for pk, point, utility in rows}
    if len(found) < len(wanted):
        missing = len(wanted) - len(found)
        raise ExportError(f"{missing:,} of these series do not exist or lie outside what is opened to you.", "series")
    utilities = {utility for _, utility in found.values()}
    if len(utilities) > 1:
        raise ExportError("A file holds series of one utility only.", "series")
    first: dict[int, int] = {}
    for pk in wanted:
        first.setdefault(found[pk][0], len(first))
    return sorted(wanted, key=lambda pk: first[found[pk][0]]), Utility.objects.get(pk=utilities.pop())


def _check_size(series: Sequence[int], form: Format, order: Order) -> None:
    """ExportError for more values than the format takes, if none were missing."""
    lengths = Series.objects.filter(pk__in=series, interval_s__gt=0).values("interval_s").annotate(count=Count("pk"))
    period = (order.end - order.start).total_seconds()
    values = sum(each["count"] * period / each["interval_s"] for each in lengths)
    if values > form.most_values:
        most = f"{form.label} files hold {form.most_values:,} values at most, and this is {values:,.0f}"
        raise ExportError(f"{most}. Choose a shorter period or fewer series.", "to")


def file_name(series: Sequence[int], utility: Utility, form: Format, order: Order) -> str:
    """Metering point or utility, the local days, and the suffix of the format."""
    points = Series.objects.filter(pk__in=series[:1_000]).values_list("metering_point__gsrn", flat=True).distinct()[:2]
    what = points[0] if len(points) == 1 else utility.code
    first = order.start.astimezone(utility.zone).date()
    last = (order.end - timedelta(seconds=1)).astimezone(utility.zone).date()
    return f"{what}-{form.name}-{first}-{last}.{form.suffix}"


def _insert(row: FileExport, ids: Sequence[int]) -> None:
    """The series of the export, numbered in their order. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO integration_exportseries (file_export_id, number, series_id, "values", left_out, refused, '
            "reason) SELECT %s, k.number, k.series, 0, 0, false, '' "
            "FROM unnest(%s::bigint[]) WITH ORDINALITY AS k (series, number)",
            [row.pk, list(ids)],
        )


@transaction.atomic
def cancel_export(*, row: FileExport, user: User | None) -> None:
    """Have an export that waits or runs stop. StateChangedError when it has ended."""
    move(row, State.CANCELLED)
    audit.record("export cancelled", row.name, user=user, utility=row.utility, target=row)


@transaction.atomic
def retry_export(*, row: FileExport, user: User | None) -> None:
    """Have a failed export written from the beginning. StateChangedError unless it failed."""
    if row.state != State.FAILED:
        raise StateChangedError("Only an export that failed can be tried again.")
    move(row, State.WAITING, cause="", parts_done=0, values=0, left_out=0, series_refused=0)
    audit.record("export tried again", row.name, user=user, utility=row.utility, target=row)
    transaction.on_commit(lambda: call(FileExport, row.pk))


def may_download(row: FileExport, user: User) -> bool:
    """Whether everything the file was asked to hold is open to the user, today."""
    asked = ExportSeries.objects.filter(file_export=row)
    return not asked.exclude(series__in=Series.objects.visible_to(user)).exists()


def download(*, row: FileExport, user: User) -> BinaryIO:
    """The file, open for reading, and a line in the audit trail. FileGoneError when there is none, or none any more.

    Ask `may_download` first.
    """
    if row.file is None:
        raise FileGoneError("This export has no file.")
    try:
        stream = open_file(row.file)
    except FileGoneError as error:
        raise FileGoneError("The file is no longer kept here. Have it written again.") from error
    details = {"sha256": row.file.digest, "octets": row.file.octets}
    audit.record("downloaded", f"export {row.name}", user=user, utility=row.utility, target=row, details=details)
    return stream
