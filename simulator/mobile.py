"""The modem of a device that is reached over the air: GSM diagnostic (class 47), APN (class 45), IPv4 setup (class 42).

Which cell a device is in follows from its serial number, so that several share one; its signal goes up and down over
the day by a few steps.
"""

import hashlib
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, ip_address
from math import pi, sin

from protocols.dlms.clock import encode_datetime
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import (
    array,
    double_long_unsigned,
    enum,
    long_unsigned,
    octet_string,
    structure,
    unsigned,
    visible_string,
)
from protocols.dlms.obis import Obis
from protocols.dlms.server import TableObject
from simulator.device import AnyDevice
from simulator.localtime import DAY

DIAGNOSTIC, MODEM, IPV4 = (Obis.parse(obis) for obis in ("0-0:25.6.0", "0-0:25.4.0", "0-0:25.1.0"))
OPERATOR, APN = "Kaarna Mobile", "meters.kaarna.example"
FIRST_LOCATION, LOCATIONS, FIRST_CELL, CELLS = 4_700, 4, 20_000, 24
WEAKEST, STRONGEST, SWING = 4, 24, 3
REGISTERED, ATTACHED, LTE = 1, 0, 5


def cell_of(serial: str) -> tuple[int, int]:
    """Location area and cell of the device of this serial number."""
    number = _number(serial)
    return FIRST_LOCATION + number % LOCATIONS, FIRST_CELL + number % CELLS


def quality_of(serial: str, now: int) -> int:
    """Signal quality at `now` (epoch seconds) as 3GPP TS 27.007 counts it, 0 to 31."""
    number = _number(serial)
    base = WEAKEST + number // CELLS % (STRONGEST - WEAKEST + 1)
    return max(0, base + round(SWING * sin(2 * pi * (now + number % DAY) / DAY)))


def network_objects(device: AnyDevice) -> list[TableObject]:
    """The objects of the modem; none for a device behind a concentrator, which has no modem of its own."""
    if device.spec.host is None:
        return []
    location, cell = cell_of(device.spec.serial)

    def quality() -> int:
        return quality_of(device.spec.serial, device.now())

    diagnostic: Mapping[int, Encoded | Callable[[], Encoded]] = {
        2: visible_string(OPERATOR),
        3: enum(REGISTERED),
        4: enum(ATTACHED),
        5: enum(LTE),
        6: lambda: structure(long_unsigned(cell), long_unsigned(location), unsigned(quality()), unsigned(0)),
        7: lambda: array([structure(long_unsigned(cell + CELLS), unsigned(quality() // 2))]),
        8: lambda: octet_string(encode_datetime(device.local.at(device.clock.reading(device.now())))),
    }
    return [
        TableObject(47, 0, DIAGNOSTIC, diagnostic),
        TableObject(45, 0, MODEM, {2: octet_string(APN.encode("ascii"))}),
        TableObject(42, 0, IPV4, {3: double_long_unsigned(int(_address(device.spec.host)))}),
    ]


def _address(host: str) -> IPv4Address:
    """The address it listens at; one of a private network where that is a name."""
    try:
        found = ip_address(host)
    except ValueError:
        found = ip_address("10.0.0.1")
    return found if isinstance(found, IPv4Address) else IPv4Address("10.0.0.1")


def _number(serial: str) -> int:
    return int.from_bytes(hashlib.sha256(serial.encode()).digest()[:4])
