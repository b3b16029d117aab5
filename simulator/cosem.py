"""A device as a logical device of COSEM, and the security state that outlives its sessions."""

import time

from protocols.dlms.security import ReceiveCounter
from protocols.dlms.server import LogicalDevice, ServerSession
from protocols.framing import Framing
from simulator.answers import FaultyAnswers
from simulator.device import AnyDevice
from simulator.families import FAMILIES, MANAGEMENT, associations, keys, named
from simulator.faults import WrongCounter
from simulator.household import EPOCH
from simulator.meter import Meter
from simulator.push import ciphered, notification, opened_receipt

MAX_PDU = 1024
# A restarted meter must not use an invocation counter twice with one key: counters begin at the real time since
# `EPOCH` in sixteenths of a second, which no meter outruns and 32 bits hold until 2032.
COUNTS_PER_SECOND = 16


def logical_device(device: AnyDevice) -> LogicalDevice:
    """The logical device a client talks to under the faults now in force."""
    family, spec = FAMILIES[device.spec.model], device.spec
    objects = family.objects(device)
    made = LogicalDevice(
        spec.serial,
        bytes.fromhex(spec.system_title),
        objects,
        associations(device),
        zone=device.local.zone,
        max_pdu=MAX_PDU,
        short_names=named(objects) if family.short_names else {},
        block_window=family.window,
    )
    made.counter.next_value = (int(time.time()) - EPOCH) * COUNTS_PER_SECOND
    return made


class Outlet:
    """Makes the sessions of a device. It is made at the first one; counters live as long as the outlet."""

    def __init__(self, device: AnyDevice) -> None:
        self._model = device
        self._device: LogicalDevice | None = None
        self._received = 0
        self._sent = 0
        self._jump: WrongCounter | None = None
        self._before_jump = 0

    def framing(self, client: int | None = None) -> Framing:
        """The device's end of a line of its own."""
        return FAMILIES[self._model.spec.model].framing(self._model, client)

    def session(self, framing: Framing | None = None) -> ServerSession:
        """A session on the device as it is now, on a line of its own unless another `framing` carries it."""
        device = self.present()
        self._jump_ahead()
        return ServerSession(device, framing or self.framing(), FaultyAnswers(self._model))

    def push(self, meter: Meter) -> bytes:
        """The APDU of a push of this meter now, ciphered where it has keys."""
        return self.sent(meter, notification(meter, self.present()).encode())

    def sent(self, meter: Meter, apdu: bytes) -> bytes:
        """What the meter says of its own, ciphered where it has keys."""
        return ciphered(apdu, keys(meter), self.present()) if meter.spec.ek else apdu

    def receipt(self, meter: Meter, apdu: bytes) -> int:
        """The invoke id of an authentic receipt for a push. RemoteProtocolError for anything else.

        Its counter is not compared: who answers pushes and who reads take theirs from blocks of their own.
        """
        return opened_receipt(apdu, keys(meter), self.present()).invoke

    def adapt(self) -> None:
        """Take over changed faults: the next session gets a device made anew; what was counted stays counted."""
        if self._device is not None:
            self._received, self._sent = self._counter().last, self._device.counter.next_value
            self._device = None

    def present(self) -> LogicalDevice:
        """The logical device as it is now."""
        if self._device is None:
            self._device = logical_device(self._model)
            self._device.counter.next_value = max(self._sent, self._device.counter.next_value)
            self._counter().last = self._received
        return self._device

    def _counter(self) -> ReceiveCounter:
        """What the management client has counted; a device that refuses this client counts nowhere."""
        counters = self._device.client_counters if self._device else {}
        return counters.get(MANAGEMENT) or ReceiveCounter(self._received)

    def _jump_ahead(self) -> None:
        """Under a new counter fault, once: the meter has seen counters nobody remembers. Mended, it has not."""
        fault, counter = self._model.fault(WrongCounter), self._counter()
        if fault is self._jump:
            return
        if self._jump is not None:
            counter.last = self._before_jump
        if fault is not None:
            self._before_jump = counter.last
            counter.last += fault.ahead
        self._jump = fault
