"""Association control (Green Book 9.4): AARQ, AARE, RLRQ, RLRE in BER, fields in the order of the standard."""

from dataclasses import dataclass
from enum import Enum

from protocols.dlms.acse_fields import (
    INTEGER,
    NO_EXTRAS,
    OCTETS,
    Extras,
    Fields,
    called_fields,
    implementation_field,
    inner,
    read_extras,
    read_fields,
    sender_fields,
    tagged,
    version_field,
)
from protocols.dlms.axdr import with_length
from protocols.dlms.tags import Mechanism
from protocols.errors import garbage

_OID = bytes.fromhex("6085740508")
_REQUIRES_AUTHENTICATION = bytes.fromhex("0780")
_SENDER_OF_REQUEST, _SENDER_OF_RESPONSE = 0xA7, 0xA5
_NAME, _CHARACTERS = 0x06, 0x80


class Context(Enum):
    """Application context names 2.16.756.5.8.1.x."""

    LN = 1
    SN = 2
    LN_CIPHERED = 3
    SN_CIPHERED = 4

    @property
    def ciphered(self) -> bool:
        """Whether messages may be protected."""
        return self in (Context.LN_CIPHERED, Context.SN_CIPHERED)

    @property
    def short_names(self) -> bool:
        """Whether objects are named by base names."""
        return self in (Context.SN, Context.SN_CIPHERED)


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


_CONTEXTS = {_OID + bytes((1, context.value)): context for context in Context}
_CONTEXT_FIELDS = {context: tagged(0xA1, _NAME, name) for name, context in _CONTEXTS.items()}
_MECHANISMS = {_OID + bytes((2, mechanism)): mechanism for mechanism in Mechanism}


@dataclass(frozen=True, slots=True)
class Aarq:
    """Association request as on the wire. `authentication` is the password (LLS) or challenge (HLS)."""

    context: Context
    user_information: bytes
    mechanism: Mechanism = Mechanism.NONE
    title: bytes = b""
    authentication: bytes = b""
    extras: Extras = NO_EXTRAS

    def encode(self) -> bytes:
        """Tag 0x60 and its content."""
        parts = [version_field(self.extras), _CONTEXT_FIELDS[self.context], called_fields(self.extras)]
        parts += tagged(0xA6, OCTETS, self.title), sender_fields(self.extras, _SENDER_OF_REQUEST)
        if self.mechanism:
            parts += b"\x8a\x02", _REQUIRES_AUTHENTICATION, b"\x8b\x07", _OID, bytes((2, self.mechanism))
            parts += b"\xac", with_length(b"\x80" + with_length(self.authentication))
        parts.append(implementation_field(self.extras))
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
    extras: Extras = NO_EXTRAS

    def encode(self) -> bytes:
        """Tag 0x61 and its content."""
        source, number = self.diagnostic.value
        parts = [version_field(self.extras), _CONTEXT_FIELDS[self.context]]
        parts += b"\xa2\x03\x02\x01", bytes((self.result.value,))
        parts += b"\xa3\x05", bytes((0xA0 | source, 3, 2, 1, number))
        parts += tagged(0xA4, OCTETS, self.title), sender_fields(self.extras, _SENDER_OF_RESPONSE)
        if self.authentication:
            parts += b"\x88\x02", _REQUIRES_AUTHENTICATION, b"\x89\x07", _OID, bytes((2, self.mechanism))
            parts += b"\xaa", with_length(b"\x80" + with_length(self.authentication))
        parts += implementation_field(self.extras), tagged(0xBE, OCTETS, self.user_information)
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
    fields = read_fields(apdu, 0x60)
    return Aarq(
        context=_context(fields),
        user_information=inner(fields, 0xBE, OCTETS),
        mechanism=_mechanism(fields, 0x8B),
        title=inner(fields, 0xA6, OCTETS),
        authentication=inner(fields, 0xAC, _CHARACTERS),
        extras=read_extras(fields, _SENDER_OF_REQUEST, called=True),
    )


def decode_aare(apdu: bytes) -> Aare:
    """Read an AARE. RemoteProtocolError (GARBAGE) if a mandatory field is missing or malformed."""
    fields = read_fields(apdu, 0x61)
    try:
        return Aare(
            context=_context(fields),
            result=AssociateResult(int.from_bytes(inner(fields, 0xA2, INTEGER) or b"\xff", "big")),
            diagnostic=_diagnostic(fields.get(0xA3, b"")),
            user_information=inner(fields, 0xBE, OCTETS),
            mechanism=_mechanism(fields, 0x89),
            title=inner(fields, 0xA4, OCTETS),
            authentication=inner(fields, 0xAA, _CHARACTERS),
            extras=read_extras(fields, _SENDER_OF_RESPONSE, called=False),
        )
    except ValueError as error:
        raise garbage(f"association response: {error}") from None


def decode_release(apdu: bytes) -> Release:
    """Read an RLRQ or RLRE. RemoteProtocolError (GARBAGE) if it is neither or malformed."""
    fields = read_fields(apdu, 0x63 if apdu[:1] == b"\x63" else 0x62)
    raw = fields.get(0x80)
    try:
        reason = None if raw is None else ReleaseReason(int.from_bytes(raw, "big"))
    except ValueError as error:
        raise garbage(f"release: {error}") from None
    return Release(apdu[0], reason, inner(fields, 0xBE, OCTETS))


def _context(fields: Fields) -> Context:
    name = inner(fields, 0xA1, _NAME)
    context = _CONTEXTS.get(name)
    if context is None:
        raise garbage(f"unknown application context {name.hex()}")
    return context


def _mechanism(fields: Fields, tag: int) -> Mechanism:
    name = fields.get(tag)
    if not name:
        return Mechanism.NONE
    mechanism = _MECHANISMS.get(name)
    if mechanism is None:
        raise garbage(f"unknown authentication mechanism {name.hex()}")
    return mechanism


def _diagnostic(field: bytes) -> Diagnostic:
    if len(field) != 5 or field[1:4] != b"\x03\x02\x01":
        raise garbage(f"malformed association diagnostic {field.hex()}")
    return Diagnostic((field[0] & 0x1F, field[4]))
