"""Reader against meter in modes A, B and C: readout, password, reading, writing, and lines that lose things."""

import pytest

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.iec62056_21 import Identification, LineFormat, Reader
from protocols.iec62056_21.blocks import Data
from protocols.iec62056_21.characters import strip_parity
from protocols.iec62056_21.reader import PROGRAMMING, Stage
from tests.protocols.iec62056_21.parties import PASSWORD, SHOWN, WHO, Line, Objects, Spoil, meter, programmed

CODES = {"A": "X", "B": "D", "C": "5"}


def test_octets_of_a_session() -> None:
    """Written out by hand from clause 6.3 and the tables of the standard; the checks are those of ISO 1155."""
    line = Line(Reader("0042"), meter())
    programmed(line)
    assert line.run(line.reader.read("1.8.0")) == "1.8.0(0001234.567*kWh)"
    assert line.said == [
        b"/?0042!\r\n",
        b"\x06051\r\n",
        b"\x01P1\x02(00000000)\x03\x61",
        b"\x01R5\x021.8.0()\x03\x5e",
    ]
    assert line.reader.break_off() == b"\x01B0\x03\x71"
    assert line.reader.break_off() == b""


@pytest.mark.parametrize("mode", CODES)
@pytest.mark.parametrize("parity", [False, True])
@pytest.mark.parametrize("size", [0, 1, 7])
def test_every_mode_reads_out_and_opens(mode: str, parity: bool, size: int) -> None:
    reader = Reader(parity=parity)
    line = Line(reader, meter(Identification("OAM", CODES[mode]), parity=parity), size=size)
    assert line.run(reader.sign_on()).mode.value == mode
    sets = line.run(reader.read_out())
    assert [each.address for each in sets] == ["C.1.0", "1.8.0", "1.6.0"]
    assert (sets[1].values[0].number, sets[1].values[0].unit) == ((1234567, -3), "kWh")
    assert len(sets[2].values) == 2
    programmed(line)
    assert line.run(reader.read("1.8.0")) == "1.8.0(0001234.567*kWh)"
    assert any(octet & 0x80 for octet in b"".join(line.said)) is parity


@pytest.mark.parametrize(
    ("code", "most", "rate", "chosen"),
    [("5", None, 9600, b"\x06051\r\n"), ("6", 2400, 2400, b"\x06031\r\n"), ("D", None, 4800, b""), ("X", None, 0, b"")],
)
def test_a_change_of_rate_is_told_and_the_converter_follows(
    code: str, most: int | None, rate: int, chosen: bytes
) -> None:
    """What the converter needs goes out right behind the choice, and once more when all is over."""
    told: list[LineFormat] = []

    def change(to: LineFormat) -> bytes:
        told.append(to)
        return b"\xffB%d" % to.baud_rate

    reader = Reader(most_baud=most, line_change=change)
    line = Line(reader, meter(Identification("OAM", code)))
    line.run(reader.sign_on())
    line.run(reader.program())
    line.run(reader.authenticate(PASSWORD))
    assert told == ([LineFormat(rate, text=True)] if rate else [])
    behind = b"\xffB%d" % rate if rate else b""
    assert b"".join(line.said[1:]).startswith(chosen + behind + b"\x01P1")
    assert line.meter.take_line_change() == LineFormat(rate or 300, text=True)
    assert reader.break_off().endswith(b"\xffB300")


def test_an_answer_in_parts_is_put_together() -> None:
    line = Line(Reader(), meter())
    programmed(line)
    whole = line.run(line.reader.read("P.01", "", code="R5"))
    assert line.run(line.reader.read("P.01", "a;b", code="R6")) == whole
    assert line.said.count(b"\x06") > 10


def test_a_value_is_written_and_a_refusal_is_told() -> None:
    line = Line(Reader(), meter())
    programmed(line)
    line.run(line.reader.write("0.9.1", "0103000"))
    assert line.meter._holdings.read("0.9.1", "") == "0.9.1(0103000)"
    for exchange, words in (
        (line.reader.write("0.9.2", "x"), "ER07 to W5 0.9.2"),
        (line.reader.read("9.9.9"), "ER05 to R5 9.9.9"),
    ):
        with pytest.raises(RemoteProtocolError, match=words) as error:
            line.run(exchange)
        assert error.value.cause is Cause.REFUSED


def test_a_wrong_password_is_an_authentication_that_failed() -> None:
    line = Line(Reader(), meter())
    line.run(line.reader.sign_on())
    line.run(line.reader.program())
    with pytest.raises(RemoteProtocolError) as error:
        line.run(line.reader.authenticate("11111111"))
    assert error.value.cause is Cause.AUTHENTICATION_FAILED
    with pytest.raises(RemoteProtocolError, match="ER02"):
        line.run(line.reader.read("1.8.0"))
    line.run(line.reader.authenticate(PASSWORD))
    assert line.run(line.reader.read("1.8.0"))


@pytest.mark.parametrize("password", ["", "1" * 33, "a(b)", "p\x03", "pässword"])
def test_what_cannot_be_a_password_is_not_sent_and_not_shown(password: str) -> None:
    line = Line(Reader(), meter())
    line.run(line.reader.sign_on())
    line.run(line.reader.program())
    with pytest.raises(LocalProtocolError) as error:
        line.run(line.reader.authenticate(password))
    assert error.value.cause is Cause.INVALID_VALUE
    assert not password or password not in str(error.value)


def test_another_address_is_not_answered() -> None:
    line = Line(Reader("43"), meter())
    with pytest.raises(RemoteProtocolError) as error:
        line.run(line.reader.sign_on())
    assert error.value.cause is Cause.NO_ANSWER
    assert line.said == [b"/?43!\r\n"] * 4


def _flipped(octets: bytes) -> bytes:
    middle = len(octets) // 2
    return octets[:middle] + bytes((octets[middle] ^ 1,)) + octets[middle + 1 :]


def _hit(numbers: range, spoilt: Spoil) -> Spoil:
    return lambda number, octets: spoilt(number, octets) if number in numbers else octets


def _flip(_number: int, octets: bytes) -> bytes:
    return _flipped(octets)


def _cut(_number: int, octets: bytes) -> bytes:
    return octets[: len(octets) // 2]


def _lose(_number: int, _octets: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("spoilt", [_flip, _cut])
@pytest.mark.parametrize("size", [0, 1])
def test_a_part_that_is_damaged_three_times_still_comes_home(spoilt: Spoil, size: int) -> None:
    """A bit turned over is seen by the check, an end that is missing by the silence behind it."""
    line = Line(Reader(), meter())
    programmed(line)
    before = line.answers
    whole = line.run(line.reader.read("P.01", code="R6"))
    parts = line.answers - before
    assert parts > 6
    spoilt_line = Line(line.reader, line.meter, size=size, spoil=_hit(range(3, 6), spoilt))
    assert spoilt_line.run(line.reader.read("P.01", code="R6")) == whole
    assert spoilt_line.answers == parts + 3


@pytest.mark.parametrize("spoilt", [_flip, _cut])
def test_a_part_that_is_damaged_each_time_ends_as_garbage(spoilt: Spoil) -> None:
    line = Line(Reader(), meter())
    programmed(line)
    bad = Line(line.reader, line.meter, spoil=_hit(range(2, 99), spoilt))
    with pytest.raises(RemoteProtocolError) as error:
        bad.run(line.reader.read("P.01", code="R6"))
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize("lost", [range(1, 3), range(2, 5), range(4, 5)])
def test_messages_that_are_lost_are_said_again(lost: range) -> None:
    """The identification, the beginning of programming mode, the answer to a read."""
    line = Line(Reader(), meter(), spoil=_hit(lost, _lose))
    programmed(line)
    assert line.run(line.reader.read("1.8.0")) == "1.8.0(0001234.567*kWh)"


def test_a_write_is_never_sent_twice() -> None:
    objects = Objects()
    line = Line(Reader(), meter(objects=objects))
    programmed(line)
    exchange = line.reader.write("0.9.1", "0103000")
    next(exchange)
    assert line.reader.repeat() == b""


def test_noise_in_place_of_a_meter_is_garbage() -> None:
    line = Line(Reader(), meter(), spoil=lambda _number, octets: bytes(0x30 + o % 8 for o in octets))
    with pytest.raises(RemoteProtocolError) as error:
        line.run(line.reader.sign_on())
    assert error.value.cause is Cause.GARBAGE


def test_an_echo_of_the_line_is_passed_over() -> None:
    """Converters with two wires give back what is sent."""
    line = Line(Reader(), meter())
    exchange = line.reader.sign_on()
    request = next(exchange)
    exchange.send(request)
    with pytest.raises(StopIteration):
        exchange.send(WHO.encode())
    exchange2 = line.reader.program()
    option = next(exchange2)
    exchange2.send(option)
    with pytest.raises(StopIteration):
        exchange2.send(b"\x01P0\x02()\x03\x60")
    reading = line.reader.read("1.8.0")
    question = next(reading)
    assert reading.send(question) == b""
    with pytest.raises(StopIteration) as stop:
        reading.send(Data("1.8.0(1)").encode())
    assert stop.value.value == "1.8.0(1)"


def test_a_meter_that_breaks_off_is_understood() -> None:
    line = Line(Reader(), meter())
    programmed(line)
    reading = line.reader.read("1.8.0")
    next(reading)
    with pytest.raises(RemoteProtocolError, match="breaks off") as error:
        reading.send(b"\x01B0\x03\x71")
    assert error.value.cause is Cause.CONNECTION_CUT


def test_a_meter_asked_again_and_again_breaks_off() -> None:
    said = meter()
    said.handle(b"/?!\r\n")
    assert said.handle(b"\x06050\r\n").startswith(b"\x02" + SHOWN.encode())
    assert [said.handle(b"\x15")[:1] for _ in range(4)] == [b"\x02", b"\x02", b"\x02", b"\x01"]
    assert said.handle(b"/?!\r\n") == WHO.encode()


def test_the_order_of_things_is_kept() -> None:
    reader = Reader()
    for exchange in (reader.program(), reader.read_out(), reader.read("1.8.0"), reader.authenticate(PASSWORD)):
        with pytest.raises(LocalProtocolError):
            next(exchange)
    line = Line(reader, meter())
    line.run(reader.sign_on())
    assert reader.stage is Stage.SIGNED_ON
    line.run(reader.read_out())
    with pytest.raises(LocalProtocolError):
        line.run(reader.program())
    said = meter()
    assert said.handle(b"\x06051\r\n") == b""
    assert said.handle(b"\x01R5\x021.8.0()\x03\x5e") == b""


@pytest.mark.parametrize("option", [b"\x06251\r\n", b"\x060A1\r\n", b"\x06057\r\n"])
def test_a_meter_ignores_choices_it_does_not_offer(option: bytes) -> None:
    said = meter()
    said.handle(b"/?!\r\n")
    assert said.handle(option) == b""
    assert said.handle(b"\x0605" + PROGRAMMING.encode() + b"\r\n") == b""


def test_parity_is_of_every_octet() -> None:
    reader = Reader("42", parity=True)
    request = next(reader.sign_on())
    assert all(octet.bit_count() % 2 == 0 for octet in request)
    assert strip_parity(request) == b"/?42!\r\n"


def test_a_meter_that_floods_is_left() -> None:
    line = Line(Reader(), meter())
    programmed(line)
    reading = line.reader.read("1.8.0")
    next(reading)
    with pytest.raises(RemoteProtocolError) as error:
        reading.send(b"\x02" + b"1" * (1 << 19))
    assert error.value.cause is Cause.TOO_LARGE
    parts = line.reader.read("P.01", code="R6")
    next(parts)
    block = b"\x02" + b"1" * 200_000 + b"\x04"
    with pytest.raises(RemoteProtocolError) as error:
        for _ in range(99):
            parts.send(block + bytes((0x04,)))
    assert error.value.cause is Cause.TOO_LARGE
