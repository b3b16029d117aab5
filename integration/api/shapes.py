"""How an import looks in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aim.rest.fields import RowSerializer
from integration.api.work_shapes import WorkSerializer
from integration.imports.tally import Tally
from integration.models import FileImport, ImportChannel, ImportProblem


class OutcomeSerializer(serializers.Serializer[Any]):
    """Values (or rows of master data) by what becomes of them."""

    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()


class ImportSerializer(WorkSerializer):
    route = "api:import-detail"

    mapping = serializers.CharField(source="mapping.name", allow_null=True, default=None)
    sha256 = serializers.CharField(source="file.digest", help_text="Digest of the file, in hexadecimal.")
    octets = serializers.IntegerField(source="file.octets", help_text="Size of the file.")
    percent = serializers.IntegerField(help_text="How far the work at hand is; 100 when none is.")
    expected = serializers.SerializerMethodField(help_text="What storing would do; null before the check.")
    stored = serializers.SerializerMethodField(help_text="What storing did; null before it began.")
    taken_back = serializers.SerializerMethodField(help_text="What undoing did; null when nothing was undone.")

    class Meta:
        model = FileImport
        fields = (
            "id", "url", "utility", "content", "format", "name", "mapping", "sha256", "octets", "state", "percent",
            "cause", "rows", "errors", "repairs", "notes", "header", "expected", "stored", "taken_back",
            "confirm_at_once", "created_at", "created_by", "checked_at", "confirmed_at", "finished_at", "action",
        )  # fmt: skip
        extra_kwargs = {
            "rows": {"help_text": "Rows, or elements, read."},
            "errors": {"help_text": "Problems that keep something out."},
            "repairs": {"help_text": "Values taken, changed by a declared rule."},
            "notes": {"help_text": "Things worth knowing."},
        }

    @extend_schema_field(OutcomeSerializer(allow_null=True))
    def get_expected(self, row: FileImport) -> dict[str, int] | None:
        return _outcome(row.expected)

    @extend_schema_field(OutcomeSerializer(allow_null=True))
    def get_stored(self, row: FileImport) -> dict[str, int] | None:
        return _outcome(row.stored)

    @extend_schema_field(OutcomeSerializer(allow_null=True))
    def get_taken_back(self, row: FileImport) -> dict[str, int] | None:
        return _outcome(row.taken_back)


class ImportProblemSerializer(RowSerializer):
    class Meta:
        model = ImportProblem
        fields = ("id", "severity", "found", "line", "column", "text", "reason", "values")
        extra_kwargs = {
            "line": {"help_text": "Line of a text, row of a sheet, line of the element in XML."},
            "text": {"help_text": "What stands there, cut short."},
        }


class ImportChannelSerializer(RowSerializer):
    values = serializers.IntegerField(help_text="Values the file gives.")
    total = serializers.DecimalField(
        max_digits=60, decimal_places=12, normalize_output=True, help_text="Their sum in `unit`."
    )
    refused = serializers.IntegerField(help_text="Values that are not taken.")

    class Meta:
        model = ImportChannel
        fields = (
            "id", "point", "name", "obis", "unit", "kind", "interval_s", "source", "metering_point", "series", "is_new",
            "refusal", "line", "values", "refused", "total", "first_at", "last_at",
        )  # fmt: skip
        extra_kwargs = {"refusal": {"help_text": "Why nothing of it is taken; empty when it is."}}


def _outcome(counts: dict[str, int]) -> dict[str, int] | None:
    return Tally.of_json(counts).as_json() if counts else None
