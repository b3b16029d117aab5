"""Numbers and bits that have names: enumerations and flags as types of attributes."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Self, TypeVar

from protocols.dlms.classes.spec import Spec, is_number
from protocols.dlms.data import BitString, Encoded, Value
from protocols.dlms.encoding import bit_string, enum, fixed
from protocols.dlms.tags import Tag


class Code(IntEnum):
    """An enumeration of the standard. A number it does not name, a manufacturer's or a later edition's, is kept."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int) or not 0 <= value <= 0xFF:
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = f"UNNAMED_{value}", value
        return member


E = TypeVar("E", bound=Code)
F = TypeVar("F", bound=IntFlag)


@dataclass(frozen=True)
class Enumeration(Spec[E]):
    """An enum whose values have names."""

    kind: type[E]

    @property
    def name(self) -> str:
        """See `Spec.name`, with the enumeration's own name."""
        return f"enum {self.kind.__name__}"

    def decode(self, value: Value) -> E:
        """Numbers of every type are taken."""
        if isinstance(value, int) and 0 <= value <= 0xFF:
            return self.kind(value)
        raise self.received(value)

    def encode(self, value: E) -> Encoded:
        """See `Spec.encode`; a plain number will do."""
        if not is_number(value):
            raise self.refused(value)
        return enum(value)


@dataclass(frozen=True)
class Flags(Spec[F]):
    """A bit-string of `size` bits with names: bit n of the standard, the first being 0, is 1 << n here."""

    kind: type[F]
    size: int

    @property
    def name(self) -> str:
        """See `Spec.name`, with the flags' own name."""
        return f"bit-string {self.kind.__name__}"

    def decode(self, value: Value) -> F:
        """Strings of other lengths are taken; a number is taken as the bits it has."""
        if isinstance(value, BitString) and len(value) <= 64:
            return self.kind(int(value[::-1] or "0", 2))
        raise self.received(value)

    def encode(self, value: F) -> Encoded:
        """See `Spec.encode`."""
        if not is_number(value) or not 0 <= value < 1 << self.size:
            raise self.refused(value)
        return bit_string(f"{int(value):0{self.size}b}"[::-1])


@dataclass(frozen=True)
class FlagNumber(Spec[F]):
    """Flags carried by a number: an unsigned or an enum."""

    kind: type[F]
    tag: Tag = Tag.UNSIGNED

    @property
    def name(self) -> str:
        """See `Spec.name`, with the flags' own name."""
        return f"{self.tag.name.lower()} {self.kind.__name__}"

    def decode(self, value: Value) -> F:
        """See `Spec.decode`."""
        if isinstance(value, int) and is_number(value) and value >= 0:
            return self.kind(value)
        raise self.received(value)

    def encode(self, value: F) -> Encoded:
        """See `Spec.encode`."""
        if not is_number(value):
            raise self.refused(value)
        return fixed(self.tag, int(value))
