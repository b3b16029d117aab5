"""What else happened around an exception: events, outages, earlier findings of the series."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from access.models import User
from events.models import Event, Outage
from validation.models import Finding
from validation.stretches import day_of

MOST = 12
MARGIN = timedelta(hours=6)
"""An event so long before or after the day may still explain it."""


def events_near(finding: Finding, user: User) -> QuerySet[Event]:
    """Events at the metering point on the day and a little before and after, the latest first."""
    day = day_of(finding)
    rows: QuerySet[Event] = Event.objects.visible_to(user).filter(
        metering_point=finding.series.metering_point_id, at__gte=day.start - MARGIN, at__lt=day.end + MARGIN
    )
    return rows.select_related("device")[:MOST]


def outages_near(finding: Finding, user: User) -> QuerySet[Outage]:
    """Outages of the metering point that reach into the day."""
    day = day_of(finding)
    lasting = Q(ended_at=None) | Q(ended_at__gt=day.start)
    rows: QuerySet[Outage] = Outage.objects.visible_to(user).filter(
        lasting, metering_point=finding.series.metering_point_id, started_at__lt=day.end
    )
    return rows.select_related("area_outage__area")[:MOST]


def others_of_series(finding: Finding, user: User) -> list[Any]:
    """Other findings of the series, the latest day first."""
    rows = Finding.objects.visible_to(user).filter(series=finding.series_id).exclude(pk=finding.pk)
    joined = rows.select_related("series__measured_property", "series__metering_point__utility")
    return list(joined.order_by("-day", "-pk")[:MOST])
