"""Validating what has arrived: the queue worked off, one bounded part after the other."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import numpy as np
from django.utils import timezone

from aim.celery import stopping
from metering.intervals import DAY_S, to_instant
from metering.store import wire
from validation import queue
from validation.loading.grouping import groups
from validation.models.rules import Role
from validation.services.tally import Tally
from validation.services.validating import Work, validate
from validation.window import Ints

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 20_000
SPARE = 2
"""A series is validated over all days of a claim where these are at most so many times those that changed of it: many
small parts cost more."""
LONGEST_S = 60
"""After so long a worker ends its task, so that others get their turn; the scheduler calls again."""


def work_off() -> Tally:
    """Validate what waits until nothing does, or for `LONGEST_S`; what was done, in numbers."""
    until, tally = time.monotonic() + LONGEST_S, Tally()
    while time.monotonic() < until and not stopping():
        claim = queue.claim(ROWS_AT_ONCE)
        if claim is None:
            break
        tally.add(_validate(claim))
    return tally


def _validate(claim: queue.Claim) -> Tally:
    """Validate what is held and let it go. What fails is given back, and tried again a minute later."""
    tally, now = Tally(), timezone.now()
    role = Role.MANUAL if claim.by_hand else Role.ARRIVAL
    try:
        for series_ids, first, last in stretches(claim, now):
            tally.add(validate(Work(series_ids, first, last, now, role, whole_days=True)))
    except Exception:
        queue.give_back(claim)
        raise
    queue.release(claim)
    return tally


def stretches(claim: queue.Claim, now: dt.datetime) -> Iterator[tuple[Ints, dt.date, dt.date]]:
    """Series with the local days their UTC days touch, both included: consecutive ones together, none after today."""
    for group in groups(_meant(np.unique(claim.series_ids))):
        own = np.isin(claim.series_ids, group.series_ids)
        today = now.astimezone(group.zone).date()
        for (first, last), ids in _spans(claim.series_ids[own], claim.days[own]).items():
            start, end = _local(first, group.zone), _local(last + 1, group.zone, before=True)
            if start <= today:
                yield np.array(sorted(ids), np.int64), start, min(end, today)


def _meant(series_ids: Ints) -> Ints:
    """The series that are validated as they arrive: consumption, and any other that has a set of its own."""
    found: Ints = wire.fetch(_MEANT, {"ids": series_ids})[0][0]
    return found


_MEANT = """
SELECT coalesce(array_agg(id), '{}') FROM metering_series s
WHERE id = ANY (%(ids)s::bigint[]) AND periodicity = 'interval' AND (kind = 'consumption'
    OR kind <> 'stand' AND EXISTS (SELECT FROM validation_assignment a WHERE a.series_id = s.id))
"""


def _spans(series_ids: Ints, days: Ints) -> dict[tuple[int, int], list[int]]:
    """Series by the first and last UTC day to validate of them: all days of the claim, or the runs of their own."""
    first, last = int(days.min()), int(days.max())
    every, own, count = np.unique(series_ids, return_inverse=True, return_counts=True)
    whole = count * SPARE > last - first
    found = _runs(series_ids[~whole[own]], days[~whole[own]])
    found[first, last] += every[whole].tolist()
    return {span: ids for span, ids in found.items() if ids}


def _runs(series_ids: Ints, days: Ints) -> defaultdict[tuple[int, int], list[int]]:
    """Series by first and last day of each of their runs of consecutive days."""
    order = np.lexsort((days, series_ids))
    series_ids, days = series_ids[order], days[order]
    begins = np.flatnonzero((np.diff(series_ids, prepend=-1) != 0) | (np.diff(days, prepend=-2) != 1))
    ends = np.append(begins, len(days))[1:] - 1
    found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for series, first, last in zip(
        series_ids[begins].tolist(), days[begins].tolist(), days[ends].tolist(), strict=True
    ):
        found[first, last].append(series)
    return found


def _local(utc_day: int, zone: ZoneInfo, *, before: bool = False) -> dt.date:
    """The local date at the beginning of a UTC day, or just before it."""
    return to_instant(utc_day * DAY_S - before).astimezone(zone).date()
