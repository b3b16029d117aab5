"""What validation adds to the pages of metering points: a card with the exceptions that wait."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from metering import panels as point_panels
from metering.models import MeteringPoint
from metering.views.people import user_of
from validation.filters import WAITING
from validation.models import Finding
from validation.ordering import RANK, ranked
from validation.words import found_words, severity_of

LATEST = 6


def waiting_at(request: HttpRequest, point: MeteringPoint) -> dict[str, Any] | None:
    """The most urgent exceptions of a metering point; None where nothing waits."""
    rows = ranked(Finding.objects.visible_to(user_of(request)).filter(WAITING, series__metering_point=point))
    findings: list[Any] = list(rows.select_related("series__measured_property").order_by(RANK, "pk")[: LATEST + 1])
    for each in findings:
        each.words, each.shown_severity = found_words(each), severity_of(each)
    return {"findings": findings[:LATEST], "more": len(findings) > LATEST} if findings else None


def queue_of(point: MeteringPoint) -> str:
    """The queue with this metering point alone."""
    return f"{reverse('validation:findings')}?{urlencode({'q': point.gsrn})}"


def connect() -> None:
    """Register the card."""
    card = "validation/panels/exceptions.html"
    point_panels.register_panel(
        point_panels.Panel(
            "exceptions", "Exceptions", card, waiting_at, "validation.view_finding", rank=15, url=queue_of
        )
    )
