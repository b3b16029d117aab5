"""General block transfer: the exchanges of the standard octet by octet, any size over any line, and every bound."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.dlms.general_block import (
    ABORT,
    MAX_NUMBER,
    MAX_WINDOW,
    GeneralBlock,
    block_size,
    decode_general_block,
)
from protocols.dlms.general_block_framing import GeneralBlockFraming
from protocols.dlms.general_block_sides import SendingSide
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.wrapper import WrapperFraming
from tests.protocols.block_lines import Faults, ask, blocks, client_end, frames, heard, server_end

LONG = bytes(range(1, 251)) * 4
REQUEST = b"\xc0\x01\xc1"

# What IDIS meters do: after an ordinary request one block, and streaming once the client's window is known.
FIRST = "e00500010000820002c402"
STREAM = ["e0450002000102dead", "e0450003000102beef", "e0450004000102cafe", "e0450005000102babe", "e0050006000102f00d"]
END = ["e045000700020111", "e085000800020122"]
ANSWER = bytes.fromhex("c402deadbeefcafebabef00d1122")


def wrapped(*apdus: str | GeneralBlock) -> list[bytes]:
    peer = WrapperFraming(1, 1)
    return [peer.frame(bytes.fromhex(each) if isinstance(each, str) else each.encode()) for each in apdus]


def said(octets: bytes) -> list[str]:
    return [frame[8:].hex() for frame in frames(octets)]


def pushing_end() -> GeneralBlockFraming:
    return GeneralBlockFraming(WrapperFraming(1, 1), active=False, max_pdu=20)


def test_an_answer_streamed_in_windows() -> None:
    client = client_end(window=5)
    assert said(client.frame(REQUEST)) == [REQUEST.hex()]
    assert said(heard(client, wrapped(FIRST))[1]) == ["e0850001000100"]
    assert said(heard(client, wrapped(*STREAM))[1]) == ["e0850002000600"]
    assert heard(client, wrapped(*END)) == ([ANSWER], b"")


def test_only_the_gap_is_asked_for_again() -> None:
    client = client_end(window=5)
    client.frame(REQUEST)
    heard(client, wrapped(FIRST))
    assert said(heard(client, wrapped(*STREAM[:2], *STREAM[3:]))[1]) == ["e0810002000300"]
    assert said(heard(client, wrapped("e0050004000202cafe"))[1]) == ["e0850003000600"]
    assert heard(client, wrapped(*END)) == ([ANSWER], b"")


def test_a_peer_that_sends_everything_after_the_gap_again_is_followed() -> None:
    client = client_end(window=5)
    client.frame(REQUEST)
    heard(client, wrapped(FIRST, *STREAM[:2], *STREAM[3:]))
    assert said(heard(client, wrapped(*STREAM[2:]))[1]) == ["e0850003000600"]


def test_a_peer_that_never_ends_its_window_is_confirmed_when_ours_is_full() -> None:
    client = client_end(window=2)
    client.frame(REQUEST)
    streaming = [GeneralBlock(number, 0, b"x", streaming=True, window=2) for number in (1, 2, 3, 4)]
    assert [block.acknowledged for block in blocks(heard(client, wrapped(*streaming))[1])] == [2, 4]


def test_a_long_request_goes_out_in_the_windows_of_the_peer() -> None:
    client, server = client_end(max_pdu=11, window=3), server_end(window=2)
    first = client.frame(bytes(range(1, 15)))
    assert said(first) == ["e003000100000401020304"]
    confirmed = heard(server, frames(first))
    assert (confirmed[0], said(confirmed[1])) == ([], ["e0020001000100"])
    second = heard(client, frames(confirmed[1]))[1]
    assert said(second) == ["e0430002000104" + "05060708", "e0030003000104" + "090a0b0c"]
    third = heard(client, frames(heard(server, frames(second))[1]))[1]
    assert said(third) == ["e0830004000202" + "0d0e"]
    assert heard(server, frames(third)) == ([bytes(range(1, 15))], b"")
    answer = server.frame(b"\xc5\x01\xc1\x00")
    assert said(answer) == ["e0820003000404c501c100"]
    assert heard(client, frames(answer)) == ([b"\xc5\x01\xc1\x00"], b"")


@pytest.mark.parametrize("window", [1, 2, 3, 8, 31, MAX_WINDOW])
@pytest.mark.parametrize("max_pdu", [8, 20, 64, 500])
def test_request_and_answer_of_any_length(window: int, max_pdu: int) -> None:
    client, server = client_end(max_pdu=max_pdu, window=window), server_end(max_pdu=max_pdu, window=64 - window)
    for length in (1, max_pdu, max_pdu + 1, 700):
        answer = LONG[: 701 - length] + b"\x01"
        assert ask(client, server, LONG[:length], lambda _, answer=answer: answer) == answer  # type: ignore[misc]


@settings(deadline=None, max_examples=150)
@given(
    windows=st.tuples(st.integers(1, MAX_WINDOW), st.integers(1, MAX_WINDOW)),
    sizes=st.tuples(st.integers(8, 90), st.integers(8, 90)),
    lengths=st.lists(st.tuples(st.integers(1, 600), st.integers(1, 600)), min_size=1, max_size=3),
    seed=st.integers(0, 2**32),
    chances=st.tuples(*[st.sampled_from([0.0, 0.1, 0.3])] * 3),
)
def test_lossy_lines(
    windows: tuple[int, int],
    sizes: tuple[int, int],
    lengths: list[tuple[int, int]],
    seed: int,
    chances: tuple[float, float, float],
) -> None:
    client = client_end(window=windows[0], max_pdu=sizes[0], retries=60)
    server = server_end(window=windows[1], max_pdu=sizes[1])
    for number, (asked, answered) in enumerate(lengths, start=1):
        # A first request that fits one APDU cannot be repeated by this layer; that is for the layer below.
        request = bytes((number,)) + LONG[: max(asked, sizes[0])]
        answer = bytes((0x80 | number,)) + LONG[:answered]
        received: list[bytes] = []

        def reply(request: bytes, answer: bytes = answer, received: list[bytes] = received) -> bytes:
            received.append(request)
            return answer

        assert ask(client, server, request, reply, Faults(seed + number, *chances)) == answer
        assert received == [request]


@given(st.binary(min_size=1, max_size=300), st.integers(8, 60), st.integers(1, 20))
def test_any_cut_of_the_stream(apdu: bytes, max_pdu: int, step: int) -> None:
    client, server = client_end(max_pdu=max_pdu), server_end(max_pdu=max_pdu)
    apdu = b"\xc0" + apdu
    data, found = client.frame(apdu), []
    while data:
        answers = b""
        for start in range(0, len(data), step):
            server.receive_data(data[start : start + step])
            found += list(iter(server.next_apdu, None))
            answers += server.outgoing()
        data = heard(client, [answers])[1]
    assert found == [apdu]


def test_ordinary_apdus_between_blocks() -> None:
    client, server = client_end(window=5), server_end(window=2, max_pdu=11)
    client.frame(REQUEST)
    heard(client, wrapped(FIRST, *STREAM[:2]))
    assert heard(client, wrapped("c200c0ffee")) == ([bytes.fromhex("c200c0ffee")], b"")
    heard(client, wrapped(*STREAM[2:]))
    assert heard(client, wrapped(*END))[0] == [ANSWER]

    first = wrapped(GeneralBlock(1, 0, b"abcd", window=2))
    assert said(heard(server, first)[1]) == ["e0020001000100"]
    assert heard(server, wrapped("c001c1"))[0] == [REQUEST]
    assert said(server.frame(b"\xc4\x01")) == ["c401"]
    assert heard(server, wrapped(GeneralBlock(2, 1, b"efg", last=True, window=2)))[0] == [b"abcdefg"]


def test_a_push_in_blocks_is_confirmed_by_nobody() -> None:
    meter, listener = pushing_end(), client_end()
    short, long = meter.one_way(b"\x0f123"), meter.one_way(b"\x0f" + LONG[:50])
    assert said(short) == ["0f313233"]
    assert {(block.window, block.acknowledged) for block in blocks(long)} == {(0, 0)}
    assert [block.streaming for block in blocks(long)] == [True] * 3 + [False]
    assert heard(listener, frames(short) + frames(long)) == ([b"\x0f123", b"\x0f" + LONG[:50]], b"")


def test_a_push_with_a_gap_is_reported_and_the_next_one_arrives() -> None:
    meter, listener = pushing_end(), client_end()
    pushes = [frames(meter.one_way(bytes((number,)) + LONG[:50])) for number in (1, 2, 3)]
    with pytest.raises(RemoteProtocolError) as error:
        heard(listener, pushes[0][:1] + pushes[0][2:])
    assert error.value.cause is Cause.BLOCK_LOST
    found, _ = heard(listener, pushes[1][:-1] + pushes[2])
    assert found == [b"\x03" + LONG[:50]]


def test_a_push_that_wants_confirmation_gets_it() -> None:
    listener = client_end(window=4)
    first = wrapped(GeneralBlock(1, 0, b"ab", streaming=True, window=1), GeneralBlock(2, 0, b"cd", last=True, window=1))
    found, confirmation = heard(listener, first)
    assert (found, blocks(confirmation)) == ([b"abcd"], [GeneralBlock(1, 2, last=True, window=4)])


def test_the_same_push_twice_is_two_pushes() -> None:
    listener, push = client_end(), frames(pushing_end().one_way(LONG[:50]))
    assert heard(listener, push * 2)[0] == [LONG[:50]] * 2


def test_no_push_in_the_middle_of_a_transfer() -> None:
    server = server_end(max_pdu=20)
    heard(server, wrapped("c001c1"))
    server.frame(LONG[:50])
    with pytest.raises(LocalProtocolError, match="under way"):
        server.one_way(LONG[:50])


def test_after_silence_a_client_repeats_and_at_last_gives_up() -> None:
    client = client_end(max_pdu=11, retries=2)
    assert client.repeat() == b""
    first = client.frame(LONG[:20])
    assert client.repeat() == first == client.repeat()
    with pytest.raises(RemoteProtocolError) as error:
        client.repeat()
    assert error.value.cause is Cause.NO_ANSWER
    client.frame(REQUEST)
    assert client.repeat() == b""


def test_a_server_answers_a_repeated_last_block_with_its_answer_again() -> None:
    client, server = client_end(max_pdu=40), server_end()
    request = client.frame(LONG[:30] * 2)
    heard(server, frames(request))
    request = heard(client, wrapped("e0020001000100"))[1]
    assert len(heard(server, frames(request))[0]) == 1
    answer = server.frame(b"\xc5\x01")
    found, again = heard(server, frames(client.repeat()))
    assert (found, again) == ([], answer)


def test_a_server_takes_a_short_request_twice() -> None:
    server = server_end()
    request = wrapped(GeneralBlock(1, 0, REQUEST, last=True, window=3))
    for _ in range(2):
        assert heard(server, request)[0] == [REQUEST]
        assert blocks(server.frame(b"\xc4\x01")) == [GeneralBlock(1, 1, b"\xc4\x01", last=True, window=MAX_WINDOW)]


def test_confirmations_without_numbers_of_their_own() -> None:
    client = client_end(max_pdu=11)
    client.frame(LONG[:12])
    assert [block.number for block in blocks(heard(client, wrapped(GeneralBlock(1, 1, last=True, window=4)))[1])] == [
        2,
        3,
    ]
    answer = wrapped(GeneralBlock(1, 3, b"ok", last=True, window=4))
    assert heard(client, answer)[0] == [b"ok"]


def test_an_answer_before_the_request_was_whole_ends_the_request() -> None:
    client = client_end(max_pdu=11)
    client.frame(LONG[:40])
    found, more = heard(client, wrapped(GeneralBlock(1, 1, b"\xd8\x01", streaming=False, window=4)))
    assert (found, [block.data for block in blocks(more)]) == ([], [b""])
    assert heard(client, wrapped(GeneralBlock(2, 1, b"\x01", last=True, window=4)))[0] == [b"\xd8\x01\x01"]


def test_another_answer_replaces_one_that_was_begun() -> None:
    client = client_end()
    client.frame(REQUEST)
    heard(client, wrapped(GeneralBlock(1, 0, b"old", window=4)))
    assert heard(client, wrapped(GeneralBlock(1, 0, b"new", last=True, window=4)))[0] == [b"new"]


def test_a_confirmation_of_what_was_never_sent_changes_nothing() -> None:
    client = client_end(max_pdu=11)
    client.frame(LONG[:20])
    assert heard(client, wrapped(GeneralBlock(1, 9, window=4))) == ([], b"")
    assert len(blocks(heard(client, wrapped(GeneralBlock(2, 1, window=9)))[1])) == 4


@pytest.mark.parametrize("abort", [ABORT, GeneralBlock(2, 0, last=True)], ids=["numbers 0", "empty end"])
def test_a_transfer_broken_off_by_the_peer(abort: GeneralBlock) -> None:
    client, server = client_end(), server_end()
    client.frame(REQUEST)
    begun = wrapped(GeneralBlock(1, 0, b"begun", window=1))
    heard(client, begun)
    with pytest.raises(RemoteProtocolError) as error:
        heard(client, wrapped(abort))
    assert error.value.cause is Cause.REFUSED
    heard(server, begun)
    assert heard(server, wrapped(abort)) == ([], b"")
    assert heard(server, wrapped("c001c1"))[0] == [REQUEST]


def test_breaking_off_tells_the_peer() -> None:
    client = client_end()
    client.frame(REQUEST)
    heard(client, wrapped(FIRST))
    assert said(client.abort()) == ["e0800000000000"]
    assert client.repeat() == b""


def test_an_answer_beyond_the_bound_is_broken_off() -> None:
    client = client_end(max_transfer=100)
    client.frame(REQUEST)
    client.receive_data(wrapped(GeneralBlock(1, 0, LONG[:101], window=1))[0])
    with pytest.raises(RemoteProtocolError) as error:
        client.next_apdu()
    assert error.value.cause is Cause.TOO_LARGE
    assert blocks(client.outgoing()) == [ABORT]


def test_block_numbers_may_not_begin_again() -> None:
    with pytest.raises(LocalProtocolError, match="65536 blocks"):
        client_end(max_pdu=8).frame(bytes(MAX_NUMBER + 1))
    client = client_end()
    client.frame(REQUEST)
    with pytest.raises(RemoteProtocolError, match="used up"):
        for number in range(1, MAX_NUMBER + 1):
            client.receive_data(wrapped(GeneralBlock(number, 0, b"x", streaming=True))[0])
            client.next_apdu()


def test_confirmations_use_up_their_numbers_too() -> None:
    side = SendingSide(ended=False)
    side.load(bytes(MAX_NUMBER - 1), 1)
    side.sent = side.last
    assert side.next_empty() == MAX_NUMBER
    with pytest.raises(RemoteProtocolError, match="used up"):
        side.next_empty()


@pytest.mark.parametrize("window", [0, 64])
def test_windows_that_do_not_exist(window: int) -> None:
    with pytest.raises(LocalProtocolError):
        client_end(window=window)


@pytest.mark.parametrize("octets", ["e0", "e08100010000", "e0810001000005aa", "e0810001000001aabb"])
def test_broken_blocks(octets: str) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        heard(server_end(), wrapped(octets))
    assert error.value.cause is Cause.GARBAGE


@given(st.integers(8, MAX_NUMBER))
def test_a_block_fills_the_pdu_and_never_exceeds_it(max_pdu: int) -> None:
    size = block_size(max_pdu)
    assert len(GeneralBlock(1, 0, bytes(size)).encode()) <= max_pdu
    assert len(GeneralBlock(1, 0, bytes(size + 1)).encode()) > max_pdu


def test_a_pdu_without_room_for_a_block() -> None:
    with pytest.raises(LocalProtocolError):
        block_size(7)


@given(
    st.builds(
        GeneralBlock,
        st.integers(0, MAX_NUMBER),
        st.integers(0, MAX_NUMBER),
        st.binary(max_size=300),
        st.booleans(),
        st.booleans(),
        st.integers(0, MAX_WINDOW),
    )
)
def test_every_block_comes_back(block: GeneralBlock) -> None:
    assert decode_general_block(block.encode()) == block


@pytest.mark.parametrize("seed", range(300))
def test_nothing_a_peer_sends_raises_a_foreign_error_or_fills_the_memory(seed: int) -> None:
    chance = random.Random(seed)
    end = chance.choice([client_end, server_end])(max_pdu=20, window=chance.randint(1, 63), max_transfer=500)
    for _ in range(60):
        number, acknowledged = chance.choices([0, 1, 2, 3, 4, 5, 9, 70, MAX_NUMBER], k=2)
        data, window = chance.choice([b"", b"a", LONG[:30]]), chance.choice([0, 1, 5, 63])
        block = GeneralBlock(number, acknowledged, data, chance.random() < 0.3, chance.random() < 0.5, window)
        if end.peer is not None and chance.random() < 0.1:
            end.frame(LONG[: chance.choice([3, 100])])
        try:
            _, answer = heard(end, wrapped(block))
        except RemoteProtocolError:
            answer = end.outgoing()
        assert len(answer) <= 63 * 28 + 100
        assert all(len(frame) <= 28 for frame in frames(answer))


def test_the_layer_below_sets_up_ends_and_repeats() -> None:
    end = client_end()
    assert (end.is_open, end.peer, end.open(), end.close(), end.outgoing(), end.give_turn()) == (True, 1, *[b""] * 4)


def test_what_waits_to_be_said_is_bounded() -> None:
    server = server_end(max_pdu=60_000)
    heard(server, wrapped("c001c1"))
    server.frame(bytes(63 * 60_000))
    for number in range(1, 100):
        server.receive_data(wrapped(GeneralBlock(number, 0, window=20))[0])
        assert server.next_apdu() is None
    assert len(server.outgoing()) < 2 * 20 * 60_008
