"""Names of qualities in mappings and files."""

from __future__ import annotations

from metering.quality import Quality
from metering.quality_names import CODES

QUALITIES: dict[str, int] = {
    "measured": Quality.MEASURED,
    "verified": Quality.VERIFIED,
    "suspect": Quality.SUSPECT,
    "rejected": Quality.REJECTED,
    "sentinel": Quality.SENTINEL,
    "estimated": Quality.ESTIMATED,
    "final": Quality.FINAL,
    "edited": Quality.EDITED,
    "accepted": Quality.ACCEPTED,
    "none": Quality.MISSING,
}
"""Name in a mapping → code of the value store; `none` = the row names a time without a value."""

_NEVER_STORED = (Quality.DELETED, Quality.WITHDRAWN, Quality.MISSING)
KNOWN: dict[str, int] = {name: code for name, code in CODES.items() if code not in _NEVER_STORED} | QUALITIES
"""With the estimates that say how they were found: `estimated_linear`, `final_flat_scaled`."""
