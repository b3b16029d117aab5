"""Who may associate: titles, certificates, secrets, contexts; and what settings cannot be meant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from protocols.dlms.acse import Aare, Aarq, AssociateResult, Context, Diagnostic
from protocols.dlms.connection import ClientSettings, ServerSettings
from protocols.dlms.cosem import HLS_METHOD
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import NULL, octet_string
from protocols.dlms.events import AssociationRejected, HlsChallenge, HlsConfirmed, HlsProof
from protocols.dlms.exchange import associate, request
from protocols.dlms.initiate import InitiateRequest, InitiateResponse
from protocols.dlms.security import (
    Cipher,
    CurveKeys,
    KeySet,
    ReceiveCounter,
    Security,
    SendCounter,
    Suite,
    Tagging,
)
from protocols.dlms.security.curves import PrivateKey, certified_key, point_of
from protocols.dlms.server import ServerSession
from protocols.dlms.services.action import ActionRequest, ActionResponse
from protocols.dlms.services.get import Result
from protocols.dlms.states import State
from protocols.dlms.tags import ActionResult, DataAccessResult, Mechanism
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.wrapper import WrapperFraming
from tests.protocols.parties import CLIENT_TITLE, METER_TITLE, run
from tests.protocols.security.parties import CLIENT, SECRET, Agreed, connect, curve_keys_of, keys_of

KEYS = keys_of(Suite.AES_128)


def certificate(key: PrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    """A certificate of the key, signed by itself."""
    name, day = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "client")]), datetime(2026, 1, 1, tzinfo=UTC)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day + timedelta(days=1))
        .sign(key, algorithm)
    )
    return made.public_bytes(serialization.Encoding.DER)


def rejection(settings: ClientSettings, **changes: Any) -> str:
    agreed = Agreed(settings.suite, mechanism=settings.mechanism, context=settings.named_context)
    client, session = connect(settings, agreed.meter(**changes))
    with pytest.raises(RemoteProtocolError) as error:
        run(associate(client), session)
    assert error.value.cause is Cause.REJECTED_ASSOCIATION
    assert client.state is State.IDLE
    return str(error.value).removeprefix("association rejected permanently: ")


def test_certificates_give_their_key_and_no_trust() -> None:
    keys = curve_keys_of(Suite.P256, 11, 21)
    assert keys.signing is not None
    key = certified_key(Suite.P256, certificate(keys.signing))
    assert point_of(key) == point_of(keys.signing.public_key())
    for wrong in (b"", b"\x30\x00", certificate(ed25519.Ed25519PrivateKey.generate())):
        with pytest.raises(RemoteProtocolError) as error:
            certified_key(Suite.P256, wrong)
        assert error.value.cause is Cause.GARBAGE
    with pytest.raises(RemoteProtocolError):
        certified_key(Suite.P384, certificate(keys.signing))


def test_the_certificate_of_a_trusted_key_is_accepted() -> None:
    agreed = Agreed(Suite.P256, mechanism=Mechanism.HLS_ECDSA)
    signing = curve_keys_of(Suite.P256, 11, 21).signing
    assert signing is not None
    settings = agreed.client(certificate=certificate(signing), user=7, quality=3)
    client, session = connect(settings, agreed.meter())
    run(associate(client), session)
    assert session.connection.state is State.READY


@pytest.mark.parametrize("wrong", ["another key", "no certificate"])
def test_other_certificates_are_refused(wrong: str) -> None:
    other = certificate(ec.generate_private_key(ec.SECP256R1())) if wrong == "another key" else b"nonsense"
    settings = Agreed(Suite.P256, mechanism=Mechanism.HLS_ECDSA).client(certificate=other)
    assert rejection(settings) == "calling qualifier not recognized"


def test_another_client_title_is_refused() -> None:
    assert rejection(Agreed().client(), client_title=METER_TITLE) == "calling title not recognized"
    plain = Agreed(mechanism=Mechanism.HLS_SHA256, context=Context.LN).client()
    assert rejection(plain, client_title=METER_TITLE) == "calling title not recognized"


@pytest.mark.parametrize("context", [Context.SN, Context.SN_CIPHERED, Context.LN])
def test_other_contexts_are_refused(context: Context) -> None:
    assert rejection(Agreed(context=context).client(), context=Context.LN_CIPHERED) == "context not supported"


@pytest.mark.parametrize(
    "mechanism", [Mechanism.HLS, Mechanism.HLS_MD5, Mechanism.HLS_SHA1, Mechanism.HLS_SHA256, Mechanism.HLS_ECDSA]
)
@pytest.mark.parametrize("context", [Context.LN_CIPHERED, Context.SN])
def test_a_wrong_secret_is_not_let_in(mechanism: Mechanism, context: Context) -> None:
    agreed = Agreed(Suite.P256, mechanism=mechanism, context=context)
    other = {"password": b"another secret..", "curve_keys": curve_keys_of(Suite.P256, 31, 21)}
    client, session = connect(agreed.client(**other), agreed.meter())
    with pytest.raises(RemoteProtocolError) as error:
        run(associate(client), session)
    assert error.value.cause is Cause.AUTHENTICATION_FAILED
    assert session.connection.state is State.IDLE


@pytest.mark.parametrize("context", [Context.LN, Context.SN])
def test_a_meter_that_cannot_prove_itself_is_left(context: Context) -> None:
    agreed = Agreed(mechanism=Mechanism.HLS_SHA256, context=context)
    client, session = connect(agreed.client(), agreed.meter())
    run(request(client, client.association_request()), session)
    answer = bytearray(session.handle(client.send(HlsProof(invoke=client.next_invoke()))))
    answer[-1] ^= 1
    client.receive_data(bytes(answer))
    with pytest.raises(RemoteProtocolError) as error:
        client.next_event()
    assert error.value.cause is Cause.AUTHENTICATION_FAILED


def test_a_meter_without_title_cannot_take_part_in_titled_proofs() -> None:
    client, _ = connect(Agreed(mechanism=Mechanism.HLS_SHA256, context=Context.LN).client(), Agreed().meter())
    client.send(client.association_request())
    granted = InitiateResponse(client.settings.conformance, 500).encode()
    accepted = AssociateResult.ACCEPTED, Diagnostic.AUTHENTICATION_REQUIRED
    aare = Aare(Context.LN, *accepted, granted, Mechanism.HLS_SHA256, b"", bytes(range(16)))
    client.receive_data(WrapperFraming(1, CLIENT).frame(aare.encode()))
    with pytest.raises(RemoteProtocolError) as error:
        client.next_event()
    assert error.value.cause is Cause.WRONG_TITLE


def test_a_dedicated_key_of_a_wrong_size_is_refused() -> None:
    agreed = Agreed()
    client, session = connect(agreed.client(), agreed.meter())
    asked = client.association_request()
    short = InitiateRequest(client.settings.conformance, dedicated_key=bytes(15))
    assert client._protection is not None
    information = client._protection.protect_initiate(short.encode(), 33)
    aarq = Aarq(asked.context, information, asked.mechanism, asked.title, asked.authentication)
    session.handle(WrapperFraming(CLIENT, 1).frame(aarq.encode()))
    assert session.last_error is not None
    assert session.last_error.cause is Cause.GARBAGE


@pytest.mark.parametrize(
    ("security", "cause"),
    [(Security.BOTH, None), (Security.AUTHENTICATED, Cause.UNPROTECTED), (None, Cause.UNPROTECTED)],
)
def test_initiate_messages_in_general_apdus_are_taken(security: Security | None, cause: Cause | None) -> None:
    agreed = Agreed(mechanism=Mechanism.NONE)
    client, session = connect(agreed.client(), agreed.meter())
    asked = client.association_request()
    assert asked.initiate is not None
    information = asked.initiate.encode()
    if security:
        cipher = Cipher(KEYS, CLIENT_TITLE, SendCounter(), ReceiveCounter())
        sealed = cipher.protect(information, security)
        information = b"\xdb\x08" + CLIENT_TITLE + bytes((len(sealed),)) + sealed
    session.handle(WrapperFraming(CLIENT, 1).frame(Aarq(asked.context, information, title=asked.title).encode()))
    assert (session.last_error.cause if session.last_error else None) is cause
    assert (session.connection.state is State.READY) is (cause is None)


def test_octets_after_a_ciphered_initiate_message_are_garbage() -> None:
    agreed = Agreed(mechanism=Mechanism.NONE)
    client, session = connect(agreed.client(), agreed.meter())
    asked = client.association_request()
    assert asked.initiate is not None
    sealed = Cipher(KEYS, CLIENT_TITLE, SendCounter(), ReceiveCounter()).protect(asked.initiate.encode(), 0x30)
    aarq = Aarq(asked.context, b"\x21" + bytes((len(sealed),)) + sealed + b"\0", title=asked.title)
    session.handle(WrapperFraming(CLIENT, 1).frame(aarq.encode()))
    assert session.last_error is not None
    assert session.last_error.cause is Cause.GARBAGE


def test_dedicated_keys_are_fresh_and_not_shown() -> None:
    client, _ = connect(Agreed().client(dedicated=True), Agreed().meter())
    first, second = client.association_request(), client.association_request()
    assert first.initiate is not None
    assert second.initiate is not None
    assert len(first.initiate.dedicated_key) == 16
    assert first.initiate.dedicated_key != second.initiate.dedicated_key
    assert "dedicated" not in repr(first.initiate)


def test_a_proof_of_a_plain_association_uses_the_same_counters() -> None:
    agreed = Agreed(context=Context.LN)
    device = agreed.meter()
    client, session = connect(agreed.client(), device)
    answer = run(associate(client), session)
    assert isinstance(answer, HlsChallenge)
    assert client.settings.counter.next_value == 2
    assert device.client_counters[CLIENT].last == 1


def refused_aarq(session: ServerSession, **fields: Any) -> Cause | None:
    """What the meter holds against an AARQ that differs from a good one in these fields."""
    initiate = InitiateRequest(Agreed().client().conformance).encode()
    good: dict[str, Any] = {"context": Context.LN, "user_information": initiate, "title": CLIENT_TITLE}
    session.handle(WrapperFraming(CLIENT, 1).frame(Aarq(**{**good, **fields}).encode()))
    return session.last_error.cause if session.last_error else None


def test_a_ciphered_request_needs_a_title() -> None:
    _, session = connect(Agreed().client(), Agreed().meter())
    assert refused_aarq(session, context=Context.LN_CIPHERED, title=b"") is Cause.WRONG_TITLE


def test_an_open_association_is_not_opened_again() -> None:
    agreed = Agreed(mechanism=Mechanism.NONE, context=Context.LN)
    client, session = connect(agreed.client(), agreed.meter())
    run(associate(client), session)
    assert refused_aarq(session) is Cause.UNEXPECTED
    assert session.connection.state is State.READY


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Agreed(context=Context.LN).client(challenge_size=7), "authentication failure"),
        (Agreed(context=Context.LN).client(max_pdu=63), "pdu size too short"),
    ],
)
def test_short_challenges_and_sizes_are_refused(settings: ClientSettings, words: str) -> None:
    agreed = Agreed(mechanism=settings.mechanism, context=Context.LN)
    client, session = connect(settings, agreed.meter())
    asked = client.association_request()
    short = replace(asked, authentication=asked.authentication[: settings.challenge_size])
    answer = run(request(client, short), session)
    assert isinstance(answer, AssociationRejected)
    assert words in answer.words


def test_another_version_is_refused() -> None:
    agreed = Agreed(mechanism=Mechanism.NONE, context=Context.LN)
    client, session = connect(agreed.client(), agreed.meter())
    asked = replace(client.association_request(), initiate=InitiateRequest(version=5))
    answer = run(request(client, asked), session)
    assert isinstance(answer, AssociationRejected)
    assert answer.words.endswith("(initiate refused: initiate, dlms version too low)")


@pytest.mark.parametrize("information", ["0e", "0e0106", "08", ""])
def test_a_refusal_keeps_its_diagnosis_when_its_detail_is_nonsense(information: str) -> None:
    client, _ = connect(Agreed(context=Context.LN).client(), Agreed().meter())
    client.send(client.association_request())
    result = AssociateResult.REJECTED_TRANSIENT, Diagnostic.NO_COMMON_VERSION
    aare = Aare(Context.LN, *result, bytes.fromhex(information))
    client.receive_data(WrapperFraming(1, CLIENT).frame(aare.encode()))
    assert client.next_event() == AssociationRejected(*result)


@pytest.mark.parametrize("size", [0, 7, 65, None], ids=["none", "short", "long", "ours"])
def test_challenges_that_cannot_be_meant(size: int | None) -> None:
    client, _ = connect(Agreed(context=Context.LN).client(), Agreed().meter())
    asked = client.association_request()
    client.send(asked)
    challenge = asked.authentication if size is None else bytes(size)
    granted = InitiateResponse(client.settings.conformance, 500).encode()
    accepted = AssociateResult.ACCEPTED, Diagnostic.AUTHENTICATION_REQUIRED
    aare = Aare(Context.LN, *accepted, granted, Mechanism.HLS_GMAC, METER_TITLE, challenge)
    client.receive_data(WrapperFraming(1, CLIENT).frame(aare.encode()))
    with pytest.raises(RemoteProtocolError) as error:
        client.next_event()
    assert error.value.cause is Cause.AUTHENTICATION_FAILED


@pytest.mark.parametrize("returned", [NULL, None, DataAccessResult.OTHER_REASON])
def test_a_proof_is_an_octet_string(returned: Result | None) -> None:
    client, session = connect(Agreed(context=Context.LN).client(), Agreed().meter(context=Context.LN))
    run(request(client, client.association_request()), session)
    client.send(HlsProof(invoke=client.next_invoke()))
    answer = ActionResponse(ActionResult.SUCCESS, returned)
    client.receive_data(WrapperFraming(1, CLIENT).frame(answer.encode()))
    with pytest.raises(RemoteProtocolError) as error:
        client.next_event()
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize("parameters", [None, NULL, Encoded(b"\x09\x05ab"), octet_string(b"")])
def test_a_client_that_sends_no_proof_is_not_let_in(parameters: Encoded | None) -> None:
    client, session = connect(Agreed(context=Context.LN).client(), Agreed().meter(context=Context.LN))
    run(request(client, client.association_request()), session)
    session.handle(WrapperFraming(CLIENT, 1).frame(ActionRequest(HLS_METHOD, parameters).encode()))
    assert session.connection.state is not State.READY


def test_an_association_request_needs_its_proposal() -> None:
    client, _ = connect(Agreed().client(), Agreed().meter())
    with pytest.raises(LocalProtocolError) as error:
        client.send(replace(client.association_request(), initiate=None))
    assert error.value.cause is Cause.INVALID_VALUE


def test_a_server_proves_nothing_to_a_client_it_does_not_know() -> None:
    _, session = connect(Agreed().client(), Agreed().meter())
    session.connection.state = State.PROVING
    with pytest.raises(LocalProtocolError) as error:
        session.connection.send(HlsConfirmed())
    assert error.value.cause is Cause.INVALID_VALUE


CURVE_KEYS = curve_keys_of(Suite.P256, 11, 21)
IMPOSSIBLE: list[dict[str, Any]] = [
    {"mechanism": Mechanism.HLS_SHA256, "title": CLIENT_TITLE},
    {"mechanism": Mechanism.HLS_MD5},
    {"mechanism": Mechanism.HLS_GMAC, "title": CLIENT_TITLE},
    {"mechanism": Mechanism.HLS_SHA256, "password": SECRET},
    {"mechanism": Mechanism.HLS_ECDSA, "title": CLIENT_TITLE},
    {"mechanism": Mechanism.HLS_ECDSA, "title": CLIENT_TITLE, "curve_keys": CurveKeys(CURVE_KEYS.signing)},
    {"keys": KEYS, "title": b"short"},
    {"context": Context.LN_CIPHERED},
    {"challenge_size": 65},
    {"keys": KEYS, "title": CLIENT_TITLE, "curve_keys": CURVE_KEYS},
    {"keys": keys_of(Suite.P384), "title": CLIENT_TITLE, "curve_keys": CURVE_KEYS},
    {"keys": KEYS, "title": CLIENT_TITLE, "security": Security.SIGNED},
    {"keys": KEYS, "title": CLIENT_TITLE, "established": InitiateResponse(Agreed().client().conformance, 0)},
]
IMPOSSIBLE_FOR_CLIENTS: list[dict[str, Any]] = [
    {"dedicated": True},
    {"keys": KEYS, "title": CLIENT_TITLE, "tagging": Tagging.STATIC},
    {"keys": KeySet(bytes(16), bytes(16)), "title": CLIENT_TITLE, "tagging": Tagging.WRAPPED},
    {"keys": keys_of(Suite.P256), "title": CLIENT_TITLE, "tagging": Tagging.ONE_PASS},
]


@pytest.mark.parametrize("terms", IMPOSSIBLE)
@pytest.mark.parametrize("kind", [ClientSettings, ServerSettings])
def test_settings_that_cannot_be_meant_are_our_error(kind: type, terms: dict[str, Any]) -> None:
    with pytest.raises(LocalProtocolError):
        kind(**terms)


@pytest.mark.parametrize("terms", IMPOSSIBLE_FOR_CLIENTS)
def test_client_settings_that_cannot_be_meant_are_our_error(terms: dict[str, Any]) -> None:
    with pytest.raises(LocalProtocolError):
        ClientSettings(**terms)


def test_settings_show_no_secrets() -> None:
    shown = repr(Agreed(Suite.P256).client()) + repr(ServerSettings(password=SECRET))
    assert "sixteen" not in shown
    assert KEYS.encryption.hex() not in shown
