"""Interface classes as tables: a class body lists attributes and methods, and is nothing but that list.

class Register(InterfaceClass, class_id=3, title="Register"):
    value = attribute(2, ANYTHING, dynamic=True)
    scaler_unit = attribute(3, ScalerUnit)
    reset = method(1, TRIGGER)

`Register.table` is the list with its numbers; `Register.value` is one row of it and says its Python type to a checker.
Versions of a class are subclasses that add or replace rows. Nothing is ever made of these classes: `client` and
`serving` turn a table and a logical name into an object to talk to and an object that answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar, overload

from protocols.dlms.classes.shapes import placed, spec_of
from protocols.dlms.classes.spec import Spec
from protocols.dlms.classes.specs import OBIS, TRIGGER
from protocols.dlms.data import Encoded, Value
from protocols.errors import Cause, LocalProtocolError, ProtocolError

T = TypeVar("T")
M = TypeVar("M", bound="AttributeSpec[Any] | MethodSpec[Any, Any]")
P = TypeVar("P")
Q = TypeVar("Q")


@dataclass(frozen=True)
class AttributeSpec(Generic[T]):
    """One attribute: its number and type, whether it changes by itself, and what the class lets clients do with it."""

    index: int
    of: Spec[T]
    dynamic: bool = False
    writable: bool = False
    readable: bool = True
    name: str = field(default="", init=False)
    where: str = field(default="", init=False, compare=False)

    def __set_name__(self, owner: type, name: str) -> None:
        _baptise(self, owner, name)

    def decode(self, value: Value) -> T:
        """The typed value. RemoteProtocolError (GARBAGE) names class, attribute and what was found."""
        try:
            return self.of.decode(value)
        except ProtocolError as error:
            raise placed(error, self.where) from None

    def encode(self, value: T) -> Encoded:
        """The octets. LocalProtocolError (INVALID_VALUE) names class, attribute and what was given."""
        try:
            return self.of.encode(value)
        except ProtocolError as error:
            raise placed(error, self.where) from None


@dataclass(frozen=True)
class MethodSpec(Generic[P, Q]):
    """One method: its number, the type of its parameter and of what it returns, None for nothing."""

    index: int
    parameter: Spec[P]
    returns: Spec[Q] | None = None
    name: str = field(default="", init=False)
    where: str = field(default="", init=False, compare=False)

    def __set_name__(self, owner: type, name: str) -> None:
        _baptise(self, owner, name)

    def encode(self, parameter: P) -> Encoded:
        """The parameter's octets. LocalProtocolError (INVALID_VALUE) names class, method and what was given."""
        try:
            return self.parameter.encode(parameter)
        except ProtocolError as error:
            raise placed(error, self.where) from None

    def decode(self, parameter: Value) -> P:
        """The typed parameter. RemoteProtocolError (GARBAGE) names class, method and what was found."""
        try:
            return self.parameter.decode(parameter)
        except ProtocolError as error:
            raise placed(error, self.where) from None


def _baptise(row: AttributeSpec[Any] | MethodSpec[Any, Any], owner: type, name: str) -> None:
    object.__setattr__(row, "name", name)
    object.__setattr__(row, "where", f"{owner.__name__}.{name}")


@overload
def attribute(
    index: int, of: Spec[T], *, dynamic: bool = ..., writable: bool = ..., readable: bool = ...
) -> AttributeSpec[T]: ...
@overload
def attribute(
    index: int, of: type[T], *, dynamic: bool = ..., writable: bool = ..., readable: bool = ...
) -> AttributeSpec[T]: ...
def attribute(
    index: int, of: Any, *, dynamic: bool = False, writable: bool = False, readable: bool = True
) -> AttributeSpec[Any]:
    """A row for an attribute; `of` is a spec or an annotation (see `spec_of`)."""
    return AttributeSpec(index, spec_of(of), dynamic, writable, readable)


@overload
def method(index: int, parameter: Spec[P], returns: Spec[Q]) -> MethodSpec[P, Q]: ...
@overload
def method(index: int, parameter: Spec[P]) -> MethodSpec[P, None]: ...
@overload
def method(index: int, parameter: type[P], returns: Spec[Q]) -> MethodSpec[P, Q]: ...
@overload
def method(index: int, parameter: type[P]) -> MethodSpec[P, None]: ...
@overload
def method(index: int) -> MethodSpec[None, None]: ...
def method(index: int, parameter: Any = TRIGGER, returns: Spec[Any] | None = None) -> MethodSpec[Any, Any]:
    """A row for a method; without `parameter` it takes integer(0)."""
    return MethodSpec(index, spec_of(parameter), returns)


@dataclass(frozen=True)
class ClassTable:
    """All rows of one version of an interface class, by number."""

    class_id: int
    version: int
    title: str
    attributes: tuple[AttributeSpec[Any], ...]
    methods: tuple[MethodSpec[Any, Any], ...]

    def attribute(self, key: "str | int | AttributeSpec[Any]") -> AttributeSpec[Any]:
        """The attribute of a name or number. LocalProtocolError (INVALID_VALUE) when the class has none."""
        return self._row(self.attributes, key, "attribute")

    def method(self, key: "str | int | MethodSpec[Any, Any]") -> MethodSpec[Any, Any]:
        """The method of a name or number. LocalProtocolError (INVALID_VALUE) when the class has none."""
        return self._row(self.methods, key, "method")

    def _row(self, rows: Sequence[M], key: "str | int | M", kind: str) -> M:
        for row in rows:
            if key in (row.name, row.index) or key is row:
                return row
        shown = key if isinstance(key, str | int) else key.where
        raise LocalProtocolError(
            Cause.INVALID_VALUE, f"{self.title} (class {self.class_id}, version {self.version}) has no {kind} {shown}"
        )


_CLASSES: dict[int, dict[int, type["InterfaceClass"]]] = {}


class InterfaceClass:
    """Base of all tables. A subclass without `class_id` only holds rows that several versions share."""

    table: ClassVar[ClassTable]
    logical_name = attribute(1, OBIS)

    def __init_subclass__(cls, class_id: int | None = None, version: int = 0, title: str = "") -> None:
        if class_id is None:
            return
        rows = {name: row for base in reversed(cls.__mro__) for name, row in vars(base).items()}
        attributes = [row for row in rows.values() if isinstance(row, AttributeSpec)]
        methods = [row for row in rows.values() if isinstance(row, MethodSpec)]
        cls.table = ClassTable(class_id, version, title, _by_number(attributes), _by_number(methods))
        _CLASSES.setdefault(class_id, {})[version] = cls


def _by_number(rows: list[M]) -> tuple[M, ...]:
    return tuple(sorted(rows, key=lambda row: row.index))


def interface_class(class_id: int, version: int) -> type[InterfaceClass] | None:
    """The table of a class as a meter's object list names it.

    A version newer than all tables is read by the newest: attributes are only ever added at the end. None for a class
    that has no table, or only newer ones.
    """
    versions = _CLASSES.get(class_id, {})
    known = [number for number in versions if number <= version]
    return versions[max(known)] if known else None


def interface_classes() -> tuple[type[InterfaceClass], ...]:
    """Every table, by class and version."""
    return tuple(versions[number] for _, versions in sorted(_CLASSES.items()) for number in sorted(versions))
