"""The list "Clocks": how far the clocks of devices are off, and what was corrected."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Abs
from django.utils import timezone

from aim.web.empty import EmptyState
from aim.web.formats import grouped
from aim.web.listing import Listing
from aim.web.lists import TableView
from aim.web.svg import Bar, Point, bars
from aim.web.tones import Tone
from devices.clock import NOTICE_S, WRONG_S
from devices.models import Device
from headend.clock_tables import CLOCKS
from headend.models import ClockCorrection
from metering.views.people import user_of

HISTORY = timedelta(days=30)
HOUR_S = 3600
_EDGES: tuple[tuple[float, str, Tone], ...] = (
    (-HOUR_S, "over 1 h slow", "bad"),
    (-WRONG_S, "1 min to 1 h slow", "bad"),
    (-NOTICE_S, "10 to 60 s slow", "warn"),
    (-1, "1 to 10 s slow", "ok"),
    (1, "exact", "ok"),
    (NOTICE_S, "1 to 10 s fast", "ok"),
    (WRONG_S, "10 to 60 s fast", "warn"),
    (HOUR_S, "1 min to 1 h fast", "bad"),
    (float("inf"), "over 1 h fast", "bad"),
)
"""Upper ends of the bars, in seconds fast."""


class ClockList(TableView):
    """Devices whose clock was read, those furthest off first."""

    permission_required = "headend.view_clockcorrection"
    model = Device
    table = CLOCKS
    title = "Clocks"
    lead = "How far each clock was off at the last contact, measured at half of the round trip."
    template_name: ClassVar[str] = "headend/clocks.html"
    empty = EmptyState("nothing", "No clock read yet", "The clock is compared at every contact with a device.")

    def get_queryset(self) -> QuerySet[Device]:
        rows: QuerySet[Device] = super().get_queryset().filter(contact__clock_offset_s__isnull=False)
        return rows.select_related("contact", "model").annotate(off_s=Abs(F("contact__clock_offset_s")))

    def complete_rows(self, rows: Sequence[Any]) -> None:
        """Corrections of the last month. One query."""
        recent = ClockCorrection.objects.visible_to(user_of(self.request)).filter(
            device__in=[row.pk for row in rows], at__gte=timezone.now() - HISTORY
        )
        counted = recent.order_by().values_list("device").annotate(Count("pk"), Max("at"))
        found = {pk: (count, at) for pk, count, at in counted}
        for row in rows:
            row.corrections, row.corrected_at = found.get(row.pk, (0, None))

    def get_context_data(self, listing: Listing) -> dict[str, Any]:
        return super().get_context_data(listing) | {"bars": distribution(self.get_queryset())}


def distribution(devices: QuerySet[Device]) -> list[Bar]:
    """How many clocks are off by how much. One query."""
    lower = (float("-inf"), *(edge for edge, _, _ in _EDGES))
    counts = devices.order_by().aggregate(
        **{f"n{k}": Count("pk", filter=_between(lower[k], edge)) for k, (edge, _, _) in enumerate(_EDGES)}
    )
    points = [
        Point(counts[f"n{k}"], label, grouped(counts[f"n{k}"]), tone) for k, (_, label, tone) in enumerate(_EDGES)
    ]
    return bars(points)


def _between(low: float, high: float) -> Q:
    offset = "contact__clock_offset_s"
    return (Q() if low == float("-inf") else Q(**{f"{offset}__gt": low})) & (
        Q() if high == float("inf") else Q(**{f"{offset}__lte": high})
    )
