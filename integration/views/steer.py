"""Doing something to an import: confirm, cancel, resume, undo, and taking home what it left out."""

from collections.abc import Callable, Iterator
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render

from access.models import User
from aim.web.access import PermissionGate
from integration.forms import UndoForm
from integration.imports.bad_rows import bad_rows
from integration.imports.contents import content_of
from integration.imports.tally import Tally
from integration.models import FileImport
from integration.services.files import FileGoneError
from integration.services.steering import cancel_import, confirm_import, resume_import, undo_import
from integration.views.imports import record_download, visible_import
from integration.work.states import StateChangedError

Act = Callable[..., None]


class Steer(PermissionGate):
    """One act on one import; a state that changed meanwhile is said, not answered with an error."""

    def act(self, request: HttpRequest, row: FileImport, act: Act, words: str) -> HttpResponse:
        try:
            act(row=row, user=cast("User", request.user))
        except StateChangedError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, words)
        return HttpResponseRedirect(row.get_absolute_url())


class Confirm(Steer):
    permission_required = "integration.confirm_fileimport"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = visible_import(request, pk, "confirm")
        return self.act(request, row, confirm_import, f"{row.name} is being stored.")


class Cancel(Steer):
    permission_required = "integration.add_fileimport"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = visible_import(request, pk, "add")
        return self.act(request, row, cancel_import, f"{row.name} is cancelled.")


class Resume(Steer):
    permission_required = "integration.confirm_fileimport"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = visible_import(request, pk, "confirm")
        return self.act(request, row, resume_import, f"{row.name} goes on where it stopped.")


class Undo(Steer):
    """Ask, with what would be taken back, then take it back. The word must be typed."""

    permission_required = "integration.undo_fileimport"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._ask(request, visible_import(request, pk, "undo"), UndoForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, form = visible_import(request, pk, "undo"), UndoForm(request.POST)
        if not form.is_valid():
            return self._ask(request, row, form)
        return self.act(request, row, undo_import, f"What {row.name} stored is being taken back.")

    def _ask(self, request: HttpRequest, row: FileImport, form: UndoForm) -> HttpResponse:
        stored, counted = Tally.of_json(row.stored), content_of(row).counted
        context = {"row": row, "form": form, "stored": stored, "counted": counted}
        return render(request, "integration/undo.html", context, status=400 if form.errors else 200)


class BadRows(PermissionGate):
    """The lines of the file that were not taken, each with its reasons, as a file to correct and give again."""

    permission_required = "integration.view_fileimport"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        row = visible_import(request, pk)
        try:
            lines: Iterator[bytes] = (content_of(row).bad_rows or bad_rows)(row)
        except FileGoneError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(row.get_absolute_url())
        record_download(request, row, "lines not taken")
        name = f"not-taken-{row.pk}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
