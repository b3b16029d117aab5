"""Any one frame of a conversation lost, doubled or damaged: the APDU arrives all the same; nothing goes on for ever."""

import itertools
import random
from collections.abc import Callable

import pytest

from protocols.errors import Cause, RemoteProtocolError
from protocols.hdlc import Address, Frame, HdlcFraming, HdlcSettings, decode_frame
from protocols.hdlc.control import Kind, control
from protocols.hdlc.window import Arrival, ReceiveWindow
from tests.protocols.hdlc.line import Line, Spoil, faithful, frames_of, settings

REQUEST = bytes(range(100))
Damage = Callable[[bytes], bytes]
DAMAGES: dict[str, Damage] = {
    "lost": lambda frame: b"",
    "doubled": lambda frame: 2 * frame,
    "tripled": lambda frame: 3 * frame,
    "header flipped": lambda frame: frame[:3] + bytes((frame[3] ^ 0x10,)) + frame[4:],
    "end flipped": lambda frame: frame[:-3] + bytes((frame[-3] ^ 0x10,)) + frame[-2:],
    "opening flag lost": lambda frame: frame[1:],
    "closing flag lost": lambda frame: frame[:-1],
    "cut": lambda frame: frame[:-4],
    "cut in the header": lambda frame: frame[:6],
    "in noise": lambda frame: b"~\xa3" + frame + b"\x00~\xa0",
}


def damaging(damage: Damage, hit: int) -> Spoil:
    """Damage to the one frame with this number."""
    return lambda number, frame: damage(frame) if number == hit else frame


def said(kind: Kind, information: bytes = b"", *, poll: bool = True, **numbers: int) -> bytes:
    """A frame of the server."""
    return Frame(Address(16), Address(1, 17, 2), control(kind, poll=poll, **numbers), information).encode()


def conversation(line: Line) -> None:
    """Set-up, two requests of several segments with their answers, end."""
    line.open()
    for size in (60, 100):
        assert line.ask(REQUEST[:size]) == REQUEST[:size][::-1]
    line.close()
    assert not line.client.is_open


def frames_in(limits: HdlcSettings) -> int:
    line = Line(limits)
    conversation(line)
    return line.crossed


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(("info", "window"), [(128, 1), (20, 1), (20, 2), (20, 4), (9, 7)])
def test_any_single_frame_may_be_damaged(info: int, window: int, damage: str) -> None:
    limits = settings(info, window)
    for number in range(frames_in(limits)):
        conversation(Line(limits, damaging(DAMAGES[damage], number)))


@pytest.mark.parametrize("seed", range(25))
def test_a_bad_line_only_takes_longer(seed: int) -> None:
    rng = random.Random(seed)
    kinds = list(DAMAGES.values())

    def spoil(number: int, frame: bytes) -> bytes:
        return rng.choice(kinds)(frame) if rng.random() < 0.15 else frame

    line = Line(settings(rng.choice((8, 16, 40)), rng.randint(1, 7), retries=30), spoil)
    line.open()
    for size in range(1, 100, 9):
        assert line.ask(REQUEST[:size]) == REQUEST[:size][::-1]


def test_a_silent_meter_is_given_up() -> None:
    line = Line(settings(20, 2, retries=4))
    assert line.client.repeat() == b""
    sent = [line.client.open()]
    with pytest.raises(RemoteProtocolError) as error:
        while True:
            sent.append(line.client.repeat())
    assert error.value.cause is Cause.NO_ANSWER
    assert len(sent) == 5
    assert len(set(sent)) == 1


def test_a_silence_is_met_with_a_question_and_then_with_what_was_lost() -> None:
    line = Line(settings(20, 2))
    line.open()
    lost = line.client.frame(REQUEST)
    kinds = [[str(decode_frame(frame).control) for frame in frames_of(line.client.repeat())] for _ in range(3)]
    assert kinds == [["RR N(R)=0 P/F"], ["I N(S)=0 N(R)=0", "I N(S)=1 N(R)=0 P/F"], ["RR N(R)=0 P/F"]]
    assert len(frames_of(lost)) == 2
    with pytest.raises(RemoteProtocolError):
        line.client.repeat()


def test_a_meter_that_never_takes_a_frame_is_given_up() -> None:
    """It answers every time, so no silence is ever seen."""
    line = Line(settings(20, 1))
    line.open()
    octets = line.client.frame(REQUEST)
    stubborn = said(Kind.RR)
    turns = 0
    with pytest.raises(RemoteProtocolError) as error:
        while octets:
            line.client.receive_data(stubborn)
            assert line.client.next_apdu() is None
            octets = line.client.outgoing()
            turns += 1
    assert error.value.cause is Cause.NO_ANSWER
    assert turns == 3


def test_a_meter_that_always_leaves_a_gap_is_given_up() -> None:
    line = Line(settings(20, 3))
    line.open()
    line.client.frame(b"ask")
    with pytest.raises(RemoteProtocolError) as error:
        for _ in range(10):
            line.client.receive_data(said(Kind.I, b"second", send_number=1, receive_number=1))
            assert line.client.next_apdu() is None
    assert error.value.cause is Cause.NO_ANSWER


def test_progress_earns_new_tries() -> None:
    """Every other frame of a long answer is lost: more than the tries altogether, never twice the same."""
    answers = itertools.count()

    def spoil(number: int, frame: bytes) -> bytes:
        return b"" if decode_frame(frame).source.upper == 1 and next(answers) % 2 else frame

    line = Line(settings(10, 1, retries=2), spoil)
    line.open()
    assert line.ask(REQUEST) == REQUEST[::-1]
    assert line.server.counts.repeated > 5


def test_a_late_copy_of_an_answer_gives_no_turn() -> None:
    line = Line(settings(20, 1))
    line.open()
    line.server.receive_data(line.client.frame(b"ask"))
    assert line.server.next_apdu() == b"ask"
    answer = line.server.frame(b"answer")
    line.client.receive_data(answer)
    assert line.client.next_apdu() == b"answer"
    line.client.frame(b"ask again")
    line.client.receive_data(answer)
    assert line.client.next_apdu() is None
    assert line.client.outgoing() == b""
    assert line.client.counts.ignored == 1


def test_a_silence_ends_a_cut_frame() -> None:
    """The short answer to the question after it would not fill the length that the cut frame announced."""
    line = Line(settings(500, 1))
    line.open()
    line.server.receive_data(line.client.frame(bytes(400)))
    assert line.server.next_apdu() == bytes(400)
    line.client.receive_data(line.server.frame(bytes(400))[:100])
    assert line.client.next_apdu() is None
    line.client.repeat()
    line.client.receive_data(said(Kind.UI, b"\xe6\xe7\x00push"))
    assert line.client.next_apdu() == b"push"


@pytest.mark.parametrize(
    ("window", "number", "arrival"),
    [
        (1, 0, Arrival.EXPECTED),
        (1, 1, Arrival.REPEATED),
        (1, 7, Arrival.REPEATED),
        (3, 2, Arrival.AFTER_GAP),
        (3, 3, Arrival.REPEATED),
        (7, 6, Arrival.AFTER_GAP),
        (7, 7, Arrival.REPEATED),
    ],
)
def test_what_a_number_means(window: int, number: int, arrival: Arrival) -> None:
    assert ReceiveWindow(window, 100).judge(number) is arrival


@pytest.mark.parametrize("poll", [True, False])
def test_rej_is_understood(poll: bool) -> None:
    """The standard has no REJ; what it says is what a checkpoint says."""
    line = Line(settings(20, 3))
    line.open()
    sent = frames_of(line.client.frame(bytes(50)))
    rejected = said(Kind.REJ, poll=poll, receive_number=1)
    line.client.receive_data(rejected)
    assert line.client.next_apdu() is None
    again = frames_of(line.client.outgoing() if poll else b"")
    assert again == (sent[1:] if poll else [])
    assert line.client.counts.repeated == 2


def test_a_busy_meter_is_asked_again() -> None:
    line = Line(settings(20, 1))
    line.open()
    line.client.frame(REQUEST)
    line.client.receive_data(
        Frame(Address(16), Address(1, 17, 2), control(Kind.RNR, poll=True, receive_number=1)).encode()
    )
    assert line.client.next_apdu() is None
    assert line.client.outgoing() == b""
    assert [str(decode_frame(frame).control) for frame in frames_of(line.client.repeat())] == ["RR N(R)=0 P/F"]
    line.client.receive_data(
        Frame(Address(16), Address(1, 17, 2), control(Kind.RR, poll=True, receive_number=1)).encode()
    )
    assert line.client.next_apdu() is None
    assert [str(decode_frame(frame).control) for frame in frames_of(line.client.outgoing())] == ["I N(S)=1 N(R)=0 P/F"]


def test_a_busy_client_gets_no_information() -> None:
    line = Line(settings(20, 1))
    line.open()
    assert line.server.frame(b"waits") == b""
    for kind, said in ((Kind.RNR, "RR N(R)=0 P/F"), (Kind.RR, "I N(S)=0 N(R)=0 P/F")):
        line.server.receive_data(Frame(Address(1, 17, 2), Address(16), control(kind, poll=True)).encode())
        assert line.server.next_apdu() is None
        assert [str(decode_frame(frame).control) for frame in frames_of(line.server.outgoing())] == [said]


def test_frames_of_an_old_connection_change_nothing() -> None:
    client = HdlcFraming.client(16, 1, 17)
    client.open()
    for kind in (Kind.I, Kind.RR, Kind.FRMR):
        client.receive_data(said(kind))
        assert client.next_apdu() is None
    assert client.counts.ignored == 3
    line = Line(settings(20, 1), faithful)
    line.open()
    old = said(Kind.RR, receive_number=6)
    line.client.receive_data(old)
    assert line.client.next_apdu() is None
    assert line.client.counts.ignored == 1
    assert line.ask(b"ask") == b"ksa"
