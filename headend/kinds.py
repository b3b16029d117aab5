"""The kinds of job there are. Upper floors may register their own with `register`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from devices.descriptions import Profile
from headend.knowledge import Knowledge
from headend.plan import Plan, Stretch
from protocols.dlms.obis import Obis

Planner = Callable[[Knowledge, Mapping[str, Any], datetime], Plan]

STRETCH_DAYS = 10
"""A long profile is read in stretches of so many days; each is stored as a whole, also when a later one fails."""
LOG_HISTORY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job: its code, the name people read and `plan(knowledge, parameters, now)`: what a session does."""

    code: str
    name: str
    plan: Planner


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> JobKind:
    """Make a kind known; ValueError when the code is taken."""
    if kind.code in _kinds:
        raise ValueError(f"A job kind {kind.code!r} is registered already.")
    _kinds[kind.code] = kind
    return kind


def kind(code: str) -> JobKind:
    """The kind of this code; KeyError when there is none."""
    return _kinds[code]


def choices() -> list[tuple[str, str]]:
    """Codes and names of all kinds, for forms."""
    return [(each.code, each.name) for each in _kinds.values()]


def _profile(known: Knowledge, _: Mapping[str, Any], now: datetime) -> Plan:
    """New rows; a meter heard for the first time is also asked who it is."""
    profile = known.description.interval_profile
    return Plan(identification=not known.device.firmware, profiles=_new_rows(known, profile, now))


def _daily(known: Knowledge, _: Mapping[str, Any], now: datetime) -> Plan:
    profile = known.description.daily_profile
    return Plan(profiles=_new_rows(known, profile, now))


def _events(known: Knowledge, _: Mapping[str, Any], now: datetime) -> Plan:
    return Plan(logs=_new_entries(known, now))


def _gaps(known: Knowledge, _: Mapping[str, Any], now: datetime) -> Plan:
    stretches = [part for gap in known.gaps for part in _cut(gap.obis, gap.start, min(gap.end, now))]
    return Plan(profiles=tuple(stretches))


def _read_now(known: Knowledge, parameters: Mapping[str, Any], now: datetime) -> Plan:
    what: Sequence[str] = parameters.get("what", READ_NOW)
    interval, daily = known.description.interval_profile, known.description.daily_profile
    return Plan(
        identification="identification" in what,
        registers=known.description.registers if "registers" in what else (),
        profiles=(
            *(_new_rows(known, interval, now) if "profile" in what else ()),
            *(_new_rows(known, daily, now) if "daily" in what else ()),
        ),
        logs=_new_entries(known, now) if "events" in what else (),
    )


def _new_rows(known: Knowledge, profile: Profile | None, now: datetime) -> tuple[Stretch, ...]:
    """From the row after the last one read, or from the oldest row the meter can hold, until now."""
    if profile is None:
        return ()
    step = timedelta(seconds=profile.interval_s)
    mark = known.marks.get(profile.obis)
    oldest = now - step * profile.rows
    first = mark + timedelta(seconds=1) if mark else max(oldest, known.installed_at or oldest)
    return tuple(_cut(profile.obis, first, now))


def _new_entries(known: Knowledge, now: datetime) -> tuple[Stretch, ...]:
    """From the last entry read, that one included: entries of the same second share it."""
    logs = known.description.event_logs
    return tuple(Stretch(log.obis, known.marks.get(log.obis, now - LOG_HISTORY), now) for log in logs)


def _cut(obis: Obis, start: datetime, end: datetime) -> list[Stretch]:
    length = timedelta(days=STRETCH_DAYS)
    stretches = []
    while start <= end:
        stop = min(start + length, end)
        stretches.append(Stretch(obis, start, stop))
        start = stop + timedelta(seconds=1)
    return stretches


READ_NOW = ("identification", "registers", "profile")
"""What an on-demand reading reads unless told otherwise; `daily` and `events` may be asked for too."""

PROFILE = register(JobKind("profile", "Interval profile", _profile))
DAILY = register(JobKind("daily", "Daily billing values", _daily))
EVENTS = register(JobKind("events", "Event logs", _events))
GAPS = register(JobKind("gaps", "Missing values", _gaps))
ON_DEMAND = register(JobKind("read_now", "On-demand reading", _read_now))
