"""How far months are summed up, and which day is next."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass

from metering.intervals import DAY_S, day_of
from metering.store import wire
from metering.store.advisory import only_one
from metering.store.partitions import months_of
from metering.store.statistics.changes import DELAY_S, LEAVING

_LOCK = 0x464F_4C44  # any number not used as an advisory lock elsewhere


@dataclass(frozen=True, slots=True)
class FoldedMonth:
    """Days (since 1970) of a month that are summed up, `last` included; `changed`: of some series something else."""

    first: int
    last: int
    changed: bool

    @property
    def is_whole(self) -> bool:
        """Whether these are all days of the month."""
        return day_of(self.last + 1).day == 1


def folded_months(first_day: int, last_day: int) -> tuple[FoldedMonth, ...]:
    """The months whose days summed up all lie in this period (days since 1970, `last_day` included), oldest first."""
    return tuple(FoldedMonth(*row) for row in wire.fetch(_FOLDED, {"first": first_day, "last": last_day}))


def next_day(month: dt.date, now_s: float | None = None) -> dt.date | None:
    """The first day of a month that has ended and is not summed up; None when there is none."""
    folded = last_folded(month)
    day = month if folded is None else folded + dt.timedelta(days=1)
    ended = day_of((int(time.time() if now_s is None else now_s) - DELAY_S) // DAY_S - 1)
    return day if day <= ended and (day.year, day.month) == (month.year, month.month) else None


def months_to_fold() -> list[dt.date]:
    """The months online that stay there for now, the youngest first: that is what values are validated by."""
    leaving = {month for (month,) in wire.fetch(LEAVING)}
    return [month for month in reversed(months_of("series_day")) if month not in leaving]


def is_leaving(month: dt.date) -> bool:
    """Whether a month is archived, or on the way there or back."""
    return month in {leaving for (leaving,) in wire.fetch(LEAVING)}


def stays(month: dt.date) -> bool:
    """Whether a month is online, and stays so until the end of the transaction that must be open.

    Whoever closes a month waits for all who hold series, and so for this. Without it a month might be archived while
    it is being summed up, and count as summed up without its values.
    """
    wire.execute("LOCK TABLE metering_series IN ROW SHARE MODE")
    return not is_leaving(month)


def announce(day: dt.date) -> None:
    """Say that `day` is about to be summed up: from now on, whoever stores values of it notes so."""
    wire.execute(_ANNOUNCE, {"month": day.replace(day=1), "day": day})


def completed(day: dt.date) -> None:
    """Say that `day` is summed up; in the transaction that did it."""
    wire.execute("UPDATE folded_month SET folded = %(day)s WHERE month = %(m)s", {"day": day, "m": day.replace(day=1)})


def last_folded(month: dt.date) -> dt.date | None:
    """The last day of a month that is summed up; None when none is."""
    rows = wire.fetch("SELECT folded FROM folded_month WHERE month = %(month)s", {"month": month})
    folded: dt.date | None = rows[0][0] if rows else None
    return folded


def is_whole(month: dt.date) -> bool:
    """Whether all days of a month are summed up."""
    folded = last_folded(month)
    return folded is not None and (folded + dt.timedelta(days=1)).month != month.month


def spread_to(month: dt.date) -> int:
    """The last series whose values of the month are spread already; -1 when none is."""
    return int(wire.fetch("SELECT spread_to FROM folded_month WHERE month = %(month)s", {"month": month})[0][0])


def has_spread(month: dt.date, series_id: int) -> None:
    """Say that the values of the month are spread for the series up to this one; in the transaction that did it."""
    wire.execute(
        "UPDATE folded_month SET spread_to = %(series)s WHERE month = %(month)s", {"month": month, "series": series_id}
    )


def alone() -> AbstractContextManager[bool]:
    """Whether nobody else is summing up; nobody will meanwhile. Not within a transaction."""
    return only_one(_LOCK)


_FOLDED = """
SELECT (month - date '1970-01-01')::bigint, (folded - date '1970-01-01')::bigint,
    EXISTS (SELECT FROM series_month_changed c WHERE c.month = f.month)
FROM folded_month f
WHERE month >= date '1970-01-01' + %(first)s::integer AND folded <= date '1970-01-01' + %(last)s::integer
ORDER BY month
"""
_ANNOUNCE = """
INSERT INTO folded_month (month, folding) VALUES (%(month)s::date, %(day)s::date)
ON CONFLICT (month) DO UPDATE SET folding = excluded.folding
"""
