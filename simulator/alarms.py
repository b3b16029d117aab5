"""Which entries of the event log a meter does not keep to itself: those its alarm filter lets through."""

from dataclasses import dataclass

from simulator.eventlog import (
    BATTERY_LOW,
    COVER_CLOSED,
    COVER_REMOVED,
    MAGNET,
    MAGNET_GONE,
    POWER_DOWN,
    POWER_UP,
    WATCHDOG,
    ordinary_events,
)
from simulator.faults import PowerFailure
from simulator.meter import Meter

ALARMS = frozenset(
    {POWER_DOWN, POWER_UP, BATTERY_LOW, WATCHDOG, COVER_REMOVED, COVER_CLOSED, MAGNET, MAGNET_GONE},
)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An event to be told at once: its true instant and its code in the standard log."""

    at: int
    code: int


class Watch:
    """Looks at one meter again and again; what was before the first look is not told."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._until = meter.now()
        self._failure = self._lasting(self._until)

    def alarms(self) -> list[Alarm]:
        """What has happened since the last look, oldest first."""
        now = self._meter.now()
        found = [*self._power(now), *self._ordinary(now)]
        self._until = now
        return sorted(found, key=lambda alarm: alarm.at)

    def _ordinary(self, now: int) -> list[Alarm]:
        """A meter without power notices nothing."""
        events = ordinary_events(self._meter.spec.seed, self._until, now) if self._failure is None else []
        return [Alarm(e.stamp, e.value) for e in events if self._until < e.stamp <= now and e.value in ALARMS]

    def _power(self, now: int) -> list[Alarm]:
        """Power goes and comes as a state, so that a failure that began or ended a moment ago is noticed as well."""
        before, self._failure = self._failure, self._lasting(now)
        if before is None and self._failure is not None:
            return [Alarm(self._failure.start, POWER_DOWN)]
        if before is not None and self._failure is None:
            return [Alarm(self._ended(before, now), POWER_UP)]
        return []

    def _lasting(self, now: int) -> PowerFailure | None:
        failures = (fault for fault in self._meter.faults if isinstance(fault, PowerFailure))
        return next((failure for failure in failures if failure.lasts(now)), None)

    def _ended(self, failure: PowerFailure, now: int) -> int:
        """When it ended: declared beforehand, or told when it was cleared."""
        ends = (f.end for f in self._meter.faults if isinstance(f, PowerFailure) and f.start == failure.start)
        return next((end for end in ends if end is not None), now)
