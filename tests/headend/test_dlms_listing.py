"""The objects of a meter by hand: logical and short names, rights, values and what the meter refuses."""

from collections.abc import Callable

import pytest

from headend.by_hand import listing
from headend.by_hand.listing import Listed, list_objects, read_values
from headend.by_hand.printing import as_json, lines_of
from protocols.dlms.base_names import BaseNames
from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import unsigned
from protocols.dlms.exchange import associate, converse
from protocols.dlms.obis import Obis
from protocols.dlms.server import TableObject
from protocols.dlms.services.failure import ExceptionResponse, ServiceError, StateError
from protocols.dlms.tags import DataAccessResult, Mechanism
from protocols.errors import Cause, RemoteProtocolError
from protocols.wrapper import WrapperFraming
from tests.protocols.parties import LLS, PASSWORD, Meter, connect
from tests.protocols.short_parties import IMPORT, IMPORT_BASE, READER, GridMeter

ODD = Obis.parse("0-0:96.50.0")
REFUSAL = ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, ServiceError.OTHER_REASON).encode()
Transfer = Callable[[bytes], bytes]


def odd_meter() -> Meter:
    """A meter with an object of a class nobody knows, of which it refuses an attribute."""
    meter = Meter()
    refused: dict[int, Callable[[object], DataAccessResult]] = {3: lambda _: DataAccessResult.HARDWARE_FAULT}
    meter.device.add(TableObject(9999, 7, ODD, {2: unsigned(5), 4: Encoded(b"\x02\x01\x63")}, selected=refused))
    return meter


def opened(meter: Meter) -> tuple[ClientConnection, Transfer]:
    connection, session = connect(LLS), meter.session()
    converse(associate(connection), session.handle)
    return connection, session.handle


def by_obis(listed: list[Listed], obis: Obis) -> Listed:
    return next(item for item in listed if item.obis == obis)


def test_what_a_meter_refuses_becomes_the_value() -> None:
    connection, transfer = opened(odd_meter())
    listed = converse(list_objects(connection), transfer)
    asked = converse(read_values(connection, listed), transfer)
    odd = by_obis(listed, ODD)
    assert [member.value for member in odd.attributes[1:3]] == ["5", "refused: hardware fault"]
    assert odd.attributes[3].value == "1 element not understood: at octet 2: 0x63 is not a data type"
    assert asked == sum(len(item.attributes) - 1 for item in listed) - 1
    assert f"   {'  2':5} {'-':36} {'read and write':30} 5" in list(lines_of(listed))


def test_a_request_refused_as_a_whole_costs_only_its_object() -> None:
    connection, transfer = opened(Meter())
    listed = converse(list_objects(connection), transfer)
    answers = iter([bytes((0, 1, 0, 1, 0, LLS[0], 0, len(REFUSAL))) + REFUSAL])
    converse(read_values(connection, listed), lambda octets: next(answers, None) or transfer(octets))
    assert "service not allowed" in listed[0].attributes[1].value
    assert listed[1].attributes[1].value == "0"


def test_a_broken_line_ends_the_listing() -> None:
    connection, transfer = opened(Meter())
    listed = converse(list_objects(connection), transfer)
    with pytest.raises(RemoteProtocolError) as error:
        converse(read_values(connection, listed), lambda _: b"\xff" * 16)
    assert error.value.cause is Cause.GARBAGE


def test_no_listing_reads_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MAX_READ", 3)
    connection, transfer = opened(Meter())
    listed = converse(list_objects(connection), transfer)
    assert converse(read_values(connection, listed), transfer) == 3
    assert sum(bool(member.value) for item in listed for member in item.attributes) == 3


def test_a_meter_with_short_names() -> None:
    settings = ClientSettings(Mechanism.LLS, password=PASSWORD, short_names=BaseNames())
    connection, session = ClientConnection(settings, WrapperFraming(READER, 1)), GridMeter().session()
    converse(associate(connection), session.handle)
    listed = converse(list_objects(connection), session.handle)
    converse(read_values(connection, listed), session.handle)
    energy = by_obis(listed, IMPORT)
    assert energy.base == IMPORT_BASE
    assert energy.attributes[2].value.startswith("scaler and unit")
    assert any(line.endswith("base name 0x7d08") for line in lines_of(listed))
    assert {"base_name": IMPORT_BASE}.items() <= as_json([energy])[0].items()
