"""A meter as a logical device: its objects, its two ways in, and the security state that outlives a session."""

import hashlib
import time

from protocols.dlms.security import KeySet, ReceiveCounter
from protocols.dlms.server import (
    Association,
    LogicalDevice,
    ServerSession,
    management_association,
    public_association,
)
from simulator.buffers import LAYOUTS, profile_object
from simulator.clock_object import clock_object
from simulator.faults import RefuseAssociation, WrongCounter, WrongKey
from simulator.household import EPOCH
from simulator.meter import Meter
from simulator.registers import identity_objects, register_objects

MANAGEMENT = 1
MAX_PDU = 1024
# A restarted meter must not use an invocation counter twice with one key: counters begin at the real time since
# `EPOCH` in sixteenths of a second, which no meter outruns and 32 bits hold until 2032.
COUNTS_PER_SECOND = 16


def logical_device(meter: Meter) -> LogicalDevice:
    """The device a client talks to under the faults now in force."""
    recording = meter.recording
    objects = [
        clock_object(meter),
        *identity_objects(meter),
        *register_objects(meter),
        *(profile_object(meter, layout) for layout in LAYOUTS),
    ]
    title = bytes.fromhex(meter.spec.system_title)
    zone = recording.zone.zone
    device = LogicalDevice(meter.spec.serial, title, objects, associations(meter), zone=zone, max_pdu=MAX_PDU)
    device.counter.next_value = (int(time.time()) - EPOCH) * COUNTS_PER_SECOND
    return device


def associations(meter: Meter) -> list[Association]:
    """The public client, and the management client unless the meter refuses it."""
    if meter.fault(RefuseAssociation):
        return [public_association()]
    return [public_association(), management_association(keys(meter))]


def keys(meter: Meter) -> KeySet:
    """The keys the meter has: those of the fleet file, or others."""
    encryption, authentication = bytes.fromhex(meter.spec.ek), bytes.fromhex(meter.spec.ak)
    if meter.fault(WrongKey):
        encryption = hashlib.sha256(encryption).digest()[:16]
    return KeySet(encryption, authentication)


class Outlet:
    """Makes the sessions of a meter. The device is made at the first one; counters live as long as the outlet."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._device: LogicalDevice | None = None
        self._received = 0
        self._sent = 0
        self._jump: WrongCounter | None = None
        self._before_jump = 0

    def session(self) -> ServerSession:
        """A session on the device as it is now."""
        if self._device is None:
            self._device = logical_device(self._meter)
            self._device.counter.next_value = max(self._sent, self._device.counter.next_value)
            self._counter().last = self._received
        self._jump_ahead()
        return ServerSession(self._device)

    def adapt(self) -> None:
        """Take over changed faults: the next session gets a device made anew; what was counted stays counted."""
        if self._device is not None:
            self._received, self._sent = self._counter().last, self._device.counter.next_value
            self._device = None

    def _counter(self) -> ReceiveCounter:
        """What the management client has counted; a device that refuses this client counts nowhere."""
        counters = self._device.client_counters if self._device else {}
        return counters.get(MANAGEMENT) or ReceiveCounter(self._received)

    def _jump_ahead(self) -> None:
        """Under a new counter fault, once: the meter has seen counters nobody remembers. Mended, it has not."""
        fault, counter = self._meter.fault(WrongCounter), self._counter()
        if fault is self._jump:
            return
        if self._jump is not None:
            counter.last = self._before_jump
        if fault is not None:
            self._before_jump = counter.last
            counter.last += fault.ahead
        self._jump = fault
