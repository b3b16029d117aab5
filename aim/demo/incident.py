"""What happens in the demo: minutes after the start one transformer goes dark, and a concentrator loses a meter."""

from typing import Any

from aim.demo.districts import addresses, districts

AFTER_S, LASTS_S = 120, 240
LOST_AFTER_S = 180


def with_incident(fleet: dict[str, Any], *, after_s: int = AFTER_S, lasts_s: int = LASTS_S) -> dict[str, Any]:
    """The fleet file, with all meters of the last district without power from `after_s` after the simulator's start,
    and with one meter that its concentrator loses.
    """
    dark = districts()[-1]
    houses = zip(fleet["meters"], addresses(len(fleet["meters"])), strict=True)
    serials = [meter["serial"] for meter, address in houses if address.district is dark]
    incident = {"after_s": after_s, "lasts_s": lasts_s, "serials": serials}
    return {**fleet, "incidents": [incident] if serials else [], "moves": _lost(fleet)}


def _lost(fleet: dict[str, Any]) -> list[dict[str, Any]]:
    """The last meter behind the concentrator is lost by it, once its history had time to be read."""
    behind = [meter["serial"] for meter in fleet["meters"] if meter.get("concentrator")]
    return [{"after_s": LOST_AFTER_S, "serial": behind[-1]}] if len(behind) > 1 else []
