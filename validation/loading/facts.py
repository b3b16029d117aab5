"""What is known beside the values of a window: only what is asked for is loaded."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from metering.store import wire
from validation.facts import Facts, Need
from validation.loading.batch import Batch
from validation.loading.companions import load_check, load_partners
from validation.loading.earlier import load_history
from validation.loading.outages import load_outages
from validation.loading.points import load_capacity, load_service, load_siblings
from validation.loading.profiles import load_profile
from validation.loading.stands import load_stands
from validation.loading.units import units_of
from validation.loading.usual import load_annual, load_statistics, load_usage
from validation.window import Ints, Window

_LOADERS: dict[Need, Callable[[Batch], dict[str, Any]]] = {
    Need.STATISTICS: partial(load_statistics, medians=False),
    Need.MEDIANS: load_statistics,
    Need.USAGE: load_usage,
    Need.OUTAGES: load_outages,
    Need.STANDS: load_stands,
    Need.SERVICE: load_service,
    Need.CHECK: load_check,
    Need.SIBLINGS: load_siblings,
    Need.CAPACITY: load_capacity,
    Need.PARTNERS: load_partners,
    Need.HISTORY: load_history,
    Need.ANNUAL: load_annual,
    Need.PROFILE: load_profile,
}
"""What each loads comes as fields of `Facts`."""


def load_facts(window: Window, needs: frozenset[Need], zone: ZoneInfo) -> Facts:
    """The facts of the series of a window, in the order of its rows; `zone` is that of its days.

    Two queries, and a few for each need. KeyError for a series there is not.
    """
    batch = Batch(window, units_of(window.series_ids), zone)
    found: dict[str, Any] = {}
    spared = {Need.STATISTICS} if Need.MEDIANS in needs else set()
    for need in Need:
        if need in needs - spared:
            found |= _LOADERS[need](batch)
    return Facts(batch.units.worth, batch.units.names, _signed(window.series_ids), **found)


def _signed(series_ids: Ints) -> bool:
    """Whether these series may be negative: momentary quantities, which `groups` keeps from consumption."""
    rows = wire.fetch(
        "SELECT EXISTS (SELECT FROM metering_series WHERE id = ANY (%(ids)s::bigint[]) AND kind = 'instantaneous')",
        {"ids": series_ids},
    )
    return bool(rows[0][0])
