"""What belongs to an import: the problems found in its file, and the channels it has."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin

from access.models import User
from aim.rest.views import Resource
from integration.api.shapes import ImportChannelSerializer, ImportProblemSerializer
from integration.filters import ChannelApiFilter, ProblemApiFilter
from integration.models import FileImport, ImportChannel, ImportProblem

_IMPORT = OpenApiParameter("file_import", int, OpenApiParameter.PATH, description="Id of the import.")


def _of_import(resource: Resource[ImportProblem] | Resource[ImportChannel]) -> FileImport:
    user = cast("User", resource.request.user)
    return get_object_or_404(FileImport.objects.visible_to(user), pk=resource.kwargs["file_import"])


@extend_schema_view(
    list=extend_schema(operation_id="import_problems_list", summary="Problems of an import", parameters=[_IMPORT])
)
@extend_schema(tags=["files"])
class ImportProblems(ListModelMixin, Resource[ImportProblem]):
    """What is wrong with a file: where, what stands there, and why it is not taken, repaired or worth knowing."""

    queryset = ImportProblem.objects.all()
    serializer_class = ImportProblemSerializer
    filterset_class = ProblemApiFilter

    def get_queryset(self) -> QuerySet[ImportProblem]:
        rows = super().get_queryset()
        return rows if getattr(self, "swagger_fake_view", False) else rows.filter(file_import=_of_import(self))


@extend_schema_view(
    list=extend_schema(operation_id="import_channels_list", summary="Channels of an import", parameters=[_IMPORT])
)
@extend_schema(tags=["files"])
class ImportChannels(ListModelMixin, Resource[ImportChannel]):
    """What is in a file of readings: every quantity of every metering point, with the series it goes to."""

    queryset = ImportChannel.objects.all()
    serializer_class = ImportChannelSerializer
    filterset_class = ChannelApiFilter

    def get_queryset(self) -> QuerySet[ImportChannel]:
        rows = super().get_queryset()
        return rows if getattr(self, "swagger_fake_view", False) else rows.filter(file_import=_of_import(self))
