"""Several logical devices behind one endpoint, on one stream."""

import pytest

from protocols.dlms.classes.access import LogicalDeviceEntry, SapAssignment
from protocols.dlms.classes.client import ClientObject
from protocols.dlms.classes.serving.sap import SAP_ASSIGNMENT
from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.exchange import associate, converse
from protocols.dlms.objects import DEVICE_NAME, read_value
from protocols.dlms.physical import MAX_SESSIONS, PhysicalDevice
from protocols.dlms.server import LogicalDevice, public_association
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.wrapper import WrapperFraming
from protocols.wrapper.framing import HEADER
from tests.protocols.parties import METER_TITLE

PUBLIC = 16


def _meter() -> PhysicalDevice:
    public = public_association(SAP_ASSIGNMENT)
    return PhysicalDevice(
        LogicalDevice(name, METER_TITLE, [], [public], sap=sap) for sap, name in ((1, "LGZMETER"), (17, "LGZGAS"))
    )


def _client(port: int, own: int = PUBLIC) -> ClientConnection:
    return ClientConnection(ClientSettings(), WrapperFraming(own, port))


def test_one_stream_reaches_every_device() -> None:
    session = _meter().wrapper_session()
    clients = {port: _client(port) for port in (1, 17)}
    for client in clients.values():
        converse(associate(client), session.handle)
    names = {port: converse(read_value(client, DEVICE_NAME), session.handle) for port, client in clients.items()}
    assert names == {1: b"LGZMETER", 17: b"LGZGAS"}
    assert session.last_error is None


def test_the_first_device_lists_them_all() -> None:
    session, client = _meter().wrapper_session(), _client(1)
    converse(associate(client), session.handle)
    sap = ClientObject(client, SapAssignment, SAP_ASSIGNMENT)
    entries = converse(sap.get(SapAssignment.sap_assignment_list), session.handle)
    assert entries == (LogicalDeviceEntry(1, b"LGZMETER"), LogicalDeviceEntry(17, b"LGZGAS"))


def test_octet_by_octet_and_several_frames_at_once_nothing_changes() -> None:
    session = _meter().wrapper_session()
    first, second = _client(1), _client(17)
    together = first.send(first.association_request()) + second.send(second.association_request())
    answers = b"".join(session.handle(together[i : i + 1]) for i in range(len(together)))
    assert answers == _meter().wrapper_session().handle(together)
    for client in (first, second):
        length = HEADER.unpack_from(answers)[3] + HEADER.size
        client.receive_data(answers[:length])
        answers = answers[length:]
        assert type(client.next_event()).__name__ == "AssociationAccepted"


def test_nobody_lives_at_an_unknown_address() -> None:
    session, client = _meter().wrapper_session(), _client(5)
    with pytest.raises(RemoteProtocolError) as error:
        converse(associate(client), session.handle)
    assert error.value.cause is Cause.CONNECTION_CUT
    assert not session.closed


def test_what_is_no_wrapper_frame_closes_the_stream() -> None:
    session = _meter().wrapper_session()
    assert session.handle(b"GET / HTTP/1.1\r\n") == b""
    assert session.closed
    assert session.last_error is not None
    assert session.handle(bytes(8)) == b""


def test_an_empty_frame_closes_the_stream() -> None:
    session = _meter().wrapper_session()
    session.handle(HEADER.pack(1, PUBLIC, 1, 0))
    assert session.closed
    assert session.last_error is not None


def test_the_clients_of_one_stream_are_bounded() -> None:
    session = _meter().wrapper_session()
    answers = []
    for own in range(1000, 1000 + MAX_SESSIONS + 1):
        client = _client(1, own)
        answers.append(session.handle(client.send(client.association_request())))
    assert all(answers[:-1])
    assert answers[-1] == b""


def test_an_address_belongs_to_one_device() -> None:
    device = LogicalDevice("LGZMETER", METER_TITLE, [], [public_association()])
    with pytest.raises(LocalProtocolError, match="two logical devices have address 1"):
        PhysicalDevice([device, device])


def test_without_a_management_device_nothing_is_listed() -> None:
    device = LogicalDevice("LGZGAS", METER_TITLE, [], [public_association()], sap=17)
    assert PhysicalDevice([device]).device(17) is device
    assert SAP_ASSIGNMENT not in device.objects
