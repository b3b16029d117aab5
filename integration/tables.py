"""The lists of imports, of what is in a file, of what is wrong with it, and of saved mappings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from access import audit
from access.models import User
from aim.web.bulk import BulkAction
from aim.web.formats import grouped
from aim.web.tables import Column, Table
from aim.web.tones import State
from integration.imports.registry import label_of
from integration.imports.states import BADGES
from integration.imports.tally import Tally
from integration.models import ColumnMapping, FileImport, ImportChannel, ImportProblem
from metering.display import shown_in
from metering.models import Series

SEVERITIES = {
    ImportProblem.Severity.ERROR: State("Error", "bad"),
    ImportProblem.Severity.REPAIRED: State("Repaired", "warn"),
    ImportProblem.Severity.NOTE: State("Note", "info"),
}


def severity_badge(severity: str) -> State:
    """A severity in its tone."""
    return SEVERITIES[ImportProblem.Severity(severity)]


def who(row: FileImport | ColumnMapping) -> str:
    """The person who gave the file or saved the mapping, or the system itself."""
    return (row.created_by.get_full_name() or row.created_by.username) if row.created_by else "The system"


def octets(number: int) -> str:
    """`812 B`, `4.2 kB`, `13.0 MB`, `1.2 GB`."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number} B"


def stored(row: FileImport) -> Tally:
    return Tally.of_json(row.stored)


IMPORTS = Table(
    name="imports",
    label="Imports",
    order="-created",
    bar=("q", "state", "kind"),
    columns=(
        Column("file", "File", accessor="name", link=True, fixed=True),
        Column("state", "State", accessor=lambda row: BADGES[row.state], sort="state"),
        Column("format", "Format", accessor=lambda row: label_of(row.format), sort="format"),
        Column("size", "Size", accessor=lambda row: octets(row.file.octets), align="end", hidden=True,
               export=lambda row: row.file.octets),
        Column("new", "New", accessor=lambda row: grouped(stored(row).new) if row.stored else None, align="end",
               export=lambda row: stored(row).new),
        Column("changed", "Changed", accessor=lambda row: grouped(stored(row).changed) if row.stored else None,
               align="end", export=lambda row: stored(row).changed),
        Column("errors", "Errors", accessor=lambda row: grouped(row.errors), align="end",
               export=lambda row: row.errors),
        Column("created", "Given", accessor="created_at", sort="created_at"),
        Column("who", "By", accessor=who),
        Column("utility", "Utility", accessor="utility.name", sort="utility__name", hidden=True),
        Column("finished", "Ended", accessor="finished_at", sort="finished_at", hidden=True),
        Column("action", "Action", template="headend/cells/code.html", hidden=True),
    ),
)  # fmt: skip


PROBLEMS = Table(
    name="problems",
    label="Problems",
    order="line",
    bar=("q", "severity", "found"),
    columns=(
        Column("line", "Line", accessor=lambda row: grouped(row.line), sort="line", align="end", fixed=True,
               export=lambda row: row.line),
        Column("column", "Column", accessor="column"),
        Column("severity", "Severity", accessor=lambda row: SEVERITIES[row.severity], sort="severity",
               export=lambda row: row.get_severity_display()),
        Column("reason", "What is wrong", accessor="reason"),
        Column("text", "What stands there", accessor="text", template="headend/cells/code.html"),
        Column("values", "Values", accessor=lambda row: grouped(row.values), sort="values", align="end",
               export=lambda row: row.values),
        Column("found", "Found", accessor=lambda row: row.get_found_display(), hidden=True),
    ),
)  # fmt: skip


def total(channel: ImportChannel) -> str:
    """The sum of the values in the unit screens use, with its unit; of stands there is none."""
    if channel.kind != Series.Kind.CONSUMPTION or not channel.values:
        return ""
    unit, power = shown_in(channel.unit)
    amount = channel.total.scaleb(-power).normalize()
    places = max(0, -cast(int, amount.as_tuple().exponent)) if amount else 0
    return f"{grouped(amount, places)} {unit}"


def rhythm(channel: ImportChannel) -> str:
    """`15 min`, or that each value has its own instant."""
    return f"{channel.interval_s // 60} min" if channel.interval_s else "instants"


def end_of(channel: ImportChannel) -> datetime | None:
    """The end of the last interval, or the last instant."""
    return channel.last_at + timedelta(seconds=channel.interval_s) if channel.last_at else None


def period(channel: ImportChannel) -> str:
    """First and last local day of the values, both included."""
    if not (channel.first_at and channel.last_at):
        return ""
    first, last = (f"{timezone.localtime(instant):%Y-%m-%d}" for instant in (channel.first_at, channel.last_at))
    return first if first == last else f"{first} – {last}"


def destination(channel: ImportChannel) -> State:
    """Where the values go."""
    if channel.refusal:
        return State("Not taken", "bad")
    return State("New series", "info", "plus") if channel.is_new else State("Series there", "ok")


CHANNELS = Table(
    name="channels",
    label="Channels",
    order="line",
    bar=("q", "which"),
    columns=(
        Column("point", "Metering point", template="integration/cells/point.html", sort="point", fixed=True),
        Column("quantity", "Quantity", accessor="name", template="integration/cells/quantity.html",
               export=lambda row: row.obis),
        Column("rhythm", "Rhythm", accessor=rhythm, hidden=True),
        Column("period", "Period", template="integration/cells/period.html", accessor=period),
        Column("first", "From", accessor="first_at", hidden=True),
        Column("last", "To", accessor=end_of, hidden=True),
        Column("values", "Values", accessor=lambda row: grouped(row.values), align="end",
               export=lambda row: row.values),
        Column("total", "Sum", accessor=total, align="end", export=lambda row: row.total),
        Column("series", "Goes to", accessor=destination, template="integration/cells/series.html",
               export=lambda row: destination(row).label),
        Column("refused", "Not taken", accessor=lambda row: grouped(row.refused), align="end",
               export=lambda row: row.refused),
        Column("line", "Line", accessor=lambda row: grouped(row.line), sort="line", align="end", hidden=True),
        Column("source", "Meter", accessor="source", hidden=True),
    ),
)  # fmt: skip


def _delete(request: HttpRequest, rows: QuerySet[ColumnMapping]) -> str:
    for row in rows.select_related("utility"):
        audit.record("mapping deleted", row.name, user=cast(User, request.user), utility=row.utility, target=row)
    rows.delete()
    return reverse("integration:mappings")


MAPPINGS = Table(
    name="mappings",
    label="Column mappings",
    order="name",
    bar=("q",),
    columns=(
        Column("name", "Name", sort="name", fixed=True),
        Column("layout", "Layout", accessor=lambda row: row.layout.get("layout", "").replace("_", " ")),
        Column("used", "Imports", accessor="used", align="end"),
        Column("changed", "Changed", accessor="changed_at", sort="changed_at"),
        Column("who", "By", accessor=who),
        Column("utility", "Utility", accessor="utility.name", sort="utility__name", hidden=True),
    ),
    actions=(
        BulkAction(
            "delete", "Delete", "integration.delete_columnmapping", _delete,
            "Imports made with them keep a copy of their own.", icon="trash", danger=True,
        ),
    ),
)  # fmt: skip
