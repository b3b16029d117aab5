"""What a server's settings say to an association request."""

import hmac
import secrets

from protocols.dlms.acse import AssociateResult, Diagnostic
from protocols.dlms.events import AssociationAccepted, AssociationRejected, AssociationRequest, HlsChallenge
from protocols.dlms.initiate import DLMS_VERSION, VAA_NAME_LN, VAA_NAME_SN, InitiateRequest, InitiateResponse
from protocols.dlms.keys import TITLE_SIZE
from protocols.dlms.security.curves import certified_key, point_of
from protocols.dlms.security.handshake import HLS_MECHANISMS, TITLED_MECHANISMS
from protocols.dlms.services.failure import ConfirmedServiceError
from protocols.dlms.settings import MAX_CHALLENGE, MIN_CHALLENGE, ServerSettings
from protocols.dlms.tags import Mechanism
from protocols.errors import RemoteProtocolError

MIN_PDU = 64
_VERSION_TOO_LOW = ConfirmedServiceError(1, 6, 1)
_PDU_TOO_SHORT = ConfirmedServiceError(1, 6, 3)


def answer(
    settings: ServerSettings | None, request: AssociationRequest
) -> AssociationAccepted | HlsChallenge | AssociationRejected:
    """Accepted, challenged to prove a secret, or refused with a diagnosis."""
    if settings is None:
        return _rejected(Diagnostic.NO_REASON)
    if request.context is not settings.named_context or request.initiate is None:
        return _rejected(Diagnostic.CONTEXT_NOT_SUPPORTED)
    if diagnostic := _identity_fault(settings, request) or _authentication_fault(settings, request):
        return _rejected(diagnostic)
    if fault := _initiate_fault(request.initiate):
        return _rejected(Diagnostic.NO_REASON, fault)
    granted = granted_to(settings, request.initiate)
    if settings.mechanism in HLS_MECHANISMS:
        return HlsChallenge(granted, settings.title, secrets.token_bytes(settings.fresh_challenge_size))
    return AssociationAccepted(granted, settings.title)


def granted_to(settings: ServerSettings, initiate: InitiateRequest) -> InitiateResponse:
    """What both sides can, and the server's PDU size."""
    name = VAA_NAME_SN if settings.named_context.short_names else VAA_NAME_LN
    return InitiateResponse(initiate.conformance & settings.conformance, settings.max_pdu, vaa_name=name)


def _rejected(diagnostic: Diagnostic, error: ConfirmedServiceError | None = None) -> AssociationRejected:
    return AssociationRejected(AssociateResult.REJECTED_PERMANENT, diagnostic, error)


def _initiate_fault(initiate: InitiateRequest) -> ConfirmedServiceError | None:
    if initiate.version != DLMS_VERSION:
        return _VERSION_TOO_LOW
    return _PDU_TOO_SHORT if 0 < initiate.max_pdu < MIN_PDU else None


def _identity_fault(settings: ServerSettings, request: AssociationRequest) -> Diagnostic | None:
    """A title that is missing, our own or not the agreed one, or a certificate of a key that is not trusted."""
    needed = settings.named_context.ciphered or settings.mechanism in TITLED_MECHANISMS
    wrong = request.title == settings.title or (bool(settings.client_title) and request.title != settings.client_title)
    if needed and (wrong or len(request.title) != TITLE_SIZE):
        return Diagnostic.CALLING_TITLE_NOT_RECOGNIZED
    certificate, trusted = request.extras.qualifier, settings.curve_keys.peer_signing
    if not certificate or trusted is None:
        return None
    try:
        certified = certified_key(settings.suite, certificate)
    except RemoteProtocolError:
        return Diagnostic.CALLING_QUALIFIER_NOT_RECOGNIZED
    return None if point_of(certified) == point_of(trusted) else Diagnostic.CALLING_QUALIFIER_NOT_RECOGNIZED


def _authentication_fault(settings: ServerSettings, request: AssociationRequest) -> Diagnostic | None:
    if request.mechanism is not settings.mechanism:
        missing = request.mechanism is Mechanism.NONE
        return Diagnostic.MECHANISM_REQUIRED if missing else Diagnostic.MECHANISM_NOT_RECOGNIZED
    if settings.mechanism is Mechanism.LLS and not hmac.compare_digest(request.authentication, settings.password):
        return Diagnostic.AUTHENTICATION_FAILURE
    size = len(request.authentication)
    if settings.mechanism in HLS_MECHANISMS and not MIN_CHALLENGE <= size <= MAX_CHALLENGE:
        return Diagnostic.AUTHENTICATION_FAILURE
    return None
