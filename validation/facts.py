"""What is known beside the values: only what the rules of a batch need is loaded. Pure numpy.

All arrays are aligned with the rows of a `Window`, and where they have slots with its columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from metering.store.batch import Rows
from validation.estimators.history import History
from validation.window import Bools, Floats, Ints


class Need(StrEnum):
    """What a condition or a method of estimation asks to be loaded."""

    STATISTICS = "statistics"
    MEDIANS = "medians"
    USAGE = "usage"
    OUTAGES = "outages"
    STANDS = "stands"
    SERVICE = "service"
    CHECK = "check"
    SIBLINGS = "siblings"
    CAPACITY = "capacity"
    PARTNERS = "partners"
    HISTORY = "history"
    ANNUAL = "annual"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """Of the whole months before the window, float64 (n, 4) by `DayType`, in integers of the series; NaN = unknown.

    Medians are known only where `Need.MEDIANS` asked for them: they are most of the work.
    """

    average: Floats
    median: Floats
    maximum: Floats
    daily_average: Floats
    daily_median: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Usage:
    """Daily totals before the window, from the summaries of UTC days, all (n, back): column k is `first_day` + k.

    `totals` int64 (`NO_VALUE` = not complete), `maxima` int64; `estimated` bool: some of the day was estimated.
    """

    first_day: int
    totals: Ints
    maxima: Ints
    estimated: Bools


FIELDS: dict[Need, tuple[str, ...]] = {
    Need.STATISTICS: ("statistics",),
    Need.MEDIANS: ("statistics",),
    Need.USAGE: ("usage",),
    Need.OUTAGES: ("outages", "outage_touched"),
    Need.STANDS: ("stands",),
    Need.SERVICE: ("in_service",),
    Need.CHECK: ("check",),
    Need.SIBLINGS: ("siblings",),
    Need.CAPACITY: ("capacity",),
    Need.HISTORY: ("history",),
    Need.ANNUAL: ("annual",),
    Need.PROFILE: ("profile",),
}
"""Where in the facts that is found which is needed; companions by name are looked up in `partners`."""

HistorySource: TypeAlias = Callable[[Rows, range], History]


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What was loaded; None = nobody asked.

    units       float64 (n,): what one integer of the series is worth in its unit (Wh, m³)
    unit_names  the unit of each series
    signed      whether the series may be negative: momentary quantities, not consumption
    statistics, usage
    outages     bool (n, slots): in an outage for the whole interval; `outage_touched`: for any part of it
    stands      int64 (n, slots + 1): what the register had counted at the boundaries of the columns, in integers of
                the series from any origin, `NO_VALUE` = unknown. A difference of two of them is exact across exchanges
                and roll-overs: what was consumed between them.
    in_service  bool (n, slots): a device hung there, or none was known yet, and the metering point was connected
    check       int64 (n, slots): values of the check meter in integers of the series
    siblings    int64 (n,): a number shared by the series of one device
    capacity    float64 (n,): the most that fuse and phases let through in an interval, in integers of the series
    partners    by name (`reactive`, `voltage`, other OBIS codes of the metering point): int64 (n, slots)
    partner_units  by the same names float64 (n,): what one integer of the partner is worth in its unit (varh, V)
    history     asks for values of days by their distance from the first judged day: range(-28, 0) are the four weeks
                before it; judged days may be among them
    annual      float64 (n,): expected consumption of a year, in integers of the series
    profile     float64 (n, slots): the class profile of each column, 1 = the average load of a year
    """

    units: Floats
    unit_names: tuple[str, ...]
    signed: bool = False
    statistics: Statistics | None = None
    usage: Usage | None = None
    outages: Bools | None = None
    outage_touched: Bools | None = None
    stands: Ints | None = None
    in_service: Bools | None = None
    check: Ints | None = None
    siblings: Ints | None = None
    capacity: Floats | None = None
    partners: dict[str, Ints] = field(default_factory=dict)
    partner_units: dict[str, Floats] = field(default_factory=dict)
    history: HistorySource | None = None
    annual: Floats | None = None
    profile: Floats | None = None

    def lacking(self, needs: frozenset[Need]) -> frozenset[Need]:
        """Which of these were not loaded."""
        return frozenset(need for need in needs if any(getattr(self, name) is None for name in FIELDS.get(need, ())))

    def with_more(self, other: Facts, needs: frozenset[Need]) -> Facts:
        """These facts, and what `other` knows of the same rows about `needs`."""
        names = [name for need in needs for name in FIELDS.get(need, ())]
        return replace(self, **{name: getattr(other, name) for name in names})

    def take(self, rows: Rows) -> Facts:
        """The facts of these rows, in this order; `rows` are indices, a mask or a slice."""
        index = np.arange(len(self.units))[rows]
        ask = self.history
        statistics = self.statistics and Statistics(
            *(getattr(self.statistics, name)[rows] for name in Statistics.__dataclass_fields__)
        )
        usage = self.usage and Usage(
            self.usage.first_day, self.usage.totals[rows], self.usage.maxima[rows], self.usage.estimated[rows]
        )
        aligned = {name: None if (whole := getattr(self, name)) is None else whole[rows] for name in _ALIGNED}
        return Facts(
            self.units[rows],
            self.unit_names[rows] if isinstance(rows, slice) else tuple(self.unit_names[row] for row in index.tolist()),
            self.signed,
            statistics=statistics,
            usage=usage,
            partners={name: values[rows] for name, values in self.partners.items()},
            partner_units={name: units[rows] for name, units in self.partner_units.items()},
            history=None if ask is None else lambda chosen, days: ask(index[chosen], days),
            **aligned,
        )


_ALIGNED = (
    "outages", "outage_touched", "stands", "in_service", "check", "siblings", "capacity", "annual", "profile",
)  # fmt: skip
