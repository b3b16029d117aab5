"""Doing something to an export: cancel it, try again, take the file home."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from aim.web.access import PermissionGate
from integration.exports.registry import format_of
from integration.models import FileExport
from integration.services.exports import cancel_export, download, may_download, retry_export
from integration.services.files import FileGoneError
from integration.views.exports import visible_export
from integration.work.states import StateChangedError
from metering.views.people import user_of

Act = Callable[..., None]


class Steer(PermissionGate):
    """One act on one export; a state that changed meanwhile is said, not answered with an error."""

    permission_required = "integration.add_fileexport"
    act: Act
    words = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = visible_export(request, pk, "add")
        try:
            type(self).act(row=row, user=user_of(request))
        except StateChangedError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, f"{row.name} {self.words}.")
        return HttpResponseRedirect(row.get_absolute_url())


class Cancel(Steer):
    act = staticmethod(cancel_export)
    words = "is cancelled"


class Retry(Steer):
    act = staticmethod(retry_export)
    words = "is being written"


class Download(PermissionGate):
    """The file, for those to whom everything in it is open."""

    permission_required = "integration.view_fileexport"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        row = visible_export(request, pk)
        if not may_download(row, user_of(request)):
            raise PermissionDenied("The file holds series that are not open to you.")
        try:
            return file_response(row, request)
        except FileGoneError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(row.get_absolute_url())


def file_response(row: FileExport, request: HttpRequest) -> FileResponse:
    """The file as an attachment; FileGoneError when there is none."""
    stream = download(row=row, user=user_of(request))
    return FileResponse(stream, as_attachment=True, filename=row.name, content_type=format_of(row.format).media)
