"""Names of things inside a logical device: attributes and methods of objects."""

import struct
from dataclasses import dataclass
from functools import lru_cache

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


def decode_attribute(data: bytes, offset: int) -> tuple[Attribute, int]:
    """The attribute described at `offset`, and the offset after it. RemoteProtocolError (GARBAGE) if cut."""
    end = offset + DESCRIPTOR.size
    if end > len(data):
        raise garbage("a descriptor is cut")
    return _attribute(data[offset:end]), end


def decode_method(data: bytes, offset: int) -> tuple[Method, int]:
    """The method described at `offset`, and the offset after it. RemoteProtocolError (GARBAGE) if cut."""
    attribute, end = decode_attribute(data, offset)
    return Method(attribute.class_id, attribute.obis, attribute.index), end


@lru_cache(maxsize=4096)
def _attribute(descriptor: bytes) -> Attribute:
    """Clients ask for the same attributes all the time."""
    class_id, name, index = DESCRIPTOR.unpack(descriptor)
    return Attribute(class_id, Obis(name), index)


ASSOCIATION_LN = 15
CURRENT_ASSOCIATION = Obis.parse("0-0:40.0.0")
HLS_METHOD = Method(ASSOCIATION_LN, CURRENT_ASSOCIATION, 1)
"""reply_to_HLS_authentication."""
