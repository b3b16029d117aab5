"""The card of a device that shows how its clock was corrected."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from aim.web.extensions import Panel
from aim.web.tones import State
from devices import panels as device_panels
from devices.clock import clock_state
from devices.models import Device
from headend.models import ClockCorrection

SHOWN = 5


@dataclass(frozen=True, slots=True)
class ShownCorrection:
    """`after` is None when nothing was read back."""

    at: datetime
    how: str
    before: State | None
    after: State | None


def corrections(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """The latest corrections; None where there were none."""
    rows = [
        ShownCorrection(row.at, row.get_how_display(), clock_state(row.before_s), clock_state(row.after_s))
        for row in ClockCorrection.objects.filter(device=device)[:SHOWN]
    ]
    return {"corrections": rows} if rows else None


def connect() -> None:
    """Put the card on the page of devices."""
    panel = Panel(
        "clock", "Clock corrections", "headend/panels/clock.html", corrections, "headend.view_clockcorrection", rank=45
    )
    device_panels.extensions.add_panel(panel)
