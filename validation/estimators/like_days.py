"""Values of other days at the same time on the wall clock: like days, averages, previous day, last year.

Which days are asked, and in which sequence, is said by `sources`; here is how their values are taken.
"""

import numpy as np

from validation.estimators.arrays import Bools, Floats
from validation.estimators.days import JudgedDays
from validation.estimators.gaps import Places
from validation.estimators.history import History
from validation.estimators.sources import Sources


def from_days(
    history: History,
    days: JudgedDays,
    wanted: Bools,
    sources: Sources,
    *,
    take: int = 1,
    least: int = 1,
    whole: bool = True,
    outages: bool = False,
) -> Floats:
    """Average of the first `take` sources that have the values, at the wall slot of each wanted slot.

    wanted   bool (n, slots); slots outside the judged days get no answer
    sources  intp (d, c), see `sources`
    take     1 = the first that has them (look-up, copy), more = average of so many at most (E3, E4)
    least    no answer from fewer days than these
    whole    a source counts only if it has every slot of the gap in this local day, so that the shape is that of real
             days; else every slot is answered by itself
    outages  whether days with an outage may speak too; AIM's copies do not ask

    The second run of an hour that comes twice gets the same values as the first. Returns float64 (n, slots).
    """
    places = Places.of(wanted & (days.day >= 0), days.edges)
    count = np.zeros(len(places), np.int64)
    energy = np.zeros(len(places), np.int64)
    wall, day = days.wall[places.column], days.day[places.column]
    for choice in sources.T:
        source = choice[day]
        has = (source >= 0) & (count < take)
        if not has.any():
            continue
        has &= history.usable[places.row, source, wall]
        if not outages:
            has &= ~history.outage[places.row, source]
        if whole:
            has = places.whole(has)
        energy += np.where(has, history.values[places.row, source, wall], 0)
        count += has
    average = np.divide(energy, count, out=np.full(len(places), np.nan), where=count >= max(least, 1))
    return places.spread(average, wanted.shape)
