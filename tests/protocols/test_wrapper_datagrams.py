"""The wrapper over UDP: datagrams that are lost, doubled, late or wrong, and sessions that survive them."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import decode
from protocols.dlms.encoding import integer
from protocols.dlms.exchange import Exchange, associate, get, invoke, release
from protocols.dlms.server import ServerSession
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.wrapper import WrapperDatagrams, WrapperFraming, split_frames
from tests.protocols.parties import ACCESSES, PROFILE, RELAY, TEXT, Meter


def pair() -> tuple[WrapperDatagrams, WrapperDatagrams]:
    return WrapperDatagrams(16, 1), WrapperDatagrams(1)


def drain(framing: WrapperDatagrams) -> list[bytes]:
    return list(iter(framing.next_apdu, None))


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5), st.integers(1, 5))
def test_datagrams_hold_one_or_more_whole_frames(apdus: list[bytes], count: int) -> None:
    numbered = [bytes((number,)) + apdu for number, apdu in enumerate(apdus)]
    client, server = pair()
    frames = split_frames(b"".join(map(client.frame, numbered)))
    assert len(frames) == len(apdus)
    for start in range(0, len(frames), count):
        server.receive_data(b"".join(frames[start : start + count]))
    assert (drain(server), server.peer, server.dropped) == (numbered, 16, 0)


@pytest.mark.parametrize(
    "datagram",
    ["", "0001", "0001001000010000", "0002001000010001c0", "0001001000010002c0", "0001001000020001c0",
     "0001001000010001c000"],
    ids=["nothing", "short", "no APDU", "version", "cut", "other receiver", "octets left over"],
)  # fmt: skip
def test_a_bad_datagram_is_dropped_and_the_next_one_heard(datagram: str) -> None:
    client, server = pair()
    server.receive_data(bytes.fromhex(datagram))
    server.receive_data(client.frame(b"\xc0\x01"))
    assert (drain(server), server.dropped) == ([b"\xc0\x01"], 1)


def test_a_client_hears_only_its_meter() -> None:
    client, _ = pair()
    client.receive_data(WrapperFraming(2, 16).frame(b"\xc4"))
    assert (drain(client), client.dropped) == ([], 1)


def test_a_copy_of_a_request_is_answered_with_the_same_octets_and_not_handled() -> None:
    client, server = pair()
    request = client.frame(b"\xc0\x01")
    server.receive_data(request)
    assert drain(server) == [b"\xc0\x01"]
    answer = server.frame(b"\xc4\x01") + server.frame(b"\x0f")
    assert server.outgoing() == b""
    server.receive_data(request)
    assert (drain(server), server.outgoing(), server.outgoing(), server.copies) == ([], answer, b"", 1)


def test_a_copy_of_a_request_that_is_still_being_answered_is_only_dropped() -> None:
    client, server = pair()
    for _ in range(2):
        server.receive_data(client.frame(b"\xc0\x01"))
    assert (drain(server), server.outgoing()) == ([b"\xc0\x01"], b"")


def test_late_copies_of_older_requests_are_dropped_where_they_are_ciphered() -> None:
    client, server = pair()
    for request, times in ((b"\xc8ciphered", 1), (b"\xc0\x01plain", 2)):
        old, new = client.frame(request), client.frame(request + b"2")
        for datagram in (old, new, old):
            server.receive_data(datagram)
        assert drain(server).count(request) == times


def test_a_client_repeats_its_last_request_and_gives_up() -> None:
    client, server = pair()
    assert (client.repeat(), server.repeat()) == (b"", b"")
    request = client.frame(b"\xc0\x01")
    assert [client.repeat() for _ in range(3)] == [request] * 3
    with pytest.raises(RemoteProtocolError) as error:
        client.repeat()
    assert error.value.cause is Cause.NO_ANSWER
    client.receive_data(WrapperDatagrams(1, 16).frame(b"\xc4"))
    second = client.frame(b"\xc0\x02")
    assert client.repeat() == second


def test_copies_of_answers_are_dropped_also_when_the_next_request_is_out() -> None:
    client, _ = pair()
    first, second = (WrapperDatagrams(1, 16).frame(apdu) for apdu in (b"\xc4\x01\xc1", b"\xc4\x01\xc2"))
    client.frame(b"\xc0\x01\xc1")
    for datagram in (first, first):
        client.receive_data(datagram)
    client.frame(b"\xc0\x01\xc2")
    for datagram in (first, second):
        client.receive_data(datagram)
    assert (drain(client), client.copies) == ([b"\xc4\x01\xc1", b"\xc4\x01\xc2"], 2)


def test_what_waits_unread_is_bounded() -> None:
    server = WrapperDatagrams(1)
    for number in range(40):
        server.receive_data(WrapperFraming(16, 1).frame(bytes((number,)) * 60_000))
    assert server.dropped > 20
    assert len(drain(server)) + server.dropped == 40
    server.receive_data(WrapperFraming(16, 1).frame(b"\xc0"))
    assert drain(server) == [b"\xc0"]


def test_what_a_client_remembers_is_bounded() -> None:
    client = WrapperDatagrams(16, 1)
    for number in range(600):
        client.receive_data(WrapperFraming(1, 16).frame(number.to_bytes(2, "big")))
    assert (len(drain(client)), client.copies) == (600, 0)


def test_there_is_nothing_to_set_up_or_end() -> None:
    client, _ = pair()
    assert (client.is_open, client.open(), client.close(), client.give_turn()) == (True, b"", b"", b"")


def test_what_does_not_fit() -> None:
    with pytest.raises(LocalProtocolError, match="datagram"):
        WrapperDatagrams(16, 1).frame(bytes(65_500))
    with pytest.raises(LocalProtocolError, match="unknown"):
        WrapperDatagrams(1).frame(b"x")


@pytest.mark.parametrize("data", [b"\x00\x01", WrapperFraming(1, 1).frame(b"abc")[:-1]])
def test_only_whole_frames_can_be_split(data: bytes) -> None:
    with pytest.raises(LocalProtocolError):
        split_frames(data)


@given(st.binary(max_size=200), st.booleans())
def test_any_datagram_is_taken_or_dropped(data: bytes, header: bool) -> None:
    server = WrapperDatagrams(1)
    server.receive_data((b"\x00\x01\x00\x10\x00\x01" if header else b"") + data)
    assert (drain(server) == []) is (server.dropped == 1)


class LossyNetwork:
    """Carries datagrams between an exchange and a meter; loses and doubles some of them."""

    def __init__(self, session: ServerSession, seed: int) -> None:
        self._session = session
        self._chance = random.Random(seed)

    def answers(self, data: bytes) -> list[bytes]:
        """What comes back for what a client says."""
        found: list[bytes] = []
        for datagram in self._carried(split_frames(data)):
            found += self._carried(split_frames(self._session.handle(datagram)))
        return found

    def _carried(self, datagrams: list[bytes]) -> list[bytes]:
        arriving: list[bytes] = []
        for datagram in datagrams:
            fate = self._chance.random()
            if fate > 0.15:
                arriving += [datagram] * (2 if fate > 0.8 else 1)
        return arriving


def converse(exchange: Exchange[object], network: LossyNetwork, repeat: Callable[[], bytes]) -> object:
    """Drive an exchange over the network; when nothing comes back, repeat as a transport does."""
    try:
        data = next(exchange)
        while True:
            answers = network.answers(data)
            if not answers:
                data = repeat()
                continue
            data = b""
            for datagram in answers:
                data += exchange.send(datagram)
    except StopIteration as stop:
        return stop.value


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(["password", "both", "general-glo"]), st.sampled_from([0, 1, 4]), st.integers(0, 2**32))
def test_whole_sessions_over_a_lossy_network(access: str, window: int, seed: int) -> None:
    client, terms = ACCESSES[access]()
    meter = Meter(text=b"read me", max_pdu=200, block_window=window)
    connection = ClientConnection(replace(terms, block_window=window), WrapperDatagrams(client, 1, retries=50))
    network = LossyNetwork(ServerSession(meter.device, WrapperDatagrams(1)), seed)

    def run(exchange: Exchange[object]) -> object:
        return converse(exchange, network, connection.repeat)

    run(associate(connection))
    text = run(get(connection, Attribute(1, TEXT, 2)))
    assert isinstance(text, bytes)
    assert decode(text) == b"read me"
    profile = run(get(connection, Attribute(7, PROFILE, 2)))
    assert isinstance(profile, bytes)
    run(invoke(connection, Method(70, RELAY, 1), integer(0)))
    assert len(meter.switched) == 1
    run(release(connection))
