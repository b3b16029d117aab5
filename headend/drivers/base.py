"""What every driver can do: one typed interface, one module per protocol family behind it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import Flag, auto
from typing import Protocol, runtime_checkable

from devices.descriptions import Description
from devices.speech import Transport
from headend.drivers.recovery import NewKeys
from headend.network import NetworkState
from headend.plan import Layout, Listed, LogEntries, ProfileRows, RegisterValue, Stretch
from headend.transport import Tap
from protocols.dlms.obis import Obis

COUNTERS_PER_SESSION = 4096
"""Invocation counters reserved for one session before it begins."""

Reserve = Callable[[int], Awaitable[int]]
"""Reserves the counters of one session that are not below the given one, in the database; gives the first of them."""


class Capability(Flag):
    """What a driver declares; a plan asks only for what is declared."""

    IDENTIFICATION = auto()
    CLOCK = auto()
    LINK = auto()
    REGISTERS = auto()
    PROFILES = auto()
    LOGS = auto()
    SET_CLOCK = auto()
    METER_LIST = auto()


@dataclass(frozen=True, slots=True)
class Target:
    """A device as a driver needs to know it: address, description, clear keys, first reserved invocation counter.

    The address is the one on file when the session begins, not when the job was made. Behind a concentrator, host, port
    and `transport` are those of the concentrator, and `gateway_address` is the device's there; else that is empty.
    `zone` completes meter times that do not tell their deviation. `names` is the map of short names that is on file
    (`plan.NAMES`). `new_keys` are tried where `keys` are refused; None where none were sent. `tap` is
    given what goes over the line, where that is kept.
    """

    host: str
    port: int
    server_address: int
    link_address: int | None
    gateway_address: bytes
    transport: Transport
    system_title: bytes
    description: Description
    zone: tzinfo
    first_counter: int
    reserve: Reserve = field(repr=False)
    keys: Mapping[str, bytes] = field(repr=False)
    names: Layout | None = None
    serial_number: str = ""
    new_keys: NewKeys | None = None
    tap: Tap | None = None


class Driver(Protocol):
    """One session with one device. Every method raises SessionError or ProtocolError with a cause."""

    @property
    def capabilities(self) -> Capability:
        """What this driver can do."""
        ...

    @property
    def sent(self) -> int:
        """Octets sent so far."""
        ...

    @property
    def received(self) -> int:
        """Octets received so far."""
        ...

    @property
    def learned(self) -> Sequence[Layout]:
        """What `open` had to ask for and another session need not ask again."""
        ...

    async def connect(self) -> None:
        """Set up the line and its link; a step of its own for drivers that declare LINK."""
        ...

    async def open(self) -> None:
        """Associate; connect first where that was not done."""
        ...

    async def read_clock(self) -> float:
        """Meter clock minus system clock in seconds, at half of the round trip."""
        ...

    async def read_identification(self) -> dict[str, str]:
        """`serial_number`, `firmware` as far as the description names them."""
        ...

    async def read_registers(self, wanted: Sequence[Obis], known: Layout | None) -> tuple[list[RegisterValue], Layout]:
        """The registers the meter has, those it refuses left out, and the layout (`REGISTERS`) of what is now known.

        Scaler and unit of what is in `known` are not asked for again.
        """
        ...

    async def read_layout(self, profile: Obis) -> Layout:
        """Columns of a profile with scalers and units, as the meter gives them."""
        ...

    async def read_profile(self, layout: Layout, stretch: Stretch) -> ProfileRows:
        """The rows of one stretch; raises LayoutChangedError when they do not fit `layout`."""
        ...

    async def read_log(self, stretch: Stretch) -> LogEntries:
        """The entries of one event log over one stretch."""
        ...

    async def close(self) -> None:
        """Release the association where that is still possible, and drop the line. Never raises."""
        ...


@runtime_checkable
class NetworkTeller(Protocol):
    """What a driver also does whose devices tell of the mobile network they are in."""

    async def read_network(self) -> NetworkState | None:
        """How the device stands in the network; None where it tells nothing."""
        ...


@runtime_checkable
class ClockSetter(Protocol):
    """What a driver also does that declares SET_CLOCK. A device that refuses makes it raise RemoteProtocolError."""

    async def shift_clock(self, seconds: int) -> None:
        """Move the clock by so many seconds."""
        ...

    async def set_clock(self) -> None:
        """Set the clock to the system's time when the device will hear it: half a round trip from now."""
        ...


@runtime_checkable
class MeterLister(Protocol):
    """What a driver also does that declares METER_LIST."""

    async def read_meter_list(self) -> tuple[Listed, ...]:
        """The meters a concentrator has behind it now."""
        ...


class LayoutChangedError(Exception):
    """The rows of a profile do not have the columns the layout on file says."""
