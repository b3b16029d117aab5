"""What client and server connections share: framing, order of events, protection of APDUs."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from protocols.dlms.apdu import FAILURES, NOTIFICATIONS, Apdu, decode_apdu
from protocols.dlms.conformance import Conformance
from protocols.dlms.events import NEED_DATA, Event, NeedData
from protocols.dlms.general_block import TAG as BLOCK
from protocols.dlms.general_block_framing import GeneralBlockFraming
from protocols.dlms.security.ciphered_tags import PROTECTED_TAGS
from protocols.dlms.security.key_ring import KeyRing
from protocols.dlms.security.protection import Protection
from protocols.dlms.services.failure import ExceptionResponse
from protocols.dlms.states import RECEIVED, TRANSITIONS, Role, State
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.framing import Framing

NO_LIMIT = 0xFFFF


class Link(ABC):
    """Base of both roles; see `ClientConnection` and `ServerConnection`."""

    role: ClassVar[Role]

    def __init__(self, framing: Framing) -> None:
        self._may_send = TRANSITIONS[self.role]
        self._may_receive = RECEIVED[self.role]
        self.state = State.IDLE
        self.conformance = Conformance.NONE
        self._framing = self._below = framing
        self._blocks: GeneralBlockFraming | None = None
        self._ring: KeyRing | None = None
        self._protection: Protection | None = None
        self._peer_max_pdu = NO_LIMIT

    def send(self, event: Event) -> bytes:
        """The octets to put on the line. LocalProtocolError (UNEXPECTED) when this state does not allow the event."""
        following = self._may_send[self.state].get(type(event))
        if following is None:
            raise LocalProtocolError(
                Cause.UNEXPECTED, f"{type(event).__name__} cannot be sent by a {self._name} in state {self.state.name}"
            )
        # Taken before encoding: the APDU that agrees on blocks is itself not yet carried by them.
        carry = self._framing.frame if self._blocks is None else self._carrier(self._blocks, event)
        data = carry(self._encode(event))
        self.state = following
        return data

    def receive_data(self, data: bytes) -> None:
        """Take octets from the line, in pieces of any size. RemoteProtocolError (TOO_LARGE) when flooded."""
        self._framing.receive_data(data)

    def next_event(self) -> Event | NeedData:
        """The next event, or NEED_DATA.

        RemoteProtocolError with the cause when the peer's octets are not what the standard and the state allow.
        """
        try:
            apdu = self._framing.next_apdu()
            if apdu is not None and apdu[0] == BLOCK:
                apdu = self._unannounced_block(apdu)
        except RemoteProtocolError:
            self.state = State.FAILED
            raise
        if apdu is None:
            return NEED_DATA
        event = self._decode(apdu)
        following = self._may_receive[self.state].get(type(event))
        if following is None:
            raise RemoteProtocolError(
                Cause.UNEXPECTED, f"{type(event).__name__} came while the association was {self.state.name}"
            )
        self._accept(event)
        self.state = following
        return event

    @property
    def is_open(self) -> bool:
        """Whether the layers below are set up, so that APDUs may be sent."""
        return self._framing.is_open

    def open(self) -> bytes:
        """The octets that begin to set up the layers below; see `Framing.open`."""
        return self._framing.open()

    def close(self) -> bytes:
        """The octets that end the layers below; see `Framing.close`."""
        return self._framing.close()

    def outgoing(self) -> bytes:
        """What the layers below want to say now: acknowledgements, further segments; often b""."""
        return self._framing.outgoing()

    def repeat(self) -> bytes:
        """What to send again after a silence of the peer; see `Framing.repeat`."""
        return self._framing.repeat()

    @property
    def room(self) -> int:
        """How many octets of a plain APDU the peer accepts from us in one piece, protection deducted."""
        protection = self._protection
        return self._peer_max_pdu if protection is None else self._peer_max_pdu - protection.overhead

    @property
    def _name(self) -> str:
        return self.role.name.lower()

    @abstractmethod
    def _encode(self, event: Event) -> bytes: ...

    @abstractmethod
    def _decode(self, apdu: bytes) -> Event: ...

    @abstractmethod
    def _accept(self, event: Event) -> None: ...

    def _carrier(self, blocks: GeneralBlockFraming, event: Event) -> Callable[[bytes], bytes]:
        """What makes octets for the line of the event's APDU: notifications in blocks are confirmed by nobody."""
        return blocks.one_way if isinstance(event, NOTIFICATIONS) else blocks.frame

    def _agree_on_blocks(self, window: int, limit: int) -> None:
        """Carry long APDUs in general blocks from now on, if the association has agreed on that.

        `window` is how many blocks we take at once, `limit` the octets of one APDU received. What is longer than the
        peer's PDU then travels whole, without the blocks of each service: agreeing on the general ones makes those
        superfluous (Green Book 9.4.6.13), and only they reach responses to lists and notifications.
        """
        self._framing, self._blocks = self._below, None
        if not window or not self.conformance & Conformance.GENERAL_BLOCK_TRANSFER:
            return
        self._framing = self._blocks = GeneralBlockFraming(
            self._below,
            active=self.role is Role.CLIENT,
            window=window,
            max_pdu=self._peer_max_pdu,
            max_transfer=limit,
        )
        self._peer_max_pdu = self._blocks.capacity

    def _unannounced_block(self, apdu: bytes) -> bytes | None:
        """A block nobody agreed on; a server refuses it like any unknown APDU."""
        return apdu

    def _set_peer_max_pdu(self, size: int) -> None:
        self._peer_max_pdu = size or NO_LIMIT

    def _protected(self, apdu: bytes) -> bytes:
        """The APDU as the association protects services."""
        return apdu if self._protection is None else self._protection.protect(apdu)

    def _encode_service(self, event: Apdu) -> bytes:
        apdu = event.encode()
        if isinstance(event, ExceptionResponse):
            return apdu
        if len(apdu) > self.room and not isinstance(event, FAILURES):
            raise LocalProtocolError(
                Cause.TOO_LARGE, f"{type(event).__name__} has {len(apdu)} octets, the peer accepts {self.room}"
            )
        return self._protected(apdu)

    def _decode_service(self, apdu: bytes) -> Apdu:
        protection = self._protection
        if apdu[0] in PROTECTED_TAGS:
            if protection is None:
                raise RemoteProtocolError(Cause.UNEXPECTED, "a ciphered message in an association without ciphering")
            return decode_apdu(protection.open(apdu))
        event = decode_apdu(apdu)
        if protection is not None and not isinstance(event, FAILURES):
            protection.take_plain(type(event).__name__)
        return event

    def _protected_initiate(self, plain: bytes, tag: int) -> bytes:
        return plain if self._protection is None else self._protection.protect_initiate(plain, tag)

    def _opened_initiate(self, information: bytes, tag: int) -> bytes:
        return information if self._protection is None else self._protection.open_initiate(information, tag)
