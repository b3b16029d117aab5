"""The types of attributes and parameters as values: `spec.decode(value)` and `spec.encode(value)`.

Tolerant in what is received: an integer of any width is an integer, a text may come as octets. Exact in what is sent:
every spec names one A-XDR type. What all have in common is in `spec`, strings are in `strings`, arrays and structures
in `shapes`, clocks in `clocks`, what has names in `codes`.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from protocols.dlms.classes.spec import Spec, is_number
from protocols.dlms.classes.strings import Bits, LogicalName, Octets, Text
from protocols.dlms.data import Encoded, Value
from protocols.dlms.encoding import NULL, boolean, fixed, integer, octet_string, utf8_string
from protocols.dlms.tags import Tag

_SIGNED = frozenset((Tag.INTEGER, Tag.LONG, Tag.DOUBLE_LONG, Tag.LONG64))


@dataclass(frozen=True)
class Number(Spec[int]):
    """An integer of one width."""

    tag: Tag

    @property
    def name(self) -> str:
        """See `Spec.name`."""
        return self.tag.name.lower().replace("_", "-")

    def decode(self, value: Value) -> int:
        """Integers of every width are taken, but none below zero where the standard counts."""
        if isinstance(value, int) and is_number(value) and (value >= 0 or self.tag in _SIGNED):
            return value
        raise self.received(value)

    def encode(self, value: int) -> Encoded:
        """See `Spec.encode`."""
        if not is_number(value):
            raise self.refused(value)
        return fixed(self.tag, value)


@dataclass(frozen=True)
class Real(Spec[float]):
    """A floating point number."""

    tag: Tag

    @property
    def name(self) -> str:
        """See `Spec.name`."""
        return self.tag.name.lower()

    def decode(self, value: Value) -> float:
        """Integers are taken as well."""
        if isinstance(value, float | int) and not isinstance(value, bool):
            return float(value)
        raise self.received(value)

    def encode(self, value: float) -> Encoded:
        """See `Spec.encode`."""
        if not isinstance(value, float | int):
            raise self.refused(value)
        return fixed(self.tag, float(value))


class Boolean(Spec[bool]):
    """True or false; meters that send a number mean true by anything but zero."""

    name = "boolean"

    def decode(self, value: Value) -> bool:
        """See `Spec.decode`."""
        if isinstance(value, int):
            return bool(value)
        raise self.received(value)

    def encode(self, value: bool) -> Encoded:
        """See `Spec.encode`."""
        if not isinstance(value, bool):
            raise self.refused(value)
        return boolean(value)


class Trigger(Spec[None]):
    """The parameter of a method that needs none: integer(0). Whatever is received will do."""

    name = "integer(0)"

    def decode(self, value: Value) -> None:
        """See `Spec.decode`."""

    def encode(self, value: None) -> Encoded:
        """See `Spec.encode`."""
        if value is not None:
            raise self.refused(value)
        return integer(0)


class Anything(Spec[Any]):
    """Data whose type the object alone knows.

    It decodes to the plain `Value`. To send, give `Encoded` octets (`double_long_unsigned(5)`), or one of those Python
    values that have only one type on the wire: None, a boolean, octets, text.
    """

    name = "any type"

    def decode(self, value: Value) -> Any:
        """See `Spec.decode`."""
        return value

    def encode(self, value: Any) -> Encoded:
        """See `Spec.encode`; a bare number is refused because nobody could tell its width."""
        match value:
            case Encoded():
                return value
            case None:
                return NULL
            case bool():
                return boolean(value)
            case bytes():
                return octet_string(value)
            case str():
                return utf8_string(value)
        raise self.refused(value)


INTEGER, LONG, DOUBLE_LONG, LONG64 = map(Number, (Tag.INTEGER, Tag.LONG, Tag.DOUBLE_LONG, Tag.LONG64))
UNSIGNED, LONG_UNSIGNED = Number(Tag.UNSIGNED), Number(Tag.LONG_UNSIGNED)
DOUBLE_LONG_UNSIGNED, LONG64_UNSIGNED = Number(Tag.DOUBLE_LONG_UNSIGNED), Number(Tag.LONG64_UNSIGNED)
FLOAT32, FLOAT64 = Real(Tag.FLOAT32), Real(Tag.FLOAT64)
BOOLEAN, OCTETS, OBIS, BITS = Boolean(), Octets(), LogicalName(), Bits()
TEXT, UTF8 = Text(), Text(Tag.UTF8_STRING)
ANYTHING, TRIGGER = Anything(), Trigger()

Integer = Annotated[int, INTEGER]
Long = Annotated[int, LONG]
DoubleLong = Annotated[int, DOUBLE_LONG]
Unsigned = Annotated[int, UNSIGNED]
LongUnsigned = Annotated[int, LONG_UNSIGNED]
DoubleLongUnsigned = Annotated[int, DOUBLE_LONG_UNSIGNED]
Bitstring = Annotated[str, BITS]
