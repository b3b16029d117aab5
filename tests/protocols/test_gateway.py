"""Meters behind a concentrator: the prefix, whole sessions through it, and everything that must not pass."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import decode
from protocols.dlms.exchange import associate, converse, get, release
from protocols.dlms.server import ServerSession
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.framing import Framing
from protocols.gateway import GatewayFraming, GatewayRouter, Prefix, decode_prefix
from protocols.gateway.prefix import FROM_DEVICE, TO_DEVICE
from protocols.hdlc import HdlcFraming
from protocols.wrapper import WrapperDatagrams, WrapperFraming
from tests.protocols.parties import ACCESSES, TEXT, Meter

NETWORK = 3
ADDRESSES = {b"A1": b"first", b"A2": b"second"}


class Concentrator:
    """A gateway for two meters on one line, with a logical device of its own."""

    def __init__(self, line: Framing) -> None:
        self.router = GatewayRouter(line)
        self.sessions = {
            Prefix(NETWORK, address): ServerSession(Meter(text=text).device, self.router.port(Prefix(NETWORK, address)))
            for address, text in ADDRESSES.items()
        }
        self.heard_itself: list[bytes] = []

    def handle(self, data: bytes) -> bytes:
        """Octets of the line in, octets for the line out."""
        self.router.receive_data(data)
        answers = [self._answer(device, apdu) for device, apdu in self.router.requests()]
        return b"".join(answers) + self.router.outgoing()

    def _answer(self, device: Prefix | None, apdu: bytes) -> bytes:
        if device is None:
            self.heard_itself.append(apdu)
            return self.router.line.frame(b"\x61own")
        session = self.sessions.get(device)
        return session.handle(apdu) if session else self.router.refusal()


LINES: dict[str, Callable[[int], tuple[Framing, Framing]]] = {
    "TCP": lambda client: (WrapperFraming(client, 1), WrapperFraming(1)),
    "UDP": lambda client: (WrapperDatagrams(client, 1), WrapperDatagrams(1)),
    "HDLC": lambda client: (HdlcFraming.client(client, 1), HdlcFraming.server((1,))),
}


def test_the_prefix_of_the_standard() -> None:
    framing = GatewayFraming(WrapperFraming(16, 1), 0, bytes.fromhex("001122"))
    assert framing.frame(b"\xc0\x01").hex() == "0001001000010008" + "e60003001122" + "c001"


@given(st.integers(0, 255), st.binary(min_size=1, max_size=255), st.binary(min_size=1, max_size=40))
def test_every_prefix_comes_back(network: int, address: bytes, apdu: bytes) -> None:
    device = Prefix(network, address)
    assert decode_prefix(device.encode(TO_DEVICE) + apdu) == (device, apdu)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("access", ACCESSES)
def test_meters_behind_one_concentrator_are_read_like_all_others(line: str, access: str) -> None:
    for address, text in ADDRESSES.items():
        client, settings = ACCESSES[access]()
        near, far = LINES[line](client)
        connection, transfer = (
            ClientConnection(settings, GatewayFraming(near, NETWORK, address)),
            Concentrator(far).handle,
        )
        converse(associate(connection), transfer)
        value = converse(get(connection, Attribute(1, TEXT, 2)), transfer)
        assert isinstance(value, bytes)
        assert decode(value) == text
        converse(release(connection), transfer)


@pytest.mark.parametrize("device", [(NETWORK, b"A3"), (NETWORK + 1, b"A1")], ids=["address", "network"])
def test_a_meter_that_the_concentrator_does_not_know(device: tuple[int, bytes]) -> None:
    connection = ClientConnection(ClientSettings(), GatewayFraming(WrapperFraming(16, 1), *device))
    with pytest.raises(RemoteProtocolError, match="does not know or reach") as error:
        converse(associate(connection), Concentrator(WrapperFraming(1)).handle)
    assert error.value.cause is Cause.REJECTED_CONNECTION


def test_the_concentrator_itself_needs_no_prefix() -> None:
    line, concentrator = WrapperFraming(16, 1), Concentrator(WrapperFraming(1))
    line.receive_data(concentrator.handle(line.frame(b"\x60own")))
    assert (line.next_apdu(), concentrator.heard_itself) == (b"\x61own", [b"\x60own"])


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Prefix(NETWORK, b"A2").encode(FROM_DEVICE) + b"\xc4", Cause.UNEXPECTED),
        (Prefix(NETWORK, b"A1").encode(TO_DEVICE) + b"\xc4", Cause.UNEXPECTED),
        (b"\xc4\x01\xc1\x00\x00", Cause.UNEXPECTED),
        (b"\x0e\x06\x00\x02", Cause.REJECTED_CONNECTION),
        (b"\xe7\x03", Cause.GARBAGE),
        (b"\xe7\x03\x02A1", Cause.GARBAGE),
        (b"\xe7\x03\x00A1", Cause.GARBAGE),
    ],
    ids=["other meter", "not an answer", "no prefix", "service error", "cut", "no APDU", "no address"],
)
def test_what_must_not_be_taken_for_the_answer_of_the_meter(answer: bytes, cause: Cause) -> None:
    framing = GatewayFraming(WrapperFraming(16, 1), NETWORK, b"A1")
    framing.receive_data(WrapperFraming(1, 16).frame(answer))
    with pytest.raises(RemoteProtocolError) as error:
        framing.next_apdu()
    assert error.value.cause is cause


@pytest.mark.parametrize(("network", "address"), [(256, b"A"), (-1, b"A"), (0, b""), (0, bytes(256))])
def test_addresses_that_do_not_exist(network: int, address: bytes) -> None:
    with pytest.raises(LocalProtocolError):
        GatewayFraming(WrapperFraming(16, 1), network, address)


def test_a_port_keeps_a_bounded_number_of_apdus() -> None:
    port = GatewayRouter(WrapperFraming(1)).port(Prefix(NETWORK, b"A1"))
    port.receive_data(b"")
    for _ in range(64):
        port.receive_data(b"\xc0")
    with pytest.raises(RemoteProtocolError) as error:
        port.receive_data(b"\xc0")
    assert error.value.cause is Cause.TOO_LARGE
    assert len(list(iter(port.next_apdu, None))) == 64


def test_layers_pass_on_what_is_not_theirs() -> None:
    near = GatewayFraming(HdlcFraming.client(16, 1), NETWORK, b"A1")
    far = GatewayRouter(HdlcFraming.server((1,)))
    port = far.port(Prefix(NETWORK, b"A1"))
    assert (near.is_open, port.is_open, near.peer) == (False, False, 1)
    far.receive_data(near.open())
    assert list(far.requests()) == []
    near.receive_data(far.outgoing())
    assert near.next_apdu() is None
    assert (near.is_open, port.is_open, port.peer) == (True, True, 16)
    assert near.give_turn() != b""
    assert near.give_turn() == b""
    assert near.repeat() != b""
    assert (port.open(), port.close(), port.outgoing(), port.repeat(), port.give_turn()) == (b"",) * 5
    far.receive_data(near.close())
    assert list(far.requests()) == []
    assert port.is_open is False
