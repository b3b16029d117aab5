"""The list of meters a concentrator keeps: what its description says of it, and what is read of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from devices.described_lists import meter_list_of
from headend.drivers.base import Target
from headend.drivers.dlms import DlmsDriver
from headend.drivers.dlms_lists import listed_meters
from headend.plan import Listed
from protocols.dlms.clock import encode_datetime
from protocols.errors import Cause, RemoteProtocolError
from simulator.fleet import Fleet
from tests.headend.spoken import HELSINKI, target_of, with_driver
from tests.simulator.mixed import concentrator, mixed_fleet

ALL = ("address", "serial_number", "system_title", "since")
SINCE = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
WINTER = datetime(2026, 10, 25, 3, 30, tzinfo=HELSINKI, fold=1)


def test_a_concentrator_tells_the_meters_behind_it() -> None:
    """headend.md §4, concentrators: DC lists."""
    fleet = mixed_fleet()
    found: list[Listed] = []

    async def read(driver: DlmsDriver) -> None:
        await driver.open()
        found.extend(await driver.read_meter_list())

    with_driver(fleet, _target(fleet), read)
    behind = [spec for spec in fleet.meters if spec.concentrator]
    assert [(each.address, each.serial_number, each.system_title) for each in found] == [
        (str(spec.gateway_address).upper(), spec.serial, spec.system_title.upper()) for spec in behind
    ]
    assert [each.since and int(each.since.timestamp()) for each in found] == [fleet.made_at] * len(behind)


def _target(fleet: Fleet) -> Target:
    spec = concentrator(fleet)
    own = {name: getattr(spec, name) for name in ("host", "port", "system_title", "ek", "ak", "model")}
    return target_of(fleet, replace(fleet.meters[0], **own, signing=None, password=None, concentrator=None))


@pytest.mark.parametrize(
    ("entry", "meter"),
    [
        ((b"\x01\x02", b"A1", bytes(8), encode_datetime(SINCE)), Listed("0102", "A1", "", SINCE)),
        ((258, "A1\0", b"OAM12345", b""), Listed("0102", "A1", b"OAM12345".hex().upper())),
        (
            (b"\x07", b"", b"OAM12345", encode_datetime(WINTER)),
            Listed("07", "", b"OAM12345".hex().upper(), WINTER.astimezone(UTC)),
        ),
        ((b"\x07", b"A1", b"OAM", b"\xff" * 12), Listed("07", "A1")),
    ],
)
def test_entries_as_concentrators_write_them(entry: tuple[object, ...], meter: Listed) -> None:
    assert listed_meters([entry], ALL, HELSINKI) == (meter,)  # type: ignore[list-item]


def test_free_places_of_the_table_are_no_meters() -> None:
    free = (bytes(4), b"", bytes(8), b""), (b"\x01", b"", bytes(8), b""), (b"\0\0", b"A1", b"", b"")
    assert listed_meters(list(free), ALL, HELSINKI) == ()


@pytest.mark.parametrize("told", [5, b"", [5], [(b"\x01", b"A1")], [(b"\x01", b"A1", b"", b"")] * 20_001])
def test_what_is_no_list_is_garbage(told: object) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        listed_meters(told, ALL, HELSINKI)  # type: ignore[arg-type]
    assert caught.value.cause is Cause.GARBAGE


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        (["address"], "serial_number or a system_title"),
        (["serial_number"], "an address"),
        (["address", "serial_number", "place"], "'place'"),
        (["address", "address", "serial_number"], "twice"),
    ],
)
def test_a_description_names_address_and_meter(elements: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        meter_list_of({"obis": "0-0:128.1.0", "elements": elements})
