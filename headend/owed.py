"""What profiles of devices must hold: per series and installation the stretch behind what was read, as arrays.

Behind the read mark, because a reading brings everything up to it; what lies before the mark and is not in the store is
missing. All instants are epoch seconds, all days days since 1970.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from headend.models import Gap, ReadMark
from metering.intervals import DAY_S

Ints = NDArray[np.int64]

_DAY_BITS = 20
_OWED = """
SELECT mark.id, series.id, (ceil(extract(epoch FROM span.first) / series.interval_s) * series.interval_s)::bigint,
       (ceil(extract(epoch FROM span.behind) / series.interval_s) * series.interval_s)::bigint
FROM headend_readmark mark
JOIN devices_device device ON device.id = mark.device_id
JOIN devices_profilelayout layout ON layout.device_id = mark.device_id AND layout.obis = mark.obis
JOIN devices_installation installation ON installation.device_id = mark.device_id
     AND installation.period && tstzrange(%(since)s, %(now)s)
JOIN metering_series series ON series.metering_point_id = installation.metering_point_id
     AND series.source = device.serial_number AND series.interval_s = layout.interval_s
     AND series.periodicity = 'interval' AND series.kind <> 'consumption'
CROSS JOIN LATERAL (
    SELECT coalesce(lower(installation.period), 'epoch') AS first,
           least(upper(installation.period), mark.until + interval '1 second', %(now)s) AS behind
) AS span
WHERE mark.id = ANY(%(marks)s)
"""


@dataclass(frozen=True, slots=True, eq=False)
class Owed:
    """Profiles with what they owe and the days on which to compare it.

    marks     the profiles as their read marks, (p,)
    profiles  row of `marks`; with it `series`, `starts` and `ends` (excluded): the slots that series owes; all (n,)
    look_profiles  row of `marks`; with it `look_days`: a day to compare, each pair once, ordered; both (k,)
    """

    marks: Sequence[ReadMark]
    profiles: Ints
    series: Ints
    starts: Ints
    ends: Ints
    look_profiles: Ints
    look_days: Ints

    def pieces(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Profile, series, day, start and end (excluded) of what is owed on each day to compare; all (m,)."""
        first = np.searchsorted(self.look_profiles, self.profiles)
        counts = np.searchsorted(self.look_profiles, self.profiles, side="right") - first
        row = np.repeat(np.arange(counts.size), counts)
        nth = np.arange(row.size) - np.repeat(np.cumsum(counts) - counts, counts)
        day = self.look_days[np.repeat(first, counts) + nth]
        start = np.maximum(self.starts[row], day * DAY_S)
        end = np.minimum(self.ends[row], (day + 1) * DAY_S)
        some = start < end
        return self.profiles[row][some], self.series[row][some], day[some], start[some], end[some]


def owed(marks: Sequence[ReadMark], *, since: datetime, now: datetime) -> Owed:
    """What these profiles owe from `since` on, a midnight UTC, or from the beginning of a gap that reaches over it.

    A profile is compared on the day of its mark and on the days of its gaps; once, when its mark has come to another
    day, on all days. Two queries.
    """
    row_of = {mark.pk: row for row, mark in enumerate(marks)}
    with connection.cursor() as cursor:
        cursor.execute(_OWED, {"marks": list(row_of), "since": since, "now": now})
        table = np.array([(row_of[mark], *rest) for mark, *rest in cursor.fetchall()], np.int64).reshape(-1, 4)
    looks = np.sort(_looks(marks, since, now))
    looks = looks[np.diff(looks, prepend=-1) != 0]
    profiles, series, starts, ends = np.ascontiguousarray(table.T)
    return Owed(marks, profiles, series, starts, ends, looks >> _DAY_BITS, looks & (1 << _DAY_BITS) - 1)


def _looks(marks: Sequence[ReadMark], since: datetime, now: datetime) -> Ints:
    """The days to compare, each as `row of marks << _DAY_BITS | day`."""
    spans = [(row, _first_look(mark, since, now), min(mark.until, now)) for row, mark in enumerate(marks)]
    spans += _gap_spans(marks, since)
    days = [(row << _DAY_BITS) + np.arange(_day(first), _day(last) + 1) for row, first, last in spans]
    return np.concatenate(days) if days else np.array([], np.int64)


def _gap_spans(marks: Sequence[ReadMark], since: datetime) -> list[tuple[int, datetime, datetime]]:
    """Row of `marks`, start and end of every gap that is watched."""
    row_of = {(mark.device_id, mark.obis): row for row, mark in enumerate(marks)}
    gaps = Gap.objects.filter(Gap.watched(since), device__in=[mark.device_id for mark in marks])
    rows = gaps.values_list("device_id", "obis", "starts_at", "ends_at")
    return [(row_of[device, obis], first, last) for device, obis, first, last in rows if (device, obis) in row_of]


def _first_look(mark: ReadMark, since: datetime, now: datetime) -> datetime:
    until = min(mark.until, now)
    same_day = mark.compared_until is not None and _day(mark.compared_until) == _day(until)
    return max(since, until) if same_day else since


def _day(at: datetime) -> int:
    return int(at.timestamp()) // DAY_S
