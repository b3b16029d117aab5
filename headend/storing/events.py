"""Log entries into the event table, mapped to the catalogue by the description of the device's model."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from events.catalogue import UNKNOWN
from events.models.event import HEAD_END
from events.services import record_events
from events.services.device_outages import NO_TIME
from events.services.record import Reported
from headend.installed import NOWHERE
from headend.plan import END_OF_TIME_S, LogEntries, LogEntry
from headend.storing.outcome import Outcome, Remark, known_of

LARGEST_CODE = 2**31 - 1
"""What a column of event codes holds. Meters use two octets; a larger number is garbage, but garbage worth seeing."""


def store_events(outcomes: Sequence[Outcome]) -> tuple[Remark, ...]:
    """Record the entries of every log that was read, each with the metering point where the device hung then."""
    record_events([event for each in outcomes for log in each.readings.logs for event in _reported(each, log)])
    record_events([event for each in outcomes for event in _overruns(each)])
    return ()


def _overruns(outcome: Outcome) -> Iterator[Reported]:
    """Logs whose last known entry is no longer in the buffer: what came between it and the oldest one left is lost.

    A log that holds nothing was cleared, not overrun. The first reading of a log knows of no entry.
    """
    for number, log in enumerate(outcome.readings.logs):
        known = known_of(outcome)
        mark = known.marks.get(log.stretch.obis)
        if mark is None or mark > outcome.trace.started_at or not log.entries:
            continue
        first = min(entry.at for entry in log.entries)
        if first <= mark:
            continue
        (point_id,) = known.installed.points_at(np.array([int(first.timestamp())], np.int64)).tolist()
        yield Reported(
            device_id=known.device.pk,
            metering_point_id=None if point_id == NOWHERE else point_id,
            log=HEAD_END,
            at=first,
            code=0,
            ordinal=number,
            kind="log_overrun",
            details={"log": str(log.stretch.obis), "lost_from": mark.isoformat(), "lost_to": first.isoformat()},
        )


def _reported(outcome: Outcome, log: LogEntries) -> Iterator[Reported]:
    known = known_of(outcome)
    described = known.description.event_log(log.stretch.obis)
    bits = known.description.alarm_bits.get(log.stretch.obis, {})
    entries = list(_storable(_told_when(log.entries, outcome.trace.started_at)))
    at = np.array([int(entry.at.timestamp()) for entry in entries], np.int64)
    for entry, point_id in zip(entries, known.installed.points_at(at).tolist(), strict=True):
        yield Reported(
            device_id=known.device.pk,
            metering_point_id=None if point_id == NOWHERE else point_id,
            log=str(log.stretch.obis),
            at=entry.at,
            code=entry.code,
            ordinal=entry.ordinal,
            kind=described.catalogue_key(entry.code) if described else bits.get(entry.code, UNKNOWN),
            details=entry.details,
        )


def _told_when(entries: Sequence[LogEntry], received_at: datetime) -> Iterator[LogEntry]:
    """The entries; one of a year no calendar here computes with is of the instant at which it came."""
    for entry in entries:
        believed = 0 <= entry.at.timestamp() < END_OF_TIME_S
        details = entry.details | {NO_TIME: 1}
        yield entry if believed else replace(entry, at=received_at.replace(microsecond=0), details=details)


def _storable(entries: Iterable[LogEntry]) -> Iterator[LogEntry]:
    """The entries; a code out of range becomes the largest one, with the code as sent in the details.

    Entries that become alike are told apart by their ordinal, as the driver does with those that are alike.
    """
    seen: Counter[datetime] = Counter()
    for entry in entries:
        if 0 <= entry.code < LARGEST_CODE:
            yield entry
            continue
        details = entry.details | {"code": entry.code}
        yield replace(entry, code=LARGEST_CODE, ordinal=seen[entry.at], details=details)
        seen[entry.at] += 1
