"""How an export looks in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from aim.rest.fields import RowSerializer
from integration.models import ExportSeries, FileExport


class ExportSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")
    percent = serializers.IntegerField(help_text="How far the writing is; 100 when it has ended.")
    sha256 = serializers.CharField(
        source="file.digest", allow_null=True, default=None, help_text="Digest of the file, once it is written."
    )
    octets = serializers.IntegerField(
        source="file.octets", allow_null=True, default=None, help_text="Size of the file, once it is written."
    )
    created_by = serializers.CharField(source="created_by.username", allow_null=True, default=None)
    url = serializers.SerializerMethodField(help_text="Where to ask for the state again.")

    class Meta:
        model = FileExport
        fields = (
            "id", "url", "utility", "format", "options", "name", "starts_at", "ends_at", "state", "percent", "cause",
            "series_count", "series_refused", "values", "left_out", "sha256", "octets", "created_at", "created_by",
            "started_at", "finished_at", "action",
        )  # fmt: skip

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, row: FileExport) -> str:
        return export_url(row, self.context["request"])


class ExportSeriesSerializer(RowSerializer):
    class Meta:
        model = ExportSeries
        fields = ("number", "series", "values", "left_out", "refused", "reason")


def export_url(row: FileExport, request: Any) -> str:
    """The address of an export in the API."""
    return reverse("api:export-detail", args=[row.pk], request=request)
