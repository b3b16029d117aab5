"""Names of qualities in mappings."""

from __future__ import annotations

from metering.quality import Quality

QUALITIES = {
    "measured": Quality.MEASURED,
    "suspect": Quality.SUSPECT,
    "estimated": Quality.ESTIMATED,
    "edited": Quality.EDITED,
    "accepted": Quality.ACCEPTED,
    "none": Quality.MISSING,
}
"""Name in a mapping → code of the value store; `none` = the row names a time without a value."""
