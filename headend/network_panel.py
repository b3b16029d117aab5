"""The card of a device that shows how it stands in the mobile network."""

from typing import Any

from django.http import HttpRequest

from aim.web.extensions import Panel
from aim.web.tones import State
from devices import panels as device_panels
from devices.models import Device
from headend.models import NetworkReading
from headend.network import LOST_DBM, WEAK_DBM

SHOWN = 8


def signal_state(reading: NetworkReading) -> State | None:
    """The signal as a badge; None where it was not told."""
    if reading.registered is False:
        return State("Not registered", "bad")
    power = reading.signal_dbm
    if power is None:
        return None
    word, tone = ("Very weak", "bad") if power < LOST_DBM else ("Weak", "warn") if power < WEAK_DBM else ("Good", "ok")
    return State(f"{word}, {power} dBm", tone)  # type: ignore[arg-type]


def network(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """The latest readings; None where there are none. One query."""
    rows = list(NetworkReading.objects.filter(device=device)[:SHOWN])
    if not rows:
        return None
    return {"latest": rows[0], "rows": [(row, signal_state(row)) for row in rows]}


def connect() -> None:
    """Put the card on the page of devices."""
    panel = Panel(
        "network", "Mobile network", "headend/panels/network.html", network, "headend.view_networkreading", rank=46
    )
    device_panels.extensions.add_panel(panel)
