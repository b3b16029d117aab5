"""A list is declared: columns, default order, filters in sight, bulk actions. `TableView` does the rest.

DEVICES = Table(
    name="devices", label="Devices", order="serial",
    columns=(
        Column("serial", "Serial number", sort="serial_number", accessor="serial_number", link=True, fixed=True),
        Column("state", "State", accessor=lambda device: device.state_badge, sort="state"),
        Column("last_contact", "Last contact", sort="last_contact_at", accessor="last_contact_at", align="end"),
    ),
)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from aim.web.bulk import BulkAction

Align: TypeAlias = Literal["start", "end", "center"]


@dataclass(frozen=True)
class Column:
    """One column.

    `accessor`: dotted path from the row ("metering_point.gsrn"; methods are called) or a function of the row; default:
    `name`. `sort`: model field path the column orders by ("metering_point__gsrn"), best indexed; empty: not sortable.
    `hidden`: only shown when chosen. `fixed`: cannot be taken away. `link`: the cell links to `row.get_absolute_url()`.
    `template`: a cell template that gets `row`, `value` and `column`. `export`: the value in exports, when it differs.
    """

    name: str
    label: str
    accessor: str | Callable[[Any], object] = ""
    sort: str = ""
    align: Align = "start"
    hidden: bool = False
    fixed: bool = False
    link: bool = False
    template: str = ""
    export: Callable[[Any], object] | None = None

    def value(self, row: Any) -> object:
        """The cell's value. None where something on the path is None; a wrong name raises `AttributeError`."""
        if callable(self.accessor):
            return self.accessor(row)
        return follow(row, self.accessor or self.name)

    def exported(self, row: Any) -> object:
        return self.export(row) if self.export else self.value(row)


@dataclass(frozen=True)
class Table:
    """A declared list.

    `name`: identifier, also of the HTML region. `label`: plural noun of the rows. `order`: column name, "-" before it
    for descending. `bar`: filter fields always in sight; the other fields open under "More filters".
    Raises `ValueError` when a column is declared twice or the order is not sortable.
    """

    name: str
    label: str
    columns: tuple[Column, ...]
    order: str
    actions: tuple[BulkAction, ...] = ()
    bar: tuple[str, ...] = ()
    page_size: int = 50

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"Table {self.name!r} declares a column twice: {names}.")
        if self.order.removeprefix("-") not in self.sortable:
            raise ValueError(
                f"Table {self.name!r} cannot be ordered by {self.order!r}; sortable: {sorted(self.sortable)}."
            )

    @property
    def sortable(self) -> dict[str, str]:
        """Column name → model field path."""
        return {column.name: column.sort for column in self.columns if column.sort}

    @property
    def default_columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if not column.hidden)

    def action(self, name: str) -> BulkAction | None:
        return next((action for action in self.actions if action.name == name), None)


def follow(row: Any, path: str) -> object:
    """`row.a.b` for the path "a.b"; stops with None at the first None; calls what is callable."""
    value = row
    for part in path.split("."):
        if value is None:
            return None
        value = getattr(value, part)
        value = value() if callable(value) else value
    return value
