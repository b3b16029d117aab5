"""How an export looks in the API."""

from __future__ import annotations

from rest_framework import serializers

from aim.rest.fields import RowSerializer
from integration.api.work_shapes import WorkSerializer
from integration.models import ExportSeries, FileExport


class ExportSerializer(WorkSerializer):
    route = "api:export-detail"

    percent = serializers.IntegerField(help_text="How far the writing is; 100 when it has ended.")
    sha256 = serializers.CharField(
        source="file.digest", allow_null=True, default=None, help_text="Digest of the file, once it is written."
    )
    octets = serializers.IntegerField(
        source="file.octets", allow_null=True, default=None, help_text="Size of the file, once it is written."
    )

    class Meta:
        model = FileExport
        fields = (
            "id", "url", "utility", "format", "options", "name", "starts_at", "ends_at", "state", "percent", "cause",
            "series_count", "series_refused", "values", "left_out", "sha256", "octets", "created_at", "created_by",
            "started_at", "finished_at", "action",
        )  # fmt: skip


class ExportSeriesSerializer(RowSerializer):
    class Meta:
        model = ExportSeries
        fields = ("number", "series", "values", "left_out", "refused", "reason")
