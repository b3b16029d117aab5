"""The list of saved column mappings."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from access import audit
from access.models import User
from aim.web.bulk import BulkAction
from aim.web.tables import Column, Table
from integration.models import ColumnMapping
from integration.tables.files import who


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
