"""What belongs to an import: the problems found in its file, and the channels it has."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from integration.api.shapes import ImportChannelSerializer, ImportProblemSerializer
from integration.api.works import PartResource
from integration.filters.imports import ChannelApiFilter, ProblemApiFilter
from integration.models import ImportChannel, ImportProblem

_IMPORT = OpenApiParameter("file_import", int, OpenApiParameter.PATH, description="Id of the import.")


@extend_schema_view(
    list=extend_schema(operation_id="import_problems_list", summary="Problems of an import", parameters=[_IMPORT])
)
@extend_schema(tags=["files"])
class ImportProblems(PartResource[ImportProblem]):
    """What is wrong with a file: where, what stands there, and why it is not taken, repaired or worth knowing."""

    queryset = ImportProblem.objects.all()
    serializer_class = ImportProblemSerializer
    filterset_class = ProblemApiFilter
    whole = "file_import"


@extend_schema_view(
    list=extend_schema(operation_id="import_channels_list", summary="Channels of an import", parameters=[_IMPORT])
)
@extend_schema(tags=["files"])
class ImportChannels(PartResource[ImportChannel]):
    """What is in a file of readings: every quantity of every metering point, with the series it goes to."""

    queryset = ImportChannel.objects.all()
    serializer_class = ImportChannelSerializer
    filterset_class = ChannelApiFilter
    whole = "file_import"
