"""Selective access to the object list of an association by logical names (class 15 attribute 2, Blue Book 4.4.4).

    yield from read_object_list(connection, ObjectsOfClasses((3, 4)))

Selectors 1 and 2 leave the access rights out, 3 and 4 give whole entries.
"""

from dataclasses import dataclass
from typing import ClassVar

from protocols.dlms.cosem import ASSOCIATION_LN, CURRENT_ASSOCIATION, Attribute
from protocols.dlms.data import Encoded, Value, decode
from protocols.dlms.encoding import NULL, array, long_unsigned, octet_string, structure
from protocols.dlms.obis import Obis
from protocols.dlms.selection import RawSelection
from protocols.errors import garbage

OBJECT_LIST = Attribute(ASSOCIATION_LN, CURRENT_ASSOCIATION, 2)
OBJECT_LIST_SELECTORS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class AllObjects:
    """Every object, without access rights."""

    tells_rights: ClassVar = False

    @property
    def raw(self) -> RawSelection:
        """What is sent."""
        return RawSelection(1, NULL)

    def picks(self, class_id: int, obis: Obis) -> bool:
        """Whether an object is in the selection."""
        return True


@dataclass(frozen=True, slots=True)
class ObjectsOfClasses:
    """The objects of some interface classes, without access rights."""

    classes: tuple[int, ...]
    tells_rights: ClassVar = False

    @property
    def raw(self) -> RawSelection:
        """What is sent."""
        return RawSelection(2, array([long_unsigned(class_id) for class_id in self.classes]))

    def picks(self, class_id: int, obis: Obis) -> bool:
        """Whether an object is in the selection."""
        return class_id in self.classes


@dataclass(frozen=True, slots=True)
class ThisObject:
    """One object with its access rights."""

    class_id: int
    obis: Obis
    tells_rights: ClassVar = True

    @property
    def raw(self) -> RawSelection:
        """What is sent."""
        return RawSelection(4, self.encode())

    def encode(self) -> Encoded:
        """The object_Id structure."""
        return structure(long_unsigned(self.class_id), octet_string(self.obis))

    def picks(self, class_id: int, obis: Obis) -> bool:
        """Whether an object is in the selection."""
        return (class_id, obis) == (self.class_id, self.obis)


@dataclass(frozen=True, slots=True)
class TheseObjects:
    """Some objects with their access rights; those that the meter does not have are left out of its answer."""

    objects: tuple[ThisObject, ...]
    tells_rights: ClassVar = True

    @property
    def raw(self) -> RawSelection:
        """What is sent."""
        return RawSelection(3, array([item.encode() for item in self.objects]))

    def picks(self, class_id: int, obis: Obis) -> bool:
        """Whether an object is in the selection."""
        return ThisObject(class_id, obis) in self.objects


ObjectSelection = AllObjects | ObjectsOfClasses | TheseObjects | ThisObject


def object_selection(raw: RawSelection) -> ObjectSelection:
    """What a received selection means for an object list. RemoteProtocolError (GARBAGE) when it means nothing."""
    match raw.selector, decode(raw.parameters):
        case 1, None:
            return AllObjects()
        case 2, list(classes):
            return ObjectsOfClasses(tuple(_class(value) for value in classes))
        case 3, list(names):
            return TheseObjects(tuple(_object(value) for value in names))
        case 4, name:
            return _object(name)
    raise garbage(f"selective access {raw.selector} with {raw.parameters.hex()} is not defined for object lists")


def _class(value: Value) -> int:
    if isinstance(value, int):
        return value
    raise garbage(f"{value!r} is not a class")


def _object(value: Value) -> ThisObject:
    match value:
        case (int(class_id), bytes(name)) if len(name) == 6:
            return ThisObject(class_id, Obis(name))
    raise garbage(f"{value!r} is not the name of an object")
