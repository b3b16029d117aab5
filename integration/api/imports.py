"""Imports: a file in, what it would do, and the acts on it. Workers do the work; ask the import how far it is."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.problems import CONTENT_TYPE, Problem
from integration.api.orders import UploadSerializer, order_of, utility_of
from integration.api.refusals import ImportedBefore, TooLarge
from integration.api.shapes import ImportSerializer
from integration.api.works import WorkResource, act, location
from integration.filters.imports import ImportApiFilter
from integration.models import FileImport
from integration.services.files import FileTooLargeError, keep
from integration.services.steering import cancel_import, confirm_import, resume_import, undo_import
from integration.services.uploads import UploadError, begin_import, earlier_imports

_WITH_FORM = 1_000_000
"""Octets of a request besides the file."""
_BEGUN = {
    202: OpenApiResponse(ImportSerializer, description="Given to the workers; ask the import at `Location`."),
    (409, CONTENT_TYPE): OpenApiResponse(Problem, description="This very file was imported before; see `again`."),
    (413, CONTENT_TYPE): OpenApiResponse(Problem, description="The file is larger than an import takes."),
    (415, CONTENT_TYPE): OpenApiResponse(Problem, description="The body is not multipart/form-data."),
}


@extend_schema_view(
    list=extend_schema(operation_id="imports_list", summary="Imports, newest first"),
    retrieve=extend_schema(operation_id="imports_get", summary="An import"),
)
@extend_schema(tags=["files"])
class Imports(WorkResource[FileImport]):
    """Files on their way in: checked first, stored when confirmed, and taken back when that was wrong."""

    queryset = FileImport.objects.select_related("utility", "file", "mapping", "created_by")
    serializer_class = ImportSerializer
    filterset_class = ImportApiFilter
    parser_classes = (MultiPartParser, JSONParser)
    verbs: ClassVar[dict[str, str]] = {
        "create": "add", "confirm": "confirm", "cancel": "add", "resume": "confirm", "undo": "undo",
    }  # fmt: skip

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The length is looked at before anything of the body is read."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.UPLOAD_BYTES + _WITH_FORM:
            raise TooLarge(f"A file may have {settings.UPLOAD_BYTES} octets at most.")
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="imports_add",
        summary="Give a file",
        request={"multipart/form-data": UploadSerializer},
        responses=_BEGUN,
        parameters=[location("Address of the import.")],
    )
    def create(self, request: Request) -> Response:
        """Keep the file and have it checked; needs the permission `integration.add_fileimport`.

        Nothing is stored before the import is confirmed, except with `confirm=auto` when the check finds no error.
        A table without a mapping waits for one: give it on the page of the import.
        """
        order = UploadSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        asked, user = order.validated_data, cast("User", request.user)
        return self.begun(_begin(asked, user))

    @act("imports_confirm", "Store what an import brings", "It is being stored.", ImportSerializer)
    def confirm(self, request: Request, pk: str) -> Response:
        """Have stored what the check has shown; needs the permission `integration.confirm_fileimport`."""
        return self.do(request, confirm_import)

    @act("imports_cancel", "Cancel an import", "It is cancelled.", ImportSerializer)
    def cancel(self, request: Request, pk: str) -> Response:
        """End an import where it stands; what is stored stays. Needs the permission `integration.add_fileimport`."""
        return self.do(request, cancel_import)

    @act("imports_resume", "Resume an import that failed", "It goes on where it stopped.", ImportSerializer)
    def resume(self, request: Request, pk: str) -> Response:
        """Have a failed import go on; needs the permission `integration.confirm_fileimport`."""
        return self.do(request, resume_import)

    @act("imports_undo", "Undo an import", "What it stored is being taken back.", ImportSerializer)
    def undo(self, request: Request, pk: str) -> Response:
        """Take back what the import stored and nobody changed since; needs `integration.undo_fileimport`."""
        return self.do(request, undo_import)


def _begin(asked: dict[str, Any], user: User) -> FileImport:
    utility = utility_of(asked, user)
    order = order_of(asked, user, utility)
    try:
        file = keep(asked["file"].chunks())
        before = earlier_imports(file, utility).first()
        if before and not asked["again"]:
            raise ImportedBefore(f"This very file was imported before, by import {before.pk}; again=true repeats it.")
        return begin_import(utility=utility, file=file, order=order, user=user)
    except FileTooLargeError as error:
        raise TooLarge(str(error)) from error
    except UploadError as error:
        raise serializers.ValidationError({error.field: [str(error)]}) from error
