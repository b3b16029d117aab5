"""Saying what the columns of a table file mean, with its first rows above and what they would give beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from access.models import User
from aim.web.access import PermissionGate
from aim.web.links import Crumb
from aim.web.tones import State as Badge
from integration.formats.portion import Problem
from integration.formats.table import MappingError
from integration.imports.readings.content import READINGS
from integration.imports.registry import find_format
from integration.imports.states import State, may_become
from integration.models import FileImport
from integration.services.columns import Trial, proposal, sample_of, try_out, use_columns
from integration.services.files import FileGoneError
from integration.table_forms import TableForm
from integration.tables.imports import severity_badge
from integration.views.imports import visible_import
from integration.work.states import StateChangedError
from metering.display import number, quality_state, shown_in
from metering.intervals import to_instant

SHOWN_VALUES = 20
SHOWN_PROBLEMS = 10
REGION = "first-values"
MAY_SAVE = "integration.add_columnmapping"


@dataclass(frozen=True, slots=True)
class FirstValue:
    """A value as it would be read."""

    line: int
    point: str
    quantity: str
    at: datetime
    value: str
    quality: Badge


@dataclass(frozen=True, slots=True)
class FirstProblem:
    """A problem among the first rows."""

    severity: Badge
    problem: Problem


class Columns(PermissionGate):
    """The page of the columns. Every change shows anew what the first rows would give."""

    permission_required = "integration.add_fileimport"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = visible_import(request, pk, "add")
        try:
            return self._closed(request, row) or self._show(request, row, request.GET or None)
        except FileGoneError as error:
            return _back(request, row, error)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = visible_import(request, pk, "add")
        try:
            return self._closed(request, row) or self._use(request, row)
        except (FileGoneError, StateChangedError) as error:
            return _back(request, row, error)

    def _closed(self, request: HttpRequest, row: FileImport) -> HttpResponse | None:
        """Nothing to choose: a file of another kind, or one that is being stored, or was."""
        known = find_format(row.format)
        if known and known.has_columns and row.content == READINGS.name and may_become(row, State.CHECKING):
            return None
        return _back(request, row, "The columns of this import cannot be chosen, or no longer.")

    def _use(self, request: HttpRequest, row: FileImport) -> HttpResponse:
        form = _form(row, request.POST)
        if "show" in request.POST or not form.is_valid():
            return self._show(request, row, request.POST)
        user, name = cast("User", request.user), str(form.cleaned_data["save_as"]).strip()
        save_as = name if user.has_perm(MAY_SAVE) else ""
        use_columns(row=row, layout=form.layout(), save_as=save_as, user=user)
        messages.success(request, f"{row.name} is being checked.")
        return HttpResponseRedirect(row.get_absolute_url())

    def _show(self, request: HttpRequest, row: FileImport, data: Any) -> HttpResponse:
        form = _form(row, data)
        first = _first(row, form)
        if request.headers.get("HX-Target") == REGION:
            return render(request, "integration/parts/first_values.html", first)
        sample = sample_of(row, form.declared.source if form.declared else proposal(row).source)
        context = {
            "row": row,
            "form": form,
            "sample": sample,
            "sample_rows": list(zip(sample.lines, sample.rows, strict=True)),
            "may_save": request.user.has_perm(MAY_SAVE),
            "title": f"Columns of {row.name}",
            "crumbs": [Crumb("Imports", reverse("integration:imports")), Crumb(row.name, row.get_absolute_url())],
        }
        status = 400 if form.is_bound and form.errors else 200
        return render(request, "integration/columns.html", context | first, status=status)


def _form(row: FileImport, data: Any) -> TableForm:
    mapping = proposal(row)
    sample = sample_of(row, mapping.source)
    name = row.mapping.name if row.mapping else ""
    return TableForm(data, mapping=mapping, headings=sample.headings, sheets=sample.sheets, name=name)


def _first(row: FileImport, form: TableForm) -> dict[str, Any]:
    """Context of `parts/first_values.html`: the proposal tried out, or what was chosen."""
    if form.is_bound and not form.is_valid():
        told = [f"{form[name].label}: {text}" if name in form.fields else text for name, text in form.faults()]
        return {"values": [], "problems": [], "faults": told}
    try:
        trial = try_out(row, form.declared or proposal(row))
    except MappingError as error:
        return {"values": [], "problems": [], "faults": form.told(error)}
    return {"values": _values(trial), "problems": _problems(trial), "faults": []}


def _values(trial: Trial) -> list[FirstValue]:
    portion = trial.portion
    return [_value(trial, index) for index in range(min(SHOWN_VALUES, len(portion)))]


def _value(trial: Trial, index: int) -> FirstValue:
    portion = trial.portion
    channel = portion.channels[portion.channel[index]]
    unit, power = shown_in(channel.unit)
    return FirstValue(
        line=trial.line(int(portion.lines[index])),
        point=channel.point,
        quantity=channel.obis,
        at=to_instant(int(portion.at[index])),
        value=f"{number(int(portion.values[index]), channel.exponent - power)} {unit}",
        quality=quality_state(int(portion.quality[index])),
    )


def _problems(trial: Trial) -> list[FirstProblem]:
    shown = trial.problems[:SHOWN_PROBLEMS]
    return [FirstProblem(severity_badge(each.severity.value), each) for each in shown]


def _back(request: HttpRequest, row: FileImport, why: object) -> HttpResponse:
    """To the import, saying why; nothing for a part of a page that is being left."""
    if request.headers.get("HX-Target") == REGION:
        return HttpResponse(status=204)
    messages.warning(request, str(why))
    return HttpResponseRedirect(row.get_absolute_url())
