"""The list "Missing values": what is missing behind what was read, why, and what happens next."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from aim.web.empty import EmptyState
from aim.web.links import Action, Crumb
from aim.web.lists import TableView
from headend.gap_tables import GAPS, GapFilter
from headend.gap_words import steps_of
from headend.models import Gap


class GapList(TableView):
    """Gaps that are not filled, the latest first."""

    permission_required = "headend.view_gap"
    model = Gap
    table = GAPS
    filterset_class = GapFilter
    title = "Missing values"
    lead: ClassVar[str] = (
        "Values that had to be there behind the latest ones read. What a device that does not answer owes since then "
        "is asked for when it answers again."
    )
    empty = EmptyState("nothing", "Nothing is missing", "All values that had to be there behind the latest read are.")

    def get_queryset(self) -> QuerySet[Gap]:
        rows: QuerySet[Gap] = super().get_queryset().exclude(state=Gap.State.FILLED)
        ways = ("device__concentrator", "device__master__concentrator")
        return rows.select_related("device__model", "device__contact", *ways)

    def complete_rows(self, rows: Sequence[Any]) -> None:
        """What happens next to each. One query."""
        for gap, step in zip(rows, steps_of(rows, timezone.now()), strict=True):
            gap.step = step

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Dashboard", reverse("reports:dashboard"))]

    def get_page_actions(self) -> list[Action]:
        silent = f"{reverse('devices:devices')}?answers=no&sort=contact"
        return [
            Action("Devices that do not answer", silent, "alert", "devices.view_device"),
            Action("Data delivery", reverse("reports:deliveries"), "list", "headend.view_deliverycount"),
        ]
