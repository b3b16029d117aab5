"""Who may do what with which objects: associations and logical devices (Blue Book 4.4.3 to 4.4.5)."""

from dataclasses import dataclass
from typing import Annotated, NamedTuple

from protocols.dlms.classes.codes import Code
from protocols.dlms.classes.records import AttributeName, User
from protocols.dlms.classes.rights import ObjectEntry, ObjectEntry3, ShortNameEntry, ShortNameRights
from protocols.dlms.classes.shapes import array_of, choice
from protocols.dlms.classes.spec import Spec
from protocols.dlms.classes.specs import ANYTHING, OBIS, OCTETS, Integer, LongUnsigned, Unsigned
from protocols.dlms.classes.table import InterfaceClass, attribute, method
from protocols.dlms.conformance import Conformance
from protocols.dlms.data import BitString, Encoded, Value
from protocols.dlms.encoding import bit_string


class Partners(NamedTuple):
    """associated_partners_type: addresses of the client and of the logical device."""

    client_sap: Integer
    server_sap: LongUnsigned


@dataclass(frozen=True)
class ConformanceBits(Spec[Conformance]):
    """The 24 bits of the conformance block, first bit first."""

    name = "bit-string Conformance"

    def decode(self, value: Value) -> Conformance:
        """See `Spec.decode`."""
        if isinstance(value, BitString) and len(value) == 24:
            return Conformance(int(value, 2))
        raise self.received(value)

    def encode(self, value: Conformance) -> Encoded:
        """See `Spec.encode`."""
        if not isinstance(value, int) or not 0 <= value < 1 << 24:
            raise self.refused(value)
        return bit_string(f"{int(value):024b}")


class XdlmsContext(NamedTuple):
    """xDLMS_context_type."""

    conformance: Annotated[Conformance, ConformanceBits()]
    max_receive_pdu_size: LongUnsigned
    max_send_pdu_size: LongUnsigned
    dlms_version_number: Unsigned
    quality_of_service: Integer
    cyphering_info: bytes


class ObjectIdentifier(NamedTuple):
    """A context or mechanism name arc by arc, as some meters tell it; `name_id` is the one that differs."""

    joint_iso_ctt: Unsigned
    country: Unsigned
    country_name: LongUnsigned
    identified_organization: Unsigned
    dlms_ua: Unsigned
    kind: Unsigned
    name_id: Unsigned


OID = choice(OCTETS, ObjectIdentifier)


class AssociationStatus(Code):
    """How far an association is."""

    NON_ASSOCIATED = 0
    PENDING = 1
    ASSOCIATED = 2


class _AssociationLn(InterfaceClass):
    associated_partners_id = attribute(3, Partners, dynamic=True)
    application_context_name = attribute(4, OID)
    xdlms_context_info = attribute(5, XdlmsContext)
    authentication_mechanism_name = attribute(6, OID)
    secret = attribute(7, OCTETS, writable=True, readable=False)
    association_status = attribute(8, AssociationStatus, dynamic=True)
    reply_to_hls_authentication = method(1, OCTETS, OCTETS)
    change_hls_secret = method(2, OCTETS)


class AssociationLn(_AssociationLn, class_id=15, version=0, title="Association LN"):
    object_list = attribute(2, array_of(ObjectEntry))
    add_object = method(3, ObjectEntry)
    remove_object = method(4, ObjectEntry)


class AssociationLn1(AssociationLn, class_id=15, version=1, title="Association LN"):
    security_setup_reference = attribute(9, OBIS)


class AssociationLn2(AssociationLn1, class_id=15, version=2, title="Association LN"):
    user_list = attribute(10, array_of(User), writable=True)
    current_user = attribute(11, User, dynamic=True)
    add_user = method(5, User)
    remove_user = method(6, User)


class AssociationLn3(_AssociationLn, class_id=15, version=3, title="Association LN"):
    object_list = attribute(2, array_of(ObjectEntry3))
    security_setup_reference = attribute(9, OBIS)
    user_list = attribute(10, array_of(User), writable=True)
    current_user = attribute(11, User, dynamic=True)
    add_object = method(3, ObjectEntry3)
    remove_object = method(4, ObjectEntry3)
    add_user = method(5, User)
    remove_user = method(6, User)


class AssociationSn(InterfaceClass, class_id=12, version=0, title="Association SN"):
    object_list = attribute(2, array_of(ShortNameEntry))
    read_by_logical_name = method(3, array_of(AttributeName), array_of(ANYTHING))
    change_secret = method(5, OCTETS)
    reply_to_hls_authentication = method(8, OCTETS, OCTETS)


class AssociationSn1(AssociationSn, class_id=12, version=1, title="Association SN"):
    access_rights_list = attribute(3, array_of(ShortNameRights))


class AssociationSn2(AssociationSn1, class_id=12, version=2, title="Association SN"):
    security_setup_reference = attribute(4, OBIS)


class AssociationSn3(AssociationSn2, class_id=12, version=3, title="Association SN"):
    user_list = attribute(5, array_of(User), writable=True)
    current_user = attribute(6, User, dynamic=True)
    add_user = method(9, User)
    remove_user = method(10, User)


class LogicalDeviceEntry(NamedTuple):
    """asslist_element: a logical device and the address it answers at."""

    sap: LongUnsigned
    logical_device_name: bytes


class SapAssignment(InterfaceClass, class_id=17, title="SAP assignment"):
    sap_assignment_list = attribute(2, array_of(LogicalDeviceEntry))
    connect_logical_device = method(1, LogicalDeviceEntry)
