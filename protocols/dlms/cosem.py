"""Names of things inside a logical device: attributes and methods of objects."""

import struct
from dataclasses import dataclass

from protocols.dlms.obis import Obis
from protocols.errors import garbage

DESCRIPTOR = struct.Struct(">H6sB")


@dataclass(frozen=True, slots=True)
class Attribute:
    """Cosem-Attribute-Descriptor: interface class, logical name, attribute number (1 is the logical name itself)."""

    class_id: int
    obis: Obis
    index: int

    def encode(self) -> bytes:
        """Nine octets."""
        return DESCRIPTOR.pack(self.class_id, self.obis, self.index & 0xFF)

    def __str__(self) -> str:
        return f"{self.obis} attribute {self.index}"


@dataclass(frozen=True, slots=True)
class Method:
    """Cosem-Method-Descriptor: interface class, logical name, method number."""

    class_id: int
    obis: Obis
    index: int

    def encode(self) -> bytes:
        """Nine octets."""
        return DESCRIPTOR.pack(self.class_id, self.obis, self.index & 0xFF)

    def __str__(self) -> str:
        return f"{self.obis} method {self.index}"


def decode_descriptor(data: bytes, offset: int) -> tuple[int, Obis, int, int]:
    """Class, logical name, index and the offset after them."""
    if offset + DESCRIPTOR.size > len(data):
        raise garbage("a descriptor is cut")
    class_id, name, index = DESCRIPTOR.unpack_from(data, offset)
    return class_id, Obis(name), index, offset + DESCRIPTOR.size


ASSOCIATION_LN = 15
CURRENT_ASSOCIATION = Obis.parse("0-0:40.0.0")
HLS_METHOD = Method(ASSOCIATION_LN, CURRENT_ASSOCIATION, 1)
"""reply_to_HLS_authentication."""
