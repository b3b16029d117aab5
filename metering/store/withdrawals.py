"""Which writes were taken back, and where: what going back goes back to.

A withdrawal names a write, the write that took it back, and the series and period that concerned. Who takes a write
back may be taken back in turn; then the first write counts again, unless somebody else took it back too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from metering.intervals import to_seconds
from metering.store import wire

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]


def withdraw(entries: Sequence[int], by: int, series_ids: Ids, start: dt.datetime, end: dt.datetime) -> None:
    """Note that the write `by` takes these writes back, in [start, end) of these series."""
    wire.execute(
        """
        INSERT INTO value_withdrawal (undone_by, entry, starts_at, ends_at, series_ids)
        SELECT %(by)s, o.id, %(start)s, %(end)s, %(series)s::bigint[]
        FROM value_origin o WHERE o.id = ANY (%(entries)s::bigint[])
        """,
        {"by": by, "start": start, "end": end, "series": series_ids, "entries": np.array(entries, np.int64)},
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Withdrawal:
    """One write taken back by another; `series_ids` ascend, [start, end) in seconds since 1970."""

    undone_by: int
    start: int
    end: int
    series_ids: Ids

    def covers(self, series_ids: Ids, at: Ids) -> Mask:
        return (at >= self.start) & (at < self.end) & np.isin(series_ids, self.series_ids)


@dataclass(frozen=True, slots=True, eq=False)
class Withdrawals:
    """What is known of some writes: `undos` of others among them, and how they were taken back, by ledger id."""

    undos: frozenset[int]
    of_entry: dict[int, list[_Withdrawal]]

    @classmethod
    def among(cls, entries: Ids) -> Self:
        """Of these writes."""
        distinct = {"ids": np.unique(entries)}
        of_entry: dict[int, list[_Withdrawal]] = {}
        for entry, undone_by, start, end, series_ids in wire.fetch(_WITHDRAWALS, distinct):
            found = _Withdrawal(undone_by, to_seconds(start), to_seconds(end), series_ids)
            of_entry.setdefault(entry, []).append(found)
        return cls(frozenset(row[0] for row in wire.fetch(_UNDOS, distinct)), of_entry)

    def concern(self, entry: int) -> bool:
        """Whether a state this write made may be passed over anywhere."""
        return entry in self.undos or entry in self.of_entry

    def passed_over(self, entry: int, series_ids: Ids, at: Ids) -> Mask:
        """Whether the states this write made are none to go back to, by series and instant (s); all (m,).

        What taking back made never is: it only repeats the newest state that still counted.
        """
        if entry in self.undos:
            return np.ones(len(at), np.bool_)
        return self._taken_back(entry, series_ids, at)

    def _taken_back(self, entry: int, series_ids: Ids, at: Ids) -> Mask:
        gone = np.zeros(len(at), np.bool_)
        for each in self.of_entry.get(entry, ()):
            gone |= each.covers(series_ids, at) & ~self._taken_back(each.undone_by, series_ids, at)
        return gone


# An entry is taken back by a later one, so the chain ends.
_WITHDRAWALS = """
WITH RECURSIVE chain AS (
    SELECT entry, undone_by FROM value_withdrawal WHERE entry = ANY (%(ids)s::bigint[])
    UNION SELECT w.entry, w.undone_by FROM chain c JOIN value_withdrawal w ON w.entry = c.undone_by
)
SELECT entry, undone_by, starts_at, ends_at, series_ids FROM value_withdrawal JOIN chain USING (entry, undone_by)
"""
_UNDOS = "SELECT DISTINCT undone_by FROM value_withdrawal WHERE undone_by = ANY (%(ids)s::bigint[])"
