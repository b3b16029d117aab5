"""Association control (Green Book 9.4): AARQ, AARE, RLRQ, RLRE in BER, fields in the order of the standard."""

from dataclasses import dataclass
from enum import Enum

from protocols.dlms.axdr import octets, with_length
from protocols.dlms.tags import Mechanism
from protocols.errors import garbage

_OID = bytes.fromhex("6085740508")
_REQUIRES_AUTHENTICATION = bytes.fromhex("0780")


class Context(Enum):
    """Application context names 2.16.756.5.8.1.x."""

    LN = 1
    SN = 2
    LN_CIPHERED = 3
    SN_CIPHERED = 4


class Diagnostic(Enum):
    """Result-source-diagnostic of the ACSE service user; the value is (source, number)."""

    NONE = (1, 0)
    NO_REASON = (1, 1)
    CONTEXT_NOT_SUPPORTED = (1, 2)
    CALLING_TITLE_NOT_RECOGNIZED = (1, 3)
    CALLING_INVOCATION_NOT_RECOGNIZED = (1, 4)
    CALLING_QUALIFIER_NOT_RECOGNIZED = (1, 5)
    CALLING_QUALIFIER_INVOCATION_NOT_RECOGNIZED = (1, 6)
    CALLED_TITLE_NOT_RECOGNIZED = (1, 7)
    CALLED_INVOCATION_NOT_RECOGNIZED = (1, 8)
    CALLED_QUALIFIER_NOT_RECOGNIZED = (1, 9)
    CALLED_QUALIFIER_INVOCATION_NOT_RECOGNIZED = (1, 10)
    MECHANISM_NOT_RECOGNIZED = (1, 11)
    MECHANISM_REQUIRED = (1, 12)
    AUTHENTICATION_FAILURE = (1, 13)
    AUTHENTICATION_REQUIRED = (1, 14)
    PROVIDER_NONE = (2, 0)
    PROVIDER_NO_REASON = (2, 1)
    NO_COMMON_VERSION = (2, 2)

    @property
    def words(self) -> str:
        """The diagnosis in plain words."""
        return self.name.lower().replace("_", " ")


class AssociateResult(Enum):
    """Association-result of the AARE."""

    ACCEPTED = 0
    REJECTED_PERMANENT = 1
    REJECTED_TRANSIENT = 2


class ReleaseReason(Enum):
    """Release reasons of RLRQ and RLRE; 30 is user defined."""

    NORMAL = 0
    URGENT = 1
    USER_DEFINED = 30


@dataclass(frozen=True, slots=True)
class Aarq:
    """Association request as on the wire. `authentication` is the password (LLS) or challenge (HLS)."""

    context: Context
    user_information: bytes
    mechanism: Mechanism = Mechanism.NONE
    title: bytes = b""
    authentication: bytes = b""

    def encode(self) -> bytes:
        """Tag 0x60 and its content."""
        parts = [b"\xa1", with_length(b"\x06\x07" + _OID + bytes((1, self.context.value)))]
        if self.title:
            parts += b"\xa6", with_length(b"\x04" + with_length(self.title))
        if self.mechanism:
            parts += b"\x8a\x02", _REQUIRES_AUTHENTICATION, b"\x8b\x07", _OID, bytes((2, self.mechanism))
            parts += b"\xac", with_length(b"\x80" + with_length(self.authentication))
        parts += b"\xbe", with_length(b"\x04" + with_length(self.user_information))
        return b"\x60" + with_length(b"".join(parts))


@dataclass(frozen=True, slots=True)
class Aare:
    """Association response as on the wire. `authentication` is the server's challenge (HLS)."""

    context: Context
    result: AssociateResult
    diagnostic: Diagnostic
    user_information: bytes = b""
    mechanism: Mechanism = Mechanism.NONE
    title: bytes = b""
    authentication: bytes = b""

    def encode(self) -> bytes:
        """Tag 0x61 and its content."""
        source, number = self.diagnostic.value
        parts = [b"\xa1", with_length(b"\x06\x07" + _OID + bytes((1, self.context.value)))]
        parts += b"\xa2\x03\x02\x01", bytes((self.result.value,))
        parts += b"\xa3\x05", bytes((0xA0 | source, 3, 2, 1, number))
        if self.title:
            parts += b"\xa4", with_length(b"\x04" + with_length(self.title))
        if self.authentication:
            parts += b"\x88\x02", _REQUIRES_AUTHENTICATION, b"\x89\x07", _OID, bytes((2, self.mechanism))
            parts += b"\xaa", with_length(b"\x80" + with_length(self.authentication))
        if self.user_information:
            parts += b"\xbe", with_length(b"\x04" + with_length(self.user_information))
        return b"\x61" + with_length(b"".join(parts))


@dataclass(frozen=True, slots=True)
class Release:
    """RLRQ (tag 0x62) or RLRE (0x63)."""

    tag: int
    reason: ReleaseReason | None = ReleaseReason.NORMAL
    user_information: bytes = b""

    def encode(self) -> bytes:
        """The tag and its content."""
        content = b"" if self.reason is None else b"\x80\x01" + bytes((self.reason.value,))
        if self.user_information:
            content += b"\xbe" + with_length(b"\x04" + with_length(self.user_information))
        return bytes((self.tag,)) + with_length(content)


def decode_aarq(apdu: bytes) -> Aarq:
    """Read an AARQ. RemoteProtocolError (GARBAGE) if a mandatory field is missing or malformed."""
    fields = _fields(apdu, 0x60)
    return Aarq(
        context=_context(fields),
        user_information=_inner(fields, 0xBE, 0x04),
        mechanism=_mechanism(fields, 0x8B),
        title=_inner(fields, 0xA6, 0x04),
        authentication=_inner(fields, 0xAC, 0x80),
    )


def decode_aare(apdu: bytes) -> Aare:
    """Read an AARE. RemoteProtocolError (GARBAGE) if a mandatory field is missing or malformed."""
    fields = _fields(apdu, 0x61)
    try:
        return Aare(
            context=_context(fields),
            result=AssociateResult(int.from_bytes(_inner(fields, 0xA2, 0x02) or b"\xff", "big")),
            diagnostic=_diagnostic(fields.get(0xA3, b"")),
            user_information=_inner(fields, 0xBE, 0x04),
            mechanism=_mechanism(fields, 0x89),
            title=_inner(fields, 0xA4, 0x04),
            authentication=_inner(fields, 0xAA, 0x80),
        )
    except ValueError as error:
        raise garbage(f"association response: {error}") from None


def decode_release(apdu: bytes) -> Release:
    """Read an RLRQ or RLRE. RemoteProtocolError (GARBAGE) if it is neither or malformed."""
    fields = _fields(apdu, 0x63 if apdu[:1] == b"\x63" else 0x62)
    raw = fields.get(0x80)
    try:
        reason = None if raw is None else ReleaseReason(int.from_bytes(raw, "big"))
    except ValueError as error:
        raise garbage(f"release: {error}") from None
    return Release(apdu[0], reason, _inner(fields, 0xBE, 0x04))


def _fields(apdu: bytes, tag: int) -> dict[int, bytes]:
    if apdu[:1] != bytes((tag,)):
        raise garbage(f"APDU does not start with {tag:#04x}")
    content, end = octets(apdu, 1)
    if end != len(apdu):
        raise garbage("octets left over after the APDU")
    fields: dict[int, bytes] = {}
    offset = 0
    while offset < len(content):
        fields[content[offset]], offset = octets(content, offset + 1)
    return fields


def _inner(fields: dict[int, bytes], outer: int, inner: int) -> bytes:
    """The content of an explicitly tagged primitive, empty when the field is absent."""
    field = fields.get(outer)
    if not field:
        return b""
    if len(field) > 1 and field[0] == inner and field[1] == len(field) - 2 < 0x80:
        return field[2:]
    if field[0] != inner:
        raise garbage(f"field {outer:#04x} holds {field[0]:#04x} instead of {inner:#04x}")
    value, end = octets(field, 1)
    if end != len(field):
        raise garbage(f"field {outer:#04x} has octets left over")
    return value


def _context(fields: dict[int, bytes]) -> Context:
    name = _inner(fields, 0xA1, 0x06)
    if name[:-2] != _OID or name[-2] != 1 or not 1 <= name[-1] <= 4:
        raise garbage(f"unknown application context {name.hex()}")
    return Context(name[-1])


def _mechanism(fields: dict[int, bytes], tag: int) -> Mechanism:
    name = fields.get(tag, b"")
    if not name:
        return Mechanism.NONE
    if name[:-2] != _OID or name[-2] != 2 or name[-1] > Mechanism.HLS_ECDSA:
        raise garbage(f"unknown authentication mechanism {name.hex()}")
    return Mechanism(name[-1])


def _diagnostic(field: bytes) -> Diagnostic:
    if len(field) != 5 or field[1:4] != b"\x03\x02\x01":
        raise garbage(f"malformed association diagnostic {field.hex()}")
    return Diagnostic((field[0] & 0x1F, field[4]))
