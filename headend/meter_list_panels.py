"""Cards of devices: the list a concentrator keeps, and the ways a meter came."""

from collections import Counter
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from aim.web.access import may
from aim.web.extensions import Panel
from devices import panels as device_panels
from devices.models import Device
from headend.meter_list_tables import state_of, words_of
from headend.meter_lists.asking import has_list
from headend.models import ListedMeter, MeterList, WayChange
from headend.services.read_now import why_not
from metering.views.people import user_of

VIEW, MOVES = "headend.view_listedmeter", "headend.view_waychange"
SHOWN = 8


def meters_listed(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """How the list of a concentrator compares with what is on file; None for a device that keeps no list."""
    if not has_list(device):
        return None
    rows = list(ListedMeter.objects.visible_to(user_of(request)).filter(concentrator=device).select_related("device"))
    counts = Counter(row.state for row in rows)
    differing = sorted((row for row in rows if row.state in ListedMeter.DIFFERENCES), key=lambda row: row.since)[::-1]
    states = ListedMeter.State
    return {
        "known": MeterList.objects.filter(concentrator=device).first(),
        "counts": [
            (state_of(ListedMeter(state=state)), counts[state], state.value) for state in states if counts[state]
        ],
        "differences": [(row, state_of(row), words_of(row)) for row in differing[:SHOWN]],
        "more": max(len(differing) - SHOWN, 0),
        "can_read": may(request, "devices.read_device") and not why_not(device),
        "all_url": reverse("headend:concentrator", args=[device.pk]),
    }


def ways_come(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """Where a meter was before, and which meters a concentrator gained and gave away; None where nobody moved."""
    moves = WayChange.objects.visible_to(user_of(request)).select_related("device", "before", "after", "user")
    if device.model.is_way:
        moves = moves.filter(before=device) | moves.filter(after=device)
    else:
        moves = moves.filter(device=device)
    shown = list(moves.order_by("-at", "-pk")[:SHOWN])
    return {"moves": shown} if shown else None


def connect() -> None:
    """Put the cards on the page of devices."""
    panels = (
        Panel("meter-list", "Meters it lists", "headend/panels/meter_list.html", meters_listed, VIEW, rank=20),
        Panel("moves", "Moves between concentrators", "headend/panels/moves.html", ways_come, MOVES, rank=46),
    )
    for panel in panels:
        device_panels.extensions.add_panel(panel)
