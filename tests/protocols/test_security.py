"""Ciphers: round trips, what can be told apart when something is wrong, counters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms.security import OVERHEAD, Cipher, KeySet, ReceiveCounter, Security, SendCounter
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from tests.protocols.parties import CLIENT_TITLE, KEYS, METER_TITLE, OTHER_KEY

PLAIN = bytes.fromhex("c001c100080000010000ff0200")
LEVELS = [Security.AUTHENTICATED, Security.ENCRYPTED, Security.BOTH]


def pair(keys: KeySet = KEYS, title: bytes = CLIENT_TITLE) -> tuple[Cipher, Cipher]:
    """A client's cipher and a meter's with other keys or another idea of the client's title."""
    client = Cipher(KEYS, CLIENT_TITLE, SendCounter(5), ReceiveCounter())
    meter = Cipher(keys, METER_TITLE, SendCounter(), ReceiveCounter(4))
    client.peer_title, meter.peer_title = METER_TITLE, title
    return client, meter


def cause_of(meter: Cipher, protected: bytes) -> Cause:
    with pytest.raises(RemoteProtocolError) as error:
        meter.open(protected)
    return error.value.cause


@given(st.binary(min_size=2, max_size=500).map(lambda tail: b"\xc0\x01" + tail), st.sampled_from(LEVELS))
def test_every_level_round_trips(plain: bytes, level: Security) -> None:
    client, meter = pair()
    protected = client.protect(plain, level)
    assert protected[:5] == bytes((level,)) + b"\x00\x00\x00\x05"
    assert len(protected) == len(plain) + (5 if level is Security.ENCRYPTED else OVERHEAD)
    assert (plain in protected) is (level is Security.AUTHENTICATED)
    assert meter.open(protected) == (plain, level)


@given(st.sampled_from((Security.AUTHENTICATED, Security.BOTH)), st.data())
def test_any_altered_octet_is_noticed_and_moves_no_counter(level: Security, data: st.DataObject) -> None:
    client, meter = pair()
    protected = bytearray(client.protect(PLAIN, level))
    position = data.draw(st.integers(5, len(protected) - 1))
    protected[position] ^= data.draw(st.integers(1, 255))
    assert cause_of(meter, bytes(protected)) in (Cause.WRONG_AUTHENTICATION_KEY, Cause.WRONG_KEY)
    assert meter.received.last == 4


@pytest.mark.parametrize(
    ("keys", "title", "cause"),
    [
        (KeySet(OTHER_KEY, KEYS.authentication), CLIENT_TITLE, Cause.WRONG_KEY),
        (KeySet(KEYS.encryption, OTHER_KEY), CLIENT_TITLE, Cause.WRONG_AUTHENTICATION_KEY),
        (KEYS, b"AIM\x00\x00\x00\x00\x02", Cause.WRONG_KEY),
    ],
    ids=["encryption key", "authentication key", "title"],
)
def test_wrong_keys_are_told_apart(keys: KeySet, title: bytes, cause: Cause) -> None:
    client, meter = pair(keys, title)
    assert cause_of(meter, client.protect(PLAIN, Security.BOTH)) is cause


@pytest.mark.parametrize("security", [Security.BOTH, Security.AUTHENTICATED], ids=lambda bits: bits.name)
@pytest.mark.parametrize("place", [6, -1], ids=["content", "tag"])
def test_under_keys_that_opened_messages_a_wrong_tag_is_a_message_altered_on_its_way(
    security: Security, place: int
) -> None:
    client, meter = pair()
    meter.open(client.protect(PLAIN, security))
    altered = bytearray(client.protect(PLAIN, security))
    altered[place] ^= 1
    assert cause_of(meter, bytes(altered)) is Cause.ALTERED
    assert meter.open(client.protect(PLAIN, security))[0] == PLAIN


def test_keys_are_proven_for_one_system_title() -> None:
    client, meter = pair()
    meter.open(client.protect(PLAIN, Security.BOTH))
    meter.peer_title = METER_TITLE
    assert cause_of(meter, client.protect(PLAIN, Security.BOTH)) in (Cause.WRONG_KEY, Cause.WRONG_AUTHENTICATION_KEY)


def test_a_wrong_key_is_noticed_without_tag() -> None:
    client, meter = pair(KeySet(OTHER_KEY, OTHER_KEY))
    assert cause_of(meter, client.protect(PLAIN, Security.ENCRYPTED)) is Cause.WRONG_KEY


def test_a_replay_and_an_older_message_are_refused() -> None:
    client, meter = pair()
    first, second = client.protect(PLAIN, Security.BOTH), client.protect(PLAIN, Security.BOTH)
    meter.open(second)
    assert cause_of(meter, second) is Cause.REPLAY
    assert cause_of(meter, first) is Cause.REPLAY
    assert meter.received.last == 6


@pytest.mark.parametrize("octets", ["", "30", "3000000009", "300000000901020304050607", "30" + "00000009" + "00" * 12])
def test_too_short_is_garbage(octets: str) -> None:
    assert cause_of(pair()[1], bytes.fromhex(octets)) is Cause.GARBAGE


@pytest.mark.parametrize("control", [0x00, 0x31, 0x70, 0xB0, 0xFF])
def test_other_suites_broadcast_and_compression_are_unsupported(control: int) -> None:
    assert cause_of(pair()[1], bytes((control,)) + bytes(40)) is Cause.UNSUPPORTED


def test_a_counter_is_never_used_twice_and_ends() -> None:
    counter = SendCounter(0xFFFFFFFE)
    assert [counter.take(), counter.take()] == [0xFFFFFFFE, 0xFFFFFFFF]
    with pytest.raises(LocalProtocolError) as error:
        counter.take()
    assert error.value.cause is Cause.COUNTER_EXHAUSTED


def test_a_reservation_that_is_used_up_is_no_exhausted_counter() -> None:
    with pytest.raises(LocalProtocolError) as error:
        Cipher(KEYS, CLIENT_TITLE, SendCounter(10, limit=9), ReceiveCounter()).protect(PLAIN, Security.BOTH)
    assert error.value.cause is Cause.RESERVATION_USED_UP


def test_a_limit_beyond_four_octets_does_not_stretch_the_counter() -> None:
    with pytest.raises(LocalProtocolError) as error:
        SendCounter(0x100000000, limit=0x100000FFF).take()
    assert error.value.cause is Cause.COUNTER_EXHAUSTED


def test_ciphers_that_share_a_counter_never_repeat_it() -> None:
    shared = SendCounter()
    ciphers = [Cipher(KEYS, CLIENT_TITLE, shared, ReceiveCounter()) for _ in range(3)]
    used = [cipher.protect(PLAIN, Security.BOTH)[1:5] for cipher in ciphers * 3]
    assert len(set(used)) == 9


def test_a_proof_older_than_the_message_before_is_refused() -> None:
    client, meter = pair()
    stale = client.proof(b"challenge")
    meter.open(client.protect(PLAIN, Security.BOTH))
    assert meter.proves(stale, b"challenge")
    meter.open(client.protect(PLAIN, Security.BOTH))
    meter.open(client.protect(PLAIN, Security.BOTH))
    assert not meter.proves(stale, b"challenge")


@pytest.mark.parametrize("token", [b"", bytes(17), b"\x30" + bytes(16), b"\x10" + bytes(15)])
def test_malformed_proofs_prove_nothing(token: bytes) -> None:
    assert not pair()[1].proves(token, b"challenge")


def test_keys_have_a_size_and_hide() -> None:
    with pytest.raises(LocalProtocolError):
        KeySet(b"short", KEYS.authentication)
    with pytest.raises(LocalProtocolError):
        Cipher(KEYS, b"short", SendCounter(), ReceiveCounter())
    assert KEYS.encryption.hex() not in repr(KEYS)
