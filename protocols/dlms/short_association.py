"""The current association as short-name clients see it: class 12 at base name 0xFA00 (Blue Book 4.4.3).

Generated for each association like its sibling for logical names. reply_to_HLS_authentication is answered by the
connection, before objects are looked at.
"""

from collections.abc import Iterator

from protocols.dlms.base_names import ASSOCIATION_BASE, ASSOCIATION_SN, NamedObject
from protocols.dlms.cosem import CURRENT_ASSOCIATION
from protocols.dlms.data import Encoded
from protocols.dlms.device import Association, CosemObject, LogicalDevice
from protocols.dlms.encoding import NULL, array, enum, integer, long, long_unsigned, octet_string, structure, unsigned
from protocols.dlms.server_objects import TableObject

_VERSION = 1
_READ, _WRITE = 1, 2


def short_association_object(device: LogicalDevice, association: Association) -> TableObject:
    """Object list and access rights as this client sees them."""
    return TableObject(
        ASSOCIATION_SN,
        _VERSION,
        CURRENT_ASSOCIATION,
        {2: lambda: object_list(device, association), 3: lambda: access_rights(device, association)},
    )


def object_list(device: LogicalDevice, association: Association) -> Encoded:
    """Attribute 2: base name, class, version and logical name of every object the client may read, itself first."""
    own = _entry(NamedObject(ASSOCIATION_BASE, ASSOCIATION_SN, CURRENT_ASSOCIATION, _VERSION))
    return array([own, *(_entry(item) for item, _ in _visible(device, association))])


def access_rights(device: LogicalDevice, association: Association) -> Encoded:
    """Attribute 3: what the client may do with every attribute and method of these objects."""
    return array(
        structure(_base_name(item), _attributes(found, association), _methods(found, association))
        for item, found in _visible(device, association)
    )


def _visible(device: LogicalDevice, association: Association) -> Iterator[tuple[NamedObject, CosemObject]]:
    for item in device.base_names.objects:
        found = device.objects.get(item.obis)
        if found is not None and found.class_id == item.class_id and association.may_read(item.obis):
            yield item, found


def _entry(item: NamedObject) -> Encoded:
    return structure(_base_name(item), long_unsigned(item.class_id), unsigned(item.version), octet_string(item.obis))


def _attributes(found: CosemObject, association: Association) -> Encoded:
    return array(
        structure(integer(number), enum(_mode(found, number, association)), NULL) for number in found.attributes
    )


def _methods(found: CosemObject, association: Association) -> Encoded:
    return array(
        structure(integer(number), enum(int(association.may_invoke(found.obis, number)))) for number in found.methods
    )


def _mode(found: CosemObject, number: int, association: Association) -> int:
    return _READ | (_WRITE if association.may_write(found.obis, number) else 0)


def _base_name(item: NamedObject) -> Encoded:
    """A signed 16-bit number in the standard."""
    return long(item.base - 0x10000 if item.base & 0x8000 else item.base)
