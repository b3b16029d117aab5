"""The types of attributes and parameters as values: `spec.decode(value)` and `spec.encode(value)`.

Tolerant in what is received: an integer of any width is an integer, a text may come as octets. Exact in what is sent:
every spec names one A-XDR type. A shape that cannot be meant is RemoteProtocolError (GARBAGE) when it was received and
LocalProtocolError (INVALID_VALUE) when it was to be sent. Arrays and structures are in `shapes`, clocks in `clocks`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from protocols.dlms.data import BitString, Encoded, Value
from protocols.dlms.encoding import (
    NULL,
    bit_string,
    boolean,
    fixed,
    integer,
    octet_string,
    utf8_string,
    visible_string,
)
from protocols.dlms.obis import Obis
from protocols.dlms.tags import Tag
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage

T = TypeVar("T")
_SHOWN = 60
_SIGNED = frozenset((Tag.INTEGER, Tag.LONG, Tag.DOUBLE_LONG, Tag.LONG64))


class Spec(ABC, Generic[T]):
    """One type: Python values of type T on our side, one kind of A-XDR data on the wire."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The type as the Blue Book calls it, for people."""

    @abstractmethod
    def decode(self, value: Value) -> T:
        """The typed value. RemoteProtocolError (GARBAGE) when `value` has another shape."""

    @abstractmethod
    def encode(self, value: T) -> Encoded:
        """The octets. LocalProtocolError (INVALID_VALUE) when `value` is of another type or out of range."""

    def received(self, value: object) -> RemoteProtocolError:
        """The error for a wrong value that came in."""
        return garbage(f"{self.name} expected, found {_shown(value)}")

    def refused(self, value: object) -> LocalProtocolError:
        """The error for a wrong value that was to go out."""
        return LocalProtocolError(Cause.INVALID_VALUE, f"{self.name} expected, got {_shown(value)}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def is_number(value: object) -> bool:
    """Whether it is an integer and not a boolean, which Python counts among them."""
    return isinstance(value, int) and not isinstance(value, bool)


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
