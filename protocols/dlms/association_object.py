"""The current association as an object: class 15 version 2, 0-0:40.0.0 (Blue Book 4.4.4), made for each association."""

from protocols.dlms.classes.access import AssociationLn2, AssociationStatus, Partners, XdlmsContext
from protocols.dlms.classes.records import User
from protocols.dlms.classes.rights import Access, AttributeAccess, MethodAccess, ObjectEntry
from protocols.dlms.classes.server import ServerObject
from protocols.dlms.cosem import CURRENT_ASSOCIATION
from protocols.dlms.data import Encoded
from protocols.dlms.device import Association, CosemObject, LogicalDevice
from protocols.dlms.encoding import array, long_unsigned, octet_string, structure, unsigned
from protocols.dlms.initiate import DLMS_VERSION
from protocols.dlms.obis import Obis
from protocols.dlms.object_selection import ObjectSelection
from protocols.dlms.tags import ActionResult, DataAccessResult

SECURITY_SETUP = Obis.parse("0-0:43.0.0")
_OID = bytes.fromhex("6085740508")
_CONTEXT, _MECHANISM = 1, 2


def association_object(device: LogicalDevice, association: Association) -> ServerObject:
    """Object list, partners, context, mechanism and status as this client sees them; the secret can only be written.

    reply_to_HLS_authentication is answered by the connection while the association is pending; later it is refused.
    """
    terms = device.settings_of(association)

    def change_secret(secret: bytes) -> bool:
        return device.change_secret(association.client, secret)

    return ServerObject(
        AssociationLn2,
        CURRENT_ASSOCIATION,
        {
            "object_list": lambda: object_list(device, association),
            "associated_partners_id": Partners(_signed_octet(association.client), device.sap),
            "application_context_name": _OID + bytes((_CONTEXT, terms.named_context.value)),
            "xdlms_context_info": XdlmsContext(terms.conformance, terms.max_pdu, terms.max_pdu, DLMS_VERSION, 0, b""),
            "authentication_mechanism_name": _OID + bytes((_MECHANISM, association.mechanism)),
            "association_status": AssociationStatus.ASSOCIATED,
            "security_setup_reference": SECURITY_SETUP,
            "user_list": (),
            "current_user": User(0, ""),
        },
        setters={"secret": lambda secret: None if change_secret(secret) else DataAccessResult.OTHER_REASON},
        actions={
            "reply_to_hls_authentication": lambda _: ActionResult.OTHER_REASON,
            "change_hls_secret": lambda secret: None if change_secret(secret) else ActionResult.OTHER_REASON,
        },
    )


def object_list(device: LogicalDevice, association: Association) -> Encoded:
    """Attribute 2: every object the client may read, with class, version, name and access rights."""
    visible = [item for item in device.objects.values() if association.may_read(item.obis)]
    return AssociationLn2.object_list.encode(tuple(_entry(item, association) for item in visible))


def selected_objects(device: LogicalDevice, association: Association, selection: ObjectSelection) -> Encoded:
    """Attribute 2 under selective access; entries without access rights have three elements instead of four."""
    visible = [item for item in device.objects.values() if association.may_read(item.obis)]
    picked = [item for item in visible if selection.picks(item.class_id, item.obis)]
    if selection.tells_rights:
        return AssociationLn2.object_list.encode(tuple(_entry(item, association) for item in picked))
    return array(
        [structure(long_unsigned(item.class_id), unsigned(item.version), octet_string(item.obis)) for item in picked]
    )


def _entry(item: CosemObject, association: Association) -> ObjectEntry:
    attributes = tuple(_attribute_access(item, number, association) for number in item.attributes)
    methods = tuple(MethodAccess(number, association.method_mode(item.obis, number)) for number in item.methods)
    return ObjectEntry(item.class_id, item.version, item.obis, Access(attributes, methods))


def _attribute_access(item: CosemObject, number: int, association: Association) -> AttributeAccess:
    mode = association.attribute_mode(item.obis, number)
    return AttributeAccess(number, mode, tuple(item.selectors(number)) or None)


def _signed_octet(address: int) -> int:
    """The standard has an integer for the client's address; wPorts beyond are told by their last octet."""
    return (address + 0x80) % 0x100 - 0x80
