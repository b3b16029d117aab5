"""Sign-on and hand-over to HDLC, reader against meter, also with noise, silence and parity."""

import pytest

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.hdlc import HdlcFraming
from protocols.iec62056_21 import Identification, LineFormat, ModeE, ModeEMeter

WHO = Identification("ISK", "5", "2", "MT372-3107")
ANSWER = WHO.encode()
CHOICE = b"\x06252\r\n"


def reader(**options: object) -> ModeE:
    return ModeE(HdlcFraming.client(16, 1, 17), **options)  # type: ignore[arg-type]


def meter(**options: object) -> ModeEMeter:
    return ModeEMeter(HdlcFraming.server({1}, 17), WHO, **options)  # type: ignore[arg-type]


def hears(framing: ModeE | ModeEMeter, octets: bytes, size: int = 0) -> bytes:
    """What a side says to some octets, received in pieces of `size`."""
    said = b""
    for start in range(0, len(octets), size or len(octets) or 1):
        framing.receive_data(octets[start : start + (size or len(octets))])
        assert framing.next_apdu() is None
        said += framing.outgoing()
    return said


def signed_on(reader: ModeE, meter: ModeEMeter, size: int = 0) -> None:
    octets = reader.open()
    for _ in range(4):
        octets = hears(reader, hears(meter, octets, size), size)
    assert reader.is_open
    assert meter.is_open


def converse(reader: ModeE, meter: ModeEMeter) -> None:
    meter.receive_data(reader.frame(b"ask"))
    assert meter.next_apdu() == b"ask"
    reader.receive_data(meter.frame(b"answer"))
    assert reader.next_apdu() == b"answer"


@pytest.mark.parametrize("parity", [False, True])
@pytest.mark.parametrize("size", [0, 1, 3])
def test_reader_and_meter_come_together(parity: bool, size: int) -> None:
    ours, theirs = reader(parity=parity), meter(parity=parity)
    signed_on(ours, theirs, size)
    assert ours.identification == WHO
    assert ours.take_line_change() == theirs.take_line_change() == LineFormat(9600)
    assert ours.take_line_change() is None
    assert (ours.peer, theirs.peer) == (1, 16)
    converse(ours, theirs)
    hears(ours, hears(theirs, ours.close()))
    assert not ours.is_open
    assert not theirs.is_open
    signed_on(ours, theirs, size)
    converse(ours, theirs)


def test_what_a_reader_says_octet_for_octet() -> None:
    ours = reader(most_baud=2400)
    assert ours.open() == b"/?!\r\n"
    assert hears(ours, b"\x00\xff/?!\r\n" + ANSWER) == b"\x06232\r\n"
    assert ours.take_line_change() == LineFormat(2400)
    assert not ours.is_open
    assert hears(ours, b"noise\r\n") == b""
    assert hears(ours, b"\x06232\r\n") == HdlcFraming.client(16, 1, 17).open()


def test_a_meter_that_does_not_confirm() -> None:
    ours = reader()
    ours.open()
    assert hears(ours, ANSWER) == CHOICE
    assert ours.repeat() == HdlcFraming.client(16, 1, 17).open()
    assert ours.repeat() == HdlcFraming.client(16, 1, 17).open()


def test_a_meter_that_does_not_answer() -> None:
    ours = reader(address="12345678", retries=2)
    assert ours.repeat() == b""
    assert ours.open() == ours.repeat() == ours.repeat() == b"/?12345678!\r\n"
    with pytest.raises(RemoteProtocolError) as error:
        ours.repeat()
    assert error.value.cause is Cause.NO_ANSWER


@pytest.mark.parametrize(("line", "cause"), [(b"/EMH5ITZ\r\n", Cause.UNSUPPORTED), (b"/E\r\n", Cause.GARBAGE)])
def test_a_meter_without_mode_e(line: bytes, cause: Cause) -> None:
    ours = reader()
    ours.open()
    ours.receive_data(line)
    with pytest.raises(RemoteProtocolError) as error:
        ours.next_apdu()
    assert error.value.cause is cause


def test_nothing_is_sent_before_the_hand_over() -> None:
    for framing in (reader(), meter()):
        with pytest.raises(LocalProtocolError) as error:
            framing.frame(b"\xc0")
        assert error.value.cause is Cause.UNEXPECTED
        assert framing.close() == framing.outgoing() == b""


def test_a_meter_answers_to_its_address() -> None:
    theirs = meter(addresses=frozenset({"0012345678"}))
    assert theirs.open() == theirs.repeat() == b""
    assert hears(theirs, b"/?12345678!\r\n") == ANSWER
    assert hears(theirs, b"/?0000012345678!\r\n") == ANSWER
    assert hears(theirs, b"/?87654321!\r\n") == b""
    assert hears(theirs, b"/?!\r\n") == ANSWER


@pytest.mark.parametrize("size", [0, 1])
def test_a_reader_may_begin_with_hdlc(size: int) -> None:
    """With four octets of server address the length of SNRM is 0x0A, the end of a line."""
    theirs = ModeEMeter(HdlcFraming.server({1}, 200), WHO)
    client = HdlcFraming.client(16, 1, 200)
    client.receive_data(hears(theirs, b"\x00" + client.open(), size))
    assert client.next_apdu() is None
    assert client.is_open


@pytest.mark.parametrize("choice", [b"\x06050\r\n", b"\x06251\r\n", b"\x062A2\r\n"])
def test_a_reader_that_wants_something_else(choice: bytes) -> None:
    theirs = meter()
    hears(theirs, b"/?!\r\n")
    theirs.receive_data(choice)
    with pytest.raises(RemoteProtocolError) as error:
        theirs.next_apdu()
    assert error.value.cause is Cause.UNSUPPORTED
    assert hears(theirs, CHOICE) == b""


def test_any_message_may_be_lost() -> None:
    for hit in range(6):
        ours, theirs = reader(), meter()
        octets, count = ours.open(), 0
        for _ in range(12):
            for side in (theirs, ours):
                octets, count = hears(side, b"" if count == hit else octets), count + 1
            if ours.is_open:
                break
            octets = octets or ours.repeat()
        assert ours.is_open, hit
        converse(ours, theirs)
