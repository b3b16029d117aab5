"""Asking what the columns of a file of master data mean: proposed from the headings, checked again when it is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from access.models import User
from aim.web.access import PermissionGate
from aim.web.links import Crumb
from integration.formats.table import Source
from integration.imports.masterdata.columns import Layout, LayoutError, layout_of, propose
from integration.imports.masterdata.content import KINDS
from integration.imports.masterdata.kinds import Kind
from integration.imports.masterdata.opening import Opened, look, source_of
from integration.meaning_forms import ColumnsForm, HeadingForm
from integration.models import FileImport
from integration.services.columns import use_columns
from integration.services.files import FileGoneError
from integration.views.imports import visible_import
from integration.work.states import StateChangedError

MAY_SAVE = "integration.add_columnmapping"


@dataclass(frozen=True, slots=True)
class Shown:
    """One column: its heading, what stands in its first rows, and what it is taken for."""

    heading: str
    sample: list[str]
    choice: BoundField | None


class ColumnsPage(PermissionGate):
    """A choice per column beside what stands in it. Without scripts; the state of the page is its address."""

    permission_required = "integration.add_fileimport"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, pk)

    def _answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = visible_import(request, pk, "add")
        kind = KINDS.get(row.content)
        if kind is None:
            raise Http404("The columns of this file are not asked for here.")
        try:
            saved = self._saved(row, kind)
            where = HeadingForm(request.GET if "header_row" in request.GET else None, source=saved.source)
            source = _source(where, saved.source)
            opened = look(row.file, source)
        except FileGoneError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(row.get_absolute_url())
        layout = saved if source == saved.source and saved.columns else Layout(source)
        layout = layout if layout.columns else replace(layout, columns=propose(opened.headings, kind.fields))
        posted = request.POST if request.method == "POST" else None
        form = ColumnsForm(posted, kind=kind, headings=opened.headings, layout=layout)
        if form.is_bound and form.is_valid():
            return self._take(request, row, kind, form, form.layout(source))
        return self._show(request, row, opened, where, form)

    def _saved(self, row: FileImport, kind: Kind) -> Layout:
        source = source_of(row.file, row.name)
        try:
            return layout_of(row.layout, kind.name, source.kind) if row.layout else Layout(source)
        except LayoutError:
            return Layout(source)

    def _take(
        self, request: HttpRequest, row: FileImport, kind: Kind, form: ColumnsForm, layout: Layout
    ) -> HttpResponse:
        user = cast("User", request.user)
        name = str(form.cleaned_data["save_as"]).strip() if user.has_perm(MAY_SAVE) else ""
        try:
            use_columns(row=row, layout=layout.as_json(kind.name), save_as=name, user=user)
        except StateChangedError as error:
            messages.warning(request, str(error))
        return HttpResponseRedirect(row.get_absolute_url())

    def _show(
        self, request: HttpRequest, row: FileImport, opened: Opened, where: HeadingForm, form: ColumnsForm
    ) -> HttpResponse:
        columns = [
            Shown(heading, [line.cells.get(heading, "") for line in opened.sample], form.column_of(index))
            for index, heading in enumerate(opened.headings)
        ]
        context = {
            "row": row,
            "title": f"Columns of {row.name}",
            "crumbs": [Crumb("Imports", reverse("integration:imports")), Crumb(row.name, row.get_absolute_url())],
            "where": where,
            "form": form,
            "columns": columns,
            "fault": opened.fault,
            "may_save": request.user.has_perm(MAY_SAVE),
        }
        return render(request, "integration/meaning.html", context, status=400 if form.errors or where.errors else 200)


def _source(where: HeadingForm, saved: Source) -> Source:
    """Where rows are looked for: as the address says, else as it was."""
    if not (where.is_bound and where.is_valid()):
        return saved
    return replace(saved, header_row=where.cleaned_data["header_row"], sheet=where.cleaned_data.get("sheet", ""))
