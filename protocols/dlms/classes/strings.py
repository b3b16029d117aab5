"""Types whose values are strings: octets, logical names, texts, bits; tolerant where meters send another kind."""

from dataclasses import dataclass

from protocols.dlms.classes.spec import Spec
from protocols.dlms.data import BitString, Encoded, Value
from protocols.dlms.encoding import bit_string, octet_string, utf8_string, visible_string
from protocols.dlms.obis import Obis
from protocols.dlms.tags import Tag


class Octets(Spec[bytes]):
    """An octet-string of any content; meters that send a visible-string instead are understood."""

    name = "octet-string"

    def decode(self, value: Value) -> bytes:
        """See `Spec.decode`."""
        if isinstance(value, str) and not isinstance(value, BitString):
            return value.encode("utf-8" if max(value, default="") > "\xff" else "latin-1")
        if isinstance(value, bytes):
            return value
        raise self.received(value)

    def encode(self, value: bytes) -> Encoded:
        """See `Spec.encode`."""
        if not isinstance(value, bytes):
            raise self.refused(value)
        return octet_string(value)


class LogicalName(Spec[Obis]):
    """An octet-string of six octets naming an object."""

    name = "logical name"

    def decode(self, value: Value) -> Obis:
        """See `Spec.decode`."""
        if isinstance(value, bytes) and len(value) == 6:
            return Obis(value)
        raise self.received(value)

    def encode(self, value: Obis) -> Encoded:
        """See `Spec.encode`."""
        if not isinstance(value, bytes) or len(value) != 6:
            raise self.refused(value)
        return octet_string(value)


@dataclass(frozen=True)
class Text(Spec[str]):
    """Characters; sent as `tag` says, taken from any kind of string."""

    tag: Tag = Tag.VISIBLE_STRING

    @property
    def name(self) -> str:
        """See `Spec.name`."""
        return self.tag.name.lower().replace("_", "-")

    def decode(self, value: Value) -> str:
        """See `Spec.decode`."""
        if isinstance(value, bytes):
            return value.decode("utf-8" if self.tag is Tag.UTF8_STRING else "latin-1", "replace")
        if isinstance(value, str) and not isinstance(value, BitString):
            return value
        raise self.received(value)

    def encode(self, value: str) -> Encoded:
        """See `Spec.encode`."""
        if not isinstance(value, str):
            raise self.refused(value)
        return utf8_string(value) if self.tag is Tag.UTF8_STRING else visible_string(value)


class Bits(Spec[str]):
    """A bit-string as the characters 0 and 1, bit 0 first."""

    name = "bit-string"

    def decode(self, value: Value) -> str:
        """See `Spec.decode`."""
        if isinstance(value, BitString):
            return str(value)
        raise self.received(value)

    def encode(self, value: str) -> Encoded:
        """See `Spec.encode`."""
        if not isinstance(value, str):
            raise self.refused(value)
        return bit_string(value)
