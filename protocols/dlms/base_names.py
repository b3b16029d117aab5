"""The map of a meter that is addressed by short names: where each object's variables begin.

Short names are assigned by the maker of the meter. A map comes from the description of a model, or from the meter
itself: the object list of its association object, which lies at a base name that the standard reserves.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from protocols.dlms.base_name_methods import METHOD_NAMES, STEP, MethodNames, MethodTable, method_names
from protocols.dlms.cosem import CURRENT_ASSOCIATION, Attribute, Method
from protocols.dlms.data import Value
from protocols.dlms.obis import Obis
from protocols.dlms.tags import DataAccessResult
from protocols.errors import garbage

ASSOCIATION_SN = 12
ASSOCIATION_BASE = 0xFA00
HLS_METHOD_SN = Method(ASSOCIATION_SN, CURRENT_ASSOCIATION, 8)
"""reply_to_HLS_authentication where short names are used."""
OBJECT_LIST = Attribute(ASSOCIATION_SN, CURRENT_ASSOCIATION, 2)
_LAST_NAME = 0xFFFF


@dataclass(frozen=True, slots=True)
class NamedObject:
    """An object and its base name, 0..0xFFFF: the short name of its attribute 1."""

    base: int
    class_id: int
    obis: Obis
    version: int = 0


RESERVED = (
    NamedObject(ASSOCIATION_BASE, ASSOCIATION_SN, CURRENT_ASSOCIATION),
    NamedObject(0xFB00, 9, Obis.parse("0-0:10.0.125")),
    NamedObject(0xFC00, 17, Obis.parse("0-0:41.0.0")),
    NamedObject(0xFD00, 1, Obis.parse("0-0:42.0.0")),
)
"""Base names every meter shares (Blue Book 4.1.3): association SN, broadcast scripts, SAP assignment, device name."""


class BaseNames:
    """Between logical names and short names, both ways. Reserved base names are always in; others win over them."""

    __slots__ = ("_bases", "_classes", "_methods", "_named", "objects")

    def __init__(self, objects: Iterable[NamedObject] = (), methods: MethodTable = METHOD_NAMES) -> None:
        own = tuple(objects)
        by_base = {item.base: item for item in (*RESERVED, *own)}
        self.objects = tuple(by_base[base] for base in sorted(by_base))
        self._methods = methods
        self._bases = [item.base for item in self.objects]
        self._named = {(item.class_id, item.obis): item for item in (*RESERVED, *reversed(own))}
        self._classes = {item.obis: item.class_id for item in self.objects}

    def of_attribute(self, attribute: Attribute) -> int | DataAccessResult:
        """The short name of an attribute, or why it has none."""
        item = self._item(attribute)
        if isinstance(item, DataAccessResult):
            return item
        name = item.base + STEP * (attribute.index - 1)
        return name if attribute.index >= 1 and name <= _LAST_NAME else DataAccessResult.OBJECT_UNDEFINED

    def of_method(self, method: Method) -> int | DataAccessResult:
        """The short name of a method, or why it has none."""
        item = self._item(method)
        if isinstance(item, DataAccessResult):
            return item
        offset = self._methods_of(item).offset(method.index)
        return DataAccessResult.OBJECT_UNDEFINED if offset is None else item.base + offset

    def returns(self, method: Method) -> bool:
        """Whether a method gives something back, so that it is invoked by reading its variable."""
        item = self._item(method)
        return isinstance(item, NamedObject) and method.index in self._methods_of(item).returning

    def at(self, name: int) -> Attribute | Method | None:
        """What lies at a short name, None when no object has begun before it or it is between two variables."""
        found = bisect_right(self._bases, name) - 1
        if found < 0 or (name - self._bases[found]) % STEP:
            return None
        item = self.objects[found]
        method = self._methods_of(item).method(name - item.base)
        if method is not None:
            return Method(item.class_id, item.obis, method)
        return Attribute(item.class_id, item.obis, (name - item.base) // STEP + 1)

    def _item(self, name: Attribute | Method) -> NamedObject | DataAccessResult:
        item = self._named.get((name.class_id, name.obis))
        if item is not None:
            return item
        known = name.obis in self._classes
        return DataAccessResult.OBJECT_CLASS_INCONSISTENT if known else DataAccessResult.OBJECT_UNDEFINED

    def _methods_of(self, item: NamedObject) -> MethodNames:
        return method_names(self._methods, item.class_id, item.version)


def decode_object_list(value: Value) -> tuple[NamedObject, ...]:
    """The objects in attribute 2 of an association SN, decoded. RemoteProtocolError (GARBAGE) if it is none."""
    if not isinstance(value, list):
        raise garbage(f"{value!r:.80} is not an object list")
    return tuple(_named_object(element) for element in value)


def _named_object(element: Value) -> NamedObject:
    """One objlist_element; the base name is a signed number on the wire."""
    match element:
        case (int(base), int(class_id), int(version), bytes(name)) if len(name) == 6:
            return NamedObject(base & _LAST_NAME, class_id, Obis(name), version)
    raise garbage(f"{element!r:.80} is not an element of an object list")
