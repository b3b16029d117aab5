"""The power failure of the demo: a few minutes after the start one transformer of the demo utility goes dark."""

from typing import Any

from aim.demo.districts import addresses, districts

AFTER_S, LASTS_S = 120, 240


def with_incident(fleet: dict[str, Any], *, after_s: int = AFTER_S, lasts_s: int = LASTS_S) -> dict[str, Any]:
    """The fleet file, with all meters of the last district without power from `after_s` after the simulator's start."""
    dark = districts()[-1]
    houses = zip(fleet["meters"], addresses(len(fleet["meters"])), strict=True)
    serials = [meter["serial"] for meter, address in houses if address.district is dark]
    incident = {"after_s": after_s, "lasts_s": lasts_s, "serials": serials}
    return {**fleet, "incidents": [incident] if serials else []}
