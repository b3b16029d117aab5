"""Connections over a faithful line: set-up, segments and windows both ways, ends, and what stands on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.hdlc import Address, Frame, HdlcFraming, HdlcSettings, LinkLimits, decode_frame
from protocols.hdlc.client_link import ClientLink
from protocols.hdlc.control import CONTROLS, Kind, control
from protocols.hdlc.server_link import ServerLink
from tests.protocols.hdlc.line import Line, frames_of, settings

REQUEST = bytes(range(256)) * 3
SERVER, CLIENT = Address(1, 17, 2), Address(16)


def from_client(
    kind: Kind, information: bytes = b"", source: Address = CLIENT, to: Address = SERVER, **numbers: int
) -> bytes:
    return Frame(to, source, control(kind, poll=True, **numbers), information).encode()


def from_server(kind: Kind, information: bytes = b"", **numbers: int) -> bytes:
    return Frame(CLIENT, SERVER, control(kind, poll=True, **numbers), information).encode()


def opened(limits: HdlcSettings | None = None) -> Line:
    line = Line(limits or HdlcSettings())
    line.open()
    return line


def server_says(framing: HdlcFraming[ServerLink], octets: bytes) -> list[str]:
    """What a server that has nothing to answer says to some frames."""
    framing.receive_data(octets)
    assert framing.next_apdu() is None
    return [str(decode_frame(frame).control) for frame in frames_of(framing.outgoing())]


def client_hears(framing: HdlcFraming[ClientLink], octets: bytes) -> Cause:
    framing.receive_data(octets)
    with pytest.raises(RemoteProtocolError) as error:
        framing.next_apdu()
    return error.value.cause


@pytest.mark.parametrize("window", range(1, 8))
@pytest.mark.parametrize("info", [1, 5, 32, 128, 2030])
def test_every_window_and_size_carries_messages_both_ways(window: int, info: int) -> None:
    line = opened(settings(info, window))
    for size in (1, info, 3 * info, 700):
        assert line.ask(REQUEST[:size]) == REQUEST[:size][::-1]
    assert line.client.counts.repeated == line.server.counts.repeated == 0
    line.close()
    assert not line.client.is_open
    assert not line.server.is_open


@given(
    st.builds(LinkLimits, st.integers(1, 300), st.integers(1, 300), st.integers(1, 7), st.integers(1, 7)),
    st.builds(LinkLimits, st.integers(1, 300), st.integers(1, 300), st.integers(1, 7), st.integers(1, 7)),
    st.lists(st.binary(min_size=1, max_size=600), max_size=4),
)
def test_any_two_limits_go_together(ours: LinkLimits, theirs: LinkLimits, requests: list[bytes]) -> None:
    line = Line(HdlcSettings(ours))
    line.server = HdlcFraming.server({1}, 17, HdlcSettings(theirs))
    line.open()
    for request in requests:
        assert line.ask(request) == request[::-1]


def test_a_connection_on_the_wire() -> None:
    """Client 16, server 1 in one octet: SNRM, UA, I with the LLC header, RR between segments, DISC, UA."""
    client, server = HdlcFraming.client(16), HdlcFraming.server({1})
    assert client.open().hex() == "7ea0070321930f017e"
    assert server_says(server, client.open()) == ["UA P/F"]
    server.receive_data(client.open())
    assert server.next_apdu() is None
    ua = server.outgoing()
    assert ua.hex().startswith("7ea01e210373")
    client.receive_data(ua)
    assert client.next_apdu() is None
    assert client.is_open
    asked = frames_of(client.frame(b"\xc0" * 200))
    assert [str(decode_frame(frame).control) for frame in asked] == ["I N(S)=0 N(R)=0 P/F"]
    first = decode_frame(asked[0])
    assert first.segmented
    assert first.information == b"\xe6\xe6\x00" + b"\xc0" * 125
    assert server_says(server, asked[0]) == ["RR N(R)=1 P/F"]
    assert server_says(server, client.close()) == ["UA P/F"]
    assert not server.is_open


def test_a_window_ends_with_the_poll_bit() -> None:
    line = opened(settings(50, 3))
    sent = frames_of(line.client.frame(bytes(197)))
    assert [str(decode_frame(frame).control) for frame in sent] == [
        "I N(S)=0 N(R)=0", "I N(S)=1 N(R)=0", "I N(S)=2 N(R)=0 P/F"
    ]  # fmt: skip
    assert server_says(line.server, b"".join(sent)) == ["RR N(R)=3 P/F"]


def test_what_waits_for_the_turn_goes_out_with_it() -> None:
    """A server may prepare several messages; a client gets them as it gives turns."""
    line = opened()
    assert line.server.frame(b"first") == line.server.frame(b"second") == b""
    assert line.ask(b"ask") == b"first"
    assert line.ask(b"ask") == b"second"


def test_an_unanswered_request_gives_the_turn_back() -> None:
    line = opened()
    line.server.receive_data(line.client.frame(b"unconfirmed"))
    assert line.server.next_apdu() == b"unconfirmed"
    assert line.server.outgoing() == b""
    assert line.server.next_apdu() is None
    ready = line.server.outgoing()
    assert str(decode_frame(ready).control) == "RR N(R)=1 P/F"
    line.client.receive_data(ready)
    assert line.client.next_apdu() is None
    assert line.client.outgoing() == b""
    assert line.ask(b"ask") == b"ksa"


def test_a_second_snrm_begins_anew() -> None:
    line = opened()
    assert line.server.frame(b"never sent") == b""
    assert line.ask(b"one") == b"never sent"
    connections = line.server.link.connections
    line.open()
    assert line.ask(b"two") == b"owt"
    assert line.server.link.connections == connections + 1


def test_a_closed_server_says_dm() -> None:
    server = HdlcFraming.server({1}, 17)
    for kind in (Kind.DISC, Kind.RR, Kind.I, Kind.RNR):
        assert server_says(server, from_client(kind, b"\xe6\xe6\x00\xc0" if kind is Kind.I else b"")) == ["DM P/F"]
    assert server_says(server, Frame(SERVER, CLIENT, CONTROLS[0x01]).encode()) == []
    assert server.open() == server.close() == server.repeat() == b""


@pytest.mark.parametrize(
    ("frame", "refused"),
    [
        (from_client(Kind.RR, receive_number=5), "RR N.R.=5 P/F, it acknowledges what was not sent"),
        (Frame(SERVER, CLIENT, CONTROLS[0x7F]).encode(), "control 0x7f, its control field is unknown"),
    ],
)
def test_nonsense_is_rejected_until_a_new_connection(frame: bytes, refused: str) -> None:
    line = opened()
    line.server.receive_data(frame)
    assert line.server.next_apdu() is None
    rejection = line.server.outgoing()
    line.client.receive_data(rejection)
    with pytest.raises(RemoteProtocolError, match=f"rejected an HDLC frame: {refused}") as error:
        line.client.next_apdu()
    assert error.value.cause is Cause.UNEXPECTED
    assert server_says(line.server, from_client(Kind.RR)) == ["FRMR P/F"]
    assert server_says(line.server, Frame(SERVER, CLIENT, CONTROLS[0x01]).encode()) == []
    line.open()
    assert line.ask(b"ask") == b"ksa"


def test_answers_from_a_client_are_no_commands() -> None:
    line = opened()
    assert server_says(line.server, from_client(Kind.UA)) == []
    assert line.server.counts.ignored == 1


def test_dm_is_a_refusal() -> None:
    client = HdlcFraming.client(16, 1, 17)
    client.open()
    assert client_hears(client, from_server(Kind.DM)) is Cause.REJECTED_CONNECTION
    line = opened()
    assert client_hears(line.client, from_server(Kind.DM)) is Cause.REJECTED_CONNECTION
    assert not line.client.is_open
    line.client.receive_data(from_server(Kind.DM))
    assert line.client.next_apdu() is None


def test_dm_ends_a_connection_that_is_being_closed() -> None:
    line = opened()
    line.client.close()
    line.client.receive_data(from_server(Kind.DM))
    assert line.client.next_apdu() is None
    assert line.client.close() == b""


def test_nothing_is_sent_before_the_connection_is_open() -> None:
    for framing in (HdlcFraming.client(16), HdlcFraming.server({1})):
        with pytest.raises(LocalProtocolError) as error:
            framing.frame(b"\xc0")
        assert error.value.cause is Cause.UNEXPECTED


def test_a_frame_without_the_header_of_llc_is_reported() -> None:
    line = opened()
    assert client_hears(line.client, from_server(Kind.I, b"\xc4\x01")) is Cause.GARBAGE
    line.client.receive_data(from_server(Kind.I, b"\xe6\xe6\x00\xc4", send_number=1))
    with pytest.raises(RemoteProtocolError, match="e6e600"):
        line.client.next_apdu()


def test_parameters_that_end_early() -> None:
    client = HdlcFraming.client(16, 1, 17)
    client.open()
    assert client_hears(client, from_server(Kind.UA, b"\x81\x80\x09\x05")) is Cause.GARBAGE
    server = HdlcFraming.server({1}, 17)
    server.receive_data(from_client(Kind.SNRM, b"\x81\x80\x09\x05"))
    with pytest.raises(RemoteProtocolError):
        server.next_apdu()
    assert not server.is_open
    assert not client.is_open


def test_an_endless_message_is_refused() -> None:
    line = opened(HdlcSettings(LinkLimits(2030, 2030), max_message=3000))
    line.client.receive_data(
        b"".join(
            Frame(CLIENT, SERVER, control(Kind.I, poll=False, send_number=number), bytes(2000), True).encode()
            for number in (0, 1)
        )
    )
    with pytest.raises(RemoteProtocolError) as error:
        line.client.next_apdu()
    assert error.value.cause is Cause.TOO_LARGE
    line.client.frame(bytes(2900))
    line.client.frame(bytes(2900))
    with pytest.raises(LocalProtocolError) as local:
        line.client.frame(bytes(2900))
    assert local.value.cause is Cause.TOO_LARGE


def test_a_device_answers_as_its_logical_devices() -> None:
    server = HdlcFraming.server({1, 2}, 17)
    client = HdlcFraming.client(16, 2, 17, HdlcSettings(server_size=4))
    assert (client.peer, server.peer, server.link.called) == (2, None, 1)
    assert server_says(server, client.open()) == ["UA P/F"]
    assert (server.peer, server.link.called) == (16, 2)
    for to in (Address(3, 17, 2), Address(1, 18, 2), Address(3), Address(0x7F)):
        assert server_says(server, from_client(Kind.SNRM, to=to)) == []
    assert server.counts.ignored == 4
    assert server_says(server, from_client(Kind.RR)) == []
    assert server_says(server, from_client(Kind.SNRM, source=Address(1))) == ["UA P/F"]
    assert (server.peer, server.link.called) == (1, 1)


@pytest.mark.parametrize("lower", [0x3FFE, 0x3FFF])
def test_a_single_device_is_reached_without_its_address(lower: int) -> None:
    line = Line(HdlcSettings())
    line.client = HdlcFraming.client(16, 1, lower)
    line.open()
    assert line.ask(b"ask") == b"ksa"
    line.server = HdlcFraming.server({1})
    line.open()
    assert line.ask(b"ask") == b"ksa"
    assert line.server.link.called == 1


def test_a_client_hears_its_own_meter_only() -> None:
    line = opened()
    others = [(Address(16), Address(1, 18, 2)), (Address(17), SERVER), (Address(16), Address(2, 17, 2))]
    for to, source in others:
        line.client.receive_data(Frame(to, source, control(Kind.DM, poll=True)).encode())
    assert line.client.next_apdu() is None
    assert line.client.counts.ignored == 3
    assert line.client.is_open


def test_clients_with_long_addresses() -> None:
    line = Line(HdlcSettings(client_size=2))
    line.open()
    assert line.ask(b"ask") == b"ksa"
    assert line.server.peer == 16
