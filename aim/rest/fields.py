"""Fields the resources share: instants are ISO 8601 in UTC with Z, and never without a time zone."""

import re
from datetime import UTC, date, datetime
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
# A plus sign nobody escaped arrives as a space: 2026-03-01T00:00:00 02:00.
_LOST_PLUS = re.compile(r"(T[0-9:.]+) ([0-9]{2}:?[0-9]{2})$")


class UtcField(serializers.DateTimeField):
    """An instant in an answer: `2026-03-29T00:00:00Z`, whatever time zone the request works in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


def parse_instant(text: str) -> datetime:
    """The UTC instant of an ISO 8601 text with offset; ValidationError without one or outside 1990 to 2099."""
    try:
        instant = parse_datetime(_LOST_PLUS.sub(r"\1+\2", text.strip()))
    except ValueError as error:
        raise serializers.ValidationError(f"There is no such instant: {error}.") from error
    if instant is None:
        raise serializers.ValidationError("Write an instant as 2026-03-29T00:00:00Z.")
    if instant.tzinfo is None:
        raise serializers.ValidationError("Say the offset from UTC: 2026-03-29T00:00:00Z or …+02:00.")
    return in_reach(instant)


def in_reach(instant: datetime) -> datetime:
    """`instant` in UTC; ValidationError outside 1990 to 2099, where no meter value can lie."""
    if not EARLIEST.year <= instant.year < LATEST.year:
        raise serializers.ValidationError("Give an instant from 1990 to 2099.")
    return instant.astimezone(UTC)


@extend_schema_field({"type": "string", "format": "date-time"})
class InstantField(serializers.CharField):
    """An instant in a request; becomes an aware datetime in UTC."""

    def to_internal_value(self, data: Any) -> Any:
        return parse_instant(super().to_internal_value(data))


@extend_schema_field({"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]})
class EdgeField(serializers.CharField):
    """Begin or end of a period: an instant (aware datetime in UTC) or a date, meaning local midnight at its start."""

    def to_internal_value(self, data: Any) -> date | datetime:  # type: ignore[override]
        text = super().to_internal_value(data)
        try:
            day = parse_date(text)
        except ValueError as error:
            raise serializers.ValidationError(f"There is no such day: {error}.") from error
        if day is None:
            return parse_instant(text)
        if not EARLIEST.year <= day.year < LATEST.year:
            raise serializers.ValidationError("Give a day from 1990 to 2099.")
        return day


class RowSerializer(serializers.ModelSerializer[Any]):
    """Serializer of a model row for reading: every instant in UTC."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: UtcField,
    }
