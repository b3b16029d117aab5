"""Types made of types: arrays, structures, choices; and how the annotations of a record become a structure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntFlag
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from protocols.dlms.classes.codes import Code, Enumeration, FlagNumber
from protocols.dlms.classes.spec import Spec
from protocols.dlms.classes.specs import BOOLEAN, OBIS, OCTETS, TEXT
from protocols.dlms.data import Encoded, Value
from protocols.dlms.encoding import NULL, array, structure
from protocols.dlms.obis import Obis
from protocols.errors import LocalProtocolError, ProtocolError, RemoteProtocolError

T = TypeVar("T")
R = TypeVar("R")
P = TypeVar("P", bound=ProtocolError)


def placed(error: P, place: str) -> P:
    """The same error with the place it happened before its message."""
    return type(error)(error.cause, f"{place}: {error}")


def within(place: str, act: Callable[[T], R], value: T) -> R:
    """`act(value)`, and errors told with their place."""
    try:
        return act(value)
    except ProtocolError as error:
        raise placed(error, place) from None


@dataclass(frozen=True)
class Array(Spec[tuple[T, ...]]):
    """Any number of elements of one type, a tuple here. A meter's null-data is an empty array."""

    of: Spec[T]

    @property
    def name(self) -> str:
        """See `Spec.name`."""
        return f"array of {self.of.name}"

    def decode(self, value: Value) -> tuple[T, ...]:
        """See `Spec.decode`; a wrong element is told with its place, counted from 0."""
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.received(value)
        return tuple([within(f"[{i}]", self.of.decode, element) for i, element in enumerate(value)])

    def encode(self, value: Sequence[T]) -> Encoded:
        """See `Spec.encode`; any sequence will do."""
        if not isinstance(value, list | tuple):
            raise self.refused(value)
        return array([within(f"[{i}]", self.of.encode, element) for i, element in enumerate(value)])


@dataclass(frozen=True)
class Struct(Spec[R]):
    """A structure with named elements: a NamedTuple whose annotations say the types (see `spec_of`)."""

    record: type[R]
    fields: tuple[tuple[str, Spec[Any]], ...]

    @property
    def name(self) -> str:
        """See `Spec.name`, with the names of the elements."""
        return f"structure {{{', '.join(name for name, _ in self.fields)}}}"

    def decode(self, value: Value) -> R:
        """See `Spec.decode`; the number of elements must agree."""
        if not isinstance(value, tuple) or len(value) != len(self.fields):
            raise self.received(value)
        return self.record(
            *[within(name, of.decode, item) for (name, of), item in zip(self.fields, value, strict=True)]
        )

    def encode(self, value: R) -> Encoded:
        """See `Spec.encode`; a plain tuple of the same elements will do."""
        if not isinstance(value, tuple) or len(value) != len(self.fields):
            raise self.refused(value)
        return structure(*[within(name, of.encode, item) for (name, of), item in zip(self.fields, value, strict=True)])


@dataclass(frozen=True)
class Choice(Spec[Any]):
    """One of several types: the first that can take the value, both ways."""

    options: tuple[Spec[Any], ...]

    @property
    def name(self) -> str:
        """See `Spec.name`."""
        return " or ".join(option.name for option in self.options)

    def decode(self, value: Value) -> Any:
        """See `Spec.decode`."""
        for option in self.options:
            try:
                return option.decode(value)
            except RemoteProtocolError:
                continue
        raise self.received(value)

    def encode(self, value: Any) -> Encoded:
        """See `Spec.encode`."""
        for option in self.options:
            try:
                return option.encode(value)
            except LocalProtocolError:
                continue
        raise self.refused(value)


@dataclass(frozen=True)
class Nullable(Spec[T | None]):
    """A value or null-data, which is None here."""

    of: Spec[T]

    @property
    def name(self) -> str:
        """See `Spec.name`."""
        return f"{self.of.name} or null-data"

    def decode(self, value: Value) -> T | None:
        """See `Spec.decode`."""
        return None if value is None else self.of.decode(value)

    def encode(self, value: T | None) -> Encoded:
        """See `Spec.encode`."""
        return NULL if value is None else self.of.encode(value)


_PLAIN: dict[object, Spec[Any]] = {bool: BOOLEAN, bytes: OCTETS, str: TEXT, Obis: OBIS}


def spec_of(hint: Any) -> Spec[Any]:
    """The spec an annotation stands for.

    `Annotated[int, UNSIGNED]` says it itself; bool, bytes, str and Obis have one natural type; a `Code` is an enum, an
    IntFlag an unsigned of flags, a NamedTuple a structure, `tuple[X, ...]` an array, `X | None` may be null-data.
    """
    if isinstance(hint, Spec):
        return hint
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return cast("Spec[Any]", arguments[1])
    if origin is tuple:
        return Array(spec_of(arguments[0]))
    if origin in (Union, UnionType):
        return Nullable(spec_of(next(argument for argument in arguments if argument is not NoneType)))
    return _PLAIN[hint] if hint in _PLAIN else _spec_of_class(hint)


def _spec_of_class(kind: type[Any]) -> Spec[Any]:
    if issubclass(kind, Code):
        return Enumeration(kind)
    if issubclass(kind, IntFlag):
        return FlagNumber(kind)
    hints = get_type_hints(kind, include_extras=True)
    return Struct(kind, tuple((name, spec_of(hint)) for name, hint in hints.items()))


def array_of(of: Spec[T] | type[T]) -> Array[T]:
    """An array of what a spec or an annotation says."""
    return Array(spec_of(of))


def choice(*options: Any) -> Choice:
    """One of what several specs or annotations say; put the one to prefer first."""
    return Choice(tuple(spec_of(option) for option in options))
