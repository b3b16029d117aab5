"""What an export is asked for with in the API, checked against what is open to the user."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from access.models import User
from aim.rest.fields import EdgeField
from integration.exports.options import Clock, Days, Decimal, Layout, Options, Purpose, Unit
from integration.exports.registry import MOST_SERIES
from integration.exports.selection import in_order, zone_of
from integration.services.exports import Order
from metering.filters import SeriesApiFilter
from metering.intervals import local_day
from metering.models import Series

_LONGEST_RECEIVER = 10


class ExportOrderSerializer(serializers.Serializer[Any]):
    """Which series over which period in which format. Either `series` or `matching`."""

    format = serializers.CharField(max_length=20, help_text="`csv`, `xlsx`, `nem12`, `nem13` or `espi`.")
    start = EdgeField(help_text="First instant, 2026-03-29T00:00:00Z, or a date: local midnight of the utility.")
    end = EdgeField(help_text="End, excluded; an instant or a date.")
    series = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=MOST_SERIES,
        help_text="Ids of series, in the order of the file.",
    )  # fmt: skip
    matching = serializers.DictField(
        child=serializers.CharField(max_length=100), required=False,
        help_text="Instead of ids: query parameters of `/series/`, such as `utility`, `obis`, `kind`.",
    )  # fmt: skip
    layout = serializers.ChoiceField(
        choices=Layout.values, default=Layout.LONG, help_text="CSV and Excel: a row per value, or per instant."
    )
    unit = serializers.ChoiceField(choices=Unit.values, default=Unit.KILO, help_text="CSV and Excel: unit of energy.")
    times = serializers.ChoiceField(
        choices=Clock.values, default=Clock.LOCAL, help_text="CSV and Excel: times of the utility, or UTC."
    )
    decimal = serializers.ChoiceField(choices=Decimal.values, default=Decimal.POINT, help_text="CSV: decimal sign.")
    purpose = serializers.ChoiceField(
        choices=Purpose.values, default=Purpose.OWN, help_text="`billing`: later changes become corrections."
    )
    days = serializers.ChoiceField(
        choices=Days.values, default=Days.ALL, help_text="`verified`: days that are not verified are left out."
    )
    receiver = serializers.CharField(
        max_length=_LONGEST_RECEIVER, default="", allow_blank=True, help_text="NEM12 and NEM13: whom the file is for."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("series" in attrs) == ("matching" in attrs):
            raise serializers.ValidationError({"series": ["Name series, or say which match: one of both."]})
        return attrs


def series_of(asked: dict[str, Any], user: User) -> list[int]:
    """Ids of the series asked for, one more than an export takes at the most; ValidationError for unknown filters."""
    if "series" in asked:
        return list(asked["series"])
    matching: dict[str, str] = asked["matching"]
    if unknown := sorted(set(matching) - set(SeriesApiFilter.base_filters)):
        raise serializers.ValidationError({"matching": [f"Unknown: {', '.join(unknown)[:200]}."]})
    found = SeriesApiFilter(matching, queryset=Series.objects.visible_to(user))
    if not found.is_valid():
        raise serializers.ValidationError({"matching": [f"{name}: {' '.join(e)}" for name, e in found.errors.items()]})
    return list(in_order(found.qs).values_list("pk", flat=True)[: MOST_SERIES + 1])


def order_of(asked: dict[str, Any], series: list[int], user: User) -> Order:
    """The order; days are those of the utility of the first series."""
    zone = zone_of(user, series)
    options = Options.of_json({field.name: asked[field.name] for field in fields(Options)})
    return Order(asked["format"], _instant(asked["start"], zone), _instant(asked["end"], zone), options)


def _instant(edge: date | datetime, zone: ZoneInfo) -> datetime:
    return edge if isinstance(edge, datetime) else local_day(edge, zone)[0]
