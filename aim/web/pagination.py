"""Keyset pagination: a page costs the same at row 50 and at row 2,000,000.

The place in a list is the pair (value ordered by, primary key) of the row at its edge, so the next page is an index
range and not an OFFSET that reads everything before it. Ascending puts NULL last and descending puts NULL first
(PostgreSQL's own order), so one direction is the exact reverse of the other and the previous page is the next page read
backwards.
Counting is bounded too: beyond `COUNT_LIMIT` rows the page says "more than".
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet

COUNT_LIMIT = 10_000


@dataclass(frozen=True)
class Edge:
    """The row a page begins after: its sort value, key, and position from the start (only for "51 to 100")."""

    value: object
    key: object
    position: int

    def token(self) -> str:
        """Opaque URL-safe text; `parse` reads it back."""
        text = json.dumps([_plain(self.value), _plain(self.key), self.position], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, token: str) -> "Edge | None":
        """The edge in `token`, or None when it is empty or not one of ours."""
        try:
            value, key, position = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
            return cls(value, key, int(position))
        except (ValueError, TypeError, binascii.Error):
            return None


@dataclass(frozen=True)
class Place:
    """Where in the list: after or before an edge, at the end, or (neither) at the start."""

    after: Edge | None = None
    before: Edge | None = None
    last: bool = False

    @classmethod
    def parse(cls, after: str, before: str, *, last: bool) -> "Place":
        return cls(Edge.parse(after), Edge.parse(before), last)

    @property
    def backwards(self) -> bool:
        return self.before is not None or self.last


@dataclass(frozen=True)
class Page:
    """One page. `first` and `to` are positions counted from 1; `total` is exact unless `more_than`."""

    rows: Sequence[Any]
    total: int
    more_than: bool
    first: int
    next: str
    previous: str

    @property
    def to(self) -> int:
        return self.first + len(self.rows) - 1


def paginate(queryset: QuerySet[Any], *, order: str, descending: bool, size: int, place: Place) -> Page:
    """The page of `queryset` at `place`, ordered by the field path `order` and then by key. Two queries.

    A place that does not fit the order (an old link, say) gives the first page.
    """
    total = queryset.order_by()[: COUNT_LIMIT + 1].count()
    edge = _typed(queryset, order, place.before or place.after)
    backwards = place.backwards and (place.last or edge is not None)
    down = descending != backwards
    rows = queryset.order_by(*ordering(order, down))
    if edge is not None and not place.last:
        rows = rows.filter(_beyond(order, edge, down=down, nullable=_nullable(queryset, order)))
    found = list(rows[: size + 1])
    extra, kept = len(found) > size, found[:size]
    if backwards:
        kept.reverse()
    return _page(kept, order, place if edge is not None or place.last else Place(), extra=extra, total=total, size=size)


def _page(rows: list[Any], order: str, place: Place, *, extra: bool, total: int, size: int) -> Page:
    first = _position(place, len(rows), min(total, COUNT_LIMIT))
    has_previous = extra if place.backwards else place.after is not None
    has_next = place.before is not None if place.backwards else extra
    return Page(
        rows=rows,
        total=min(total, COUNT_LIMIT),
        more_than=total > COUNT_LIMIT,
        first=first,
        next=_edge(rows[-1], order, first + len(rows) - 1).token() if rows and has_next else "",
        previous=_edge(rows[0], order, first).token() if rows and has_previous else "",
    )


def _position(place: Place, count: int, total: int) -> int:
    if place.last:
        return max(total - count + 1, 1)
    if place.before is not None:
        return max(place.before.position - count, 1)
    return place.after.position + 1 if place.after else 1


def ordering(order: str, down: bool) -> tuple[str, ...]:
    """Arguments of `order_by`: the field path and then the key, so that no two rows tie."""
    sign = "-" if down else ""
    return (f"{sign}{order}",) if order in ("pk", "id") else (f"{sign}{order}", f"{sign}pk")


def _beyond(order: str, edge: Edge, *, down: bool, nullable: bool) -> Q:
    """Rows strictly after `edge`. The plain comparison first lets the planner use the index of the ordered field."""
    sign = "lt" if down else "gt"
    if order in ("pk", "id"):
        return Q(**{f"pk__{sign}": edge.key})
    if edge.value is None:
        same = Q(**{f"{order}__isnull": True, f"pk__{sign}": edge.key})
        return same | Q(**{f"{order}__isnull": False}) if down else same
    tie = Q(**{order: edge.value, f"pk__{sign}": edge.key})
    rest = Q(**{f"{order}__{sign}e": edge.value}) & (Q(**{f"{order}__{sign}": edge.value}) | tie)
    return rest | Q(**{f"{order}__isnull": True}) if nullable and not down else rest


def _edge(row: Any, order: str, position: int) -> Edge:
    value = row
    for part in order.split("__"):
        value = getattr(value, part) if value is not None else None
    return Edge(value, row.pk, position)


def _typed(queryset: QuerySet[Any], order: str, edge: Edge | None) -> Edge | None:
    """The edge with its JSON values turned into the field's types; None when they do not fit."""
    if edge is None:
        return None
    try:
        key = queryset.model._meta.pk.to_python(edge.key)
        field = _path(queryset, order)[-1]
        return Edge(field.to_python(edge.value), key, edge.position)
    except (ValidationError, TypeError, ValueError):
        return None


def _nullable(queryset: QuerySet[Any], order: str) -> bool:
    return order in queryset.query.annotations or any(field.null for field in _path(queryset, order))


def _path(queryset: QuerySet[Any], order: str) -> "list[Field[Any, Any]]":
    """The model fields along `order`, or the output field of the annotation with that name."""
    if order in queryset.query.annotations:
        return [queryset.query.annotations[order].output_field]
    model: type[Model] = queryset.model
    fields: list[Field[Any, Any]] = []
    for part in order.split("__"):
        field = cast("Field[Any, Any]", model._meta.pk if part == "pk" else model._meta.get_field(part))
        fields.append(field)
        model = field.related_model or model
    return fields


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value.pk if isinstance(value, Model) else value
