"""A file of master data at a glance, for the preview: which fields change, and the first lines that do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from aim.web.detail import Fact
from aim.web.formats import grouped
from integration.models import FileImport, ImportRow

SHOWN = 5
_CUSTOMER = "Customer"


def at_a_glance(request: HttpRequest, row: FileImport) -> dict[str, Any]:
    """Context of `parts/master_data.html`; nothing above the list of all lines, which says the same."""
    if request.resolver_match and request.resolver_match.url_name == "lines":
        return {}
    lines = ImportRow.objects.filter(file_import=row, outcome=ImportRow.Outcome.CHANGED).order_by("ordinal")[:SHOWN]
    fields = [Fact(name, f"{grouped(count)} changed") for name, count in row.header.items()]
    return {"fields": fields, "first": hide_customers(request, lines)}


def hide_customers(request: HttpRequest, lines: Any) -> list[ImportRow]:
    """Lines without what they say of customers, for people who may not see customers."""
    found = list(lines)
    if not request.user.has_perm("metering.view_customer"):
        for line in found:
            line.changes = [change for change in line.changes if not change[0].startswith(_CUSTOMER)]
    return found
