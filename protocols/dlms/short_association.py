"""The current association as short-name clients see it: class 12 version 2 at base name 0xFA00 (Blue Book 4.4.3).

Made for each association like its sibling for logical names. reply_to_HLS_authentication is answered by the connection
while the association is pending; later it is refused.
"""

from collections.abc import Iterator, Sequence

from protocols.dlms.association_object import SECURITY_SETUP
from protocols.dlms.base_names import ASSOCIATION_BASE, ASSOCIATION_SN, NamedObject
from protocols.dlms.classes.access import AssociationSn2
from protocols.dlms.classes.records import AttributeName
from protocols.dlms.classes.rights import AttributeAccess, MethodAccess, ShortNameEntry, ShortNameRights
from protocols.dlms.classes.server import ServerObject
from protocols.dlms.cosem import CURRENT_ASSOCIATION
from protocols.dlms.data import Encoded
from protocols.dlms.device import Association, CosemObject, LogicalDevice
from protocols.dlms.encoding import NULL, octet_string
from protocols.dlms.tags import ActionResult

_OWN = NamedObject(ASSOCIATION_BASE, ASSOCIATION_SN, CURRENT_ASSOCIATION, AssociationSn2.table.version)


def short_association_object(device: LogicalDevice, association: Association) -> ServerObject:
    """Object list, access rights and the methods on names and secret, as this client may use them."""

    def change_secret(secret: bytes) -> ActionResult:
        changed = device.change_secret(association.client, secret)
        return ActionResult.SUCCESS if changed else ActionResult.OTHER_REASON

    return ServerObject(
        AssociationSn2,
        CURRENT_ASSOCIATION,
        {
            "object_list": lambda: _object_list(device, association),
            "access_rights_list": lambda: _access_rights(device, association),
            "security_setup_reference": SECURITY_SETUP,
        },
        actions={
            "read_by_logical_name": lambda names: [_value(device, association, name) for name in names],
            "change_secret": change_secret,
            "reply_to_hls_authentication": lambda _: ActionResult.OTHER_REASON,
        },
    )


def _object_list(device: LogicalDevice, association: Association) -> Sequence[ShortNameEntry]:
    items = [_OWN, *(item for item, _ in _visible(device, association))]
    return [ShortNameEntry(_signed(item.base), item.class_id, item.version, item.obis) for item in items]


def _access_rights(device: LogicalDevice, association: Association) -> Sequence[ShortNameRights]:
    return [_rights(item, found, association) for item, found in _visible(device, association)]


def _rights(item: NamedObject, found: CosemObject, association: Association) -> ShortNameRights:
    attributes = [
        AttributeAccess(number, association.attribute_mode(item.obis, number), tuple(found.selectors(number)) or None)
        for number in found.attributes
    ]
    methods = [MethodAccess(number, association.method_mode(item.obis, number)) for number in found.methods]
    return ShortNameRights(_signed(item.base), tuple(attributes), tuple(methods))


def _visible(device: LogicalDevice, association: Association) -> Iterator[tuple[NamedObject, CosemObject]]:
    """The objects that have a base name and that the client may read."""
    for item in device.base_names.objects:
        found = device.objects.get(item.obis)
        if found is not None and found.class_id == item.class_id and association.may_read(item.obis):
            yield item, found


def _value(device: LogicalDevice, association: Association, name: AttributeName) -> Encoded:
    """One attribute by its logical name; null-data where it cannot be had, because the list has no room for reasons."""
    found = device.objects.get(name.logical_name)
    index = name.attribute_index
    if found is None or found.class_id != name.class_id or not association.may_read(found.obis):
        return NULL
    if index == 1:
        return octet_string(found.obis)
    result = NULL if association.hides(found.obis, index) else found.get(index, None)
    return result if isinstance(result, Encoded) else NULL


def _signed(base: int) -> int:
    """A base name as the signed 16-bit number that it is on the wire."""
    return base - 0x10000 if base & 0x8000 else base
