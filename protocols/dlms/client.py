"""The client half of a connection (head-end)."""

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from protocols.dlms.acse import Aare, Aarq, AssociateResult, Release, decode_aare, decode_release
from protocols.dlms.acse_fields import NO_EXTRAS, Extras
from protocols.dlms.apdu import REQUESTS, RESPONSES, Apdu, Notification, Request, Response
from protocols.dlms.axdr import octets
from protocols.dlms.client_requests import INVOKE_ID, Asked
from protocols.dlms.cosem import HLS_METHOD
from protocols.dlms.encoding import octet_string
from protocols.dlms.events import (
    AssociationAccepted,
    AssociationRejected,
    AssociationRequest,
    Event,
    HlsChallenge,
    HlsConfirmed,
    HlsProof,
    HlsRefused,
    NeedData,
    ReleaseRequest,
    ReleaseResponse,
)
from protocols.dlms.general_block_framing import GeneralBlockFraming
from protocols.dlms.initiate import InitiateRequest, InitiateResponse, decode_initiate_response
from protocols.dlms.keys import TITLE_SIZE
from protocols.dlms.link import Link
from protocols.dlms.security.handshake import HLS_MECHANISMS, TITLED_MECHANISMS, Handshake, is_reflection
from protocols.dlms.services.action import ActionRequest, ActionResponse
from protocols.dlms.services.failure import ConfirmedServiceError, decode_service_error
from protocols.dlms.services.notification import DataNotificationConfirm
from protocols.dlms.services.short_read import ReadResponse
from protocols.dlms.settings import MAX_CHALLENGE, MIN_CHALLENGE, ClientSettings
from protocols.dlms.short_hls import as_action, proof_request
from protocols.dlms.states import Role, State
from protocols.dlms.tags import ActionResult, ApduTag, Mechanism
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage
from protocols.framing import Framing

MAX_NOTIFICATIONS = 64
"""How many notifications wait for their reader; the oldest give way."""
MIN_PDU = 12
"""Octets of the smallest PDU a meter may grant: with less not even a GET fits."""
_AT_REST = frozenset((State.IDLE, State.READY))
_PLAIN_TAGS = frozenset((int(ApduTag.AARE), int(ApduTag.RLRE)))


class ClientConnection(Link):
    """Associates with a meter and asks it; see `exchange.py` for whole conversations.

    After any RemoteProtocolError the connection is FAILED: the peer's state is unknown, so close and begin anew.
    """

    role = Role.CLIENT

    def __init__(self, settings: ClientSettings, framing: Framing) -> None:
        super().__init__(framing)
        self.settings = settings
        self.notifications: deque[Notification] = deque(maxlen=MAX_NOTIFICATIONS)
        self.short_names = settings.short_names
        self._challenge = b""
        self._server_challenge = b""
        self._server_title = settings.expected_title or b""
        self._asked = Asked(settings.max_reply)
        self._initiate = InitiateRequest(settings.conformance, settings.max_pdu, quality=settings.quality)
        named = settings.certificate or settings.user is not None
        self._extras = Extras(qualifier=settings.certificate, entity_invocation=settings.user) if named else NO_EXTRAS
        self._ring = settings.key_ring()
        self._protection = settings.protection(self._ring)
        if settings.established:
            self._open(settings.established)
            self.state = State.READY

    def association_request(self) -> AssociationRequest:
        """The AARQ event that the settings call for, with a fresh challenge and, if wanted, a fresh dedicated key."""
        settings, initiate = self.settings, self._initiate
        self._challenge = secrets.token_bytes(settings.fresh_challenge_size)
        if settings.dedicated:
            initiate = replace(initiate, dedicated_key=secrets.token_bytes(settings.suite.key_size))
        secret = settings.password if settings.mechanism is Mechanism.LLS else b""
        return AssociationRequest(
            context=settings.named_context,
            mechanism=settings.mechanism,
            initiate=initiate,
            title=settings.title,
            authentication=self._challenge if settings.mechanism in HLS_MECHANISMS else secret,
            extras=self._extras,
        )

    @property
    def server_title(self) -> bytes:
        """The meter's system title, empty until it is known."""
        return self._server_title

    def next_invoke(self) -> int:
        """Invoke id and priority for the next request: confirmed, high priority, ids 1..15 in turn."""
        return 0xC0 | (self._asked.invoke % 15 + 1)

    def next_event(self) -> Event | NeedData:
        """See `Link.next_event`."""
        try:
            return super().next_event()
        except RemoteProtocolError:
            self.state = State.FAILED
            raise

    def _encode(self, event: Event) -> bytes:
        return _ENCODERS[type(event)](self, event)

    def _encode_request(self, event: Request) -> bytes:
        self._asked.begin(event)
        return self._encode_service(event)

    def _encode_association(self, event: AssociationRequest) -> bytes:
        initiate = event.initiate
        if initiate is None:
            raise LocalProtocolError(Cause.INVALID_VALUE, "an association request needs its initiate request")
        if self._protection is not None:
            self._protection.forget_dedicated()
        if initiate.dedicated_key and self._ring is not None:
            self._ring.dedicate(initiate.dedicated_key)
        information = self._protected_initiate(initiate.encode(), ApduTag.GLO_INITIATE_REQUEST)
        names = event.context, information, event.mechanism, event.title, event.authentication
        return Aarq(*names, event.extras).encode()

    def _encode_proof(self, event: HlsProof) -> bytes:
        self._asked.invoke = event.invoke & INVOKE_ID
        token = self._handshake().proof()
        if self.settings.named_context.short_names:
            return self._protected(proof_request(token).encode())
        return self._protected(ActionRequest(HLS_METHOD, octet_string(token), event.invoke).encode())

    def _handshake(self) -> Handshake:
        return self.settings.handshake(self._ring, self._server_title, self._challenge, self._server_challenge)

    def _encode_release(self, event: ReleaseRequest) -> bytes:
        information = b""
        if self._protection is not None and self._protection.security:
            information = self._protected_initiate(self._initiate.encode(), ApduTag.GLO_INITIATE_REQUEST)
        return Release(ApduTag.RLRQ, event.reason, information).encode()

    def _decode(self, apdu: bytes) -> Event:
        tag = apdu[0]
        if tag not in _PLAIN_TAGS:
            event = self._decode_service(apdu)
            return self._proof_answer(event) if self.state is State.PROVING else event
        if tag == ApduTag.RLRE:
            return self._decode_release(decode_release(apdu))
        return self._decode_association(decode_aare(apdu))

    def _decode_release(self, release: Release) -> ReleaseResponse:
        if release.user_information[:1] == bytes((ApduTag.GLO_INITIATE_RESPONSE,)):
            self._opened_initiate(release.user_information, ApduTag.GLO_INITIATE_RESPONSE)
        return ReleaseResponse(release.reason)

    def _decode_association(self, aare: Aare) -> Event:
        if aare.result is not AssociateResult.ACCEPTED:
            return AssociationRejected(aare.result, aare.diagnostic, _service_error(aare.user_information))
        self._learn_title(aare.title)
        plain = self._opened_initiate(aare.user_information, ApduTag.GLO_INITIATE_RESPONSE)
        initiate = decode_initiate_response(plain)
        if 0 < initiate.max_pdu < MIN_PDU:
            raise garbage(f"the meter takes APDUs of at most {initiate.max_pdu} octets, none can be asked with")
        if self.settings.mechanism in HLS_MECHANISMS:
            return HlsChallenge(initiate, aare.title, self._checked_challenge(aare), aare.extras)
        return AssociationAccepted(initiate, aare.title, aare.extras)

    def _learn_title(self, title: bytes) -> None:
        """RemoteProtocolError (WRONG_TITLE) for another meter than expected, or none where a title is needed.

        A meter with our own title could send back to us what we said: it would be opened as the meter's.
        """
        expected = self.settings.expected_title
        if title and title == self.settings.title:
            raise RemoteProtocolError(
                Cause.WRONG_TITLE, f"the meter says that it has our own system title {title.hex()}"
            )
        needed = self._protection is not None or self.settings.mechanism in TITLED_MECHANISMS
        if (needed and len(title) != TITLE_SIZE) or (title and expected is not None and title != expected):
            known = expected.hex() if expected else "8 octets"
            raise RemoteProtocolError(Cause.WRONG_TITLE, f"the meter's system title is {title.hex()}, expected {known}")
        self._server_title = title
        if needed and self._ring is not None:
            self._ring.peer_title = title

    def _checked_challenge(self, aare: Aare) -> bytes:
        challenge = aare.authentication
        if not MIN_CHALLENGE <= len(challenge) <= MAX_CHALLENGE or is_reflection(challenge, self._challenge):
            raise RemoteProtocolError(
                Cause.AUTHENTICATION_FAILED, "the meter's challenge is missing, of a wrong size or a copy of ours"
            )
        return challenge

    def _proof_answer(self, event: Apdu) -> Event:
        if isinstance(event, ReadResponse) and len(event.results) == 1:
            event = replace(as_action(event.results[0]), invoke=self._asked.invoke)
        if not isinstance(event, ActionResponse):
            return event
        if event.result is not ActionResult.SUCCESS:
            return HlsRefused(event.result, event.invoke)
        if not isinstance(event.returned, bytes) or event.returned[:1] != b"\x09":
            raise garbage("the meter's proof is not an octet-string")
        token, end = octets(event.returned, 1)
        if end != len(event.returned) or not self._handshake().proves(token):
            raise RemoteProtocolError(Cause.AUTHENTICATION_FAILED, "the meter could not prove that it knows the keys")
        return HlsConfirmed(event.invoke)

    def _accept(self, event: Event) -> None:
        accept = _ACCEPTANCE.get(type(event))
        if accept is not None:
            accept(self, event)

    def _accept_response(self, event: Response) -> None:
        self._asked.check(event)

    def _accept_association(self, event: AssociationAccepted) -> None:
        self._open(event.initiate)
        self._enter()

    def _accept_challenge(self, event: HlsChallenge) -> None:
        self._open(event.initiate)
        self._server_challenge = event.challenge

    def _accept_proof(self, event: HlsConfirmed) -> None:
        self._asked.check_invoke(event.invoke)
        self._enter()

    def _accept_refusal(self, event: HlsRefused) -> None:
        self._asked.check_invoke(event.invoke)

    def _accept_release(self, _event: ReleaseResponse) -> None:
        self._framing, self._blocks = self._below, None

    def _enter(self) -> None:
        """The association is open."""
        if self._protection is not None:
            self._protection.prefer_dedicated()

    def _unannounced_block(self, apdu: bytes) -> bytes | None:
        """Meters push in blocks outside associations, and some answer so unasked: the layer comes when it is needed."""
        self._framing = self._blocks = GeneralBlockFraming(
            self._below, active=True, window=self.settings.block_window or 1, max_transfer=self.settings.max_reply
        )
        return self._blocks.begin_with(apdu, asked=self.state not in _AT_REST)

    def _open(self, initiate: InitiateResponse) -> None:
        self.conformance = initiate.conformance & self.settings.conformance
        self._set_peer_max_pdu(initiate.max_pdu)
        self._agree_on_blocks(self.settings.block_window, self.settings.max_reply)


_ENCODERS: dict[type, Callable[[ClientConnection, Any], bytes]] = {
    **dict.fromkeys(REQUESTS, ClientConnection._encode_request),
    AssociationRequest: ClientConnection._encode_association,
    HlsProof: ClientConnection._encode_proof,
    ReleaseRequest: ClientConnection._encode_release,
    DataNotificationConfirm: ClientConnection._encode_service,
}
"""What a client may send according to `states`, and how it becomes an APDU."""
_ACCEPTANCE: dict[type, Callable[[ClientConnection, Any], None]] = {
    **dict.fromkeys(RESPONSES, ClientConnection._accept_response),
    AssociationAccepted: ClientConnection._accept_association,
    HlsChallenge: ClientConnection._accept_challenge,
    HlsConfirmed: ClientConnection._accept_proof,
    HlsRefused: ClientConnection._accept_refusal,
    ReleaseResponse: ClientConnection._accept_release,
}
"""What an event received changes, besides the state; notifications and failures change nothing."""


def _service_error(information: bytes) -> ConfirmedServiceError | None:
    """The DLMS reason inside a rejecting AARE; absent or unreadable ones leave the association's own diagnostic."""
    try:
        return decode_service_error(information) if information[:1] == b"\x0e" else None
    except IndexError:
        return None
