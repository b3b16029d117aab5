"""The 360° page of a metering point."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from aim.web.access import may
from aim.web.detail import DetailPage, Fact, Tab
from aim.web.links import Crumb
from metering import panels
from metering.browser.page import browser
from metering.browser.selection import chosen, main_series, of_point, parse_ids
from metering.changes import changes
from metering.latest import latest_of
from metering.models import Contract, MeteringPoint
from metering.overview import consumption, recent
from metering.services.personal import record_view
from metering.tables import state_of
from metering.views.people import user_of
from metering.views.picker import pick
from metering.views.values import powers, query_of, with_company


def overview(request: HttpRequest, point: MeteringPoint) -> dict[str, Any]:
    """Consumption, completeness, latest values, and the cards of other apps."""
    series, now, zone = of_point(point), timezone.now(), point.utility.zone
    used = {row.pk for row in main_series(series) if row.is_profile}
    found = recent(series, zone, now)
    return {
        "consumption": consumption([readings for readings in found if readings.series.pk in used], zone, now),
        "latest": latest_of(found, zone, now),
        "values_url": reverse("metering:point", args=[point.pk, "values"]),
        "cards": panels.extensions.cards(request, point),
        "facts": _facts(point),
    }


def _facts(point: MeteringPoint) -> list[Fact]:
    where = f"{point.latitude}, {point.longitude}" if point.latitude is not None and point.longitude is not None else ""
    return [
        Fact("Energy", point.get_energy_type_display()),
        Fact("Transformer area", point.transformer_area),
        Fact("Segment", point.segment),
        Fact("Region", point.region),
        Fact("Main fuse", f"{point.phases} × {point.fuse_a} A" if point.fuse_a else ""),
        Fact("Measured behind", point.parent),
        Fact("Coordinates (WGS 84)", where),
    ]


def values(request: HttpRequest, point: MeteringPoint) -> dict[str, Any]:
    """The Data Browser on the series of this point, the consumption first."""
    asked = parse_ids(request.GET.get("series", ""))
    series = chosen(user_of(request), asked) if asked else main_series(of_point(point))
    shown = with_company(request, browser(series, query_of(request), point.utility.zone, timezone.now()))
    return {"browser": shown, "picker": pick(request, shown), **powers(request)}


def contracts(request: HttpRequest, point: MeteringPoint) -> dict[str, Any]:
    """Every contract, the newest first, with supplier and, where permitted, customer."""
    rows = Contract.objects.filter(metering_point=point).select_related("customer", "supplier")
    return {
        "contracts": rows.order_by("-validity", "kind"),
        "today": timezone.localdate(),
        "customers_shown": may(request, "metering.view_customer"),
    }


def history(request: HttpRequest, point: MeteringPoint) -> dict[str, Any]:
    return {"changes": changes(point, with_customers=may(request, "metering.view_customer"))}


OWN_TABS = (
    (0, Tab("", "Overview", "metering/tabs/overview.html", context=overview)),
    (10, Tab("values", "Values", "metering/tabs/values.html", context=values, permission="metering.view_series")),
    (
        40,
        Tab(
            "contracts", "Contracts & customer", "metering/tabs/contracts.html",
            context=contracts, permission="metering.view_contract",
        ),
    ),
    (90, Tab("changes", "Changes", "metering/tabs/changes.html", context=history)),
)  # fmt: skip


class PointPage(DetailPage):
    """One metering point: what it is, what it used, who the customer is, what happened."""

    permission_required = "metering.view_meteringpoint"
    model = MeteringPoint
    tabs = ()
    template_name = "metering/point.html"

    def get_zone(self) -> ZoneInfo:
        zone: ZoneInfo = self.object.utility.zone
        return zone

    def get_queryset(self) -> QuerySet[MeteringPoint]:
        related = ("utility", "segment", "transformer_area", "parent")
        rows: QuerySet[MeteringPoint] = super().get_queryset().select_related(*related)
        return rows

    def get_context_data(self) -> dict[str, Any]:
        return super().get_context_data() | {"lead": self.object.address}

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Metering points", reverse("metering:points"))]

    def get_strip(self) -> list[Fact]:
        """State and customer (reading the name is recorded), then what other apps add."""
        facts = [Fact("State", state_of(self.object))]
        if may(self.request, "metering.view_customer"):
            facts.append(Fact("Customer", self._customer()))
        return facts + panels.extensions.facts(self.request, self.object)

    def _customer(self) -> str:
        current = Contract.objects.filter(metering_point=self.object, validity__contains=timezone.localdate())
        contract = current.select_related("customer").order_by("kind").first()
        if contract is None:
            return ""
        record_view(user=user_of(self.request), point=self.object)
        return f"{contract.customer.name} ({contract.customer.number})"
