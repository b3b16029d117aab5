"""Compact data in pushes: what one buffer packs is understood like attributes pushed one by one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from devices.described_messages import CompactTemplate, compact_data_of
from headend.knowledge import Knowledge
from headend.listener.elements import elements_of
from headend.listener.meaning import Understood, understand
from protocols.dlms.clock import encode_datetime
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import octet_string
from protocols.dlms.obis import Obis
from protocols.dlms.services.notification import decode_data_notification
from protocols.errors import RemoteProtocolError
from tests.headend.listener.pushing import (
    ALARMS,
    CLOCK,
    IMPORT,
    PROFILE,
    START,
    listed,
    make_pushing_device,
    notification,
    rows,
)
from tests.headend.outcomes import known_now

pytestmark = pytest.mark.django_db

COMPACT = Obis.parse("0-0:66.0.1")
LATER = START + timedelta(minutes=7)
DESCRIBED = {
    str(COMPACT): [
        {
            "template_id": 7,
            "types": "0204 11 09 06 06",
            "elements": [
                {"class_id": 62, "obis": str(COMPACT), "attribute": 4},
                {"class_id": 8, "obis": str(CLOCK), "attribute": 2},
                {"class_id": 3, "obis": str(IMPORT), "attribute": 2},
                {"class_id": 1, "obis": str(ALARMS), "attribute": 2},
            ],
        }
    ]
}
BUFFER = b"\x07\x0c" + encode_datetime(LATER) + (123_456).to_bytes(4, "big") + (2).to_bytes(4, "big")


@pytest.fixture
def known() -> Knowledge:
    found = known_now(make_pushing_device())
    return replace(found, description=replace(found.description, compact_data=compact_data_of(DESCRIBED)))


def pushed(known: Knowledge, buffer: bytes, *more: tuple[Attribute, Encoded]) -> Understood:
    body = listed((Attribute(62, COMPACT, 2), octet_string(buffer)), *more)
    said = decode_data_notification(notification(body))
    return understand(elements_of(said, {}, None), known, START)


def test_registers_clock_and_alarms_come_out_of_a_buffer(known: Knowledge) -> None:
    found = pushed(known, BUFFER)
    (register,) = found.readings.registers
    assert (register.obis, register.value, register.at, found.left) == (IMPORT, 123_456, LATER, [])
    (log,) = found.readings.logs
    assert [entry.code for entry in log.entries] == [1]


def test_rows_beside_a_buffer_are_understood_too(known: Knowledge) -> None:
    found = pushed(known, BUFFER, (Attribute(7, PROFILE, 2), rows([5, 6])))
    assert len(found.readings.registers) == len(found.readings.profiles) == 1


@pytest.mark.parametrize("buffer", [b"\x08" + BUFFER[1:], b""])
def test_a_buffer_of_another_template_is_named_not_guessed(buffer: bytes, known: Knowledge) -> None:
    found = pushed(known, buffer)
    assert found.left == [f"the template of compact data {COMPACT} is not described"]
    assert not found.readings.registers


@pytest.mark.parametrize("buffer", [BUFFER[:-1], BUFFER + b"\x07"])
def test_a_buffer_that_does_not_fit_its_template_is_garbage(buffer: bytes, known: Knowledge) -> None:
    with pytest.raises(RemoteProtocolError):
        pushed(known, buffer)


def test_a_template_without_its_id_fits_every_buffer() -> None:
    template = CompactTemplate(3, bytes.fromhex("020111"), (Attribute(1, ALARMS, 2),))
    assert template.fits(b"\x01") and template.fits(b"\x03")
