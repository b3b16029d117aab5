"""The current association as an object: class 15, 0-0:40.0.0 (Blue Book 4.4.4), generated for each association."""

from protocols.dlms.acse import Context
from protocols.dlms.cosem import ASSOCIATION_LN, CURRENT_ASSOCIATION
from protocols.dlms.data import Encoded
from protocols.dlms.device import Association, CosemObject, LogicalDevice
from protocols.dlms.encoding import (
    NULL,
    array,
    bit_string,
    enum,
    integer,
    long_unsigned,
    octet_string,
    structure,
    unsigned,
)
from protocols.dlms.initiate import DLMS_VERSION
from protocols.dlms.server_objects import TableObject

_READ, _WRITE = 1, 2
_ASSOCIATED = 2
_OID = bytes.fromhex("6085740508")


def association_object(device: LogicalDevice, association: Association) -> TableObject:
    """Object list, partners, context, mechanism and status as this client sees them."""
    context = Context.LN_CIPHERED if association.keys else Context.LN
    return TableObject(
        ASSOCIATION_LN,
        1,
        CURRENT_ASSOCIATION,
        {
            2: lambda: object_list(device, association),
            3: structure(integer(association.client), long_unsigned(1)),
            4: octet_string(_OID + bytes((1, context.value))),
            5: _xdlms_context(device),
            6: octet_string(_OID + bytes((2, association.mechanism))),
            8: enum(_ASSOCIATED),
        },
    )


def object_list(device: LogicalDevice, association: Association) -> Encoded:
    """Attribute 2: every object the client may read, with class, version, name and access rights."""
    visible = [item for item in device.objects.values() if association.may_read(item.obis)]
    return array(_entry(item, association) for item in visible)


def _entry(item: CosemObject, association: Association) -> Encoded:
    attributes = array(_attribute_access(item, number, association) for number in item.attributes)
    methods = array(
        structure(integer(number), enum(int(association.may_invoke(item.obis, number)))) for number in item.methods
    )
    return structure(
        long_unsigned(item.class_id), unsigned(item.version), octet_string(item.obis), structure(attributes, methods)
    )


def _attribute_access(item: CosemObject, number: int, association: Association) -> Encoded:
    mode = _READ | (_WRITE if association.may_write(item.obis, number) else 0)
    return structure(integer(number), enum(mode), NULL)


def _xdlms_context(device: LogicalDevice) -> Encoded:
    return structure(
        bit_string(f"{device.conformance:024b}"),
        long_unsigned(device.max_pdu),
        long_unsigned(device.max_pdu),
        unsigned(DLMS_VERSION),
        integer(0),
        octet_string(b""),
    )
