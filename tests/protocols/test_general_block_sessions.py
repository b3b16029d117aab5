"""Whole sessions with general block transfer agreed on: long answers, long requests, pushes, and who falls back."""

from dataclasses import replace
from typing import TypeVar

import pytest

from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import decode
from protocols.dlms.encoding import octet_string
from protocols.dlms.exchange import Exchange, associate, converse, get, get_list, invoke, notifications, put, release
from protocols.dlms.general_block import TAG, GeneralBlock
from protocols.dlms.server import ServerSession
from protocols.dlms.services.notification import DataNotification
from protocols.dlms.settings import ServerSettings
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.framing import Framing
from protocols.gateway import GatewayFraming, GatewayRouter, Prefix
from protocols.hdlc import HdlcFraming
from protocols.wrapper import HEADER_SIZE, WrapperDatagrams, WrapperFraming, split_frames
from tests.protocols.parties import ACCESSES, PROFILE, RELAY, TEXT, Meter, byte_by_byte

T = TypeVar("T")
VALUE = bytes(range(256)) * 8
LINES = ["TCP", "UDP", "HDLC"]


def ends(line: str, client: int) -> tuple[Framing, Framing]:
    if line == "HDLC":
        return HdlcFraming.client(client, 1), HdlcFraming.server((1,))
    if line == "UDP":
        return WrapperDatagrams(client, 1), WrapperDatagrams(1)
    return WrapperFraming(client, 1), WrapperFraming(1)


class Talk:
    """A client and a meter with a PDU of 128 octets, and what went over the line between them.

    `near` and `far` are the windows they offer, 0 for none.
    """

    def __init__(self, access: str = "both", *, near: int = 5, far: int = 7, line: str = "TCP") -> None:
        self.meter = Meter(max_pdu=128, text=VALUE, block_window=far)
        client, settings = ACCESSES[access]()
        own, peer = ends(line, client)
        self.client = ClientConnection(replace(settings, block_window=near), own)
        self.session = ServerSession(self.meter.device, peer)
        self.line: list[bytes] = []

    def run(self, exchange: Exchange[T]) -> T:
        return converse(exchange, self.transfer)

    def transfer(self, data: bytes) -> bytes:
        answer = self.session.handle(data)
        self.line += [data, answer]
        return answer

    @property
    def tags(self) -> list[int]:
        """First octets of the APDUs that went over a wrapper."""
        return [frame[HEADER_SIZE] for data in self.line for frame in split_frames(data)]

    def text(self) -> object:
        value = self.run(get(self.client, Attribute(1, TEXT, 2)))
        assert isinstance(value, bytes)
        return decode(value)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("access", ACCESSES)
def test_long_values_in_both_directions(access: str, line: str) -> None:
    talk = Talk(access, line=line)
    talk.run(associate(talk.client))
    assert talk.text() == VALUE
    profile = talk.run(get(talk.client, Attribute(7, PROFILE, 2)))
    assert isinstance(profile, bytes)
    written = talk.run(put(talk.client, Attribute(1, TEXT, 2), octet_string(VALUE[::-1])))
    if written is DataAccessResult.SUCCESS:
        assert talk.text() == VALUE[::-1]
    else:
        assert written is DataAccessResult.READ_WRITE_DENIED
    done = talk.run(invoke(talk.client, Method(70, RELAY, 1), octet_string(VALUE)))
    assert done.result in (ActionResult.SUCCESS, ActionResult.READ_WRITE_DENIED)
    assert talk.meter.switched in ([VALUE], [])
    talk.run(release(talk.client))
    assert talk.session.last_error is None


def test_no_apdu_exceeds_what_was_agreed_on() -> None:
    talk = Talk()
    talk.run(associate(talk.client))
    agreed = len(talk.line)
    talk.run(put(talk.client, Attribute(1, TEXT, 2), octet_string(VALUE)))
    talk.text()
    sizes = {len(frame) - HEADER_SIZE for data in talk.line[agreed:] for frame in split_frames(data)}
    assert max(sizes) == 128


def test_general_blocks_take_the_place_of_those_of_the_services() -> None:
    talk = Talk("password")
    talk.run(associate(talk.client))
    assert talk.client.conformance & Conformance.BLOCK_TRANSFER_GET
    talk.line.clear()
    talk.text()
    assert set(talk.tags) == {0xC0, TAG}


@pytest.mark.parametrize(("near", "far"), [(0, 7), (5, 0)], ids=["client", "meter"])
def test_where_one_side_does_not_offer_them_the_blocks_of_the_service_serve(near: int, far: int) -> None:
    talk = Talk("password", near=near, far=far)
    talk.run(associate(talk.client))
    assert not talk.client.conformance & Conformance.GENERAL_BLOCK_TRANSFER
    talk.line.clear()
    assert talk.text() == VALUE
    assert set(talk.tags) == {0xC0, 0xC4}


def test_lists_travel_whole() -> None:
    talk = Talk()
    talk.run(associate(talk.client))
    results = talk.run(get_list(talk.client, [Attribute(1, TEXT, 2)] * 5))
    assert [decode(result) for result in results if isinstance(result, bytes)] == [VALUE] * 5


def test_octet_by_octet() -> None:
    talk = Talk()
    drip = byte_by_byte(talk.session)
    converse(associate(talk.client), drip)
    value = converse(get(talk.client, Attribute(1, TEXT, 2)), drip)
    assert isinstance(value, bytes)
    assert decode(value) == VALUE


def test_a_second_association_agrees_anew() -> None:
    talk = Talk()
    for _ in range(2):
        talk.run(associate(talk.client))
        assert talk.text() == VALUE
        talk.run(release(talk.client))
    assert talk.session.last_error is None


def test_long_notifications_come_in_blocks_nobody_confirms() -> None:
    talk = Talk()
    talk.run(associate(talk.client))
    pushed = talk.session.push(DataNotification(octet_string(VALUE), invoke=1))
    assert {frame[HEADER_SIZE] for frame in split_frames(pushed)} == {TAG}
    said: list[bytes] = []

    def line(data: bytes) -> bytes:
        said.append(data)
        return pushed

    (heard,) = converse(notifications(talk.client), line)
    assert isinstance(heard, DataNotification)
    assert decode(heard.body) == VALUE
    assert said == [b""]


def test_a_push_in_blocks_outside_an_association() -> None:
    client = ClientConnection(ClientSettings(), WrapperFraming(16, 1))
    apdu = DataNotification(octet_string(VALUE), invoke=7).encode()
    meter = WrapperFraming(1, 16)
    blocks = [GeneralBlock(1, 0, apdu[:1000], window=1), GeneralBlock(2, 0, apdu[1000:], last=True, window=1)]
    client.receive_data(meter.frame(blocks[0].encode()))
    client.next_event()
    assert client.outgoing()[HEADER_SIZE:] == GeneralBlock(1, 1, last=True, window=1).encode()
    client.receive_data(meter.frame(blocks[1].encode()))
    heard = client.next_event()
    assert isinstance(heard, DataNotification)
    assert decode(heard.body) == VALUE


def test_a_meter_that_answers_in_blocks_unasked_is_understood() -> None:
    talk = Talk("password", near=0, far=0)
    talk.run(associate(talk.client))
    meter = WrapperFraming(1, 2)

    def insists(data: bytes) -> bytes:
        (frame,) = split_frames(talk.session.handle(data))
        return meter.frame(GeneralBlock(1, 0, frame[HEADER_SIZE:], last=True, window=1).encode())

    value = converse(get(talk.client, Attribute(1, TEXT, 1)), insists)
    assert isinstance(value, bytes)
    assert decode(value) == TEXT


def test_a_server_that_did_not_agree_knows_no_blocks() -> None:
    session = Meter().session()
    line = WrapperFraming(16, 1)
    answer = session.handle(line.frame(GeneralBlock(1, 0, b"\xc0", last=True, window=1).encode()))
    assert (answer[HEADER_SIZE:].hex(), session.closed) == ("d80202", False)


def test_an_answer_beyond_what_the_client_takes_is_refused() -> None:
    talk = Talk()
    talk.client = ClientConnection(replace(talk.client.settings, max_reply=500), WrapperFraming(1, 1))
    talk.run(associate(talk.client))
    with pytest.raises(RemoteProtocolError) as error:
        talk.text()
    assert error.value.cause is Cause.TOO_LARGE


def test_under_the_prefix_of_a_gateway() -> None:
    meter = Meter(max_pdu=128, text=VALUE, block_window=4)
    near = GatewayFraming(WrapperFraming(2, 1), 0, b"A1")
    router = GatewayRouter(WrapperFraming(1))
    session = ServerSession(meter.device, router.port(Prefix(0, b"A1")))
    client = ClientConnection(replace(ACCESSES["password"]()[1], block_window=3), near)

    def transfer(data: bytes) -> bytes:
        router.receive_data(data)
        return b"".join([session.handle(apdu) for _, apdu in router.requests()])

    converse(associate(client), transfer)
    value = converse(get(client, Attribute(1, TEXT, 2)), transfer)
    assert isinstance(value, bytes)
    assert decode(value) == VALUE


@pytest.mark.parametrize("settings", [ClientSettings, ServerSettings])
def test_windows_that_do_not_exist(settings: type[ClientSettings | ServerSettings]) -> None:
    for window in (-1, 64):
        with pytest.raises(LocalProtocolError):
            settings(block_window=window)


def test_the_window_decides_what_is_offered() -> None:
    general = Conformance.GENERAL_BLOCK_TRANSFER
    assert ClientSettings(block_window=1).conformance & general
    assert not ClientSettings(conformance=general | Conformance.GET).conformance & general
