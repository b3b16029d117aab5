"""How one side of an association protects what it sends and opens what it gets.

Sending: plain APDU → signed (inside general APDUs) → ciphered → signed (around glo- and ded-) → line. Receiving takes
the layers off again, whatever their order, and compares what they gave with what is required. A server answers the way
it was asked: same APDU, same kind of key, at least the same protection.
"""

import secrets

from protocols.dlms.axdr import encode_length, octets, with_length
from protocols.dlms.keys import TITLE_SIZE, Security
from protocols.dlms.security.ciphered_tags import (
    DED_TAGS,
    GENERAL_DED,
    GENERAL_GLO,
    GLO_SERVICES,
    GLO_TAGS,
    PROTECTED_TAGS,
)
from protocols.dlms.security.diagnosis import OVERHEAD, too_little
from protocols.dlms.security.envelopes import GeneralCiphering, Header
from protocols.dlms.security.key_ring import KeyRing, KeyUse
from protocols.dlms.security.layers import Peeled, not_its_service, peel
from protocols.dlms.security.message_keys import Tagging
from protocols.dlms.security.signing import signed_apdu
from protocols.dlms.suites import Suite
from protocols.errors import Cause, RemoteProtocolError, garbage

_SIGNED = int(Security.SIGNED)
_CIPHERED = int(Security.BOTH)
_AUTHENTICATED = int(Security.AUTHENTICATED)
_HEAD = 4
_TITLE = TITLE_SIZE + 1
_SERVICE, _GLOBAL = Tagging.SERVICE, KeyUse.GLOBAL
_UNASKED = frozenset((15, 24, 194))
"""Tags of what a server says without being asked: DataNotification, InformationReport, EventNotification."""


class Protection:
    """Protects and opens the APDUs of one association.

    `security` is what protects the next message sent, `required` the least that every message received must have,
    `found` what the last one had. With `mirrors` (a server) each message received decides how the next one is sent,
    never with less than `security` was at the beginning.
    """

    __slots__ = (
        "_hears_broadcasts",
        "_lasting",
        "_least",
        "_mirrors",
        "_transaction",
        "_unicast",
        "_use",
        "found",
        "required",
        "ring",
        "security",
        "tagging",
    )

    def __init__(
        self,
        ring: KeyRing,
        security: Security,
        required: Security | None = None,
        *,
        tagging: Tagging = Tagging.SERVICE,
        use: KeyUse = KeyUse.GLOBAL,
        mirrors: bool = False,
    ) -> None:
        self.ring = ring
        self._unicast = ring.unicast
        self._hears_broadcasts = ring.hears_broadcasts
        self.security = self._least = int(security)
        self.required = int(security if required is None else required)
        ring.require(self.required & _AUTHENTICATED)
        self.found = 0
        self.tagging = tagging
        self._use = self._lasting = use
        self._mirrors = mirrors
        self._transaction = b""

    def prefer_dedicated(self) -> None:
        """Send under the dedicated key from now on, if there is one: the association is open."""
        if self.ring.is_dedicated:
            self._use = KeyUse.DEDICATED

    def forget_dedicated(self) -> None:
        """The association is over, and its dedicated key with it."""
        self._use = self._lasting
        self.ring.forget_dedicated()

    @property
    def overhead(self) -> int:
        """The most octets that protection adds to the next APDU sent."""
        if self.tagging is _SERVICE and 0 < self.security < _SIGNED:
            return OVERHEAD + _HEAD
        ciphering = OVERHEAD + _HEAD if self.security & _CIPHERED else 0
        if self.tagging is Tagging.GENERAL:
            ciphering += _TITLE
        elif self.tagging is not Tagging.SERVICE and ciphering:
            ciphering += self._header_size() + _key_size(self.tagging, self.ring.suite)
        if self.security & _SIGNED:
            ciphering += _HEAD + self._header_size() + _HEAD + self.ring.suite.curve.pair_size
        return ciphering

    def protect(self, apdu: bytes) -> bytes:
        """The APDU to send. LocalProtocolError when a counter is exhausted or a key is missing."""
        security = self.security
        if self.tagging is _SERVICE and self._use is _GLOBAL and 0 < security < _SIGNED:
            tag = GLO_TAGS.get(apdu[0])
            if tag is not None:
                sealed = self._unicast.protect(apdu, security)
                return bytes((tag,)) + encode_length(len(sealed)) + sealed
        return self._protect_generally(apdu, security) if security else apdu

    def open(self, apdu: bytes) -> bytes:
        """The plain APDU inside one whose tag is in `PROTECTED_TAGS`.

        RemoteProtocolError: UNPROTECTED when it has less than the required protection, WRONG_TITLE when it is from or
        for someone else, UNEXPECTED for an answer to another transaction; and the causes of `Cipher.open`,
        `received_message_key` and `verified_content`.
        """
        service = GLO_SERVICES.get(apdu[0])
        if service is None or self._hears_broadcasts:
            return self._open_layers(apdu)
        protected, end = octets(apdu, 1)
        plain, bits = self._unicast.open(protected)
        if end != len(apdu) or plain[0] != service:
            raise not_its_service(apdu[0])
        self._finish(bits, _SERVICE, _GLOBAL)
        return plain

    def take_plain(self, what: str) -> None:
        """A message came without protection. RemoteProtocolError (UNPROTECTED) unless none is required."""
        if self.required:
            raise RemoteProtocolError(Cause.UNPROTECTED, f"{what} came unprotected")
        self._finish(0, Tagging.SERVICE, KeyUse.GLOBAL)

    def protect_initiate(self, plain: bytes, tag: int) -> bytes:
        """InitiateRequest or -Response as user information: glo- `tag` under the global key, plain without security.

        One with a dedicated key is always authenticated and encrypted (Green Book 9.2.5.1).
        """
        bits = _CIPHERED if self.ring.is_dedicated else self.security & _CIPHERED
        return bytes((tag,)) + with_length(self.ring.unicast.protect(plain, bits)) if bits else plain

    def open_initiate(self, information: bytes, tag: int) -> bytes:
        """The initiate message inside user information. RemoteProtocolError (UNPROTECTED) when it is plain, but must
        not be; and the causes of `open`.
        """
        needed = self.required & _CIPHERED
        if information[:1] == bytes((tag,)):
            protected, end = octets(information, 1)
            plain, bits, _ = self.ring.open_global(protected)
            if end != len(information):
                raise garbage("octets left over after the ciphered initiate message")
        elif information and information[0] in PROTECTED_TAGS:
            message = peel(self.ring, information)
            plain, bits = message.apdu, message.bits
        elif needed:
            raise RemoteProtocolError(Cause.UNPROTECTED, "the initiate message came unprotected")
        else:
            return information
        if bits & needed != needed:
            raise too_little(bits, needed)
        if self._mirrors:
            self.security = self._least | bits
        return plain

    def _finish(self, bits: int, tagging: Tagging, use: KeyUse) -> None:
        required = self.required
        if bits & required != required:
            raise too_little(bits, required)
        self.found = bits
        if self._mirrors:
            self.security = self._least | bits
            self.tagging = tagging
            self._use = _GLOBAL if use is KeyUse.BROADCAST else use

    def _protect_generally(self, apdu: bytes, security: int) -> bytes:
        bits, signed = security & _CIPHERED, security & _SIGNED
        around = bits and self.tagging is Tagging.SERVICE
        if not self._mirrors:
            self._transaction = secrets.token_bytes(8)
        if signed and not around:
            apdu = self._signed(apdu)
        if bits:
            apdu = self._ciphered(apdu, bits)
        return self._signed(apdu) if signed and around else apdu

    def _signed(self, apdu: bytes) -> bytes:
        return signed_apdu(self.ring.suite, self.ring.held.curve_keys, self._header(), apdu)

    def _ciphered(self, apdu: bytes, bits: int) -> bytes:
        if self.tagging not in (Tagging.SERVICE, Tagging.GENERAL):
            header = self._header()
            cipher, info = self.ring.message_cipher(self.tagging, self._use, header)
            return GeneralCiphering(header, info, cipher.protect(apdu, bits, header.encode())).encode()
        sealed = self.ring.cipher(self._use).protect(apdu, bits)
        dedicated = self._use is KeyUse.DEDICATED
        tag = (DED_TAGS if dedicated else GLO_TAGS).get(apdu[0]) if self.tagging is Tagging.SERVICE else None
        if tag is not None:
            return bytes((tag,)) + encode_length(len(sealed)) + sealed
        head = bytes((GENERAL_DED if dedicated else GENERAL_GLO, TITLE_SIZE)) + self.ring.held.title
        return head + encode_length(len(sealed)) + sealed

    def _header(self) -> Header:
        return Header(self._transaction, self.ring.held.title, self.ring.peer_title)

    def _header_size(self) -> int:
        return max(len(self._transaction), TITLE_SIZE) + 1 + 2 * _TITLE + 2

    def _open_layers(self, apdu: bytes) -> bytes:
        message = peel(self.ring, apdu)
        self._follow(message)
        self._finish(message.bits, message.tagging or _SERVICE, message.use)
        return message.apdu

    def _follow(self, message: Peeled) -> None:
        """A server answers in the transaction it was asked in, which its client then expects."""
        transaction = message.transaction
        if transaction is None:
            return
        if self._mirrors:
            self._transaction = transaction
        elif self._transaction not in (b"", transaction) and message.apdu[0] not in _UNASKED:
            raise RemoteProtocolError(Cause.UNEXPECTED, f"an answer to transaction {transaction.hex()}")


def _key_size(tagging: Tagging, suite: Suite) -> int:
    """Octets of the key information."""
    if tagging is Tagging.WRAPPED:
        return 4 + suite.key_size + 8
    if tagging is Tagging.ONE_PASS:
        return 6 + 2 * suite.curve.pair_size
    return 5
