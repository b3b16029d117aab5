"""What client and server connections share: framing, order of events, protection of APDUs."""

from abc import ABC, abstractmethod
from typing import ClassVar

from protocols.dlms.apdu import FAILURES, Apdu, decode_apdu
from protocols.dlms.axdr import encode_length, octets, with_length
from protocols.dlms.conformance import Conformance
from protocols.dlms.events import NEED_DATA, Event, NeedData
from protocols.dlms.security import OVERHEAD, TITLE_SIZE, Cipher, Security
from protocols.dlms.services.failure import ExceptionResponse
from protocols.dlms.states import TRANSITIONS, Role, State
from protocols.dlms.tags import ApduTag
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage
from protocols.framing import Framing

_GLO_OFFSET = 8
_GLO_SERVICES = frozenset((200, 201, 202, 203, 204, 205, 207))
_GLO_ERROR = int(ApduTag.GLO_CONFIRMED_SERVICE_ERROR)
_GENERAL_GLO = int(ApduTag.GENERAL_GLO)
_GENERAL_HEAD = bytes((_GENERAL_GLO, TITLE_SIZE))
NO_LIMIT = 0xFFFF


class Link(ABC):
    """Base of both roles; see `ClientConnection` and `ServerConnection`."""

    role: ClassVar[Role]

    def __init__(self, framing: Framing) -> None:
        self._may_send = TRANSITIONS[self.role]
        self._may_receive = TRANSITIONS[self.role.peer]
        self.state = State.IDLE
        self.conformance = Conformance.NONE
        self._framing = framing
        self._cipher: Cipher | None = None
        self._own_title = b""
        self._security = int(Security.NONE)
        self._general = False
        self._peer_max_pdu = NO_LIMIT

    def send(self, event: Event) -> bytes:
        """The octets to put on the line. LocalProtocolError (UNEXPECTED) when this state does not allow the event."""
        following = self._may_send[self.state].get(type(event))
        if following is None:
            raise LocalProtocolError(
                Cause.UNEXPECTED, f"{type(event).__name__} cannot be sent by a {self._name} in state {self.state.name}"
            )
        data = self._framing.frame(self._encode(event))
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
        if self._cipher is None or not self._security:
            return self._peer_max_pdu
        return self._peer_max_pdu - OVERHEAD - 4 - (TITLE_SIZE + 1 if self._general else 0)

    @property
    def _name(self) -> str:
        return self.role.name.lower()

    @abstractmethod
    def _encode(self, event: Event) -> bytes: ...

    @abstractmethod
    def _decode(self, apdu: bytes) -> Event: ...

    @abstractmethod
    def _accept(self, event: Event) -> None: ...

    def _set_peer_max_pdu(self, size: int) -> None:
        self._peer_max_pdu = size or NO_LIMIT

    def _protected(self, apdu: bytes) -> bytes:
        """The APDU as the association protects services: glo with the service's own tag, or general-glo."""
        if self._cipher is None or not self._security:
            return apdu
        sealed = self._cipher.protect(apdu, self._security)
        if self._general or apdu[0] not in _GLO_TAGS:
            return _GENERAL_HEAD + self._own_title + encode_length(len(sealed)) + sealed
        return bytes((_GLO_TAGS[apdu[0]],)) + encode_length(len(sealed)) + sealed

    def _encode_service(self, event: Apdu) -> bytes:
        apdu = event.encode()
        if isinstance(event, ExceptionResponse):
            return apdu
        if len(apdu) > self.room:
            raise LocalProtocolError(
                Cause.TOO_LARGE, f"{type(event).__name__} has {len(apdu)} octets, the peer accepts {self.room}"
            )
        return self._protected(apdu)

    def _decode_service(self, apdu: bytes) -> Apdu:
        tag = apdu[0]
        if tag in _GLO_SERVICES or tag == _GLO_ERROR:
            protected, end = octets(apdu, 1)
            plain = self._opened(protected)
            if end != len(apdu) or _GLO_TAGS.get(plain[0]) != tag:
                raise garbage(f"ciphered APDU {tag} does not hold its own service")
            return decode_apdu(plain)
        if tag == _GENERAL_GLO:
            return decode_apdu(self._opened(self._general_content(apdu)))
        event = decode_apdu(apdu)
        if self._security and not isinstance(event, FAILURES):
            raise RemoteProtocolError(Cause.UNPROTECTED, f"{type(event).__name__} came unprotected")
        return event

    def _opened(self, protected: bytes) -> bytes:
        if self._cipher is None:
            raise RemoteProtocolError(Cause.UNEXPECTED, "a ciphered message in an association without ciphering")
        plain, security = self._cipher.open(protected)
        if security & self._security != self._security:
            raise RemoteProtocolError(
                Cause.UNPROTECTED, f"protection {security:#04x} is less than the agreed {self._security:#04x}"
            )
        return plain

    def _general_content(self, apdu: bytes) -> bytes:
        title, offset = octets(apdu, 1)
        protected, end = octets(apdu, offset)
        if end != len(apdu):
            raise garbage("octets left over after a general-glo APDU")
        if self._cipher is not None and title not in (b"", self._cipher.peer_title):
            raise RemoteProtocolError(Cause.WRONG_TITLE, f"general-glo message from system title {title.hex()}")
        return protected

    def _protected_initiate(self, plain: bytes, tag: ApduTag) -> bytes:
        if self._cipher is None or not self._security:
            return plain
        return bytes((tag,)) + with_length(self._cipher.protect(plain, self._security))

    def _opened_initiate(self, information: bytes, tag: ApduTag) -> bytes:
        if information[:1] != bytes((tag,)):
            if self._security:
                raise RemoteProtocolError(Cause.UNPROTECTED, "the initiate message came unprotected")
            return information
        protected, end = octets(information, 1)
        if end != len(information):
            raise garbage("octets left over after the ciphered initiate message")
        return self._opened(protected)


_GLO_TAGS = {tag - _GLO_OFFSET: tag for tag in _GLO_SERVICES} | {int(ApduTag.CONFIRMED_SERVICE_ERROR): _GLO_ERROR}
