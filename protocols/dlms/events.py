"""Everything a connection can send or report: association events here, services as their APDU dataclasses.

`HlsProof` and its answers travel as an ACTION on the association object; the connection computes and verifies them.
"""

from dataclasses import dataclass

from protocols.dlms.acse import AssociateResult, Context, Diagnostic, ReleaseReason
from protocols.dlms.acse_fields import NO_EXTRAS, Extras
from protocols.dlms.apdu import Apdu
from protocols.dlms.initiate import InitiateRequest, InitiateResponse
from protocols.dlms.services.failure import ConfirmedServiceError
from protocols.dlms.tags import ActionResult, Mechanism


@dataclass(frozen=True, slots=True)
class AssociationRequest:
    """AARQ. `authentication` is the password (LLS) or the client's challenge (HLS).

    `initiate` is None only on a server that does not know the client and so cannot read its proposal.
    """

    context: Context
    mechanism: Mechanism
    initiate: InitiateRequest | None
    title: bytes = b""
    authentication: bytes = b""
    extras: Extras = NO_EXTRAS

    def __repr__(self) -> str:
        return f"AssociationRequest({self.context.name}, {self.mechanism.name}, {self.initiate})"


@dataclass(frozen=True, slots=True)
class AssociationAccepted:
    """AARE: the association is open."""

    initiate: InitiateResponse
    title: bytes = b""
    extras: Extras = NO_EXTRAS


@dataclass(frozen=True, slots=True)
class HlsChallenge:
    """AARE: accepted so far; the client must now prove that it knows the key."""

    initiate: InitiateResponse
    title: bytes
    challenge: bytes
    extras: Extras = NO_EXTRAS


@dataclass(frozen=True, slots=True)
class AssociationRejected:
    """AARE: refused, with the reason of the association layer and sometimes one of the DLMS layer."""

    result: AssociateResult
    diagnostic: Diagnostic
    error: ConfirmedServiceError | None = None

    @property
    def words(self) -> str:
        """The refusal in plain words."""
        lasting = "for now" if self.result is AssociateResult.REJECTED_TRANSIENT else "permanently"
        detail = f" ({self.error.words})" if self.error else ""
        return f"association rejected {lasting}: {self.diagnostic.words}{detail}"


@dataclass(frozen=True, slots=True)
class HlsProof:
    """The client's answer to the challenge. `valid` is the server's finding; a client sends the default."""

    valid: bool = True
    invoke: int = 0xC1


@dataclass(frozen=True, slots=True)
class HlsConfirmed:
    """The server accepted the proof and proved itself: the association is open."""

    invoke: int = 0xC1


@dataclass(frozen=True, slots=True)
class HlsRefused:
    """The server did not accept the proof; the association is gone."""

    result: ActionResult = ActionResult.OTHER_REASON
    invoke: int = 0xC1


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """RLRQ."""

    reason: ReleaseReason | None = ReleaseReason.NORMAL


@dataclass(frozen=True, slots=True)
class ReleaseResponse:
    """RLRE."""

    reason: ReleaseReason | None = ReleaseReason.NORMAL


Event = (
    AssociationRequest
    | AssociationAccepted
    | HlsChallenge
    | AssociationRejected
    | HlsProof
    | HlsConfirmed
    | HlsRefused
    | ReleaseRequest
    | ReleaseResponse
    | Apdu
)


class NeedData:
    """Type of NEED_DATA."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NEED_DATA"


NEED_DATA = NeedData()
"""What `next_event()` gives when the bytes received so far hold no further event."""
