"""The fleet file: which meters there are, where they listen, their keys, what they play and what is wrong with them.

JSON, version `VERSION`. Keys are in the open here: these meters exist nowhere but on the loopback interface.
"""

import json
from dataclasses import asdict, dataclass, fields
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from simulator.curves import CURVES
from simulator.faults import Fault, FaultError, fault_from_json, fault_to_json, instant, iso
from simulator.household import HouseholdKey

VERSION = 1
LOOPBACK = IPv4Network("127.0.0.0/8")


class FleetError(ValueError):
    """The fleet file cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class MeterSpec:
    """One meter. Keys and system title are hex; `scale` in thousandths, `shift` in quarters of an hour,
    `solar` the peak power of a roof plant in W before scaling (0: none), `initial` stands in Wh (T1, T2, export)."""

    serial: str
    host: str
    port: int
    system_title: str
    ek: str
    ak: str
    model: str
    curve: str
    variant: int
    scale: int
    shift: int
    seed: int
    solar: int
    initial: tuple[int, int, int]
    faults: tuple[Fault, ...] = ()

    def household(self, zone: str) -> HouseholdKey:
        """The shared household this meter meters."""
        return HouseholdKey(self.curve, self.variant, self.shift, self.solar, zone)


@dataclass(frozen=True, slots=True)
class Fleet:
    """All meters of one process; `zone` is the IANA zone their clocks show, `made_at` UTC epoch seconds."""

    zone: str
    made_at: int
    meters: tuple[MeterSpec, ...]


def require_loopback(host: str) -> None:
    """Raise FleetError unless `host` is an address of 127.0.0.0/8: a simulated meter never listens to the world."""
    try:
        inside = IPv4Address(host) in LOOPBACK
    except AddressValueError:
        inside = False
    if not inside:
        raise FleetError(f"{host} is not in 127.0.0.0/8; simulated meters listen on loopback addresses only")


def save_fleet(fleet: Fleet, path: Path) -> None:
    """Write the fleet file."""
    meters = [{**asdict(m), "faults": [fault_to_json(fault) for fault in m.faults]} for m in fleet.meters]
    document = {"version": VERSION, "zone": fleet.zone, "made_at": iso(fleet.made_at), "meters": meters}
    path.write_text(json.dumps(document, indent=1) + "\n")


def load_fleet(path: Path) -> Fleet:
    """Read and check a fleet file; raises FleetError naming the file and the meter."""
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as problem:
        raise FleetError(f"{path}: {problem}") from problem
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise FleetError(
            f"{path}: not a fleet file of version {VERSION}; make one with: python -m simulator make-fleet"
        )
    try:
        meters = tuple(_meter(number, entry) for number, entry in enumerate(document["meters"]))
        fleet = Fleet(str(document["zone"]), instant(document["made_at"]), meters)
        _check_unique(meters)
    except (KeyError, TypeError, FaultError, FleetError) as problem:
        raise FleetError(f"{path}: {problem}") from problem
    return fleet


def _meter(number: int, entry: dict[str, Any]) -> MeterSpec:
    missing = [field.name for field in fields(MeterSpec) if field.name not in entry]
    if missing:
        raise FleetError(f"meter {number} lacks {', '.join(missing)}")
    try:
        faults = tuple(fault_from_json(fault) for fault in entry["faults"])
        first, second, third = entry["initial"]
        spec = MeterSpec(**{**entry, "faults": faults, "initial": (int(first), int(second), int(third))})
        _check_meter(spec)
    except (TypeError, ValueError) as problem:
        raise FleetError(f"meter {number} ({entry['serial']}): {problem}") from problem
    return spec


def _check_meter(spec: MeterSpec) -> None:
    require_loopback(spec.host)
    if not 0 < spec.port < 65_536:
        raise FleetError(f"port {spec.port} is not between 1 and 65535")
    if spec.curve not in CURVES:
        raise FleetError(f"unknown curve {spec.curve!r}; known: {', '.join(CURVES)}")
    for name, size in (("system_title", 8), ("ek", 16), ("ak", 16)):
        if len(bytes.fromhex(getattr(spec, name))) != size:
            raise FleetError(f"{name} must be {size} bytes in hex")


def _check_unique(meters: tuple[MeterSpec, ...]) -> None:
    for what in ("serial", "system_title"):
        values = [getattr(meter, what) for meter in meters]
        if len(set(values)) != len(values):
            raise FleetError(f"two meters have the same {what}")
    if len({(meter.host, meter.port) for meter in meters}) != len(meters):
        raise FleetError("two meters have the same address")
