"""The voltage of a transformer area: its metering points by day, those that leave the band most often first."""

from datetime import tzinfo
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from aim.web.detail import DetailPage, Fact, Tab
from aim.web.links import Crumb
from events.voltage_bands import band_of_area
from events.voltage_page import shown
from metering.models import MeteringPoint, TransformerArea
from metering.views.people import user_of


def _voltage(request: HttpRequest, area: TransformerArea) -> dict[str, Any]:
    points = MeteringPoint.objects.visible_to(user_of(request)).filter(transformer_area=area)
    return shown(points, area.utility.zone, request.GET)


class VoltagePage(DetailPage):
    """How far the voltage in an area keeps to its band."""

    permission_required = "metering.view_series"
    model = TransformerArea
    template_name = "events/voltage.html"
    tabs = (Tab("", "Voltage", "events/tabs/voltage.html", context=_voltage),)

    @cached_property
    def object(self) -> TransformerArea:
        area: TransformerArea = self.get_visible_or_404(pk=self.kwargs["pk"])
        return area

    def get_zone(self) -> tzinfo:
        zone: tzinfo = self.object.utility.zone
        return zone

    def get_title(self) -> str:
        return f"Voltage of {self.object}"

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Outages", reverse("events:outages"))]

    def get_strip(self) -> list[Fact]:
        return [Fact("Feeder", self.object.feeder or None), Fact("Band", str(band_of_area(self.object)))]
