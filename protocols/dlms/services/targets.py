"""What services name: one attribute with its selection, or a list of them; and lists of values beside them."""

from protocols.dlms.axdr import decode_length, encode_length
from protocols.dlms.cosem import DESCRIPTOR, Attribute, Method, decode_attribute, decode_method
from protocols.dlms.data import Encoded, skip
from protocols.dlms.selection import RawSelection, Selection
from protocols.errors import garbage

Target = tuple[Attribute, Selection | None]


def encode_target(attribute: Attribute, selection: Selection | None) -> bytes:
    """Attribute descriptor with the optional access selection."""
    return attribute.encode() + (b"\x00" if selection is None else b"\x01" + selection.encode())


def target_size(attribute: Attribute, selection: Selection | None) -> int:
    """Octets that `encode_target` gives."""
    return DESCRIPTOR.size + 1 if selection is None else len(encode_target(attribute, selection))


def decode_target(apdu: bytes, offset: int) -> tuple[Attribute, RawSelection | None, int]:
    """Attribute, selection and the offset after them."""
    attribute, offset = decode_attribute(apdu, offset)
    if apdu[offset] == 0:
        return attribute, None, offset + 1
    selection, end = decode_selection(apdu, offset + 1)
    return attribute, selection, end


def decode_selection(apdu: bytes, offset: int) -> tuple[RawSelection, int]:
    """Selective-Access-Descriptor: selector and parameters, and the offset after them."""
    start = offset + 1
    end = skip(apdu, start)
    return RawSelection(apdu[offset], Encoded(apdu[start:end])), end


def encode_targets(targets: tuple[Target, ...]) -> bytes:
    """SEQUENCE OF Cosem-Attribute-Descriptor-With-Selection."""
    encoded = [encode_target(attribute, selection) for attribute, selection in targets]
    return encode_length(len(targets)) + b"".join(encoded)


def decode_targets(apdu: bytes, offset: int) -> tuple[tuple[Target, ...], int]:
    """The list that `encode_targets` gives, and the offset after it."""
    count, offset = decode_count(apdu, offset)
    targets: list[Target] = []
    for _ in range(count):
        attribute, selection, offset = decode_target(apdu, offset)
        targets.append((attribute, selection))
    return tuple(targets), offset


def encode_methods(methods: tuple[Method, ...]) -> bytes:
    """SEQUENCE OF Cosem-Method-Descriptor."""
    return encode_length(len(methods)) + b"".join([method.encode() for method in methods])


def decode_methods(apdu: bytes, offset: int) -> tuple[tuple[Method, ...], int]:
    """The list that `encode_methods` gives, and the offset after it."""
    count, offset = decode_count(apdu, offset)
    methods: list[Method] = []
    for _ in range(count):
        method, offset = decode_method(apdu, offset)
        methods.append(method)
    return tuple(methods), offset


def encode_values(values: tuple[Encoded, ...]) -> bytes:
    """SEQUENCE OF Data."""
    return encode_length(len(values)) + b"".join(values)


def decode_values(data: bytes, offset: int = 0) -> tuple[tuple[Encoded, ...], int]:
    """The list that `encode_values` gives, and the offset after it."""
    count, offset = decode_count(data, offset)
    values: list[Encoded] = []
    for _ in range(count):
        end = skip(data, offset)
        values.append(Encoded(data[offset:end]))
        offset = end
    return tuple(values), offset


def whole_values(data: bytes, count: int) -> tuple[Encoded, ...]:
    """Exactly `count` values that fill `data`. GARBAGE otherwise."""
    values, end = decode_values(data)
    if end != len(data) or len(values) != count:
        raise garbage(f"{len(values)} values came where {count} were due, {len(data) - end} octets left over")
    return values


def decode_count(data: bytes, offset: int) -> tuple[int, int]:
    """The number of elements of a list, each at least one octet, and the offset after it. GARBAGE when impossible."""
    count, offset = decode_length(data, offset)
    if count > len(data) - offset:
        raise garbage(f"{count} elements announced in {len(data) - offset} octets")
    return count, offset
