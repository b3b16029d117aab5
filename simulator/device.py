"""A simulated device at work: its declaration, its clock and the faults in force."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from simulator.clock import MeterClock
from simulator.faults import Fault, Gap, PowerFailure, WrongClock
from simulator.fleet import ConcentratorSpec, DeviceSpec
from simulator.localtime import LocalTime, local_time
from simulator.now import Now

F = TypeVar("F", bound=Fault)
S = TypeVar("S", bound=DeviceSpec)


class Device(Generic[S]):
    """What meters and concentrators have in common."""

    def __init__(self, spec: S, zone: str, now: Now) -> None:
        self.spec = spec
        self.zone = zone
        self.now = now
        self.faults: list[Fault] = list(spec.faults)
        slips = [fault.offset_s for fault in self.faults if isinstance(fault, WrongClock)]
        self.clock = MeterClock(slips[-1] if slips else 0)

    @property
    def local(self) -> LocalTime:
        """The civil time its clock shows."""
        return local_time(self.zone)

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
        if not isinstance(fault, Gap | PowerFailure):
            self.faults = [other for other in self.faults if type(other) is not type(fault)]
        if isinstance(fault, WrongClock):
            self.clock.slip(self.now(), fault.offset_s)
        self.faults.append(fault)

    def clock_was_set(self) -> None:
        """Somebody corrects the clock: from now on it is not a fault any more."""
        self.faults = [fault for fault in self.faults if not isinstance(fault, WrongClock)]

    def clear_fault(self, kind: str) -> list[Fault]:
        """End the faults of a kind (all with `*`) and return them.

        A gap or a finished power failure is forgotten as if it had never been; one that lasts ends now and stays
        in the history; a wrong clock is right again from now on.
        """
        now = self.now()
        ended = [fault for fault in self.faults if kind in ("*", fault.kind)]
        self.faults = [fault for fault in self.faults if fault not in ended]
        for fault in ended:
            if isinstance(fault, WrongClock):
                self.clock.slip(now, 0)
            elif isinstance(fault, PowerFailure) and fault.lasts(now):
                self.faults.append(PowerFailure(fault.start, now, fault.flagged))
        return ended


AnyDevice = Device[Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """A meter as its concentrator knows it: address there, serial number, system title, registered since (epoch)."""

    address: bytes
    serial: str
    system_title: bytes
    since: int


class Concentrator(Device[ConcentratorSpec]):
    """A concentrator at work. It measures nothing; `listed` are the meters behind it now."""

    listed: Callable[[], Sequence[Listed]] = staticmethod(lambda: ())
