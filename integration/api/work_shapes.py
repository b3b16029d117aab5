"""How imports and exports look alike in the API."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from aim.rest.fields import RowSerializer
from integration.models import FileExport, FileImport


class WorkSerializer(RowSerializer):
    """A file on its way in or out: whose it is, who asked for it, how far it is."""

    route: ClassVar[str]
    """Name of its address."""

    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")
    created_by = serializers.CharField(source="created_by.username", allow_null=True, default=None)
    url = serializers.SerializerMethodField(help_text="Where to ask for the state again.")

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, row: FileImport | FileExport) -> str:
        return reverse(self.route, args=[row.pk], request=self.context["request"])
