"""The server half of a connection (meter, simulator)."""

import hmac
import secrets
from collections.abc import Callable

from protocols.dlms.acse import (
    Aare,
    Aarq,
    AssociateResult,
    Context,
    Diagnostic,
    Release,
    decode_aarq,
    decode_release,
)
from protocols.dlms.apdu import FAILURES, NOTIFICATIONS, RESPONSES
from protocols.dlms.axdr import octets
from protocols.dlms.cosem import HLS_METHOD
from protocols.dlms.data import Encoded
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
    ReleaseRequest,
    ReleaseResponse,
)
from protocols.dlms.initiate import DLMS_VERSION, InitiateRequest, InitiateResponse, decode_initiate_request
from protocols.dlms.link import NO_LIMIT, Link
from protocols.dlms.security import Cipher, Security
from protocols.dlms.server_requests import Written
from protocols.dlms.services.action import ActionRequest, ActionResponse
from protocols.dlms.services.failure import ConfirmedServiceError
from protocols.dlms.settings import ServerSettings
from protocols.dlms.states import Role, State
from protocols.dlms.tags import ActionResult, ApduTag, Mechanism
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.framing import Framing

MIN_PDU = 64
_SERVICES = (*RESPONSES, *FAILURES, *NOTIFICATIONS)
_VERSION_TOO_LOW = ConfirmedServiceError(1, 6, 1)
_PDU_TOO_SHORT = ConfirmedServiceError(1, 6, 3)


class ServerConnection(Link):
    """Waits for clients; `lookup` gives the settings of a client by its address, None for an unknown client.

    A RemoteProtocolError from `next_event` leaves the association as it was, so that the caller can answer with an
    ExceptionResponse; only broken framing makes the connection FAILED. Another client address on the same stream ends
    the association that was open and starts with none.
    """

    role = Role.SERVER

    def __init__(self, lookup: Callable[[int], ServerSettings | None], framing: Framing) -> None:
        super().__init__(framing)
        self._lookup = lookup
        self.client: int | None = None
        self.settings: ServerSettings | None = None
        self._challenge = b""
        self._client_challenge = b""
        self._mechanism = Mechanism.NONE
        self._context = Context.LN
        self._written = Written()

    def answer(self, request: AssociationRequest) -> AssociationAccepted | HlsChallenge | AssociationRejected:
        """What the settings say to an association request; send it as it is or decide otherwise."""
        settings, initiate = self.settings, request.initiate
        if settings is None or initiate is None:
            return _rejected(Diagnostic.NO_REASON)
        if request.context is not (Context.LN_CIPHERED if settings.keys else Context.LN):
            return _rejected(Diagnostic.CONTEXT_NOT_SUPPORTED)
        if diagnostic := _authentication_fault(settings, request):
            return _rejected(diagnostic)
        if initiate.version != DLMS_VERSION:
            return _rejected(Diagnostic.NO_REASON, _VERSION_TOO_LOW)
        if 0 < initiate.max_pdu < MIN_PDU:
            return _rejected(Diagnostic.NO_REASON, _PDU_TOO_SHORT)
        granted = InitiateResponse(initiate.conformance & settings.conformance, settings.max_pdu)
        if settings.mechanism is Mechanism.HLS_GMAC:
            return HlsChallenge(granted, settings.title, secrets.token_bytes(settings.challenge_size))
        return AssociationAccepted(granted, settings.title)

    def _encode(self, event: Event) -> bytes:
        if isinstance(event, _SERVICES):
            return self._encode_service(event)
        if isinstance(event, HlsConfirmed):
            return self._encode_confirmed(event)
        if isinstance(event, HlsRefused):
            return self._protected(ActionResponse(event.result, None, event.invoke).encode())
        if isinstance(event, ReleaseResponse):
            return Release(ApduTag.RLRE, event.reason).encode()
        return self._encode_answer(event)

    def _encode_answer(self, event: Event) -> bytes:
        if isinstance(event, AssociationAccepted):
            return self._encode_accepted(event.initiate, event.title, b"")
        if isinstance(event, HlsChallenge):
            self._challenge = event.challenge
            return self._encode_accepted(event.initiate, event.title, event.challenge)
        if isinstance(event, AssociationRejected):
            information = event.error.encode() if event.error else b""
            return Aare(self._context, event.result, event.diagnostic, information).encode()
        raise LocalProtocolError(Cause.UNEXPECTED, f"{type(event).__name__} is not for a server to send")

    def _encode_accepted(self, initiate: InitiateResponse, title: bytes, challenge: bytes) -> bytes:
        self.conformance = initiate.conformance
        information = self._protected_initiate(initiate.encode(), ApduTag.GLO_INITIATE_RESPONSE)
        diagnostic = Diagnostic.AUTHENTICATION_REQUIRED if challenge else Diagnostic.NONE
        accepted = AssociateResult.ACCEPTED
        return Aare(self._context, accepted, diagnostic, information, self._mechanism, title, challenge).encode()

    def _encode_confirmed(self, event: HlsConfirmed) -> bytes:
        token = octet_string(self._required_cipher().proof(self._client_challenge))
        return self._protected(ActionResponse(ActionResult.SUCCESS, token, event.invoke).encode())

    def _decode(self, apdu: bytes) -> Event:
        self._follow_client()
        if apdu[0] == ApduTag.AARQ:
            return self._decode_association(decode_aarq(apdu))
        if apdu[0] == ApduTag.RLRQ:
            return self._decode_release(decode_release(apdu))
        event = self._decode_service(apdu)
        self._general = apdu[0] == ApduTag.GENERAL_GLO
        if self.state is State.CHALLENGED and isinstance(event, ActionRequest) and event.method == HLS_METHOD:
            return HlsProof(self._proven(event.parameters), event.invoke)
        return event

    def _follow_client(self) -> None:
        peer = self._framing.peer
        if peer != self.client:
            self.client = peer
            self._forget()

    def _forget(self) -> None:
        self.state = State.IDLE
        self._cipher = None
        self._security = int(Security.NONE)
        self._general = False

    def _decode_association(self, aarq: Aarq) -> AssociationRequest:
        if self.state is not State.IDLE:
            raise RemoteProtocolError(Cause.UNEXPECTED, "association request while an association is open")
        self._forget()
        self._context, self._mechanism = aarq.context, aarq.mechanism
        self.settings = settings = None if self.client is None else self._lookup(self.client)
        initiate = None if settings is None else self._decode_initiate(settings, aarq)
        return AssociationRequest(aarq.context, aarq.mechanism, initiate, aarq.title, aarq.authentication)

    def _decode_initiate(self, settings: ServerSettings, aarq: Aarq) -> InitiateRequest | None:
        """The client's proposal; None when the context is not the one agreed and so cannot be read."""
        if (settings.keys is not None) is not (aarq.context is Context.LN_CIPHERED):
            return None
        if settings.keys is None:
            return decode_initiate_request(aarq.user_information)
        if len(aarq.title) != 8:
            raise RemoteProtocolError(Cause.WRONG_TITLE, "a ciphered association request without a system title")
        self._own_title = settings.title
        self._cipher = Cipher(settings.keys, settings.title, settings.counter, settings.client_counter)
        self._cipher.peer_title = aarq.title
        self._security = int(settings.security)
        return decode_initiate_request(self._opened_initiate(aarq.user_information, ApduTag.GLO_INITIATE_REQUEST))

    def _decode_release(self, release: Release) -> ReleaseRequest:
        if self._cipher is not None and release.user_information:
            self._opened_initiate(release.user_information, ApduTag.GLO_INITIATE_REQUEST)
        return ReleaseRequest(release.reason)

    def _proven(self, parameters: Encoded | None) -> bool:
        if parameters is None or parameters[:1] != b"\x09":
            return False
        token, end = octets(parameters, 1)
        return end == len(parameters) and self._required_cipher().proves(token, self._challenge)

    def _accept(self, event: Event) -> None:
        if isinstance(event, AssociationRequest):
            self._client_challenge = event.authentication
            if event.initiate is not None and self.settings is not None:
                self._set_peer_max_pdu(min(event.initiate.max_pdu or NO_LIMIT, self.settings.max_pdu))
        else:
            self._written.check(event, self.settings.max_request if self.settings else 0)

    def _required_cipher(self) -> Cipher:
        if self._cipher is None:
            raise LocalProtocolError(Cause.INVALID_VALUE, "a proof needs keys")
        return self._cipher


def _rejected(diagnostic: Diagnostic, error: ConfirmedServiceError | None = None) -> AssociationRejected:
    return AssociationRejected(AssociateResult.REJECTED_PERMANENT, diagnostic, error)


def _authentication_fault(settings: ServerSettings, request: AssociationRequest) -> Diagnostic | None:
    if request.mechanism is not settings.mechanism:
        missing = request.mechanism is Mechanism.NONE
        return Diagnostic.MECHANISM_REQUIRED if missing else Diagnostic.MECHANISM_NOT_RECOGNIZED
    if settings.mechanism is Mechanism.LLS and not hmac.compare_digest(request.authentication, settings.password):
        return Diagnostic.AUTHENTICATION_FAILURE
    if settings.mechanism is Mechanism.HLS_GMAC and not 8 <= len(request.authentication) <= 64:
        return Diagnostic.AUTHENTICATION_FAILURE
    return None
