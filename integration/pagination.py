"""Pages by key: the id of the last row seen is where the next page begins.

A page costs the same at the first row and at the three-millionth, and no row is skipped or doubled while others are
added. Lists are in the order of ids (master data upwards, so a client can go on later from where it was; events and
jobs downwards, newest first).
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

DEFAULT_SIZE = 100
MAX_SIZE = 1000
_MAX_ID = 2**63 - 1
_MAX_DIGITS = 19


class Pagination(BasePagination):
    """`?cursor=<last id seen>&page_size=<rows>`; a view sets `newest_first = True` for descending ids."""

    parameters = ("cursor", "page_size")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """One page of `queryset`; ValidationError for a cursor or size that is no number within its bounds."""
        size = _bounded(request, "page_size", MAX_SIZE, DEFAULT_SIZE)
        cursor = _bounded(request, "cursor", _MAX_ID, None)
        descending = getattr(view, "newest_first", False)
        if cursor is not None:
            queryset = queryset.filter(**{"pk__lt" if descending else "pk__gt": cursor})
        rows = list(queryset.order_by("-pk" if descending else "pk")[: (size or DEFAULT_SIZE) + 1])
        self._next = _next(request, rows, size or DEFAULT_SIZE)
        return rows[:size]

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        return Response({"next": self._next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        next_page = {"type": "string", "nullable": True, "format": "uri", "description": "The next page, or null."}
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": next_page, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter("cursor", "Id of the last row seen; the page begins after it. `next` brings it.", _MAX_ID),
            _parameter("page_size", f"Rows per page; {DEFAULT_SIZE} if not given.", MAX_SIZE),
        ]


def _bounded(request: Request, name: str, highest: int, default: int | None) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS and 1 <= int(text) <= highest):
        raise ValidationError({name: [f"Give a whole number from 1 to {highest}."]})
    return int(text)


def _next(request: Request, rows: Sequence[Model], size: int) -> str | None:
    if len(rows) <= size:
        return None
    return replace_query_param(request.build_absolute_uri(), "cursor", rows[size - 1].pk)


def _parameter(name: str, description: str, highest: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": highest}
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
