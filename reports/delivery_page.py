"""The page of the report on data delivery, and the same as CSV."""

import csv
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from access import audit
from aim.web.access import PermissionGate, may
from headend.models import DeliveryCount, Exclusion
from metering.views.people import user_of
from reports.deliveries import GROUPS, SPANS, By, Line, lines, total

EXCLUSIONS = 50


class Deliveries(PermissionGate):
    """Shares by day, transformer area or device model; `?export=csv` gives the numbers behind them."""

    permission_required = "headend.view_deliverycount"

    def get(self, request: HttpRequest) -> HttpResponse:
        days, group = _span(request), request.GET.get("by", "day")
        group = group if group in GROUPS else "day"
        today = timezone.localdate()
        found = lines(DeliveryCount.objects.visible_to(user_of(request)), group, today, days)
        if request.GET.get("export") == "csv":
            return _csv(request, found, group, days)
        context = {
            "title": "Data delivery", "lines": found, "total": total(found), "moments": list(By), "days": days,
            "group": group, "group_name": GROUPS[group], "groups": GROUPS, "spans": SPANS,
            "exclusions": _exclusions(request, days),
            "may_see_gaps": may(request, "headend.view_gap"),
            "may_see_exclusions": may(request, "headend.view_exclusion"),
        }  # fmt: skip
        return render(request, "reports/deliveries.html", context)


def _span(request: HttpRequest) -> int:
    given = request.GET.get("days", "")
    return int(given) if given in {str(span) for span in SPANS} else SPANS[1]


def _exclusions(request: HttpRequest, days: int) -> list[Exclusion]:
    """Devices whose values are not counted, with the reason; the latest."""
    if not user_of(request).has_perm("headend.view_exclusion"):
        return []
    since = timezone.localdate() - timedelta(days=days)
    rows = Exclusion.objects.visible_to(user_of(request)).exclude(last_day__lt=since)
    return list(rows.select_related("device")[:EXCLUSIONS])


def _csv(request: HttpRequest, found: list[Line], group: str, days: int) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="deliveries-by-{group}.csv"'
    rows = csv.writer(answer)
    rows.writerow([group, *(f"{by.value} {what}" for by in By for what in ("expected", "present", "excluded"))])
    for line in found:
        numbers: list[Any] = [n for share in line.shares for n in (share.expected, share.present, share.excluded)]
        rows.writerow([_plain(str(line.name)), *numbers])
    audit.record("report exported", f"Data delivery by {group}, {days} days", user=user_of(request))
    return answer


def _plain(text: str) -> str:
    """A code no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
