"""What runs and rule sets add to the screens below: ways to begin a run, and the card of what holds for a series."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from aim.web.bulk import BulkAction
from devices import panels as device_panels
from metering import panels
from metering.models import MeteringPoint, Series
from metering.views.people import user_of
from validation.assigned import held_at
from validation.views.run_new import browser_url, group_action, points_url

PERMISSION = "validation.run_validation"


def sets_of(request: HttpRequest, point: MeteringPoint) -> dict[str, Any] | None:
    """Which rule set holds for the series of a metering point, and why; None where nothing is assigned."""
    rows = Series.objects.visible_to(user_of(request)).filter(
        metering_point=point, periodicity=Series.Periodicity.INTERVAL
    )
    series = rows.exclude(kind=Series.Kind.STAND).select_related("measured_property")
    found = held_at(point, series, timezone.localdate(timezone=point.utility.zone))
    return {"groups": found} if found else None


def connect() -> None:
    """Register it; once per `AppConfig.ready`."""
    panels.register_selection_action(
        panels.SelectionAction("validate", "Validate", PERMISSION, browser_url, icon="check")
    )
    panels.register_action(
        BulkAction(
            "validate", "Validate", PERMISSION, points_url,
            consequence="You choose days and rules on the next page.", icon="check",
        )
    )  # fmt: skip
    panels.register_panel(
        panels.Panel(
            "rule-sets", "Rules that hold", "validation/panels/rule_sets.html", sets_of, "validation.view_assignment",
            rank=60, side=True,
        )
    )  # fmt: skip
    device_panels.group_actions.append(group_action)
