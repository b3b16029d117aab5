"""Small fleets and fixed instants the simulator tests share."""

from dataclasses import replace
from datetime import UTC, datetime

from simulator.faults import Fault
from simulator.make_fleet import ZONE, make_fleet
from simulator.meter import Meter
from simulator.now import Now


def at(text: str) -> int:
    """UTC epoch seconds of an ISO text, UTC if it names no offset."""
    given = datetime.fromisoformat(text)
    return int((given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp())


NOON = at("2026-03-10T12:07:30")


def meter(
    *faults: Fault, now: int = NOON, number: int = 0, solar: int = 0, scale: int | None = None, curve: str | None = None
) -> Meter:
    """A meter of a seeded fleet whose clock stands still at `now`."""
    spec = make_fleet(number + 1, 7, now, faults=False).meters[number]
    spec = replace(spec, faults=faults, solar=solar, scale=scale or spec.scale, curve=curve or spec.curve)
    return Meter(spec, ZONE, Now(fixed=now))
