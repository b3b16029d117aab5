"""The lists of exports, and of the series in one of them."""

from __future__ import annotations

from aim.web.formats import grouped
from aim.web.tables import Column, Table
from aim.web.tones import State as Badge
from integration.exports.registry import label_of
from integration.exports.states import BADGES
from integration.models import ExportSeries, FileExport
from integration.tables.files import count_column, size_column, table_of_files

_WRITTEN, _PARTLY, _EMPTY = Badge("Written", "ok"), Badge("In part", "warn"), Badge("No values", "muted")
_REFUSED, _WAITS, _NEVER = Badge("Left out", "bad"), Badge("Not yet", "busy"), Badge("Not written", "muted")


def outcome(row: ExportSeries) -> Badge:
    """What became of a series, as a badge."""
    if row.refused:
        return _REFUSED
    if row.file_export.state != FileExport.State.DONE:
        return _WAITS if row.file_export.is_working else _NEVER
    if row.left_out:
        return _PARTLY
    return _WRITTEN if row.values else _EMPTY


EXPORTS = table_of_files(
    "exports", "Exports",
    count_column("series", "Series", "series_count", sort="series_count"),
    Column("values", "Values", accessor=lambda row: grouped(row.values) if row.values else None, align="end",
           export=lambda row: row.values),
    size_column(),
    begun="Asked for", badge=lambda row: BADGES[row.state], label_of=label_of,
)  # fmt: skip

SERIES = Table(
    name="export-series",
    label="Series",
    order="number",
    bar=("q", "which"),
    columns=(
        count_column("number", "No.", sort="number", fixed=True),
        Column("point", "Metering point", accessor="series.metering_point.gsrn"),
        Column("quantity", "Quantity", accessor="series.measured_property", template="integration/exports/series.html"),
        Column("rhythm", "Rhythm", accessor="series.rhythm"),
        Column("source", "Meter", accessor="series.source", hidden=True),
        Column("outcome", "Outcome", accessor=outcome),
        count_column("values", "Values", sort="values"),
        count_column("left_out", "Left out", sort="left_out"),
        Column("reason", "Reason", accessor="reason"),
    ),
)  # fmt: skip
