"""The shipment file: which devices the manufacturer delivered, where they answer and with which keys.

In the demo this is the fleet file of the simulator; only its JSON format is known here.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aim.demo.incident import with_incident

VERSION = 2
PORT = 4059
# Of the fleets the simulator can make, one whose first meter has a solar plant and whose silent meter comes late:
# what a first visitor opens first has values.
SEED = 5
T = TypeVar("T")


class ShipmentError(Exception):
    """A shipment file is missing or unreadable; the message names the file, the place and what to do."""


@dataclass(frozen=True, slots=True)
class ShippedDevice:
    """One delivered device; `system_title` as 16 capital hexadecimal digits, `model` the code of its description.

    Secrets are empty where the device has none. `host` is empty and `port` the usual one behind a concentrator.
    """

    serial: str
    model: str
    host: str
    port: int
    system_title: str
    encryption_key: bytes = field(repr=False)
    authentication_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ShippedSlave:
    """One delivered slave meter and the M-Bus channel of its meter it is meant for."""

    serial: str
    model: str
    channel: int


@dataclass(frozen=True, slots=True)
class ShippedMeter(ShippedDevice):
    """One delivered meter; `signing_key` is its public key x ‖ y, `concentrator` a serial number or empty, then without
    `gateway_address`, its physical device address there in hex. `pushes`: it sends its load profile of its own.
    `slaves` hang on its M-Bus.
    """

    password: bytes = field(repr=False)
    signing_key: bytes
    link_address: int | None
    concentrator: str
    gateway_address: str
    pushes: bool
    slaves: tuple[ShippedSlave, ...] = ()


@dataclass(frozen=True, slots=True)
class Shipment:
    """Everything in one file, in its order."""

    meters: list[ShippedMeter]
    concentrators: list[ShippedDevice]


def read_shipment(path: Path) -> Shipment:
    """What a shipment file says; ShipmentError when it cannot be used."""
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ShipmentError(f"{path}: {error}") from error
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise ShipmentError(
            f"{path}: not a fleet file of version {VERSION}; make one with python -m simulator make-fleet"
        )
    meters = document.get("meters")
    if not isinstance(meters, list) or not meters:
        raise ShipmentError(f"{path}: there are no meters in it")
    concentrators = document.get("concentrators", [])
    return Shipment(
        [_read(path, f"meter {number}", entry, _meter) for number, entry in enumerate(meters)],
        [_read(path, f"concentrator {number}", entry, _concentrator) for number, entry in enumerate(concentrators)],
    )


def update_shipment(path: Path) -> None:
    """Bring a fleet file of an older version up to date, its meters as they are; ShipmentError when it is none."""
    ended = _simulator("upgrade-fleet", "--fleet", str(path))
    if ended.returncode:
        raise ShipmentError(ended.stderr.strip() or ended.stdout.strip())


def make_shipment(path: Path, *, meters: int, client_public: bytes = b"") -> None:
    """Let the simulator make a fleet of `meters`: written beside `path` and renamed, so it is complete or absent.

    All are of one model, unless `client_public`, the public signing key of the head-end (x ‖ y), is given: then there
    are meters of every model and a concentrator, meters that push, one that nobody knows, and a power failure.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    mixed = ["--mixed", "--client-public", client_public.hex()] if client_public else []
    ended = _simulator("make-fleet", "--meters", str(meters), "--seed", str(SEED), "--out", str(draft), *mixed)
    if ended.returncode:
        raise ShipmentError(f"{path}: the simulator made no fleet: {ended.stderr.strip() or ended.stdout.strip()}")
    if client_public:
        draft.write_text(json.dumps(with_incident(json.loads(draft.read_text())), indent=1) + "\n")
    draft.replace(path)


def _simulator(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulator", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


def _read(path: Path, place: str, entry: Any, read: Callable[[dict[str, Any]], T]) -> T:
    if not isinstance(entry, dict):
        raise ShipmentError(f"{path}: {place} is not an object")
    try:
        return read(entry)
    except KeyError as error:
        raise ShipmentError(f"{path}: {place} has no {error}") from error
    except (TypeError, ValueError) as error:
        raise ShipmentError(f"{path}: {place}: {error}") from error


def _device(entry: dict[str, Any]) -> dict[str, Any]:
    """The fields all devices have."""
    return {
        "serial": str(entry["serial"]),
        "model": str(entry["model"]),
        "host": str(entry["host"] or ""),
        "port": int(entry["port"] or PORT),
        "system_title": bytes.fromhex(entry["system_title"]).hex().upper(),
        "encryption_key": _octets(entry["ek"]),
        "authentication_key": _octets(entry["ak"]),
    }


def _concentrator(entry: dict[str, Any]) -> ShippedDevice:
    return ShippedDevice(**_device(entry))


def _meter(entry: dict[str, Any]) -> ShippedMeter:
    device = _device(entry)
    signing, link = entry["signing"], entry["link_address"]
    return ShippedMeter(
        **device,
        password=_octets(entry["password"]),
        signing_key=_octets(signing["meter_public"] if signing else None),
        link_address=None if link is None else int(link),
        concentrator=entry["concentrator"] or "",
        gateway_address=(entry["gateway_address"] or "").upper(),
        pushes=bool((entry.get("push") or {}).get("every_min")),
        slaves=tuple(_slave(each) for each in entry.get("slaves", ())),
    )


def _slave(entry: dict[str, Any]) -> ShippedSlave:
    return ShippedSlave(str(entry["serial"]), str(entry["model"]), int(entry["channel"]))


def _octets(text: str | None) -> bytes:
    return bytes.fromhex(text or "")
