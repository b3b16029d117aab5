"""Slave meters on the M-Bus of a meter: what their master keeps of them hour by hour, and the objects that show it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from protocols.dlms.clock import encode_datetime
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import double_long_unsigned, octet_string, unsigned
from protocols.dlms.obis import Obis
from protocols.dlms.server import TableObject, data_object
from protocols.dlms.units import ScalerUnit
from simulator.energy import EnergyRegisters
from simulator.fleet import SlaveSpec
from simulator.household import HouseholdKey, household
from simulator.profiles import HOUR, Recording

if TYPE_CHECKING:
    from simulator.meter import Meter

EXTENDED_REGISTER = 4
LITRES = ScalerUnit(-3, 13)
"""Thousandths of a cubic metre."""


@dataclass(frozen=True, slots=True)
class Slave:
    """A gas meter and what its master holds of it."""

    spec: SlaveSpec
    recording: Recording


def slave_of(spec: SlaveSpec, people: HouseholdKey, master: Recording) -> Slave:
    """A slave meter whose gas is burnt when its household, `people`, is at work; nothing burns without power.

    The master stamps and keeps the rows, so its clock, gaps and power failures are theirs, also those that come later.
    """
    used = EnergyRegisters(household(replace(people, peak_w=0)), spec.scale, (spec.initial, 0, 0))
    return Slave(spec, replace(master, registers=used))


def slave_objects(meter: "Meter") -> list[TableObject]:
    """Identification and latest value of every slave; its profile is among those of `buffers`."""
    return [each for slave in meter.slaves.values() for each in _objects(meter, slave)]


def _objects(meter: "Meter", slave: Slave) -> list[TableObject]:
    channel = slave.spec.channel

    def latest() -> int:
        """The full hour of which the master holds the newest stand."""
        return meter.now() // HOUR * HOUR

    def stand() -> Encoded:
        read = slave.recording.stands(np.array([latest()], np.int64), meter.now())
        return double_long_unsigned(int(read.imported[0]))

    value: dict[int, Encoded | Callable[[], Encoded]] = {
        2: stand,
        3: LITRES.encode(),
        4: unsigned(0),
        5: lambda: octet_string(encode_datetime(meter.local.at(latest()))),
    }
    return [
        data_object(Obis.parse(f"0-{channel}:96.1.1"), octet_string(slave.spec.serial.encode("ascii"))),
        TableObject(EXTENDED_REGISTER, 0, Obis.parse(f"0-{channel}:24.2.1"), value),
    ]
