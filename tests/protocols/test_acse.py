"""Association messages: every field round trips, every refusal has words, nonsense is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms.acse import (
    Aare,
    Aarq,
    AssociateResult,
    Context,
    Diagnostic,
    Release,
    ReleaseReason,
    decode_aare,
    decode_aarq,
    decode_release,
)
from protocols.dlms.acse_fields import Extras
from protocols.dlms.conformance import Conformance
from protocols.dlms.events import AssociationRejected
from protocols.dlms.initiate import (
    InitiateRequest,
    InitiateResponse,
    decode_initiate_request,
    decode_initiate_response,
)
from protocols.dlms.services.failure import ConfirmedServiceError
from protocols.dlms.tags import Mechanism
from protocols.errors import Cause, RemoteProtocolError

TITLES = st.binary(min_size=8, max_size=8)
SECRETS = st.binary(min_size=8, max_size=64)
INFORMATION = st.binary(min_size=1, max_size=300)
HLS = st.sampled_from([mechanism for mechanism in Mechanism if mechanism])
CONFORMANCE = st.integers(0, 2**24 - 1).map(Conformance)
SIZES = st.integers(0, 0xFFFF)
QUALITY = st.none() | st.integers(0, 255)
NUMBERS = st.none() | st.integers(-(2**31), 2**31 - 1)
FIELDS = st.binary(max_size=200)
SENDERS = {"qualifier": FIELDS, "invocation": NUMBERS, "entity_invocation": NUMBERS, "version": FIELDS}
CALLED = {
    "called_title": FIELDS,
    "called_qualifier": FIELDS,
    "called_invocation": NUMBERS,
    "called_entity_invocation": NUMBERS,
}
AARQ_EXTRAS = st.builds(Extras, implementation=FIELDS, **SENDERS, **CALLED)
AARE_EXTRAS = st.builds(Extras, implementation=FIELDS, **SENDERS)
AARQ = st.builds(Aarq, st.sampled_from(Context), INFORMATION, HLS, TITLES, SECRETS, AARQ_EXTRAS) | st.builds(
    Aarq, st.sampled_from(Context), INFORMATION
)
AARE = st.builds(
    Aare, st.sampled_from(Context), st.sampled_from(AssociateResult), st.sampled_from(Diagnostic), INFORMATION
) | st.builds(
    Aare,
    st.sampled_from(Context),
    st.sampled_from(AssociateResult),
    st.sampled_from(Diagnostic),
    INFORMATION,
    HLS,
    TITLES,
    SECRETS,
    AARE_EXTRAS,
)


@given(AARQ)
def test_aarq_round_trips(aarq: Aarq) -> None:
    assert decode_aarq(aarq.encode()) == aarq


@given(AARE)
def test_aare_round_trips(aare: Aare) -> None:
    assert decode_aare(aare.encode()) == aare


@given(st.sampled_from((0x62, 0x63)), st.none() | st.sampled_from(ReleaseReason), st.binary(max_size=200))
def test_release_round_trips(tag: int, reason: ReleaseReason | None, information: bytes) -> None:
    release = Release(tag, reason, information)
    assert decode_release(release.encode()) == release


@given(CONFORMANCE, SIZES, st.binary(max_size=32), st.booleans(), QUALITY, st.integers(0, 255))
def test_initiate_request_round_trips(
    conformance: Conformance, size: int, key: bytes, allowed: bool, quality: int | None, version: int
) -> None:
    initiate = InitiateRequest(conformance, size, key, allowed, quality, version)
    assert decode_initiate_request(initiate.encode()) == initiate


@given(CONFORMANCE, SIZES, QUALITY, st.integers(0, 255), SIZES)
def test_initiate_response_round_trips(
    conformance: Conformance, size: int, quality: int | None, version: int, name: int
) -> None:
    initiate = InitiateResponse(conformance, size, quality, version, name)
    assert decode_initiate_response(initiate.encode()) == initiate


@given(AARE, st.data())
def test_a_cut_aare_is_garbage(aare: Aare, data: st.DataObject) -> None:
    octets = aare.encode()
    with pytest.raises(RemoteProtocolError) as error:
        decode_aare(octets[: data.draw(st.integers(0, len(octets) - 1))])
    assert error.value.cause is Cause.GARBAGE


def test_fields_that_few_use_are_kept() -> None:
    """An AARQ with every optional field of the standard, in its order, and one field that is none."""
    content = bytes.fromhex(
        "80020784 a109060760857405080101 a2040402cccc a3030401dd a403020105 a503020106"
        "a60a0408 4d4d4d0000bc614e a7040402abcd a8030201ff a903020107 8a020780 8b0760857405080201"
        "ac0a8008 3132333435363738 9d0148 be030401aa"
    )
    octets = b"\x60" + bytes((len(content),)) + content
    aarq = decode_aarq(octets)
    assert aarq.extras == Extras(b"\x07\x84", b"\xcc\xcc", b"\xdd", 5, 6, b"\xab\xcd", -1, 7, b"H")
    assert aarq.encode() == octets
    seen = octets.replace(b"\x9d\x01H", b"\xbd\x01H")
    assert decode_aarq(seen) == aarq
    unknown = bytes((0x60, octets[1] + 3)) + octets[2:] + b"\xbf\x01\x00"
    assert decode_aarq(unknown) == aarq


@pytest.mark.parametrize(
    "octets",
    ["", "61", "6003a10106", "600ea109060760857405080101be020205", "600fa109060760857405080101be03040000",
     "6017a1090607608574050801018b0760857405080209be020400", "6017a1090607608574050801058b0760857405080201be020400"],
    ids=["nothing", "tag", "cut", "not octets", "too long", "mechanism 9", "context 5"],
)  # fmt: skip
def test_malformed_aarq_is_garbage(octets: str) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode_aarq(bytes.fromhex(octets))
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize("octets", ["6203800107", "64", "6200ff", "6203800200"])
def test_malformed_releases_are_garbage(octets: str) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode_release(bytes.fromhex(octets))
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize("octets", ["", "01", "0101", "080006", "09000000065f1f0400007e1f04b0", "0100", "08"])
def test_malformed_initiate_messages_are_garbage(octets: str) -> None:
    for decode in (decode_initiate_request, decode_initiate_response):
        with pytest.raises(RemoteProtocolError) as error:
            decode(bytes.fromhex(octets))
        assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize(
    "octets",
    [
        "6100",
        "610ba109060760857405080109",
        "6110a109060760857405080101a203020100",
        "6117a109060760857405080101a303020100a305a103020100",
        "6117a109060760857405080101a203020107a305a103020100",
        "6117a109060760857405080101a203020100a305a103020163",
        "6117a109060760857405080101a203040100a305a103020100",
        "6118a109060760857405080101a20402010000a305a103020100",
        "6117a109060760857405080101a203020100a305a103030100",
    ],
    ids=["empty", "context", "no diagnostic", "no result", "result 7", "diagnostic 99", "kind", "rest", "diagnostic"],
)
def test_malformed_aare_is_garbage(octets: str) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode_aare(bytes.fromhex(octets))
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize("diagnostic", list(Diagnostic))
def test_every_rejection_has_words(diagnostic: Diagnostic) -> None:
    rejected = AssociationRejected(AssociateResult.REJECTED_PERMANENT, diagnostic, ConfirmedServiceError(1, 6, 3))
    assert rejected.words.startswith("association rejected permanently: ")
    assert rejected.words.endswith("(initiate refused: initiate, pdu size too short)")
    assert "_" not in rejected.words
