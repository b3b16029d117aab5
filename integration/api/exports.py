"""Exports: values of many series as a file. Workers write it; ask the export how far it is."""

from __future__ import annotations

from typing import ClassVar, cast

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.problems import CONTENT_TYPE, Problem
from integration.api.export_orders import ExportOrderSerializer, order_of, series_of
from integration.api.export_shapes import ExportSerializer, ExportSeriesSerializer
from integration.api.refusals import WrongState
from integration.api.works import PartResource, WorkResource, act, location
from integration.exports.registry import format_of
from integration.filters.exports import ExportApiFilter, ExportSeriesApiFilter
from integration.models import ExportSeries, FileExport
from integration.services.exports import ExportError, begin_export, cancel_export, download, may_download, retry_export
from integration.services.files import FileGoneError

_BEGUN = {202: OpenApiResponse(ExportSerializer, description="Given to the workers; ask the export at `Location`.")}
_FILE = {
    (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, description="The file."),
    (409, CONTENT_TYPE): OpenApiResponse(Problem, description="There is no file yet, or it is no longer kept."),
}


@extend_schema_view(
    list=extend_schema(operation_id="exports_list", summary="Exports, newest first"),
    retrieve=extend_schema(operation_id="exports_get", summary="An export"),
)
@extend_schema(tags=["files"])
class Exports(WorkResource[FileExport]):
    """Values on their way out: of up to 100,000 series, in the formats imports read, and as Excel."""

    queryset = FileExport.objects.select_related("utility", "file", "created_by")
    serializer_class = ExportSerializer
    filterset_class = ExportApiFilter
    verbs: ClassVar[dict[str, str]] = {"create": "add", "cancel": "add", "retry": "add"}

    @extend_schema(
        operation_id="exports_add", summary="Ask for a file", request=ExportOrderSerializer, responses=_BEGUN,
        parameters=[location("Address of the export.")],
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Have a file written; needs the permission `integration.add_fileexport`.

        What the format cannot hold is left out and told per series, at `series/` of the export.
        """
        given = ExportOrderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked, user = given.validated_data, cast("User", request.user)
        series = series_of(asked, user)
        try:
            row = begin_export(series=series, order=order_of(asked, series, user), user=user)
        except ExportError as error:
            place = {"to": "end", "": "non_field_errors"}.get(error.field, error.field)
            raise serializers.ValidationError({place: [str(error)]}) from error
        return self.begun(row)

    @act("exports_cancel", "Cancel an export", "It is cancelled.", ExportSerializer)
    def cancel(self, request: Request, pk: str) -> Response:
        """Have the writing stop; needs the permission `integration.add_fileexport`."""
        return self.do(request, cancel_export)

    @act("exports_retry", "Try an export again that failed", "It is being written.", ExportSerializer)
    def retry(self, request: Request, pk: str) -> Response:
        """Have a failed export written from the beginning; needs the permission `integration.add_fileexport`."""
        return self.do(request, retry_export)

    @extend_schema(operation_id="exports_file", summary="The file of an export", responses=_FILE)
    def file(self, request: Request, pk: str) -> FileResponse:
        """The file itself, for users to whom every series in it is open."""
        row, user = self.get_object(), cast("User", request.user)
        if not may_download(row, user):
            raise PermissionDenied("The file holds series that are not open to you.")
        try:
            stream = download(row=row, user=user)
        except FileGoneError as error:
            raise WrongState(str(error)) from error
        return FileResponse(stream, as_attachment=True, filename=row.name, content_type=format_of(row.format).media)


@extend_schema_view(
    list=extend_schema(
        operation_id="export_series_list",
        summary="Series of an export",
        parameters=[OpenApiParameter("file_export", int, OpenApiParameter.PATH, description="Id of the export.")],
    )
)
@extend_schema(tags=["files"])
class SeriesOfExport(PartResource[ExportSeries]):
    """What became of every series asked for: values written, values left out, and why."""

    queryset = ExportSeries.objects.all()
    serializer_class = ExportSeriesSerializer
    filterset_class = ExportSeriesApiFilter
    whole = "file_export"
