"""Information without a connection: pushes of meters, whole and segmented, and what is sent to all."""

import pytest

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.hdlc import Address, Frame, HdlcFraming, HdlcSettings, LinkLimits, decode_frame
from protocols.hdlc.control import Kind, control
from tests.protocols.hdlc.line import Line, frames_of
from tests.protocols.hdlc.test_frame import CAPTURES

NOTIFICATION = b"\x0f" + bytes(range(200))
LONG_PUSH = HdlcSettings(LinkLimits(60, 60))


def drain(framing: HdlcFraming, octets: bytes) -> list[bytes]:  # type: ignore[type-arg]
    framing.receive_data(octets)
    return list(iter(framing.next_apdu, None))


def test_a_push_arrives_whole() -> None:
    meter, listener = HdlcFraming.server({1}, 17, client=103), HdlcFraming.listener()
    assert listener.peer is None
    octets = meter.frame(NOTIFICATION)
    first = decode_frame(frames_of(octets)[0])
    assert (str(first.destination), str(first.source), first.control.octet) == ("103", "1/17", 0x03)
    assert drain(listener, octets) == [NOTIFICATION]
    assert listener.peer == 1


def test_a_long_push_is_segmented() -> None:
    """As Iskraemeco AM550 does on its customer port, addressed to client 103."""
    meter, listener = HdlcFraming.server({1}, 17, LONG_PUSH, client=103), HdlcFraming.listener()
    octets = meter.frame(NOTIFICATION)
    frames = frames_of(octets)
    assert len(frames) > 1
    assert drain(listener, octets + octets) == [NOTIFICATION, NOTIFICATION]
    assert drain(listener, b"".join(frames[:-1]) + octets) == [NOTIFICATION]


def test_pushes_of_meters_that_know_no_connection() -> None:
    """Kaifa and other customer ports push in I frames, always with the same numbers."""
    listener = HdlcFraming.listener()
    for name in ("I, push of a HAN port", "I, push of Kaifa MA304"):
        octets = bytes.fromhex(CAPTURES[name][0])
        apdus = drain(listener, octets + octets)
        assert [apdu[0] for apdu in apdus] == [0x0F, 0x0F]
        assert octets[12:].startswith(apdus[0])
    assert listener.outgoing() == b""


def test_a_push_between_request_and_answer() -> None:
    line = Line(HdlcSettings())
    line.open()
    asked = line.client.frame(b"ask")
    push = Frame(Address(16), Address(1, 17, 2), control(Kind.UI, poll=True), b"\xe6\xe7\x00\x0f\x01").encode()
    assert drain(line.client, push) == [b"\x0f\x01"]
    assert line.client.outgoing() == b""
    line.server.receive_data(asked)
    assert line.server.next_apdu() == b"ask"
    assert drain(line.client, line.server.frame(b"answer")) == [b"answer"]


def test_a_listener_sends_nothing() -> None:
    listener = HdlcFraming.listener()
    for send in (listener.open, lambda: listener.frame(b"\xc0")):
        with pytest.raises(LocalProtocolError) as error:
            send()
        assert error.value.cause is Cause.UNEXPECTED
    assert listener.close() == listener.repeat() == b""


def test_a_push_that_never_ends_is_refused() -> None:
    listener = HdlcFraming.listener(HdlcSettings(max_message=1000))
    segment = Frame(Address(16), Address(1), control(Kind.UI, poll=False), bytes(600), True).encode()
    listener.receive_data(segment + segment)
    with pytest.raises(RemoteProtocolError) as error:
        listener.next_apdu()
    assert error.value.cause is Cause.TOO_LARGE


def test_what_is_sent_to_all_gets_no_answer() -> None:
    client = HdlcFraming.client(1, 0x3FFF, 0x3FFF, LONG_PUSH)
    assert client.open() == client.close() == b""
    assert client.is_open
    meters = [HdlcFraming.server({1}, 17), HdlcFraming.server({1, 2}, 18), HdlcFraming.server({1})]
    octets = client.frame(bytes(100))
    for meter in meters:
        assert drain(meter, octets) == [bytes(100)]
        assert (meter.peer, meter.link.called) == (1, None)
        assert meter.frame(b"answer") == b""
        assert drain(meter, Frame(Address(0x7F), Address(1), control(Kind.SNRM, poll=True)).encode()) == []
        assert meter.outgoing() == b""


def test_information_without_connection_is_answered_in_kind() -> None:
    meter = HdlcFraming.server({1}, 17)
    ask = Frame(Address(1, 17, 2), Address(16), control(Kind.UI, poll=True), b"\xe6\xe6\x00ask").encode()
    assert drain(meter, ask) == [b"ask"]
    assert decode_frame(meter.frame(b"answer")).information == b"\xe6\xe7\x00answer"


def test_an_empty_ui_frame_gives_the_turn() -> None:
    """The Green Book's way to let a server send a notification it has prepared."""
    line = Line(HdlcSettings())
    line.open()
    assert line.server.frame(b"\xc2") == b""
    empty = Frame(Address(1, 17, 2), Address(16), control(Kind.UI, poll=True)).encode()
    assert drain(line.server, empty) == []
    assert drain(line.client, line.server.outgoing()) == [b"\xc2"]
    assert drain(line.server, empty) == []
    assert str(decode_frame(line.server.outgoing()).control) == "RR N(R)=0 P/F"


def test_a_message_of_the_header_alone_says_nothing() -> None:
    meter = HdlcFraming.server({1}, 17)
    assert drain(meter, Frame(Address(1), Address(16), control(Kind.UI, poll=False), b"\xff\xe6\x00").encode()) == []
