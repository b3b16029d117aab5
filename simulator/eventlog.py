"""Entries of the standard event log and the power failure log of a meter.

Ordinary events are a function of (seed, day); those that a fault or a clock change causes follow from it.
Codes are those of DSMR/SMR meters (facts in the Grid eXchange Fabric profiles).
"""

from dataclasses import dataclass

from simulator.household import EPOCH
from simulator.localtime import DAY
from simulator.profiles import Recording
from simulator.seeds import mixed

POWER_DOWN, POWER_UP, CLOCK_CHANGED, CLOCK_OLD_TIME, CLOCK_NEW_TIME = 1, 2, 3, 4, 5
BATTERY_LOW, WATCHDOG, COVER_REMOVED, COVER_CLOSED, MAGNET, MAGNET_GONE = 8, 15, 40, 41, 42, 43
LOG_ENTRIES, FAILURE_ENTRIES = 200, 20
HISTORY_DAYS = 400
ORDINARY_ONE_IN = 90
# Failures shorter than this many seconds are not in the log of long power failures.
LONG_FAILURE = 180
# Per weight: codes and the seconds between them.
ORDINARY = (
    (30, ((WATCHDOG, 0),)),
    (15, ((BATTERY_LOW, 0),)),
    (4, ((COVER_REMOVED, 0), (COVER_CLOSED, 240))),
    (1, ((MAGNET, 0), (MAGNET_GONE, 35))),
)


@dataclass(frozen=True, slots=True, order=True)
class LogEntry:
    """A row of an event log: meter time (UTC epoch seconds) and event code or failure duration in seconds."""

    stamp: int
    value: int


def ordinary_events(seed: int, start: int, end: int) -> list[LogEntry]:
    """Seeded everyday events of the UTC days from that of `start` to that of `end`, about one in three months."""
    kinds = [codes for weight, codes in ORDINARY for _ in range(weight)]
    found = []
    for day in range(start // DAY, end // DAY + 1):
        chance = mixed(seed, day, 0xE7)
        if chance % ORDINARY_ONE_IN == 0:
            at = day * DAY + (chance >> 8) % DAY
            codes = kinds[(chance >> 32) % len(kinds)]
            found += [LogEntry(at + later, code) for code, later in codes]
    return found


def standard_log(recording: Recording, seed: int, now: int) -> list[LogEntry]:
    """The newest `LOG_ENTRIES` of the standard event log at the true instant `now`, oldest first."""
    clock = recording.clock
    start = max(EPOCH, now - HISTORY_DAYS * DAY)
    entries = [LogEntry(clock.reading(e.stamp), e.value) for e in ordinary_events(seed, start, now) if e.stamp <= now]
    entries += [LogEntry(int(change), CLOCK_CHANGED) for change in recording.zone.changes_between(start, now + 1)]
    for failure in recording.failures:
        if failure.start <= now:
            entries.append(LogEntry(clock.reading(failure.start), POWER_DOWN))
        if failure.end is not None and failure.end <= now:
            entries.append(LogEntry(clock.reading(failure.end), POWER_UP))
    for adjustment in clock.changes:
        if adjustment.logged:
            entries += [LogEntry(adjustment.old, CLOCK_OLD_TIME), LogEntry(adjustment.new, CLOCK_NEW_TIME)]
    return sorted(entries)[-LOG_ENTRIES:]


def failure_log(recording: Recording, now: int) -> list[LogEntry]:
    """Long power failures that are over: end in meter time and duration in seconds, oldest first."""
    ended = [
        LogEntry(recording.clock.reading(failure.end), failure.end - failure.start)
        for failure in recording.failures
        if failure.end is not None and failure.end <= now and failure.end - failure.start >= LONG_FAILURE
    ]
    return sorted(ended)[-FAILURE_ENTRIES:]
