"""One simulated meter: its declaration, what it records, the faults in force and its security state."""

from functools import cached_property
from typing import TypeVar

from simulator.clock import MeterClock
from simulator.energy import EnergyRegisters
from simulator.faults import Fault, Gap, PowerFailure, WrongClock
from simulator.fleet import MeterSpec
from simulator.household import household
from simulator.localtime import local_time
from simulator.now import Now
from simulator.profiles import Recording

F = TypeVar("F", bound=Fault)


class Meter:
    """A meter of the fleet at work. Costs little until its recording is first asked for."""

    def __init__(self, spec: MeterSpec, zone: str, now: Now) -> None:
        self.spec = spec
        self.zone = zone
        self.now = now
        self.faults: list[Fault] = list(spec.faults)

    @cached_property
    def recording(self) -> Recording:
        """What the meter holds; made on first use."""
        slips = [fault.offset_s for fault in self.faults if isinstance(fault, WrongClock)]
        return Recording(
            registers=EnergyRegisters(household(self.spec.household(self.zone)), self.spec.scale, self.spec.initial),
            clock=MeterClock(slips[-1] if slips else 0),
            zone=local_time(self.zone),
            gaps=[fault for fault in self.faults if isinstance(fault, Gap)],
            failures=[fault for fault in self.faults if isinstance(fault, PowerFailure)],
        )

    def fault(self, kind: type[F]) -> F | None:
        """The fault of a kind in force, the latest if there are several."""
        return next((fault for fault in reversed(self.faults) if isinstance(fault, kind)), None)

    @property
    def without_power(self) -> bool:
        """Whether a power failure lasts right now."""
        now = self.now()
        return any(isinstance(fault, PowerFailure) and fault.lasts(now) for fault in self.faults)

    def add_fault(self, fault: Fault) -> None:
        """Put a fault in force from now on; one of the same kind gives way unless it is a gap or a power failure."""
        recording = self.recording
        if isinstance(fault, Gap):
            recording.gaps.append(fault)
        elif isinstance(fault, PowerFailure):
            recording.failures.append(fault)
        else:
            self.faults = [other for other in self.faults if type(other) is not type(fault)]
        if isinstance(fault, WrongClock):
            recording.clock.slip(self.now(), fault.offset_s)
        self.faults.append(fault)

    def clock_was_set(self) -> None:
        """Somebody corrects the clock: from now on it is not a fault any more."""
        self.faults = [fault for fault in self.faults if not isinstance(fault, WrongClock)]

    def clear_fault(self, kind: str) -> list[Fault]:
        """End the faults of a kind (all with `*`) and return them.

        A gap or a finished power failure is forgotten as if it had never been; one that lasts ends now and stays
        in the history; a wrong clock is right again from now on.
        """
        now, recording = self.now(), self.recording
        ended = [fault for fault in self.faults if kind in ("*", fault.kind)]
        self.faults = [fault for fault in self.faults if fault not in ended]
        for fault in ended:
            if isinstance(fault, WrongClock):
                recording.clock.slip(now, 0)
            elif isinstance(fault, PowerFailure) and fault.lasts(now):
                self.faults.append(PowerFailure(fault.start, now, fault.flagged))
        recording.gaps[:] = [fault for fault in self.faults if isinstance(fault, Gap)]
        recording.failures[:] = [fault for fault in self.faults if isinstance(fault, PowerFailure)]
        return ended
