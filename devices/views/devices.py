"""The list of devices."""

from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone

from aim.web.empty import EmptyState
from aim.web.links import Action
from aim.web.lists import TableView
from devices.filters import DeviceFilter
from devices.groups import filter_of
from devices.models import Device, Installation
from devices.querysets import DeviceQuerySet
from devices.tables import DEVICES
from metering.views.people import user_of


class DeviceList(TableView):
    """Devices with where they hang and how the last contact went."""

    permission_required = "devices.view_device"
    model = Device
    table = DEVICES
    filterset_class = DeviceFilter
    title = "Devices"
    empty = EmptyState(
        "nothing",
        "No devices yet",
        "They come from the factory files of their manufacturer, or by hand in the administration.",
    )

    def get_page_actions(self) -> list[Action]:
        query = filter_of(self.request.GET.urlencode())
        if not query:
            return []
        url = f"{reverse('devices:group-new')}?{urlencode({'query': query})}"
        return [Action("Save filter as group", url, "plus", "devices.add_devicegroup")]

    def get_queryset(self) -> QuerySet[Device]:
        rows = cast("DeviceQuerySet[Device]", super().get_queryset())
        rows = rows.with_contact().select_related("model", "segment", "concentrator", "master__concentrator")
        return rows.prefetch_related(self._installations())

    def complete_rows(self, rows: Sequence[Any]) -> None:
        for row in rows:
            row.point = next((installation.metering_point for installation in row.installed_now), None)

    def _installations(self) -> "Prefetch[str]":
        now = Installation.objects.visible_to(user_of(self.request)).filter(period__contains=timezone.now())
        return Prefetch(
            "installations", now.select_related("metering_point__transformer_area"), to_attr="installed_now"
        )
