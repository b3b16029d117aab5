"""What the lists of files share: the columns of every list of imports or exports, and the words in their cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aim.web.formats import grouped
from aim.web.tables import Column, Table
from aim.web.tones import State
from integration.models import ColumnMapping, FileExport, FileImport


def who(row: FileImport | FileExport | ColumnMapping) -> str:
    """The person who gave the file, asked for it or saved the mapping; or the system itself."""
    return (row.created_by.get_full_name() or row.created_by.username) if row.created_by else "The system"


def octets(number: int) -> str:
    """`812 B`, `4.2 kB`, `13.0 MB`, `1.2 GB`."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number} B"


def count_column(name: str, label: str, of: str = "", **more: Any) -> Column:
    """A whole number: in groups of three on screen, plain in exports. `of`: the attribute, where it is not `name`."""
    field = of or name
    return Column(
        name, label, accessor=lambda row: grouped(getattr(row, field)), align="end",
        export=lambda row: getattr(row, field), **more,
    )  # fmt: skip


def size_column(*, hidden: bool = False) -> Column:
    """The size of the file, empty while there is none."""
    return Column(
        "size", "Size", accessor=lambda row: octets(row.file.octets) if row.file else None, align="end", hidden=hidden,
        export=lambda row: row.file.octets if row.file else None,
    )  # fmt: skip


def table_of_files(
    name: str,
    label: str,
    *own: Column,
    begun: str,
    badge: Callable[[Any], State],
    label_of: Callable[[str], str],
) -> Table:
    """The newest first: which file in which state and format, the columns of its `own`, when, by whom and whose.

    `begun`: what was done at the instant in `created_at`; `badge`: what a row's state is called;
    `label_of`: the label of a format by its name.
    """
    return Table(
        name=name,
        label=label,
        order="-created",
        bar=("q", "state", "kind"),
        columns=(
            Column("file", "File", accessor="name", link=True, fixed=True),
            Column("state", "State", accessor=badge, sort="state"),
            Column("format", "Format", accessor=lambda row: label_of(row.format), sort="format"),
            *own,
            Column("created", begun, accessor="created_at", sort="created_at"),
            Column("who", "By", accessor=who),
            Column("utility", "Utility", accessor="utility.name", sort="utility__name", hidden=True),
            Column("finished", "Ended", accessor="finished_at", sort="finished_at", hidden=True),
            Column("action", "Action", template="headend/cells/code.html", hidden=True),
        ),
    )
