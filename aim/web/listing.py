"""What the list templates draw: headers, rows of finished cells, chips, column choices, page links. No queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField
from django.utils.safestring import SafeString
from django_filters import FilterSet

from aim.web.bulk import BulkAction
from aim.web.cells import render_cell
from aim.web.chips import Chip, filter_keys
from aim.web.empty import EmptyState
from aim.web.pagination import Page
from aim.web.state import SIZES, STATE_KEYS, ListState
from aim.web.tables import Align, Column, Table


@dataclass(frozen=True)
class Header:
    label: str
    align: Align
    url: str
    aria_sort: str


@dataclass(frozen=True)
class Cell:
    html: SafeString
    align: Align
    heading: bool


@dataclass(frozen=True)
class Row:
    key: object
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Listing:
    """A page of a declared table in one state."""

    table: Table
    state: ListState
    page: Page
    filterset: FilterSet | None = None
    chips: Sequence[Chip] = ()
    actions: Sequence[BulkAction] = ()
    empty: EmptyState | None = None
    sizes: tuple[int, ...] = field(default=SIZES)

    @property
    def region(self) -> str:
        """The id of the HTML region that htmx replaces."""
        return f"list-{self.table.name}"

    @property
    def headers(self) -> list[Header]:
        return [self._header(column) for column in self.state.columns]

    @property
    def rows(self) -> list[Row]:
        return [
            Row(row.pk, str(row), tuple(self._cell(column, row, i) for i, column in enumerate(self.state.columns)))
            for row in self.page.rows
        ]

    @property
    def count_text(self) -> str:
        """`51–100 of 1234 jobs`, `1–50 of more than 10000 jobs`, `No jobs`, `1 of 1`: the live region announces it too.

        The label is a plural, so a single row goes without it.
        """
        if not self.page.rows:
            return f"No {self.table.label.lower()}"
        if self.page.total == 1:
            return "1 of 1"
        more = "more than " if self.page.more_than else ""
        return f"{self.page.first}–{self.page.to} of {more}{self.page.total} {self.table.label.lower()}"

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        """Every column with whether it is shown."""
        return [(column, column in self.state.columns) for column in self.table.columns]

    @property
    def bar_fields(self) -> list[BoundField]:
        """Filter fields always in sight."""
        return [field for field in self._fields() if field.name in self.table.bar]

    @property
    def more_fields(self) -> list[BoundField]:
        """Filter fields that open under "More filters"."""
        return [field for field in self._fields() if field.name not in self.table.bar]

    @property
    def clear_url(self) -> str:
        return self.state.url(drop=filter_keys(self.filterset))

    @property
    def csv_url(self) -> str:
        return self.state.url(format="csv")

    @property
    def next_url(self) -> str:
        return self.state.url(after=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self.state.url(before=self.page.previous) if self.page.previous else ""

    @property
    def first_url(self) -> str:
        return self.state.url()

    @property
    def last_url(self) -> str:
        return self.state.url(last="1")

    @property
    def state_inputs(self) -> list[tuple[str, str]]:
        """Hidden inputs that keep order, columns and page size when the filters are applied."""
        return self.state.hidden(STATE_KEYS)

    @property
    def column_inputs(self) -> list[tuple[str, str]]:
        """Hidden inputs that keep everything but the columns when those are chosen."""
        return self.state.all_but(("columns",))

    @property
    def selection_inputs(self) -> list[tuple[str, str]]:
        """Hidden inputs that carry filters and order to a bulk action."""
        return self.state.all_but(())

    @property
    def size_links(self) -> list[tuple[int, str, bool]]:
        return [(size, self.state.url(size=str(size)), size == self.state.size) for size in self.sizes]

    def _fields(self) -> list[BoundField]:
        return list(self.filterset.form) if self.filterset is not None else []

    def _header(self, column: Column) -> Header:
        direction = "descending" if self.state.descending else "ascending"
        return Header(
            column.label,
            column.align,
            self.state.sort_url(column) if column.sort else "",
            direction if column.name == self.state.sorted_by else "",
        )

    def _cell(self, column: Column, row: Any, index: int) -> Cell:
        return Cell(render_cell(column, row), column.align, heading=index == 0)
