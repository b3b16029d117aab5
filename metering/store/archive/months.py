"""Which months are archived, and reading that does not notice when one becomes so.

A month of interval values, or of register values, is in one of these states; where it has none it is online.

=========  ==========================================================  ==========  =======
state      what happens                                                 answers     writes
=========  ==========================================================  ==========  =======
closing    its files are being written                                  partition   refused
archived   the files are complete; the partition may still be going     files       refused
returning  it is being loaded from the files                            files       refused
returned   it is back, the files are about to go                        partition   taken
dropping   it is being dropped for good                                 nothing     refused
=========  ==========================================================  ==========  =======
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from metering.intervals import day_number, day_of
from metering.store import wire

Kind = Literal["interval", "register"]
Result = TypeVar("Result")

YOUNGEST = dt.timedelta(days=62)
"""A month is archived no sooner than this long after its end: what is read and written every day never is."""
_ALWAYS_ONLINE = dt.timedelta(days=31)
"""Days this young are not even looked up. Shorter than `YOUNGEST` by more than clocks of two hosts ever differ."""

_BEYOND_ALL = 100_000  # a day (since 1970) no month of the store reaches, and every date type does


class ArchiveError(Exception):
    """An archived month cannot be read or brought back; the message says which file and what to do."""


class MovedError(Exception):
    """A month went to files, or came back, between two statements of one reading; `steadily` reads anew."""


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file of the archive: the rows of `table` for one month and the series from `first_series` to `last_series`."""

    month: dt.date
    table: str
    name: str
    first_series: int
    last_series: int

    @property
    def path(self) -> Path:
        """Where it is."""
        return folder() / self.name

    def may_hold(self, ids: NDArray[np.int64]) -> bool:
        """Whether any of these series (ascending) lies in its range."""
        begin, end = np.searchsorted(ids, self.first_series), np.searchsorted(ids, self.last_series, side="right")
        return bool(begin < end)


@dataclass(frozen=True, slots=True)
class Archived:
    """The archived months of a period, by their first days, and their files that hold any row."""

    months: tuple[dt.date, ...] = ()
    files: tuple[ArchiveFile, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.months)

    def of(self, table: str, ids: NDArray[np.int64] | None) -> list[ArchiveFile]:
        """The files of `table` that may hold rows of these series (ascending; None: all)."""
        return [file for file in self.files if file.table == table and (ids is None or file.may_hold(ids))]

    def has_files(self, day: int) -> bool:
        """Whether there are files of blocks of the month of this day (since 1970); a month being dropped has none."""
        return any(file.table == "series_day" and file.month == day_of(day).replace(day=1) for file in self.files)

    def without(self, days: Iterable[int]) -> Archived:
        """Without the months of these days (since 1970)."""
        left_out = {day_of(day).replace(day=1) for day in days}
        months = tuple(month for month in self.months if month not in left_out)
        return Archived(months, tuple(file for file in self.files if file.month not in left_out))

    def within(self, first_day: int, last_day: int) -> Archived:
        """The months that share a day with this period (days since 1970)."""
        first, last = day_of(first_day).replace(day=1), day_of(last_day)
        months = tuple(month for month in self.months if first <= month <= last)
        return Archived(months, tuple(file for file in self.files if first <= file.month <= last))

    def holds(self, days: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Whether each day (since 1970) lies in an archived month; same shape."""
        months = np.array(self.months, "datetime64[M]")
        held: NDArray[np.bool_] = np.isin(days.astype("datetime64[D]").astype("datetime64[M]"), months)
        return held

    def drop_held(self, rows: list[tuple[Any, ...]], *, day: int) -> list[tuple[Any, ...]]:
        """The rows without those of archived months; `day` is the column of the day (since 1970)."""
        held = self.holds(np.array([row[day] for row in rows], np.int64))
        return [row for row, is_held in zip(rows, held.tolist(), strict=True) if not is_held]


ONLINE = Archived()


def folder() -> Path:
    """The folder of the archive."""
    return settings.FILES / "archive"


def steadily(kind: Kind, first_day: int, last_day: int, act: Callable[[Archived], Result]) -> Result:
    """What `act` answers when told which months of the period (days since 1970) are archived.

    A month may become archived, or come back, between two statements of `act`: then it is asked again, also when it
    raises MovedError because one statement found what the next one did not. ArchiveError when a file is missing.
    """
    if first_day > _first_always_online():
        return act(ONLINE)
    while True:
        before = archived(kind, first_day, last_day)
        try:
            answer, absent = act(before), None
        except MovedError:
            continue
        except FileNotFoundError as error:
            absent = error
        if archived(kind, first_day, last_day) != before:
            continue
        if absent is not None:
            raise ArchiveError(f"The archive lacks {absent.filename}: put it back from a backup") from absent
        return answer


def archived(kind: Kind, first_day: int, last_day: int) -> Archived:
    """The months of the period (days since 1970) that are read from files."""
    rows = wire.fetch(_ARCHIVED, {"kind": kind, "first": first_day, "last": last_day})
    months = tuple(dict.fromkeys(row[0] for row in rows))
    return Archived(months, tuple(ArchiveFile(*row) for row in rows if row[1] is not None))


def closed_months(kind: Kind, days: NDArray[np.integer]) -> list[dt.date]:
    """The months among those of these days (since 1970) that take no writes.

    Asked by writers that hold their series: whoever closes a month waits for the writers that asked before.
    """
    if not len(days) or days.min() > _first_always_online():
        return []
    first, last = (int(np.clip(day, 0, _BEYOND_ALL)) for day in (days.min(), days.max()))
    rows = wire.fetch(_CLOSED, {"kind": kind, "first": first, "last": last})
    return [month for (month,) in rows]


def objections(kind: Kind, days: NDArray[np.integer]) -> list[tuple[str, NDArray[np.bool_]]]:
    """Why values of some of these days (since 1970) cannot be stored, each with bool (n,): the days concerned."""
    return [
        (f"the month is archived: run manage.py store unarchive {month:%Y-%m}", Archived((month,)).holds(days))
        for month in closed_months(kind, days)
    ]


_IN_PERIOD = """
m.kind = %(kind)s AND m.month <= date '1970-01-01' + %(last)s::integer
AND m.month > date '1970-01-01' + %(first)s::integer - 31
AND m.month + interval '1 month' > date '1970-01-01' + %(first)s::integer
"""
_ARCHIVED = f"""
SELECT m.month, f.table_name, f.path, f.first_series, f.last_series
FROM store_archive_month m LEFT JOIN store_archive f
    ON f.archived_month_id = m.id AND f.rows > 0 AND f.complete AND m.state <> 'dropping'
WHERE m.state IN ('archived', 'returning', 'dropping') AND {_IN_PERIOD}
ORDER BY m.month, f.table_name, f.part
"""  # noqa: S608  (no text from outside)
_CLOSED = f"SELECT m.month FROM store_archive_month m WHERE m.state <> 'returned' AND {_IN_PERIOD} ORDER BY 1"  # noqa: S608


def _first_always_online() -> int:
    return day_number(dt.datetime.now(dt.UTC).date() - _ALWAYS_ONLINE)
