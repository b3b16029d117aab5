"""The shipment file: which meters the manufacturer delivered, where they answer and with which keys.

In the demo this is the fleet file of the simulator; only its JSON format is known here.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VERSION = 1
# Of the fleets the simulator can make, one whose first meter has a solar plant and whose silent meter comes late:
# what a first visitor opens first has values.
SEED = 5
HOW_TO_MAKE = "make one with: python -m simulator make-fleet --out FILE"


class ShipmentError(Exception):
    """A shipment file is missing or unreadable; the message names the file, the place and what to do."""


@dataclass(frozen=True, slots=True)
class ShippedMeter:
    """One delivered meter; `system_title` as 16 capital hexadecimal digits, keys of 16 octets."""

    serial: str
    host: str
    port: int
    system_title: str
    encryption_key: bytes = field(repr=False)
    authentication_key: bytes = field(repr=False)


def read_shipment(path: Path) -> list[ShippedMeter]:
    """The meters of a shipment file, in its order; ShipmentError when it cannot be used."""
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
    return [_meter(path, number, entry) for number, entry in enumerate(meters)]


def make_shipment(path: Path, *, meters: int) -> None:
    """Let the simulator make a fleet of `meters`: written beside `path` and renamed, so it is complete or absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    command = [sys.executable, "-m", "simulator", "make-fleet", "--meters", str(meters)]
    ended = subprocess.run(  # noqa: S603
        [*command, "--seed", str(SEED), "--out", str(draft)], capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise ShipmentError(f"{path}: the simulator made no fleet: {ended.stderr.strip() or ended.stdout.strip()}")
    draft.replace(path)


def _meter(path: Path, number: int, entry: Any) -> ShippedMeter:
    if not isinstance(entry, dict):
        raise ShipmentError(f"{path}: meter {number} is not an object")
    try:
        return ShippedMeter(
            serial=str(entry["serial"]),
            host=str(entry["host"]),
            port=int(entry["port"]),
            system_title=bytes.fromhex(entry["system_title"]).hex().upper(),
            encryption_key=bytes.fromhex(entry["ek"]),
            authentication_key=bytes.fromhex(entry["ak"]),
        )
    except KeyError as error:
        raise ShipmentError(f"{path}: meter {number} has no {error}") from error
    except (TypeError, ValueError) as error:
        raise ShipmentError(f"{path}: meter {number}: {error}") from error
