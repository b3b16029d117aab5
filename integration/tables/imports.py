"""The lists of imports, of what is wrong with a file, and of the lines of a file of master data."""

from __future__ import annotations

from aim.web.formats import grouped
from aim.web.tables import Column, Table
from aim.web.tones import State
from integration.imports.registry import label_of
from integration.imports.states import BADGES
from integration.imports.tally import Tally
from integration.models import FileImport, ImportProblem, ImportRow
from integration.tables.files import count_column, size_column, table_of_files

SEVERITIES = {
    ImportProblem.Severity.ERROR: State("Error", "bad"),
    ImportProblem.Severity.REPAIRED: State("Repaired", "warn"),
    ImportProblem.Severity.NOTE: State("Note", "info"),
}


def severity_badge(severity: str) -> State:
    """A severity in its tone."""
    return SEVERITIES[ImportProblem.Severity(severity)]


def stored(row: FileImport) -> Tally:
    return Tally.of_json(row.stored)


def import_badge(row: FileImport) -> State:
    """What its state is called; a file that was checked is not ready to store when nothing in it can be."""
    if row.state == FileImport.State.READY and not Tally.of_json(row.expected).good:
        return State("Nothing to store", "warn")
    return BADGES[row.state]


IMPORTS = table_of_files(
    "imports", "Imports",
    size_column(hidden=True),
    Column("new", "New", accessor=lambda row: grouped(stored(row).new) if row.stored else None, align="end",
           export=lambda row: stored(row).new),
    Column("changed", "Changed", accessor=lambda row: grouped(stored(row).changed) if row.stored else None,
           align="end", export=lambda row: stored(row).changed),
    count_column("errors", "Errors"),
    begun="Given", badge=import_badge, label_of=label_of,
)  # fmt: skip

PROBLEMS = Table(
    name="problems",
    label="Problems",
    order="line",
    bar=("q", "severity", "found"),
    columns=(
        count_column("line", "Line", sort="line", fixed=True),
        Column("column", "Column", accessor="column"),
        Column("severity", "Severity", accessor=lambda row: SEVERITIES[row.severity], sort="severity",
               export=lambda row: row.get_severity_display()),
        Column("reason", "What is wrong", accessor="reason"),
        Column("text", "What stands there", accessor="text", template="headend/cells/code.html"),
        count_column("values", "Values", sort="values"),
        Column("found", "Found", accessor=lambda row: row.get_found_display(), hidden=True),
    ),
)  # fmt: skip

OUTCOMES = {
    ImportRow.Outcome.READ: State("Not weighed yet", "muted", "clock"),
    ImportRow.Outcome.NEW: State("New", "ok", "plus"),
    ImportRow.Outcome.CHANGED: State("Changed", "info"),
    ImportRow.Outcome.UNCHANGED: State("Unchanged", "muted"),
    ImportRow.Outcome.REFUSED: State("Not taken", "bad"),
}


def in_words(line: ImportRow) -> str:
    """`Street: Old 1 → New 2; Port: 4059 → 4060`."""
    return "; ".join(f"{label}: {before} → {after}" for label, before, after in line.changes)


LINES = Table(
    name="lines",
    label="Lines",
    order="line",
    bar=("q", "outcome"),
    columns=(
        count_column("line", "Line", sort="line", fixed=True),
        Column("number", "Number", sort="number", fixed=True),
        Column("outcome", "Outcome", accessor=lambda row: OUTCOMES[row.outcome], sort="outcome"),
        Column("changes", "What changes", template="integration/cells/changes.html", export=in_words),
        Column("kept", "Stays after undoing"),
    ),
)  # fmt: skip
