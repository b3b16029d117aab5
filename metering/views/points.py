"""The list of metering points."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from aim.web.access import may
from aim.web.empty import EmptyState
from aim.web.lists import TableView
from aim.web.state import ListState
from metering import panels
from metering.daily import set_yesterday
from metering.filters import MeteringPointFilter
from metering.models import Contract, MeteringPoint
from metering.services.personal import record_found
from metering.tables import POINTS, state_of
from metering.views.people import user_of


class PointList(TableView):
    """Metering points with their customers, meters and what they used yesterday."""

    permission_required = "metering.view_meteringpoint"
    model = MeteringPoint
    table = POINTS
    filterset_class = MeteringPointFilter
    title = "Metering points"
    empty = EmptyState(
        "nothing",
        "No metering points yet",
        "They arrive from the customer information system over the API, or by hand in the administration.",
    )

    def get_queryset(self) -> QuerySet[MeteringPoint]:
        rows = super().get_queryset().select_related("utility", "segment", "transformer_area")
        return panels.prepared(rows.prefetch_related(self._contracts()))

    def complete_rows(self, rows: Sequence[Any]) -> None:
        set_yesterday(rows, timezone.now())
        for row in rows:
            row.state_badge = state_of(row)
            row.customer = next((contract.customer for contract in row.current_contracts), None)
        shown = ListState.parse(self.table, self.request.GET).columns
        if any(column.name.startswith("customer") for column in shown):
            self._record(rows)

    def _contracts(self) -> "Prefetch[str]":
        """The contracts of today with their customers; none for users who may not see customers."""
        contracts = Contract.objects.filter(validity__contains=timezone.localdate()).order_by("kind")
        if not may(self.request, "metering.view_customer"):
            contracts = contracts.none()
        return Prefetch("contracts", contracts.select_related("customer"), to_attr="current_contracts")

    def _record(self, rows: Sequence[Any]) -> None:
        customers = [row.customer for row in rows if row.customer is not None]
        record_found(user=user_of(self.request), customers=customers, through="the list of metering points")
