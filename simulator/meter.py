"""One simulated meter: what it records, and what clients have changed in it."""

from collections.abc import Callable
from functools import cached_property

from protocols.dlms.classes.serving import Disconnector, ImageReceiver
from simulator.device import Device
from simulator.energy import EnergyRegisters
from simulator.faults import Fault, Gap, PowerFailure
from simulator.fleet import MeterSpec
from simulator.household import household
from simulator.profiles import Recording
from simulator.slaves import Slave, slave_of


class Meter(Device[MeterSpec]):
    """A meter of the fleet at work. Costs little until its recording is first asked for.

    `push_destination` is HOST:PORT, empty for nowhere; `send_push` sends a push there, False without a line.
    """

    push_destination = ""
    send_push: Callable[[str, int], bool] = staticmethod(lambda _host, _port: False)

    @cached_property
    def recording(self) -> Recording:
        """What the meter holds; made on first use."""
        return Recording(
            registers=EnergyRegisters(household(self.spec.household(self.zone)), self.spec.scale, self.spec.initial),
            clock=self.clock,
            zone=self.local,
            gaps=[fault for fault in self.faults if isinstance(fault, Gap)],
            failures=[fault for fault in self.faults if isinstance(fault, PowerFailure)],
        )

    @cached_property
    def slaves(self) -> dict[int, Slave]:
        """The slave meters on its M-Bus by channel."""
        people = self.spec.household(self.zone)
        return {spec.channel: slave_of(spec, people, self.recording) for spec in self.spec.slaves}

    @cached_property
    def switch(self) -> Disconnector:
        """The disconnector. The household goes on in the model whatever its state."""
        return Disconnector()

    @cached_property
    def image(self) -> ImageReceiver:
        """What has arrived of a firmware image."""
        return ImageReceiver()

    def add_fault(self, fault: Fault) -> None:
        """See `Device.add_fault`."""
        super().add_fault(fault)
        self._record_anew()

    def clear_fault(self, kind: str) -> list[Fault]:
        """See `Device.clear_fault`."""
        ended = super().clear_fault(kind)
        self._record_anew()
        return ended

    def _record_anew(self) -> None:
        """The faults of the data are those in force now."""
        recording = self.recording
        recording.gaps[:] = [fault for fault in self.faults if isinstance(fault, Gap)]
        recording.failures[:] = [fault for fault in self.faults if isinstance(fault, PowerFailure)]
