"""The general APDUs (Green Book 9.2.7.2.4, 9.2.7.2.5): who protected what for whom, and with which key.

    general-glo, general-ded   system title ‖ SC ‖ IC ‖ …
    general-ciphering          header ‖ key-info ‖ SC ‖ IC ‖ …
    general-signing            header ‖ content ‖ signature

where header = transaction id ‖ originator ‖ recipient ‖ date-time ‖ other information. Every field is an octet-string
with its length; lengths are part of what is authenticated and signed.
"""

from dataclasses import dataclass
from enum import IntEnum

from protocols.dlms.axdr import octets, with_length
from protocols.dlms.security.ciphered_tags import GENERAL_CIPHERING, GENERAL_SIGNING
from protocols.errors import garbage

_PRESENT = 1
_HEADER_FIELDS = 5


class KeyChoice(IntEnum):
    """CHOICE Key-Info: how the recipient gets the encryption key."""

    IDENTIFIED = 0
    WRAPPED = 1
    AGREED = 2


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """Key-Info. `parameter` is key-id, kek-id or the agreement scheme (1 one-pass, 2 static).

    `data` is the wrapped key, or the ephemeral public key with its signature, else empty.
    """

    choice: KeyChoice
    parameter: int
    data: bytes = b""

    def encode(self) -> bytes:
        """The optional field with the flag that says it is there."""
        head = bytes((_PRESENT, self.choice))
        if self.choice is KeyChoice.IDENTIFIED:
            return head + bytes((self.parameter,))
        if self.choice is KeyChoice.WRAPPED:
            return head + bytes((self.parameter,)) + with_length(self.data)
        return head + with_length(bytes((self.parameter,))) + with_length(self.data)


@dataclass(frozen=True, slots=True)
class Header:
    """The common beginning of general-ciphering and general-signing."""

    transaction: bytes
    originator: bytes
    recipient: bytes
    date_time: bytes = b""
    other: bytes = b""

    def encode(self) -> bytes:
        """Five octet-strings, each with its length."""
        fields = (self.transaction, self.originator, self.recipient, self.date_time, self.other)
        return b"".join([with_length(field) for field in fields])


@dataclass(frozen=True, slots=True)
class GeneralCiphering:
    """Tag 221. `key` None says that the recipient knows the key already; `ciphered` is SC ‖ IC ‖ …"""

    header: Header
    key: KeyInfo | None
    ciphered: bytes

    def encode(self) -> bytes:
        """The tag and its fields."""
        key = b"\x00" if self.key is None else self.key.encode()
        return bytes((GENERAL_CIPHERING,)) + self.header.encode() + key + with_length(self.ciphered)


@dataclass(frozen=True, slots=True)
class GeneralSigning:
    """Tag 223. `content` is an APDU, plain or ciphered."""

    header: Header
    content: bytes
    signature: bytes

    def encode(self) -> bytes:
        """The tag and its fields."""
        head = bytes((GENERAL_SIGNING,)) + self.header.encode()
        return head + with_length(self.content) + with_length(self.signature)


def decode_general(apdu: bytes) -> tuple[bytes, bytes]:
    """System title and SC ‖ IC ‖ … of general-glo or general-ded. RemoteProtocolError (GARBAGE) if malformed."""
    title, offset = octets(apdu, 1)
    protected, end = octets(apdu, offset)
    _check_end(end, apdu)
    return title, protected


def decode_general_ciphering(apdu: bytes) -> GeneralCiphering:
    """Read tag 221. RemoteProtocolError (GARBAGE) if malformed."""
    header, offset = _decode_header(apdu)
    key, offset = _decode_key(apdu, offset)
    ciphered, end = octets(apdu, offset)
    _check_end(end, apdu)
    return GeneralCiphering(header, key, ciphered)


def decode_general_signing(apdu: bytes) -> GeneralSigning:
    """Read tag 223. RemoteProtocolError (GARBAGE) if malformed."""
    header, offset = _decode_header(apdu)
    content, offset = octets(apdu, offset)
    signature, end = octets(apdu, offset)
    _check_end(end, apdu)
    return GeneralSigning(header, content, signature)


def _decode_header(apdu: bytes) -> tuple[Header, int]:
    fields: list[bytes] = []
    offset = 1
    for _ in range(_HEADER_FIELDS):
        field, offset = octets(apdu, offset)
        fields.append(field)
    return Header(*fields), offset


def _decode_key(apdu: bytes, offset: int) -> tuple[KeyInfo | None, int]:
    if apdu[offset : offset + 1] == b"\x00":
        return None, offset + 1
    head = apdu[offset : offset + 3]
    if len(head) < 3 or head[0] != _PRESENT or head[1] > KeyChoice.AGREED:
        raise garbage(f"key information {head.hex()} is not defined")
    choice = KeyChoice(head[1])
    if choice is KeyChoice.IDENTIFIED:
        return KeyInfo(choice, head[2]), offset + 3
    if choice is KeyChoice.WRAPPED:
        data, end = octets(apdu, offset + 3)
        return KeyInfo(choice, head[2], data), end
    parameters, offset = octets(apdu, offset + 2)
    data, end = octets(apdu, offset)
    if len(parameters) != 1:
        raise garbage(f"key parameters {parameters.hex()} are not defined")
    return KeyInfo(choice, parameters[0], data), end


def _check_end(end: int, apdu: bytes) -> None:
    if end != len(apdu):
        raise garbage(f"{len(apdu) - end} octets left over after a general protected APDU")
