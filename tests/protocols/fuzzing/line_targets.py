"""Decoders of what lies on a line: frames, streams, datagrams, and both ends of the links."""

from collections.abc import Callable, Iterator
from datetime import UTC

from protocols.dlms.general_block_framing import GeneralBlockFraming
from protocols.errors import ProtocolError
from protocols.framing import Framing
from protocols.gateway import GatewayFraming, GatewayRouter, Prefix, decode_prefix
from protocols.gateway.prefix import FROM_DEVICE, TO_DEVICE
from protocols.hdlc import Address, Frame, HdlcFraming, HdlcSettings, LinkLimits, decode_frame
from protocols.hdlc.control import CONTROLS
from protocols.iec62056_21 import Identification, Listener, ModeE, ModeEMeter, Reader
from protocols.iec62056_21.blocks import BlockBuffer, Command, Data, Message
from protocols.iec62056_21.data_sets import decode_read_out
from protocols.iec62056_21.messages import decode_identification, decode_option, decode_request
from protocols.iec62056_21.profiles import decode_profile
from protocols.mbus import MbusFraming
from protocols.mbus.frame import MbusFrame
from protocols.mbus.frame import decode_frame as decode_mbus
from protocols.wrapper import WrapperDatagrams, WrapperFraming
from tests.protocols.fuzzing.checking import Target
from tests.protocols.fuzzing.mutation import packed, unpacked
from tests.protocols.fuzzing.recorded import apdus, crossing
from tests.protocols.iec62056_21 import parties as text
from tests.protocols.mbus.published import PUSH

LIMITS = HdlcSettings(LinkLimits(40, 40, 3, 3), max_message=500)
CLIENT, SERVER = Address(16), Address(1, 17, 2)
TEXTS = [b"/?!\r\n", b"/ISK5\\2MT372\r\n", b"\x06252\r\n", b"/?12345678!\r\n"]
MOST_APDUS = 1 << 16
PROFILE_TEXT = "P.01(02611211045)(08)(15)(2)(1.8.0)(kWh)(2.8.0)(kWh)\r\n(012345.678)(000012.345)\r\n"


def _drained(framing: Framing) -> Iterator[bytes]:
    """The APDUs there are; each is not empty, and there is an end of them."""
    for _ in range(MOST_APDUS):
        apdu = framing.next_apdu()
        framing.outgoing()
        if apdu is None:
            return
        assert apdu, "an empty APDU"
        yield apdu
    raise AssertionError("APDUs without end")


def _hearing(make: Callable[[], Framing]) -> Callable[[bytes], object]:
    """An end that is given the messages of the input one by one, asks in between, and goes on after refusals."""

    def take(octets: bytes) -> None:
        framing = make()
        for number, part in enumerate(unpacked(octets)):
            try:
                framing.receive_data(part)
                for apdu in _drained(framing):
                    framing.frame(apdu[:600])
                if number % 3 == 2:
                    framing.repeat()
            except ProtocolError as error:
                assert str(error)

    return take


def _asked(framing: Framing) -> Framing:
    """A client that waits for something."""
    framing.open()
    if framing.is_open:
        framing.frame(b"\xc0\x01\xc1")
    return framing


def _hdlc_frames(make: Callable[[], Framing], to: Address, source: Address) -> Callable[[bytes], object]:
    """As `_hearing`, but each message is a control octet and information in a frame with good checks."""
    hear = _hearing(make)

    def take(octets: bytes) -> None:
        parts = [part for part in unpacked(octets) if part]
        hear(packed([Frame(to, source, CONTROLS[part[0]], part[1:2000]).encode() for part in parts]))

    return take


def _controls(response: bool) -> list[bytes]:
    """What the other end says in a good connection, by control octets."""
    llc = b"\xe6\xe7\x00" if response else b"\xe6\xe6\x00"
    first = b"\x73\x81\x80\x12\x05\x01\x28\x06\x01\x28\x07\x04\x00\x00\x00\x03\x08\x04\x00\x00\x00\x03"
    opening = first if response else b"\x93" + first[1:]
    data = [bytes((control,)) + llc + b"\xc4\x01\xc1\x00\x11\x05" for control in (0x30, 0x52, 0x74, 0x13)]
    others = [b"\x11", b"\x31", b"\x15", b"\x19", b"\x53", b"\x1f", b"\x97\x00\x00\x00"]
    return [packed([opening, *data]), *(packed([opening, data[0], other, data[1]]) for other in others)]


def _stream(name: str) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        pieces = crossing(name)
        return [packed(pieces[start : start + 6]) for start in range(0, len(pieces), 6)]

    return seeds


def _general_blocks() -> list[bytes]:
    frames = [frame for frame in crossing("GBT 6") if frame[8] == 0xE0]
    return [packed(frames[start : start + 5]) for start in range(0, len(frames), 5)]


def _prefixed() -> list[bytes]:
    return [Prefix(3, b"A1").encode(direction) + apdu for direction in (TO_DEVICE, FROM_DEVICE) for apdu in apdus()[:9]]


def _routed(octets: bytes) -> object:
    """A gateway's side: whom each request is for, and its answer."""
    router = GatewayRouter(WrapperFraming(1))
    router.receive_data(octets)
    for _ in range(MOST_APDUS):
        for device, apdu in router.requests():
            port = router.port(device or Prefix(0, b"0"))
            port.receive_data(apdu)
            port.frame(port.next_apdu() or b"\xd8")
        return None
    return None


def _text(octets: bytes) -> str:
    return octets.decode("latin-1")


def _read_in_text(octets: bytes) -> None:
    """A reader that is answered with the messages of the input, one after the other, through a whole session."""
    reader, parts = Reader(), iter(unpacked(octets))
    session = (reader.sign_on, reader.program, lambda: reader.authenticate("1"), lambda: reader.read("P.01", code="R6"))
    for conversation in session:
        exchange = conversation()
        try:
            next(exchange)
            for part in parts:
                exchange.send(part)
                reader.repeat()
        except StopIteration:
            continue
        break
    assert reader.break_off() in (b"", Command("B0").encode())


def _blocks_in(octets: bytes) -> list[Message]:
    buffer, found = BlockBuffer(), []
    buffer.receive(octets)
    while (message := buffer.next_message()) is not None:
        found.append(message)
    return found


def _listened(octets: bytes) -> None:
    listener = Listener()
    listener.receive_data(octets)
    while listener.next_read_out() is not None:
        pass


def _meter_in_text(octets: bytes) -> None:
    meter = text.meter()
    for part in unpacked(octets):
        meter.handle(part)


def _answers_in_text() -> list[bytes]:
    said = [text.WHO.encode(), Command("P0", "()").encode(), b"\x06"]
    return [packed([*said, Data(PROFILE_TEXT, more=True).encode(), Data("(1)(2)").encode()]), packed([*said, b"\x15"])]


def _questions_in_text() -> list[bytes]:
    asked = [Command("P1", "(00000000)"), Command("R6", "P.01(;)"), Command("W5", "0.9.1(0101010)"), Command("B0")]
    programming = [b"/?!\r\n", b"\x06051\r\n", *(command.encode() for command in asked), b"\x06", b"\x15"]
    return [packed(programming), packed([b"/?0042!\r\n", b"\x06050\r\n", b"\x15"])]


def _behind_wrapper(octets: bytes) -> bytes:
    return WrapperFraming(16, 1).frame(octets[:60_000])


def _one_mbus(value: MbusFrame) -> bytes:
    return value.encode()


TARGETS = (
    Target("HDLC frame", decode_frame, lambda: list(crossing("HDLC")), Frame.encode),
    Target("HDLC client", _hearing(lambda: _asked(HdlcFraming.client(16, 1, 17, LIMITS))), _stream("HDLC"), seconds=3),
    Target("HDLC server", _hearing(lambda: HdlcFraming.server({1}, 17, LIMITS)), _stream("HDLC"), seconds=3),
    Target("HDLC listener", _hearing(lambda: HdlcFraming.listener(LIMITS)), _stream("HDLC"), seconds=3),
    Target(
        "HDLC client link",
        _hdlc_frames(lambda: _asked(HdlcFraming.client(16, 1, 17, LIMITS)), CLIENT, SERVER),
        lambda: _controls(True),
        seconds=3,
    ),
    Target(
        "HDLC server link",
        _hdlc_frames(lambda: HdlcFraming.server({1}, 17, LIMITS), SERVER, CLIENT),
        lambda: _controls(False),
        seconds=3,
    ),
    Target(
        "mode E reader",
        _hearing(lambda: _asked(ModeE(HdlcFraming.client(16, 1, 17)))),
        lambda: [packed(TEXTS)],
        seconds=3,
    ),
    Target(
        "mode E meter",
        _hearing(lambda: ModeEMeter(HdlcFraming.server({1}, 17), Identification("ISK", "5", "2"))),
        lambda: [packed(TEXTS)],
        seconds=3,
    ),
    Target("text reader", _read_in_text, _answers_in_text, seconds=3),
    Target("text meter", _meter_in_text, _questions_in_text, seconds=3),
    Target("text blocks", _blocks_in, lambda: [b"".join(unpacked(each)) for each in _answers_in_text()]),
    Target("text listener", _listened, lambda: [b"/OAM3EC2\r\n\r\n1.8.0(0012.5*kWh)\r\n!\r\n"], seconds=3),
    Target("data readout", lambda octets: decode_read_out(_text(octets)), lambda: [text.SHOWN.encode()], seconds=4),
    Target(
        "text profile", lambda octets: decode_profile(_text(octets), UTC), lambda: [PROFILE_TEXT.encode()], seconds=4
    ),
    Target("identification", decode_identification, lambda: TEXTS),
    Target("option", decode_option, lambda: TEXTS),
    Target("request", decode_request, lambda: TEXTS),
    Target("wrapper client", _hearing(lambda: _asked(WrapperFraming(16, 1))), _stream("TCP"), seconds=3),
    Target("wrapper server", _hearing(lambda: WrapperFraming(1)), _stream("TCP"), seconds=3),
    Target("datagrams at a client", _hearing(lambda: _asked(WrapperDatagrams(16, 1))), _stream("UDP"), seconds=3),
    Target("datagrams at a server", _hearing(lambda: WrapperDatagrams(1)), _stream("UDP"), seconds=3),
    Target(
        "general blocks at a client",
        _hearing(lambda: _asked(GeneralBlockFraming(WrapperFraming(1, 1), active=True, window=6, max_pdu=64))),
        _general_blocks,
        seconds=3,
    ),
    Target(
        "general blocks at a server",
        _hearing(lambda: GeneralBlockFraming(WrapperFraming(1), active=False, window=6, max_pdu=64)),
        _general_blocks,
        seconds=3,
    ),
    Target("gateway prefix", decode_prefix, _prefixed, lambda found: found[0].encode(TO_DEVICE) + found[1]),
    Target(
        "gateway client",
        _hearing(lambda: _asked(GatewayFraming(WrapperFraming(16, 1), 3, b"A1"))),
        _stream("gw TCP"),
        seconds=3,
    ),
    Target("gateway", lambda octets: _routed(_behind_wrapper(octets)), _prefixed, seconds=4),
    Target("M-Bus frame", decode_mbus, lambda: [PUSH, PUSH[:256]], _one_mbus),
    Target(
        "M-Bus stream",
        _hearing(lambda: MbusFraming(1)),
        lambda: [packed([PUSH, PUSH]), packed([PUSH[:99], PUSH[99:]])],
        seconds=3,
    ),
)
