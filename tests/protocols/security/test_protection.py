"""Messages of one association: round trips, what an altered octet does, replays, titles, transactions, layers."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.dlms.axdr import with_length
from protocols.dlms.keys import MAX_MESSAGE_KEYS, MessageKeys, ReceiveCounter, SendCounter
from protocols.dlms.security import Cipher, CurveKeys, KeySet, Security, Suite, Tagging, wrap_key
from protocols.dlms.security.curves import NO_CURVE_KEYS, sign
from protocols.dlms.security.envelopes import GeneralSigning, Header, decode_general_ciphering
from protocols.dlms.security.key_ring import Credentials, KeyRing, KeyUse
from protocols.dlms.security.layers import MAX_LAYERS
from protocols.dlms.security.protection import Protection
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from tests.protocols.parties import CLIENT_TITLE, METER_TITLE
from tests.protocols.security.parties import curve_keys_of, keys_of

PLAIN = bytes.fromhex("c001c100080000010000ff0200")
ANSWER = bytes.fromhex("c401c1000f07")
STRANGER = b"XXX\x00\x00\x00\x00\x09"
FULL = Security.SIGNED | Security.BOTH
GENERAL = [Tagging.IDENTIFIED, Tagging.WRAPPED, Tagging.ONE_PASS, Tagging.STATIC]


def ring(
    suite: Suite, own: bytes, peer: bytes, numbers: tuple[int, int], first: int = 0, title: bytes | None = None
) -> KeyRing:
    held = Credentials(
        keys_of(suite, first), own, SendCounter(), ReceiveCounter(), curve_keys_of(suite, *numbers)
    )  # fmt: skip
    made = KeyRing(held)
    made.peer_title = peer if title is None else title
    return made


def pair(
    suite: Suite, security: Security, tagging: Tagging = Tagging.SERVICE, required: Security | None = None
) -> tuple[Protection, Protection]:
    """A client's and a meter's protection that fit each other."""
    client = Protection(ring(suite, CLIENT_TITLE, METER_TITLE, (11, 21)), security, tagging=tagging)
    least = security if required is None else required
    return client, Protection(ring(suite, METER_TITLE, CLIENT_TITLE, (21, 11)), least, mirrors=True)


def cause_of(protection: Protection, apdu: bytes) -> Cause:
    with pytest.raises(RemoteProtocolError) as error:
        protection.open(apdu)
    return error.value.cause


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(Suite),
    st.sampled_from([Security.AUTHENTICATED, Security.ENCRYPTED, Security.BOTH, Security.SIGNED, FULL]),
    st.sampled_from(Tagging),
    st.binary(max_size=400),
)
def test_every_message_round_trips(suite: Suite, security: Security, tagging: Tagging, tail: bytes) -> None:
    if suite is Suite.AES_128 and (security & Security.SIGNED or tagging in (Tagging.ONE_PASS, Tagging.STATIC)):
        suite = Suite.P256
    client, meter = pair(suite, security, tagging)
    plain = b"\xc0\x01" + tail
    for _ in range(2):
        protected = client.protect(plain)
        assert len(protected) <= len(plain) + client.overhead
        assert meter.open(protected) == plain
        assert meter.found == security
        answer = meter.protect(ANSWER)
        assert len(answer) <= len(ANSWER) + meter.overhead
        assert client.open(answer) == ANSWER


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(Tagging), st.sampled_from([Security.AUTHENTICATED, Security.BOTH, FULL]), st.data())
def test_any_altered_octet_is_noticed_and_moves_nothing(tagging: Tagging, level: Security, data: st.DataObject) -> None:
    client, meter = pair(Suite.P256, level, tagging)
    protected = bytearray(client.protect(PLAIN))
    position = data.draw(st.integers(0, len(protected) - 1))
    protected[position] ^= data.draw(st.integers(1, 255))
    with pytest.raises(RemoteProtocolError):
        meter.open(bytes(protected))
    if position:
        assert meter.ring.unicast.received.last == 0
    else:
        assert meter.ring.unicast.received.last <= 1, "the first octet alone is not authenticated"


@pytest.mark.parametrize("tagging", Tagging)
def test_every_message_opens_once(tagging: Tagging) -> None:
    client, meter = pair(Suite.P256, Security.BOTH, tagging)
    first, second = client.protect(PLAIN), client.protect(PLAIN)
    meter.open(first)
    meter.open(second)
    assert cause_of(meter, second) is Cause.REPLAY
    assert cause_of(meter, first) is Cause.REPLAY


def test_the_memory_of_message_keys_is_bounded() -> None:
    memory = MessageKeys()
    for number in range(MAX_MESSAGE_KEYS + 5):
        memory.keep(number.to_bytes(4, "big"), ReceiveCounter(number))
    assert memory.counter(bytes(4)).last == -1
    assert memory.counter((MAX_MESSAGE_KEYS + 4).to_bytes(4, "big")).last == MAX_MESSAGE_KEYS + 4


@pytest.mark.parametrize("tagging", [Tagging.GENERAL, *GENERAL])
def test_other_titles_are_named(tagging: Tagging) -> None:
    client, _ = pair(Suite.P256, Security.BOTH, tagging)
    protected = client.protect(PLAIN)
    meter = Protection(ring(Suite.P256, METER_TITLE, STRANGER, (21, 11)), Security.BOTH, mirrors=True)
    assert cause_of(meter, protected) is Cause.WRONG_TITLE
    if tagging is not Tagging.GENERAL:
        elsewhere = Protection(ring(Suite.P256, STRANGER, CLIENT_TITLE, (21, 11)), Security.BOTH, mirrors=True)
        assert cause_of(elsewhere, protected) is Cause.WRONG_TITLE


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        (KeySet(bytes(16), keys_of(Suite.AES_128).authentication), Cause.WRONG_KEY),
        (KeySet(keys_of(Suite.AES_128).encryption, bytes(16)), Cause.WRONG_AUTHENTICATION_KEY),
    ],
    ids=["encryption", "authentication"],
)
@pytest.mark.parametrize("plain", ["c001c100080000010000ff0200", "0501022000", "0c010009024142", "0f0000000100020102"])
def test_wrong_keys_are_told_apart_for_all_services(plain: str, changed: KeySet, cause: Cause) -> None:
    client, meter = pair(Suite.AES_128, Security.BOTH)
    other = KeyRing(replace(meter.ring.held, keys=changed))
    other.peer_title = CLIENT_TITLE
    assert cause_of(Protection(other, Security.BOTH), client.protect(bytes.fromhex(plain))) is cause


@pytest.mark.parametrize("tagging", [Tagging.WRAPPED, Tagging.ONE_PASS, Tagging.STATIC])
def test_keys_of_messages_need_the_lasting_ones(tagging: Tagging) -> None:
    client, meter = pair(Suite.P256, Security.BOTH, tagging)
    protected, held = client.protect(PLAIN), meter.ring.held
    bare = replace(held, keys=replace(held.keys, master=b""), curve_keys=NO_CURVE_KEYS)
    half = replace(bare, curve_keys=CurveKeys(agreement=held.curve_keys.agreement))
    for lacking in (bare, half):
        other = KeyRing(lacking)
        other.peer_title = CLIENT_TITLE
        assert cause_of(Protection(other, Security.BOTH), protected) is Cause.UNSUPPORTED


@pytest.mark.parametrize("tagging", [Tagging.WRAPPED, Tagging.STATIC, Tagging.IDENTIFIED])
def test_keys_and_schemes_that_are_not_defined(tagging: Tagging) -> None:
    client, meter = pair(Suite.P256, Security.BOTH, tagging)
    message = decode_general_ciphering(client.protect(PLAIN))
    assert message.key is not None
    strange = replace(message, key=replace(message.key, parameter=9))
    assert cause_of(meter, strange.encode()) is (Cause.UNSUPPORTED if tagging is Tagging.IDENTIFIED else Cause.GARBAGE)


def test_a_wrapped_key_has_the_size_of_the_suite() -> None:
    client, meter = pair(Suite.P384, Security.BOTH, Tagging.WRAPPED)
    message = decode_general_ciphering(client.protect(PLAIN))
    assert message.key is not None
    short = replace(message.key, data=wrap_key(client.ring.held.keys.master, bytes(16)))
    assert cause_of(meter, replace(message, key=short).encode()) is Cause.GARBAGE


def test_a_message_that_names_no_key_is_under_the_global_one() -> None:
    client, meter = pair(Suite.P256, Security.BOTH, Tagging.IDENTIFIED)
    message = decode_general_ciphering(client.protect(PLAIN))
    assert meter.open(replace(message, key=None).encode()) == PLAIN


def test_nothing_opens_before_the_peer_has_a_title() -> None:
    client, meter = pair(Suite.P256, Security.BOTH)
    assert cause_of(Protection(KeyRing(meter.ring.held), Security.BOTH), client.protect(PLAIN)) is Cause.WRONG_TITLE
    assert client.ring.unicast.peer_title == METER_TITLE
    assert KeyRing(meter.ring.held).unicast.peer_title is None


def test_a_cipher_for_broadcasts_needs_the_key() -> None:
    with pytest.raises(LocalProtocolError):
        Cipher(KeySet(bytes(16), bytes(16)), CLIENT_TITLE, SendCounter(), ReceiveCounter(), broadcast=True)


def test_a_wrong_master_key_is_named() -> None:
    client, meter = pair(Suite.P256, Security.BOTH, Tagging.WRAPPED)
    other = KeyRing(replace(meter.ring.held, keys=replace(meter.ring.held.keys, master=bytes(16))))
    other.peer_title = CLIENT_TITLE
    assert cause_of(Protection(other, Security.BOTH), client.protect(PLAIN)) is Cause.WRONG_KEY


def test_wrong_signers_are_named() -> None:
    for tagging, level in ((Tagging.ONE_PASS, Security.BOTH), (Tagging.SERVICE, FULL), (Tagging.GENERAL, FULL)):
        client, _ = pair(Suite.P256, level, tagging)
        meter = Protection(ring(Suite.P256, METER_TITLE, CLIENT_TITLE, (21, 31)), level)
        assert cause_of(meter, client.protect(PLAIN)) is Cause.AUTHENTICATION_FAILED


def test_a_signature_nobody_can_check_is_unsupported() -> None:
    client, meter = pair(Suite.P256, Security.SIGNED)
    other = KeyRing(replace(meter.ring.held, curve_keys=NO_CURVE_KEYS))
    other.peer_title = CLIENT_TITLE
    assert cause_of(Protection(other, Security.SIGNED), client.protect(PLAIN)) is Cause.UNSUPPORTED


def test_signatures_without_the_length_of_the_content_are_taken() -> None:
    _, meter = pair(Suite.P256, Security.SIGNED)
    header = Header(b"12345678", CLIENT_TITLE, METER_TITLE)
    key = curve_keys_of(Suite.P256, 11, 21).signing
    signature = sign(Suite.P256, key, header.encode() + PLAIN)
    assert meter.open(GeneralSigning(header, PLAIN, signature).encode()) == PLAIN
    empty = sign(Suite.P256, key, header.encode() + with_length(b""))
    assert cause_of(meter, GeneralSigning(header, b"", empty).encode()) is Cause.GARBAGE


def test_ephemeral_keys_signed_with_the_number_of_their_scheme_are_taken() -> None:
    client, meter = pair(Suite.P256, Security.BOTH, Tagging.ONE_PASS)
    message = decode_general_ciphering(client.protect(PLAIN))
    assert message.key is not None
    point = message.key.data[:64]
    signature = sign(Suite.P256, curve_keys_of(Suite.P256, 11, 21).signing, b"\x01" + point)
    varied = replace(message, key=replace(message.key, data=point + signature))
    assert meter.open(varied.encode()) == PLAIN


@pytest.mark.parametrize("tagging", GENERAL)
def test_an_answer_belongs_to_its_request(tagging: Tagging) -> None:
    client, meter = pair(Suite.P256, Security.BOTH, tagging)
    meter.open(client.protect(PLAIN))
    late = meter.protect(ANSWER)
    meter.open(client.protect(PLAIN))
    assert cause_of(client, late) is Cause.UNEXPECTED
    push = bytes.fromhex("0f00000001000007")
    client.protect(PLAIN)
    assert client.open(meter.protect(push)) == push


def test_less_than_required_is_refused() -> None:
    for sent in (Security.AUTHENTICATED, Security.ENCRYPTED, Security.SIGNED):
        client, meter = pair(Suite.P256, sent, required=Security.BOTH)
        assert cause_of(meter, client.protect(PLAIN)) is Cause.UNPROTECTED
    with pytest.raises(RemoteProtocolError) as error:
        pair(Suite.P256, Security.BOTH)[1].take_plain("GetRequest")
    assert error.value.cause is Cause.UNPROTECTED


def test_nothing_required_takes_and_gives_plain_messages() -> None:
    _, meter = pair(Suite.P256, Security.NONE)
    meter.take_plain("GetRequest")
    assert meter.protect(ANSWER) == ANSWER
    assert meter.overhead == 0


def test_layers_are_counted() -> None:
    client, meter = pair(Suite.P256, Security.SIGNED)
    apdu = client.protect(client.protect(PLAIN))
    assert meter.open(apdu) == PLAIN
    for _ in range(MAX_LAYERS - 2):
        apdu = client.protect(apdu)
    assert cause_of(meter, apdu) is Cause.GARBAGE


def test_the_service_inside_must_be_the_one_announced() -> None:
    client, meter = pair(Suite.AES_128, Security.BOTH)
    protected = client.protect(PLAIN)
    assert cause_of(meter, b"\xc9" + protected[1:]) is Cause.GARBAGE
    client, meter = pair(Suite.AES_128, Security.BOTH)
    for side in (client, meter):
        side.ring.dedicate(bytes(16))
        side.prefer_dedicated()
    protected = client.protect(PLAIN)
    assert protected[0] == 0xD0
    assert cause_of(meter, b"\xd1" + protected[1:]) is Cause.GARBAGE


def test_the_ordinary_way_without_broadcast_key() -> None:
    held = [side.ring.held for side in pair(Suite.AES_128, Security.BOTH)]
    rings = [KeyRing(replace(one, keys=replace(one.keys, broadcast=b"", master=b""))) for one in held]
    rings[0].peer_title, rings[1].peer_title = METER_TITLE, CLIENT_TITLE
    client, meter = Protection(rings[0], Security.BOTH), Protection(rings[1], Security.BOTH, mirrors=True)
    protected = client.protect(PLAIN)
    assert meter.open(protected) == PLAIN
    assert client.open(meter.protect(ANSWER)) == ANSWER
    assert cause_of(meter, protected) is Cause.REPLAY
    again = client.protect(PLAIN)
    assert cause_of(meter, b"\xc9" + again[1:]) is Cause.GARBAGE
    broadcast = bytes((again[2] | 0x40,))
    assert cause_of(meter, again[:2] + broadcast + again[3:]) is Cause.UNSUPPORTED


def test_a_long_transaction_id_is_garbage() -> None:
    _, meter = pair(Suite.P256, Security.SIGNED)
    header = Header(bytes(33), CLIENT_TITLE, METER_TITLE)
    assert cause_of(meter, GeneralSigning(header, PLAIN, bytes(64)).encode()) is Cause.GARBAGE


def test_dedicated_keys_count_for_themselves() -> None:
    client, meter = pair(Suite.AES_128, Security.BOTH)
    assert cause_of(meter, b"\xd0" + client.protect(PLAIN)[1:]) is Cause.UNEXPECTED
    with pytest.raises(LocalProtocolError):
        client.ring.cipher(KeyUse.DEDICATED)
    with pytest.raises(RemoteProtocolError):
        client.ring.dedicate(bytes(15))
    key = bytes(range(16))
    client.ring.dedicate(key)
    meter.ring.dedicate(key)
    client.prefer_dedicated()
    protected = client.protect(PLAIN)
    assert protected[:7] == b"\xd0\x1e\x30\x00\x00\x00\x01"
    assert meter.open(protected) == PLAIN
    assert meter.protect(ANSWER)[:7] == b"\xd4\x17\x30\x00\x00\x00\x01"
    assert meter.ring.unicast.received.last == 0


@pytest.mark.parametrize("control", [0x80, 0xB0, 0x31, 0x33, 0x70, 0x00])
def test_what_cannot_be_opened_is_named(control: int) -> None:
    _, meter = pair(Suite.AES_128, Security.BOTH)
    unicast = replace(meter.ring.held, keys=replace(meter.ring.held.keys, broadcast=b""))
    other = KeyRing(unicast)
    other.peer_title = CLIENT_TITLE
    apdu = b"\xc8" + with_length(bytes((control,)) + bytes(40))
    assert cause_of(Protection(other, Security.BOTH), apdu) is Cause.UNSUPPORTED


@pytest.mark.parametrize(
    ("size", "suite", "others"),
    [
        (32, Suite.AES_128, {}),
        (16, Suite.P384, {}),
        (16, Suite.P256, {"broadcast": bytes(32)}),
        (16, Suite.P256, {"master": b"8 octets"}),
    ],
)
def test_key_sets_have_the_size_of_their_suite(size: int, suite: Suite, others: dict[str, bytes]) -> None:
    with pytest.raises(LocalProtocolError):
        KeySet(bytes(size), bytes(size), suite, **others)
    assert KeySet(bytes(32), bytes(32), Suite.P384).suite is Suite.P384
