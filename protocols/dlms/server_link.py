"""The server half of a connection (meter, simulator)."""

from collections.abc import Callable
from typing import Any

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
from protocols.dlms.apdu import FAILURES, NOTIFICATIONS, RESPONSES, Apdu
from protocols.dlms.association_answer import answer
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
from protocols.dlms.initiate import InitiateRequest, InitiateResponse, decode_initiate_request
from protocols.dlms.keys import TITLE_SIZE
from protocols.dlms.link import NO_LIMIT, Link
from protocols.dlms.security.handshake import Handshake
from protocols.dlms.server_requests import classified
from protocols.dlms.services.action import ActionRequest, ActionResponse
from protocols.dlms.settings import ServerSettings
from protocols.dlms.short_hls import proof_confirmed, proof_in, proof_refused
from protocols.dlms.states import Role, State
from protocols.dlms.tags import ActionResult, ApduTag, Mechanism
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.framing import Framing


class ServerConnection(Link):
    """Waits for clients; `lookup` gives the settings of a client by its address, None for an unknown client.

    A RemoteProtocolError from `next_event` leaves the association as it was, so that the caller can answer with an
    ExceptionResponse; only broken framing makes the connection FAILED. Another client address on the same stream, or a
    new HDLC connection, ends the association that was open and starts with none.
    """

    role = Role.SERVER

    def __init__(self, lookup: Callable[[int], ServerSettings | None], framing: Framing) -> None:
        super().__init__(framing)
        self._lookup = lookup
        self.client: int | None = None
        self._connections = 0
        self.settings: ServerSettings | None = None
        self._client_title = self._challenge = self._client_challenge = b""
        self._mechanism = Mechanism.NONE
        self._context = Context.LN
        self._granted: InitiateResponse | None = None
        self._release_protected = False

    @property
    def is_established(self) -> bool:
        """Whether the client's association is there without being asked for (pre-established)."""
        return self.settings is not None and self.settings.established is not None

    def answer(self, request: AssociationRequest) -> AssociationAccepted | HlsChallenge | AssociationRejected:
        """What the settings say to an association request; send it as it is or decide otherwise."""
        return answer(self.settings, request)

    def _encode(self, event: Event) -> bytes:
        return _ENCODERS[type(event)](self, event)

    def _encode_rejected(self, event: AssociationRejected) -> bytes:
        information = event.error.encode() if event.error else b""
        return Aare(self._context, event.result, event.diagnostic, information).encode()

    def _encode_challenge(self, event: HlsChallenge) -> bytes:
        self._challenge = event.challenge
        return self._encode_accepted(event, event.challenge)

    def _encode_accepted(self, event: AssociationAccepted | HlsChallenge, challenge: bytes = b"") -> bytes:
        self.conformance, self._granted = event.initiate.conformance, event.initiate
        if self.settings is not None:
            self._agree_on_blocks(self.settings.block_window, self.settings.max_request)
        information = self._protected_initiate(event.initiate.encode(), ApduTag.GLO_INITIATE_RESPONSE)
        diagnostic = Diagnostic.AUTHENTICATION_REQUIRED if challenge else Diagnostic.NONE
        head = self._context, AssociateResult.ACCEPTED, diagnostic, information
        return Aare(*head, self._mechanism, event.title, challenge, event.extras).encode()

    def _encode_confirmed(self, event: HlsConfirmed) -> bytes:
        token = self._handshake().proof()
        if self._context.short_names:
            return self._protected(proof_confirmed(token).encode())
        return self._protected(ActionResponse(ActionResult.SUCCESS, octet_string(token), event.invoke).encode())

    def _encode_refused(self, event: HlsRefused) -> bytes:
        if self._context.short_names:
            return self._protected(proof_refused().encode())
        return self._protected(ActionResponse(event.result, None, event.invoke).encode())

    def _encode_release(self, event: ReleaseResponse) -> bytes:
        information = b""
        if self._release_protected and self._granted is not None:
            information = self._protected_initiate(self._granted.encode(), ApduTag.GLO_INITIATE_RESPONSE)
        return Release(ApduTag.RLRE, event.reason, information).encode()

    def _handshake(self) -> Handshake:
        if self.settings is None:
            raise LocalProtocolError(Cause.INVALID_VALUE, "a proof needs the settings of its client")
        return self.settings.handshake(self._ring, self._client_title, self._challenge, self._client_challenge)

    def _decode(self, apdu: bytes) -> Event:
        self._follow_client()
        if apdu[0] == ApduTag.AARQ:
            return self._decode_association(decode_aarq(apdu))
        if apdu[0] == ApduTag.RLRQ:
            return self._decode_release(decode_release(apdu))
        event = self._decode_service(apdu)
        if self.state is State.CHALLENGED and (proof := self._proof(event)) is not None:
            return proof
        return classified(event)

    def _proof(self, event: Apdu) -> HlsProof | None:
        """The client's proof, however the context carries it; None for any other request."""
        if isinstance(event, ActionRequest) and event.method == HLS_METHOD:
            return HlsProof(self._proven(event.parameters), event.invoke)
        token = proof_in(event)
        return None if token is None else HlsProof(self._proven(token))

    def _follow_client(self) -> None:
        framing = self._below
        if framing.peer != self.client or framing.connections != self._connections:
            self.client, self._connections = framing.peer, framing.connections
            self._forget()
        if self.state is State.IDLE:
            self._establish()

    def _forget(self) -> None:
        self.state = State.IDLE
        self.settings = None
        self._ring = self._protection = self._blocks = None
        self._framing = self._below

    def _establish(self) -> None:
        """Open the client's pre-established association, if it has one."""
        settings = None if self.client is None else self._lookup(self.client)
        if settings is None or settings.established is None:
            return
        self._set_up(settings, settings.client_title)
        self._context, self.conformance = settings.named_context, settings.established.conformance
        self._set_peer_max_pdu(settings.established.max_pdu)
        self._agree_on_blocks(settings.block_window, settings.max_request)
        self.state = State.READY

    def _set_up(self, settings: ServerSettings, title: bytes) -> None:
        self.settings, self._client_title = settings, title
        self._ring = settings.key_ring()
        if self._ring is not None and len(title) == TITLE_SIZE:
            self._ring.peer_title = title
        self._protection = settings.protection(self._ring)

    def _decode_association(self, aarq: Aarq) -> AssociationRequest:
        if self.state is not State.IDLE:
            raise RemoteProtocolError(Cause.UNEXPECTED, "association request while an association is open")
        self._forget()
        self._context, self._mechanism = aarq.context, aarq.mechanism
        settings = None if self.client is None else self._lookup(self.client)
        initiate = None if settings is None else self._decode_initiate(settings, aarq)
        names = aarq.context, aarq.mechanism, initiate, aarq.title, aarq.authentication
        return AssociationRequest(*names, aarq.extras)

    def _decode_initiate(self, settings: ServerSettings, aarq: Aarq) -> InitiateRequest | None:
        """The client's proposal; None when the context is not the one agreed and so cannot be read."""
        self.settings = settings
        if aarq.context is not settings.named_context:
            return None
        if aarq.context.ciphered and len(aarq.title) != TITLE_SIZE:
            raise RemoteProtocolError(Cause.WRONG_TITLE, "a ciphered association request without a system title")
        self._set_up(settings, aarq.title)
        plain = self._opened_initiate(aarq.user_information, ApduTag.GLO_INITIATE_REQUEST)
        initiate = decode_initiate_request(plain)
        if initiate.dedicated_key and self._protection is not None:
            self._protection.ring.dedicate(initiate.dedicated_key)
        return initiate

    def _decode_release(self, release: Release) -> ReleaseRequest:
        self._release_protected = self._protection is not None and bool(release.user_information)
        if self._release_protected:
            self._opened_initiate(release.user_information, ApduTag.GLO_INITIATE_REQUEST)
        return ReleaseRequest(release.reason)

    def _proven(self, parameters: Encoded | None) -> bool:
        if parameters is None or parameters[:1] != b"\x09":
            return False
        token, end = octets(parameters, 1)
        return end == len(parameters) and self._handshake().proves(token)

    def _accept(self, event: Event) -> None:
        if isinstance(event, AssociationRequest):
            self._client_challenge = event.authentication
            if event.initiate is not None and self.settings is not None:
                self._set_peer_max_pdu(min(event.initiate.max_pdu or NO_LIMIT, self.settings.max_pdu))


_ENCODERS: dict[type, Callable[[ServerConnection, Any], bytes]] = {
    **dict.fromkeys((*RESPONSES, *FAILURES, *NOTIFICATIONS), ServerConnection._encode_service),
    AssociationAccepted: ServerConnection._encode_accepted,
    AssociationRejected: ServerConnection._encode_rejected,
    HlsChallenge: ServerConnection._encode_challenge,
    HlsConfirmed: ServerConnection._encode_confirmed,
    HlsRefused: ServerConnection._encode_refused,
    ReleaseResponse: ServerConnection._encode_release,
}
"""What a server may send according to `states`, and how it becomes an APDU."""
