"""Makes meters of a mixed fleet push: all alarms at once, a tenth of them their rows every hour."""

from dataclasses import replace
from itertools import islice

from simulator.fleet import Fleet, MeterSpec, PushPlan
from simulator.making import drawn
from simulator.models import SM3

ROWS_EVERY_MIN, ROWS_OF_200 = 60, 20
STRANGER_EVERY_MIN = 5
_PURPOSE = 11


def pushing(fleet: Fleet, seed: int) -> Fleet:
    """The same fleet; whoever can push tells its alarms, and some without faults push their rows as well."""
    meters, count = list(fleet.meters), len(fleet.meters)
    for number, meter in enumerate(meters):
        if meter.ek is not None and meter.host is not None:
            meters[number] = replace(meter, push=PushPlan(alarms=True))
    healthy = (number for number in drawn(seed, count, _PURPOSE) if _is_usual(meters[number]))
    for number in islice(healthy, max(count * ROWS_OF_200 // 200, 1)):
        meters[number] = replace(meters[number], push=PushPlan(every_min=ROWS_EVERY_MIN, alarms=True))
    return replace(fleet, meters=tuple(meters))


def stranger(meter: MeterSpec) -> MeterSpec:
    """A meter that was delivered to nobody, and calls."""
    return replace(meter, push=PushPlan(every_min=STRANGER_EVERY_MIN, alarms=True))


def _is_usual(meter: MeterSpec) -> bool:
    return meter.model == SM3 and meter.push is not None and not meter.faults
