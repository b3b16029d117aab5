"""Where a device tells of the mobile network it is in: the GSM diagnostic, the modem's APN and its IP address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devices.described_fields import known_only
from protocols.dlms.obis import Obis


@dataclass(frozen=True, slots=True)
class Network:
    """`diagnostic` is an object of class 47, `apn` one of class 45 and `address` one of class 42 (IPv4)."""

    diagnostic: Obis
    apn: Obis | None = None
    address: Obis | None = None


def network_of(raw: Mapping[str, Any] | None) -> Network | None:
    """The `network` of a description; None where there is none. ValueError names what is wrong."""
    if raw is None:
        return None
    known_only(raw, ("diagnostic", "apn", "address"), "network")
    apn, address = (Obis.parse(raw[name]) if name in raw else None for name in ("apn", "address"))
    return Network(Obis.parse(raw["diagnostic"]), apn, address)
