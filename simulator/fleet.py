"""What a fleet consists of: which devices there are, where they listen, their keys, what they play and what is wrong.

Keys are in the open here: these devices exist nowhere but on the loopback interface. Their file: `fleet_file`.
"""

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from simulator.faults import Fault
from simulator.household import HouseholdKey

LOOPBACK = IPv4Network("127.0.0.0/8")
SWAPPED_OCTET_STRING = "swapped_octet_string"
PUSH_WITHOUT_OBJECT_LIST = "push_without_object_list"
TO_ENTRY_ZERO_IGNORED = "to_entry_zero_ignored"
MODE_A, MODE_B = "mode_a", "mode_b"
QUIRKS = (SWAPPED_OCTET_STRING, PUSH_WITHOUT_OBJECT_LIST, TO_ENTRY_ZERO_IGNORED, MODE_A, MODE_B)


class FleetError(ValueError):
    """The fleet file cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Keys of HLS 7 in hex: the meter's scalar, and x ‖ y of what head-end and meter know of each other."""

    meter_private: str
    meter_public: str
    client_public: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PushPlan:
    """What a meter sends of its own: every `every_min` minutes (0: never) the last `rows` rows of its load profile, and
    with `alarms` every alarm at once.
    """

    every_min: int = 0
    rows: int = 8
    alarms: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.every_min <= 1440 or not 1 <= self.rows <= 96:
            raise FleetError("a push plan has every_min from 0 to 1440 and rows from 1 to 96")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSpec:
    """What every device has. Keys and system title are hex; `model` is the code of its description.

    `host` and `port` are None behind a concentrator, `ek` and `ak` None where nothing is ciphered.
    """

    serial: str
    host: str | None
    port: int | None
    system_title: str
    ek: str | None
    ak: str | None
    model: str
    faults: tuple[Fault, ...] = ()

    @property
    def address(self) -> str:
        """Where it listens, for people."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcentratorSpec(DeviceSpec):
    """A concentrator: a device of its own, and the way to the meters that name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaveSpec:
    """A gas meter on an M-Bus channel of a meter: `scale` in thousandths of a litre per Wh that its household uses,
    `initial` stand in litres.
    """

    serial: str
    model: str
    channel: int
    scale: int
    initial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterSpec(DeviceSpec):
    """One meter. `scale` in thousandths, `shift` in quarters of an hour, `solar` the peak power of a roof plant in W
    before scaling (0: none), `initial` stands in Wh (T1, T2, export).

    `server_address` is the wPort or upper HDLC address of its logical device, `link_address` the lower HDLC address,
    `password` the secret of LLS or of P1 in hex. `gateway_address` (hex) is its physical address at its `concentrator`.
    With `push` it calls of its own.
    """

    curve: str
    variant: int
    scale: int
    shift: int
    seed: int
    solar: int
    initial: tuple[int, int, int]
    server_address: int = 1
    link_address: int | None = None
    password: str | None = None
    signing: Signing | None = None
    concentrator: str | None = None
    gateway_address: str | None = None
    quirks: tuple[str, ...] = ()
    slaves: tuple[SlaveSpec, ...] = ()
    push: PushPlan | None = None

    @property
    def address(self) -> str:
        """Where it is reached, for people."""
        through = f"{self.concentrator}/{self.gateway_address}"
        return f"{self.host}:{self.port}" if self.concentrator is None else through

    def household(self, zone: str) -> HouseholdKey:
        """The shared household this meter meters."""
        return HouseholdKey(self.curve, self.variant, self.shift, self.solar, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """So many seconds after the start of the simulator these meters lose their power for so many seconds.

    Rows of that time are made up afterwards, so that nothing is missing but energy.
    """

    after_s: int
    lasts_s: int
    serials: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """So many seconds after the start of the simulator a meter behind a concentrator is behind another one, or, without
    `concentrator`, behind none any more: its old one has lost it.
    """

    after_s: int
    serial: str
    concentrator: str | None = None
    gateway_address: str | None = None


@dataclass(frozen=True, slots=True)
class Fleet:
    """All devices of one process; `zone` is the IANA zone their clocks show, `made_at` UTC epoch seconds.

    `strangers` are meters like the others that were delivered to nobody: a head-end hears of them when they call.
    """

    zone: str
    made_at: int
    meters: tuple[MeterSpec, ...]
    concentrators: tuple[ConcentratorSpec, ...] = ()
    strangers: tuple[MeterSpec, ...] = ()
    incidents: tuple[Incident, ...] = ()
    moves: tuple[Move, ...] = ()

    @property
    def all_meters(self) -> tuple[MeterSpec, ...]:
        """Meters and strangers."""
        return self.meters + self.strangers


def require_loopback(host: str) -> None:
    """Raise FleetError unless `host` is an address of 127.0.0.0/8: a simulated meter never listens to the world."""
    try:
        inside = IPv4Address(host) in LOOPBACK
    except AddressValueError:
        inside = False
    if not inside:
        raise FleetError(f"{host} is not in 127.0.0.0/8; simulated meters listen on loopback addresses only")


def endpoint(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT` on loopback; raises FleetError."""
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65_535:
        raise FleetError(f"{text!r} is not HOST:PORT")
    require_loopback(host)
    return host, int(port)
