"""The client half of a connection (head-end)."""

import secrets

from protocols.dlms.acse import Aare, Aarq, AssociateResult, Context, Release, decode_aare, decode_release
from protocols.dlms.apdu import REQUESTS, RESPONSES, Apdu, Request
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
from protocols.dlms.initiate import InitiateRequest, InitiateResponse, decode_initiate_response
from protocols.dlms.link import Link
from protocols.dlms.security import Cipher
from protocols.dlms.services.action import ActionRequest, ActionResponse
from protocols.dlms.services.failure import ConfirmedServiceError, decode_service_error
from protocols.dlms.settings import ClientSettings
from protocols.dlms.states import Role, State
from protocols.dlms.tags import ActionResult, ApduTag, Mechanism
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage
from protocols.framing import Framing

_PLAIN_TAGS = frozenset((int(ApduTag.AARE), int(ApduTag.RLRE)))


class ClientConnection(Link):
    """Associates with a meter and asks it; see `exchange.py` for whole conversations.

    After any RemoteProtocolError the connection is FAILED: the peer's state is unknown, so close and begin anew.
    """

    role = Role.CLIENT

    def __init__(self, settings: ClientSettings, framing: Framing) -> None:
        super().__init__(framing)
        self.settings = settings
        self._own_title = settings.title
        self._challenge = b""
        self._server_challenge = b""
        self._asked = Asked(settings.max_reply)
        self._initiate = InitiateRequest(settings.conformance, settings.max_pdu)
        if settings.keys:
            self._security = int(settings.security)
            self._general = settings.general_ciphering
            self._cipher = Cipher(settings.keys, settings.title, settings.counter, settings.server_counter)
            if settings.expected_title:
                self._cipher.peer_title = settings.expected_title

    def association_request(self) -> AssociationRequest:
        """The AARQ event that the settings call for, with a fresh challenge."""
        settings = self.settings
        self._challenge = secrets.token_bytes(settings.challenge_size)
        authentication = {Mechanism.LLS: settings.password, Mechanism.HLS_GMAC: self._challenge}
        return AssociationRequest(
            context=Context.LN_CIPHERED if settings.keys else Context.LN,
            mechanism=settings.mechanism,
            initiate=self._initiate,
            title=settings.title,
            authentication=authentication.get(settings.mechanism, b""),
        )

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
        if isinstance(event, REQUESTS):
            return self._encode_request(event)
        if isinstance(event, AssociationRequest):
            return self._encode_association(event)
        if isinstance(event, HlsProof):
            return self._encode_proof(event)
        if isinstance(event, ReleaseRequest):
            return self._encode_release(event)
        raise LocalProtocolError(Cause.UNEXPECTED, f"{type(event).__name__} is not for a client to send")

    def _encode_request(self, event: Request) -> bytes:
        self._asked.begin(event)
        return self._encode_service(event)

    def _encode_association(self, event: AssociationRequest) -> bytes:
        if event.initiate is None:
            raise LocalProtocolError(Cause.INVALID_VALUE, "an association request needs its initiate request")
        information = self._protected_initiate(event.initiate.encode(), ApduTag.GLO_INITIATE_REQUEST)
        return Aarq(event.context, information, event.mechanism, event.title, event.authentication).encode()

    def _encode_proof(self, event: HlsProof) -> bytes:
        cipher = self._required_cipher()
        self._asked.invoke = event.invoke & INVOKE_ID
        token = octet_string(cipher.proof(self._server_challenge))
        return self._protected(ActionRequest(HLS_METHOD, token, event.invoke).encode())

    def _encode_release(self, event: ReleaseRequest) -> bytes:
        information = b""
        if self._security:
            information = self._protected_initiate(self._initiate.encode(), ApduTag.GLO_INITIATE_REQUEST)
        return Release(ApduTag.RLRQ, event.reason, information).encode()

    def _decode(self, apdu: bytes) -> Event:
        tag = apdu[0]
        if tag not in _PLAIN_TAGS:
            event = self._decode_service(apdu)
            return self._proof_answer(event) if self.state is State.PROVING else event
        if tag == ApduTag.RLRE:
            return ReleaseResponse(decode_release(apdu).reason)
        return self._decode_association(decode_aare(apdu))

    def _decode_association(self, aare: Aare) -> Event:
        if aare.result is not AssociateResult.ACCEPTED:
            return AssociationRejected(aare.result, aare.diagnostic, _service_error(aare.user_information))
        if self._cipher is not None:
            self._cipher.peer_title = self._checked_title(aare.title)
        plain = self._opened_initiate(aare.user_information, ApduTag.GLO_INITIATE_RESPONSE)
        initiate = decode_initiate_response(plain)
        if self.settings.mechanism is Mechanism.HLS_GMAC:
            return HlsChallenge(initiate, aare.title, self._checked_challenge(aare))
        return AssociationAccepted(initiate, aare.title)

    def _checked_title(self, title: bytes) -> bytes:
        expected = self.settings.expected_title
        if len(title) != 8 or (expected is not None and title != expected):
            known = expected.hex() if expected else "8 octets"
            raise RemoteProtocolError(Cause.WRONG_TITLE, f"the meter's system title is {title.hex()}, expected {known}")
        return title

    def _checked_challenge(self, aare: Aare) -> bytes:
        challenge = aare.authentication
        if not 8 <= len(challenge) <= 64 or challenge == self._challenge:
            raise RemoteProtocolError(
                Cause.AUTHENTICATION_FAILED, "the meter's challenge is missing, of a wrong size or a copy of ours"
            )
        return challenge

    def _proof_answer(self, event: Apdu) -> Event:
        if not isinstance(event, ActionResponse):
            return event
        if event.result is not ActionResult.SUCCESS:
            return HlsRefused(event.result, event.invoke)
        if not isinstance(event.returned, bytes) or event.returned[:1] != b"\x09":
            raise garbage("the meter's proof is not an octet-string")
        token, end = octets(event.returned, 1)
        if end != len(event.returned) or not self._required_cipher().proves(token, self._challenge):
            raise RemoteProtocolError(Cause.AUTHENTICATION_FAILED, "the meter could not prove that it knows the keys")
        return HlsConfirmed(event.invoke)

    def _accept(self, event: Event) -> None:
        if isinstance(event, RESPONSES):
            self._asked.check(event)
        elif isinstance(event, (HlsConfirmed, HlsRefused)):
            self._asked.check_invoke(event.invoke)
        elif isinstance(event, (AssociationAccepted, HlsChallenge)):
            self._open(event.initiate)
            self._server_challenge = event.challenge if isinstance(event, HlsChallenge) else b""

    def _open(self, initiate: InitiateResponse) -> None:
        self.conformance = initiate.conformance & self.settings.conformance
        self._set_peer_max_pdu(initiate.max_pdu)

    def _required_cipher(self) -> Cipher:
        if self._cipher is None:
            raise LocalProtocolError(Cause.INVALID_VALUE, "a proof needs keys")
        return self._cipher


def _service_error(information: bytes) -> ConfirmedServiceError | None:
    """The DLMS reason inside a rejecting AARE; absent or unreadable ones leave the association's own diagnostic."""
    try:
        return decode_service_error(information) if information[:1] == b"\x0e" else None
    except IndexError:
        return None
