"""BER fields of association messages: read tolerantly, written in the order of the standard (Green Book 9.4.2, 9.5)."""

from collections.abc import Mapping
from dataclasses import dataclass

from protocols.dlms.axdr import octets, with_length
from protocols.errors import garbage

Fields = Mapping[int, bytes]
"""Content octets of the fields of one APDU by tag."""
OCTETS, INTEGER = 0x04, 0x02
_IMPLEMENTATION, _IMPLEMENTATION_SEEN = 0x9D, 0xBD


@dataclass(frozen=True, slots=True)
class Extras:
    """Fields of AARQ and AARE that few use; absent ones are empty or None.

    `called_*` are in the AARQ only. `qualifier` of the sender brings its signing certificate (DER) for HLS 7, its
    `entity_invocation` is the number of the user (Green Book 9.4.2.2, client user identification).
    """

    version: bytes = b""
    called_title: bytes = b""
    called_qualifier: bytes = b""
    called_invocation: int | None = None
    called_entity_invocation: int | None = None
    qualifier: bytes = b""
    invocation: int | None = None
    entity_invocation: int | None = None
    implementation: bytes = b""


NO_EXTRAS = Extras()
_USUAL_IN_REQUEST = frozenset((0xA1, 0xA6, 0x8A, 0x8B, 0xAC, 0xBE))
_USUAL_IN_RESPONSE = frozenset((0xA1, 0xA2, 0xA3, 0xA4, 0x88, 0x89, 0xAA, 0xBE))


def read_fields(apdu: bytes, tag: int) -> dict[int, bytes]:
    """The fields of an APDU that starts with `tag`. RemoteProtocolError (GARBAGE) when malformed."""
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


def inner(fields: Fields, outer: int, expected: int) -> bytes:
    """The content of an explicitly tagged primitive, empty when the field is absent. GARBAGE when malformed."""
    field = fields.get(outer)
    if not field:
        return b""
    if len(field) > 1 and field[0] == expected and field[1] == len(field) - 2 < 0x80:
        return field[2:]
    if field[0] != expected:
        raise garbage(f"field {outer:#04x} holds {field[0]:#04x} instead of {expected:#04x}")
    value, end = octets(field, 1)
    if end != len(field):
        raise garbage(f"field {outer:#04x} has octets left over")
    return value


def tagged(outer: int, kind: int, value: bytes) -> bytes:
    """An explicitly tagged primitive, nothing for an empty value."""
    return bytes((outer,)) + with_length(bytes((kind,)) + with_length(value)) if value else b""


def called_fields(extras: Extras) -> bytes:
    """A2 to A5 of the AARQ."""
    if extras is NO_EXTRAS:
        return b""
    parts = (
        tagged(0xA2, OCTETS, extras.called_title),
        tagged(0xA3, OCTETS, extras.called_qualifier),
        _number(0xA4, extras.called_invocation),
        _number(0xA5, extras.called_entity_invocation),
    )
    return b"".join(parts)


def sender_fields(extras: Extras, first: int) -> bytes:
    """Qualifier and invocation ids of the sender: `first` is A7 in the AARQ, A5 in the AARE."""
    if extras is NO_EXTRAS:
        return b""
    numbers = _number(first + 1, extras.invocation) + _number(first + 2, extras.entity_invocation)
    return tagged(first, OCTETS, extras.qualifier) + numbers


def version_field(extras: Extras) -> bytes:
    """80, a bit string: protocol-version; left out by default."""
    return b"\x80" + with_length(extras.version) if extras.version else b""


def implementation_field(extras: Extras) -> bytes:
    """[29] IMPLICIT GraphicString: implementation-information."""
    return bytes((_IMPLEMENTATION,)) + with_length(extras.implementation) if extras.implementation else b""


def read_extras(fields: Fields, first: int, *, called: bool) -> Extras:
    """The extras of an AARQ (`first` A7, with `called`) or AARE (A5). GARBAGE when malformed."""
    if fields.keys() <= (_USUAL_IN_REQUEST if called else _USUAL_IN_RESPONSE):
        return NO_EXTRAS
    return Extras(
        version=fields.get(0x80, b""),
        called_title=inner(fields, 0xA2, OCTETS) if called else b"",
        called_qualifier=inner(fields, 0xA3, OCTETS) if called else b"",
        called_invocation=_read_number(fields, 0xA4) if called else None,
        called_entity_invocation=_read_number(fields, 0xA5) if called else None,
        qualifier=inner(fields, first, OCTETS),
        invocation=_read_number(fields, first + 1),
        entity_invocation=_read_number(fields, first + 2),
        implementation=fields.get(_IMPLEMENTATION, fields.get(_IMPLEMENTATION_SEEN, b"")),
    )


def _number(outer: int, value: int | None) -> bytes:
    if value is None:
        return b""
    return tagged(outer, INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def _read_number(fields: Fields, outer: int) -> int | None:
    return int.from_bytes(inner(fields, outer, INTEGER), "big", signed=True) if outer in fields else None
