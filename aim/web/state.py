"""The state of a list as its URL says it: order, columns, page size, place. Bad values fall back to the default."""

from dataclasses import dataclass

from django.http import QueryDict

from aim.web.pagination import Place
from aim.web.tables import Column, Table

SIZES = (25, 50, 100, 250)
STATE_KEYS = ("sort", "columns", "size")
PLACE_KEYS = ("after", "before", "last")
ONE_OFF_KEYS = ("action", "pk", "all", "format")


@dataclass(frozen=True)
class ListState:
    """Parsed from the query string; `url` gives the address of a neighbouring state."""

    query: QueryDict
    sort: str
    columns: tuple[Column, ...]
    size: int
    place: Place

    @classmethod
    def parse(cls, table: Table, query: QueryDict) -> "ListState":
        sort = query.get("sort", "")
        size = query.get("size", "")
        return cls(
            query=query,
            sort=sort if sort.removeprefix("-") in table.sortable else table.order,
            columns=_columns(table, query.getlist("columns")),
            size=int(size) if size.isdigit() and int(size) in SIZES else table.page_size,
            place=Place.parse(query.get("after", ""), query.get("before", ""), last=query.get("last") == "1"),
        )

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def sorted_by(self) -> str:
        """Name of the column the list is ordered by."""
        return self.sort.removeprefix("-")

    def url(self, *, drop: tuple[str, ...] = (), **changes: str) -> str:
        """Query string with `changes` made and `drop` taken away; the place is given up unless changed."""
        query = self.query.copy()
        for key in (*PLACE_KEYS, *ONE_OFF_KEYS, *drop):
            query.pop(key, None)
        for key, value in changes.items():
            query[key] = value
        return f"?{query.urlencode()}"

    def without(self, key: str, value: str) -> str:
        """Query string with one `value` of a repeated `key` taken away."""
        query = self.query.copy()
        query.setlist(key, [v for v in query.getlist(key) if v != value])
        for gone in (*PLACE_KEYS, *ONE_OFF_KEYS):
            query.pop(gone, None)
        return f"?{query.urlencode()}"

    def sort_url(self, column: Column) -> str:
        """Order by `column`; a second click turns the order round."""
        turned = column.name == self.sorted_by and not self.descending
        return self.url(sort=f"-{column.name}" if turned else column.name)

    def hidden(self, keys: tuple[str, ...]) -> list[tuple[str, str]]:
        """(name, value) of hidden inputs that carry `keys` through a form."""
        return [(key, value) for key in keys for value in self.query.getlist(key)]

    def all_but(self, keys: tuple[str, ...]) -> list[tuple[str, str]]:
        """(name, value) of hidden inputs that carry everything except `keys`, the place and one-off parameters."""
        gone = {*keys, *PLACE_KEYS, *ONE_OFF_KEYS}
        return [(key, value) for key, values in self.query.lists() if key not in gone for value in values]


def _columns(table: Table, asked: list[str]) -> tuple[Column, ...]:
    names = {name for text in asked for name in text.split(",")}
    known = names & {column.name for column in table.columns}
    chosen = known or set(table.default_columns)
    return tuple(column for column in table.columns if column.fixed or column.name in chosen)
