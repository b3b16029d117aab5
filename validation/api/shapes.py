"""What several validation resources say in the same way."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from aim.rest.fields import RowSerializer


class OfSeriesSerializer(RowSerializer):
    """Something about a day of a series. Amounts are integers × 10^`exponent` of `unit`."""

    utility = serializers.CharField(source="series.metering_point.utility.code", help_text="Code of the utility.")
    gsrn = serializers.CharField(source="series.metering_point.gsrn")
    unit = serializers.CharField(source="series.measured_property.unit")
    exponent = serializers.IntegerField(source="series.exponent", help_text="Amounts are integers × 10^exponent.")


JOINS = ("series__measured_property", "series__metering_point__utility")
SERIES_FIELDS = ("id", "utility", "series", "gsrn", "unit", "exponent")


def given(serializer: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """What a request says, checked; ValidationError by field."""
    asked = serializer(data=data)
    asked.is_valid(raise_exception=True)
    found: dict[str, Any] = asked.validated_data
    return found
