"""Which days of the past may speak for each day to estimate, in order of preference.

Every function answers `Sources`: intp (d, c), for each of d judged days up to c indexes into the days of a history,
best first, -1 = none.
"""

from collections.abc import Sequence

import numpy as np

from validation.estimators.arrays import Bools, Codes, Index
from validation.estimators.days import DayKind, JudgedDays
from validation.estimators.history import History

Sources = Index

SUNDAY_LIKE = (DayKind.SUNDAY, DayKind.HOLIDAY)
WORKING = tuple(DayKind(number) for number in range(5))
WEEKEND = (DayKind.SATURDAY, *SUNDAY_LIKE)


def same_kind() -> Bools:
    """Which kinds of day (row) are spoken for by which (column), bool (8, 8): the same, holidays being Sundays."""
    kin = np.eye(len(DayKind), dtype=np.bool_)
    kin[np.ix_(SUNDAY_LIKE, SUNDAY_LIKE)] = True
    return kin


def like_kind() -> Bools:
    """As `same_kind`, but working days speak for one another, and so do the days of a weekend and holidays."""
    kin = np.zeros((len(DayKind), len(DayKind)), np.bool_)
    for group in (WORKING, WEEKEND):
        kin[np.ix_(group, group)] = True
    return kin


def nearest(history: History, days: JudgedDays, *, within: int, like: bool = False) -> Sources:
    """Days of the same kind, the nearest first, of two equally near the earlier; at most `within` days away (E3).

    With `like` the days of a like kind follow after all of the same kind. A day never speaks for itself.
    """
    apart = history.numbers.astype(np.int64) - days.numbers[:, None]
    same = same_kind()[days.kinds[:, None], history.kinds]
    allowed = same | like_kind()[days.kinds[:, None], history.kinds] if like else same
    allowed &= (apart != 0) & (np.abs(apart) <= within)
    # The days of a history ascend and the sort is stable: of two equally near the earlier stays first.
    rank = np.abs(apart) + np.where(same, 0, within)
    order = np.argsort(np.where(allowed, rank, np.iinfo(np.int64).max), axis=1, kind="stable")
    best = np.where(np.take_along_axis(allowed, order, axis=1), order, -1)
    return best[:, : int(allowed.sum(axis=1).max(initial=0))].astype(np.intp)


def weeks_before(history: History, days: JudgedDays, weeks: int, *, holidays: bool = False) -> Sources:
    """The same weekday of the `weeks` weeks before, the latest first; holidays are left out unless `holidays`."""
    found = shifted(history, days, [-7 * week for week in range(1, weeks + 1)])
    if holidays or not len(history.numbers):
        return found
    return np.where(history.kinds[found] == DayKind.HOLIDAY, -1, found).astype(np.intp)


def shifted(history: History, days: JudgedDays, by: Sequence[int]) -> Sources:
    """The days that lie `by` days away (negative: before), in this order, whatever their kind (E8)."""
    return history.positions(days.numbers.astype(np.int64)[:, None] + np.asarray(by, np.int64))


def previous_days(history: History, days: JudgedDays, times: int = 1) -> Sources:
    """The day before, or where that gives nothing the one before it, up to `times` days: as if copied day by day."""
    return shifted(history, days, [-step for step in range(1, times + 1)])


def previous_weeks(history: History, days: JudgedDays, times: int = 1) -> Sources:
    """The same weekday of the week before, or of the one before it, up to `times` weeks."""
    return shifted(history, days, [-7 * step for step in range(1, times + 1)])


def last_year(history: History, days: JudgedDays) -> Sources:
    """The same weekday 52 weeks before, or else 53 or 51 weeks before; only days of the same kind."""
    return of_kind(history, shifted(history, days, (-364, -371, -357)), days.kinds[:, None])


def of_kind(history: History, found: Sources, kinds: Codes) -> Sources:
    """`found` (d, c) without the days that are not of `kinds`, uint8 broadcastable to (d, c), or as good as them."""
    if not len(history.numbers):
        return found
    return np.where(same_kind()[kinds, history.kinds[found]], found, -1).astype(np.intp)
