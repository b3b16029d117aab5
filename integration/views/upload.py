"""Giving a file: kept, recognised, checked. A file that was imported before is asked about."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from access.models import User
from aim.web.access import PermissionGate
from aim.web.links import Crumb
from integration.forms import Given, UploadForm, token_of
from integration.imports.contents import content_of
from integration.imports.registry import formats
from integration.imports.states import State
from integration.models import FileImport
from integration.services.files import FileTooLargeError, keep
from integration.services.uploads import Order, UploadError, begin_import, earlier_imports
from integration.tables.files import octets, who

ROUND_THE_FILE = 1_000_000
"""Octets of a request besides the file."""


@method_decorator(csrf_exempt, name="dispatch")
class Upload(PermissionGate):
    """The form, and what becomes of it. The length is looked at before anything of the body is read, which checking
    for forged requests already does: so that check comes second, in `post`."""

    permission_required = "integration.add_fileimport"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if request.method == "POST" and length.isdigit() and int(length) > settings.UPLOAD_BYTES + ROUND_THE_FILE:
            request.method = "GET"
            return super().dispatch(request, too_large=True)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *, too_large: bool = False) -> HttpResponse:
        form = UploadForm(user=cast("User", request.user))
        limit = f"This file is larger than the {octets(settings.UPLOAD_BYTES)} an import takes."
        return self._show(request, form, status=413 if too_large else 200, problem=limit if too_large else "")

    @method_decorator(csrf_protect)
    def post(self, request: HttpRequest) -> HttpResponse:
        user = cast("User", request.user)
        form = UploadForm(request.POST, request.FILES, user=user)
        if not form.is_valid():
            return self._show(request, form, status=400)
        try:
            given = _given(form)
        except FileTooLargeError as error:
            form.add_error("file", str(error))
            return self._show(request, form, status=413)
        before = earlier_imports(given.file, form.cleaned_data["utility"]).first()
        if before and "again" not in request.POST:
            return self._show(request, _kept(request, given), given=given, before=before)
        return self._begin(request, form, given)

    def _begin(self, request: HttpRequest, form: UploadForm, given: Given) -> HttpResponse:
        wanted = form.cleaned_data
        order = Order(given.name, wanted["format"], mapping=wanted["mapping"], confirm_at_once=wanted["at_once"])
        user = cast("User", request.user)
        try:
            row = begin_import(utility=wanted["utility"], file=given.file, order=order, user=user)
        except UploadError as error:
            form = _kept(request, given)
            form.add_error(error.field, str(error))
            return self._show(request, form, status=400, given=given)
        page = content_of(row).columns if row.state == State.UPLOADED else ""
        return HttpResponseRedirect(reverse(page, args=[row.pk]) if page else row.get_absolute_url())

    def _show(self, request: HttpRequest, form: UploadForm, *, status: int = 200, **more: Any) -> HttpResponse:
        before: FileImport | None = more.get("before")
        context = {
            "form": form,
            "title": "Import a file",
            "crumbs": [Crumb("Imports", reverse("integration:imports"))],
            "before_by": who(before) if before else "",
            "formats": formats(),
        }
        return render(request, "integration/upload.html", context | more, status=status)


def _given(form: UploadForm) -> Given:
    """The file of the form, kept."""
    uploaded = form.cleaned_data["file"]
    return Given(keep(uploaded.chunks()), uploaded.name) if uploaded else form.cleaned_data["kept"]


def _kept(request: HttpRequest, given: Given) -> UploadForm:
    """The form as it was sent, with the file kept."""
    user = cast("User", request.user)
    data = request.POST.copy()
    data["kept"] = token_of(given, user)
    return UploadForm(data, user=user)
