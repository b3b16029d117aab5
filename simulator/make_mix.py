"""Makes a fleet of one model a mixed one: grid, suite-1 and commercial meters, and meters behind a concentrator."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from protocols.dlms.security import Suite
from protocols.dlms.security.curves import point_of, private_key
from simulator.fleet import SWAPPED_OCTET_STRING, ConcentratorSpec, Fleet, MeterSpec, Signing, SlaveSpec
from simulator.making import address, drawn, key
from simulator.models import DC1, EC2, GS1, SM5, SN4
from simulator.seeds import mixed

MANUFACTURER = b"OAM"
CONCENTRATOR_SERIAL = "OAC00000001"
# System titles of concentrators are numbered from here on, those of meters from 1.
FIRST_CONCENTRATOR = 1 << 32
# Of 200 meters; a smaller fleet has at least one of each.
GRID_OF_200, SUITE_1_OF_200, BEHIND_OF_200, COMMERCIAL_OF_200, GAS_OF_200 = 12, 12, 10, 8, 12
FIRST_LINK_ADDRESS, LINK_ADDRESSES = 17, 100
PASSWORD_SIZE = 8
_PURPOSE = 10


def mixed_models(fleet: Fleet, seed: int, single_host: bool, client_public: str) -> Fleet:
    """The same meters, some of them of other models or behind a concentrator; those with faults stay as they are."""
    meters, count = list(fleet.meters), len(fleet.meters)
    healthy = (number for number in drawn(seed, count, _PURPOSE) if not meters[number].faults)
    concentrator = _concentrator(seed, count, single_host)
    changes: tuple[tuple[int, Callable[[MeterSpec, int], MeterSpec]], ...] = (
        (GRID_OF_200, lambda meter, number: _grid(meter, seed, number)),
        (SUITE_1_OF_200, lambda meter, number: _suite_1(meter, seed, number, client_public)),
        (BEHIND_OF_200, lambda meter, number: behind(meter, concentrator, number)),
        (COMMERCIAL_OF_200, lambda meter, number: _commercial(meter, seed, number)),
        (GAS_OF_200, _with_gas),
    )
    for share, change in changes:
        for number in _some(healthy, share, count):
            meters[number] = change(meters[number], number)
    return replace(fleet, meters=tuple(meters), concentrators=(concentrator,))


def _some(numbers: Iterator[int], share: int, count: int) -> Iterator[int]:
    return islice(numbers, max(count * share // 200, 1))


def _concentrator(seed: int, count: int, single_host: bool) -> ConcentratorSpec:
    host, port = address(count, single_host)
    return ConcentratorSpec(
        serial=CONCENTRATOR_SERIAL,
        host=host,
        port=port,
        system_title=(MANUFACTURER + (FIRST_CONCENTRATOR + 1).to_bytes(5, "big")).hex(),
        ek=key(seed, count, "ek").hex(),
        ak=key(seed, count, "ak").hex(),
        model=DC1,
    )


def _grid(meter: MeterSpec, seed: int, number: int) -> MeterSpec:
    return replace(
        meter,
        model=SN4,
        ek=None,
        ak=None,
        link_address=FIRST_LINK_ADDRESS + number % LINK_ADDRESSES,
        password=key(seed, number, "password")[:PASSWORD_SIZE].hex(),
        quirks=(SWAPPED_OCTET_STRING,),
    )


def _suite_1(meter: MeterSpec, seed: int, number: int, client_public: str) -> MeterSpec:
    # The group order exceeds 2^255, so any scalar below that is a key.
    scalar = b"\x00" + (key(seed, number, "signing 1") + key(seed, number, "signing 2"))[1:]
    point = point_of(private_key(Suite.P256, scalar).public_key())
    return replace(meter, model=SM5, signing=Signing(scalar.hex(), point.hex(), client_public))


def _commercial(meter: MeterSpec, seed: int, number: int) -> MeterSpec:
    """Its password is typed by people: eight digits."""
    digits = f"{int.from_bytes(key(seed, number, 'P1'), 'big') % 10**PASSWORD_SIZE:0{PASSWORD_SIZE}}"
    return replace(meter, model=EC2, ek=None, ak=None, password=digits.encode("ascii").hex())


def _with_gas(meter: MeterSpec, number: int) -> MeterSpec:
    """A household that also heats with gas: 60 to 139 litres for each kWh of electricity it uses."""
    scale, initial = 60 + mixed(meter.seed, 11) % 80, mixed(meter.seed, 12) % 9_000_000
    slave = SlaveSpec(serial=f"OAG{number + 1:08d}", model=GS1, channel=1, scale=scale, initial=initial)
    return replace(meter, slaves=(slave,))


def behind(meter: MeterSpec, concentrator: ConcentratorSpec, number: int) -> MeterSpec:
    """The meter, reached through the concentrator."""
    return replace(
        meter,
        host=None,
        port=None,
        concentrator=concentrator.serial,
        gateway_address=(number + 1).to_bytes(4, "big").hex(),
    )
