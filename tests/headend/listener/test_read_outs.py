"""Meters that speak IEC 62056-21 unasked (mode D), over a converter, at the port that is set up for them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from devices.models import Contact, Device
from headend.listener.frames import Frames
from headend.listener.serving import Inlets, Listening
from headend.models import DiscoveredDevice, PushRefusal
from metering.models import Series
from metering.store import read_registers
from protocols.errors import ProtocolError
from protocols.iec62056_21 import DataSet, Identification, ReadOut, Value
from tests.factories import (
    make_device,
    make_device_model,
    make_installation,
    make_metering_point,
    make_utility,
)
from tests.headend.listener.pushing import LOCAL, make_pushing_device, played, profile_push, pusher_of, wrapped

pytestmark = pytest.mark.django_db(transaction=True)

SERIAL = "12345678"
SHOWN_AT = datetime(2026, 6, 1, 10, 0, 30, tzinfo=UTC)


def read_out(*sets: DataSet, serial: str = SERIAL) -> bytes:
    """As a meter says it, its number first."""
    number = (DataSet("C.1.0", (Value(serial),)),) if serial else ()
    return ReadOut(Identification("OAM", "3", "", "EC2"), number + sets).encode()


IMPORT = DataSet("1.8.0", (Value("0012.345", "kWh"),))


def clock(device: Device) -> tuple[DataSet, DataSet]:
    shown = SHOWN_AT.astimezone(device.utility.zone)
    return DataSet("0.9.2", (Value(f"{shown:%y%m%d}"),)), DataSet("0.9.1", (Value(f"{shown:%H%M%S}"),))


def make_speaking_meter(serial: str = SERIAL) -> Device:
    utility = make_utility()
    device = make_device(utility, model=make_device_model("aim-ec2"), host="127.0.0.1", serial_number=serial)
    make_installation(device, make_metering_point(utility))
    return device


def said(*octets: bytes, messages: int, broken: int = 0) -> dict[str, int]:
    """A converter passes these octets on piece by piece; the counts once so many messages are dealt with."""

    async def scene(listener: Listening) -> dict[str, int]:
        assert listener.text is not None
        _, writer = await asyncio.open_connection(*listener.text)
        for piece in octets:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)
        counts = listener.intake.counts
        async with asyncio.timeout(20):
            while counts["messages"] < messages or counts["broken"] < broken:
                await asyncio.sleep(0.02)
        writer.close()
        return dict(counts)

    return played(scene, Inlets(text=LOCAL))


def registers(device: Device, obis: str) -> list[tuple[int, int]]:
    """Value and exponent of what is stored of a register."""
    series = Series.objects.get(source=device.serial_number, measured_property__obis=obis, periodicity="on_demand")
    found = read_registers([series.pk], SHOWN_AT - timedelta(days=1), timezone.now() + timedelta(days=1))
    return [(int(value), series.exponent) for value in found.values]


def test_a_read_out_becomes_registers_at_the_time_of_the_meter() -> None:
    device = make_speaking_meter()
    octets = read_out(*clock(device), IMPORT, DataSet("32.7.0", (Value("229.8", "V"),)), DataSet("F.F", (Value("00"),)))

    said(b"\x00noise", octets[:20], octets[20:], messages=1)

    assert registers(device, "1-0:1.8.0") == [(12345, 0)]
    assert registers(device, "1-0:32.7.0") == [(2298, -1)]
    assert Contact.objects.get(device=device).last_contact_at is not None
    assert not PushRefusal.objects.exists()


def test_a_damaged_read_out_is_passed_over() -> None:
    device = make_speaking_meter()
    good = read_out(IMPORT)

    said(good[:20] + b"\r\n!\r\n" + good, messages=1)

    assert registers(device, "1-0:1.8.0") == [(12345, 0)]


def test_of_several_meters_at_a_converter_the_number_tells_which() -> None:
    others = make_speaking_meter(), make_speaking_meter("12345679")
    many = b"".join(read_out(IMPORT, serial="12345679") for _ in range(5))

    said(many, messages=5)

    assert set(registers(others[1], "1-0:1.8.0")) == {(12345, 0)}
    assert not Series.objects.filter(source=others[0].serial_number, periodicity="on_demand").exists()


def test_a_stranger_is_remembered_with_its_number() -> None:
    said(read_out(IMPORT, serial="42"), messages=1)
    found = DiscoveredDevice.objects.get()
    assert (found.serial_number, found.address) == ("42", "127.0.0.1")


def test_a_device_of_dlms_does_not_speak_text() -> None:
    device = make_pushing_device(host="127.0.0.1", serial_number=SERIAL)
    said(read_out(IMPORT), messages=1)
    assert PushRefusal.objects.get().device == device


def test_the_port_takes_nothing_else() -> None:
    device = make_pushing_device()
    frame = wrapped(pusher_of(device).ciphered(profile_push([1])))
    assert said(frame, b"/" + b"x" * 70_000, messages=0, broken=1) == {"broken": 1}


def test_other_ports_take_no_text() -> None:
    with pytest.raises(ProtocolError):
        list(Frames(65_536).receive(read_out(IMPORT)))
