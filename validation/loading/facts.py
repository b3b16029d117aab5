"""What is known beside the values of a window: only what is asked for is loaded."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from validation.facts import Facts, Need
from validation.loading.units import units_of
from validation.window import Window


def load_facts(window: Window, needs: frozenset[Need], zone: ZoneInfo) -> Facts:
    """The facts of the series of a window, in the order of its rows."""
    units = units_of(window.series_ids)
    return Facts(units.worth, units.names)
