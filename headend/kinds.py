"""The kinds of job there are. Upper floors may register their own with `register`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from devices.clock import WRONG_S
from devices.descriptions import Profile
from headend import causes
from headend.causes import SessionError
from headend.knowledge import Knowledge
from headend.plan import AHEAD, Plan, Stretch
from headend.rereads import cheapest
from protocols.dlms.obis import Obis

Planner = Callable[[Knowledge, Mapping[str, Any], datetime], Plan]

STRETCH_DAYS = 10
"""A long profile is read in stretches of so many days; each is stored as a whole, also when a later one fails."""
LOG_HISTORY = timedelta(days=90)
_READ_BACK = timedelta(seconds=60)
"""So much earlier than a correction of the clock reading begins: it was set by us, but not to the second."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job: its code, the name people read and `plan(knowledge, parameters, now)`: what a session does.

    One that is not `offered` needs parameters that only another part of the system knows: nobody can choose it.
    """

    code: str
    name: str
    plan: Planner
    offered: bool = True


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
    """Codes and names of the kinds people can choose, for forms."""
    return [(each.code, each.name) for each in _kinds.values() if each.offered]


def all_choices() -> list[tuple[str, str]]:
    """Codes and names of all kinds, for looking at what was done."""
    return [(each.code, each.name) for each in _kinds.values()]


def _profile(known: Knowledge, _: Mapping[str, Any], now: datetime) -> Plan:
    """New rows; a meter heard for the first time is also asked who it is."""
    profile = known.description.interval_profile
    return Plan(identification=_is_new(known), profiles=_new_rows(known, profile, now))


def _daily(known: Knowledge, _: Mapping[str, Any], now: datetime) -> Plan:
    """Once a day a meter also tells its firmware, one with a modem how it stands in the network: one request each."""
    profile = known.description.daily_profile
    return Plan(
        identification=bool(known.description.identification),
        profiles=_new_rows(known, profile, now),
        network=known.description.network is not None,
    )


def _events(known: Knowledge, _: Mapping[str, Any], now: datetime) -> Plan:
    """New entries; a device heard for the first time, a concentrator say, is also asked who it is."""
    return Plan(identification=_is_new(known), logs=_new_entries(known, now))


def _gaps(known: Knowledge, _: Mapping[str, Any], now: datetime) -> Plan:
    held = (known.description.interval_profile, known.description.daily_profile)
    intervals = {profile.obis: profile.interval_s for profile in held if profile is not None}
    ranges = cheapest(known.gaps, intervals)
    stretches = [part for each in ranges for part in _cut(each.obis, each.start, min(each.end, now))]
    return Plan(profiles=tuple(stretches))


def _read_now(known: Knowledge, parameters: Mapping[str, Any], now: datetime) -> Plan:
    what: Sequence[str] = parameters.get("what", READ_NOW)
    interval, daily = known.description.interval_profile, known.description.daily_profile
    alone = not known.description.registers and interval is None
    return Plan(
        identification=bool(known.description.identification) and ("identification" in what or alone or _is_new(known)),
        registers=known.description.registers if "registers" in what else (),
        profiles=(
            *(_new_rows(known, interval, now) if "profile" in what else ()),
            *(_new_rows(known, daily, now) if "daily" in what else ()),
        ),
        logs=_new_entries(known, now) if "events" in what else (),
        network="network" in what and known.description.network is not None,
    )


def _meter_list(known: Knowledge, _: Mapping[str, Any], now: datetime) -> Plan:
    """Which meters a concentrator has behind it now."""
    if known.description.meter_list is None:
        raise SessionError(causes.UNSUPPORTED_MODEL, f"{known.description.name} describes no list of meters")
    return Plan(identification=_is_new(known), meter_list=True)


def _network(known: Knowledge, _: Mapping[str, Any], now: datetime) -> Plan:
    """How a device with a modem stands in the mobile network."""
    if known.description.network is None:
        raise SessionError(causes.UNSUPPORTED_MODEL, f"{known.description.name} describes no mobile network")
    return Plan(identification=_is_new(known), network=True)


def _is_new(known: Knowledge) -> bool:
    """Whether it can tell its firmware and has not yet."""
    return not known.device.firmware and "firmware" in known.description.identification


def _new_rows(known: Knowledge, profile: Profile | None, now: datetime) -> tuple[Stretch, ...]:
    """From the row after the last one read, or from the oldest row the meter can hold, until now.

    Only for the times the device was installed: to what it recorded in between nobody has a claim.
    """
    if profile is None:
        return ()
    mark = _mark(known, profile.obis, now)
    oldest = now - timedelta(seconds=profile.interval_s) * profile.rows
    first = oldest if mark is None else mark + timedelta(seconds=1)
    return tuple(part for span in known.installed.spans(first, now) for part in _cut(profile.obis, *span))


def _new_entries(known: Knowledge, now: datetime) -> tuple[Stretch, ...]:
    """From the last entry read, that one included: entries of the same second share it."""
    logs = known.description.event_logs
    return tuple(Stretch(log.obis, _mark(known, log.obis, now) or now - LOG_HISTORY, now) for log in logs)


def _mark(known: Knowledge, obis: Obis, now: datetime) -> datetime | None:
    """How far the buffer was read; None when never, or when the mark lies ahead: it cannot be true then.

    A clock that was wrong at the last contact may have been set since. What it now records carries times that were read
    already, so reading goes back by as much as it was off; by no more than `AHEAD`, for times further ahead are not
    believed and move no mark. Where we set the clock back ourselves it is known from when on times came twice.
    """
    mark = known.marks.get(obis)
    if mark is None or mark > now:
        return None
    mark = min([mark, *(each.at - _READ_BACK for each in known.clock.set_back if each.at <= mark <= each.until)])
    off = min(abs(known.clock_offset_s), AHEAD.total_seconds())
    return mark - timedelta(seconds=ceil(off) + 1) if off > WRONG_S else mark


def _cut(obis: Obis, start: datetime, end: datetime) -> list[Stretch]:
    length = timedelta(days=STRETCH_DAYS)
    stretches = []
    while start <= end:
        stop = min(start + length, end)
        stretches.append(Stretch(obis, start, stop))
        start = stop + timedelta(seconds=1)
    return stretches


READ_NOW = ("registers", "profile")
"""What an on-demand reading reads unless told otherwise: somebody waits, and every request is a round trip more."""
WHAT: Mapping[str, str] = {
    "identification": "Serial number and firmware",
    "registers": "Registers",
    "profile": "New rows of the load profile",
    "daily": "New rows of the daily billing profile",
    "events": "New entries of the event logs",
    "network": "Signal and network",
}
"""What it may be asked to read, in words."""

PROFILE = register(JobKind("profile", "Interval profile", _profile))
DAILY = register(JobKind("daily", "Daily billing values", _daily))
EVENTS = register(JobKind("events", "Event logs", _events))
GAPS = register(JobKind("gaps", "Missing values", _gaps))
INVENTORY = register(JobKind("inventory", "Meters of concentrators", _meter_list))
NETWORK = register(JobKind("network", "Signal and network", _network))
ON_DEMAND = register(JobKind("read_now", "On-demand reading", _read_now))
