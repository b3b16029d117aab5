"""AIM's table for periodic values: nineteen conditions, and keep as the only action."""

from __future__ import annotations

_COMPARED = (
    "", "_previous", "_previous_month", "_previous_year", "_reference", "_previous_month_source",
    "_previous_year_source",
)  # fmt: skip

AIM_PERIODIC = (
    "missing", "zero", "anything", "not_missing",
    *(f"{side}_than{with_what}" for with_what in _COMPARED for side in ("higher", "lower")),
    "check_function",
)  # fmt: skip
"""The codes of AIM's conditions, in AIM's order. Higher and lower than a limit is the first pair of the comparisons."""
