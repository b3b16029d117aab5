"""Keys, certificates and protected data: security setup and data protection (Blue Book 4.4.7, 4.4.9)."""

from enum import IntFlag
from typing import Annotated, Any, NamedTuple

from protocols.dlms.classes.codes import Code, FlagNumber
from protocols.dlms.classes.records import PROTECTIONS, Protection, RestrictedCapture
from protocols.dlms.classes.shapes import array_of, choice, spec_of
from protocols.dlms.classes.specs import (
    OCTETS,
    Integer,
    LongUnsigned,
)
from protocols.dlms.classes.table import InterfaceClass, attribute, method
from protocols.dlms.obis import Obis
from protocols.dlms.tags import Tag


class SecurityPolicy(Code):
    """What every message must be, version 0."""

    NONE = 0
    AUTHENTICATED = 1
    ENCRYPTED = 2
    AUTHENTICATED_AND_ENCRYPTED = 3


class Policy(IntFlag):
    """What requests and responses must be, version 1."""

    NONE = 0
    AUTHENTICATED_REQUEST = 0x04
    ENCRYPTED_REQUEST = 0x08
    SIGNED_REQUEST = 0x10
    AUTHENTICATED_RESPONSE = 0x20
    ENCRYPTED_RESPONSE = 0x40
    SIGNED_RESPONSE = 0x80


class SuiteId(Code):
    """The algorithms in use."""

    AES_GCM_128 = 0
    ECDSA_P256_AES_GCM_128 = 1
    ECDSA_P384_AES_GCM_256 = 2


class KeyId(Code):
    """Which key is meant."""

    UNICAST_ENCRYPTION = 0
    BROADCAST_ENCRYPTION = 1
    AUTHENTICATION = 2
    MASTER = 3


class KeyTransfer(NamedTuple):
    """key_transfer_data: a new key wrapped by the master key (RFC 3394)."""

    key_id: KeyId
    key_wrapped: bytes


class KeyAgreement(NamedTuple):
    """key_agreement_data: an ephemeral public key and its signature."""

    key_id: KeyId
    key_data: bytes


class CertificateEntity(Code):
    """Whose certificate it is."""

    SERVER = 0
    CLIENT = 1
    CERTIFICATION_AUTHORITY = 2
    OTHER = 3


class CertificateType(Code):
    """What a certificate's key is for."""

    DIGITAL_SIGNATURE = 0
    KEY_AGREEMENT = 1
    TLS = 2
    OTHER = 3


class Certificate(NamedTuple):
    """certificate_info."""

    entity: CertificateEntity
    certificate_type: CertificateType
    serial_number: bytes
    issuer: bytes
    subject: bytes
    subject_alt_name: bytes


class CertificateByEntity(NamedTuple):
    """A certificate named by whose it is and what for."""

    entity: CertificateEntity
    certificate_type: CertificateType
    system_title: bytes


class CertificateBySerial(NamedTuple):
    """A certificate named by serial number and issuer."""

    serial_number: bytes
    issuer: bytes


class IdentificationType(Code):
    """How a certificate is named."""

    BY_ENTITY = 0
    BY_SERIAL_NUMBER = 1


class CertificateName(NamedTuple):
    """certificate_identification."""

    kind: IdentificationType
    options: Annotated[Any, choice(CertificateByEntity, CertificateBySerial)]


class _SecuritySetup(InterfaceClass):
    security_suite = attribute(3, SuiteId, writable=True)
    client_system_title = attribute(4, OCTETS, dynamic=True)
    server_system_title = attribute(5, OCTETS)
    key_transfer = method(2, array_of(KeyTransfer))


class SecuritySetup(_SecuritySetup, class_id=64, version=0, title="Security setup"):
    security_policy = attribute(2, SecurityPolicy, writable=True)
    security_activate = method(1, SecurityPolicy)


class SecuritySetup1(_SecuritySetup, class_id=64, version=1, title="Security setup"):
    security_policy = attribute(2, FlagNumber(Policy, Tag.ENUM), writable=True)
    certificates = attribute(6, array_of(Certificate), dynamic=True)
    security_activate = method(1, FlagNumber(Policy, Tag.ENUM))
    key_agreement = method(3, array_of(KeyAgreement), array_of(KeyAgreement))
    generate_key_pair = method(4, CertificateType)
    generate_certificate_request = method(5, CertificateType, OCTETS)
    import_certificate = method(6, OCTETS)
    export_certificate = method(7, CertificateName, OCTETS)
    remove_certificate = method(8, CertificateName)


class RequiredProtection(IntFlag):
    """What requests and responses of data protection must be."""

    NONE = 0
    AUTHENTICATED_REQUEST = 0x04
    ENCRYPTED_REQUEST = 0x08
    SIGNED_REQUEST = 0x10
    AUTHENTICATED_RESPONSE = 0x20
    ENCRYPTED_RESPONSE = 0x40
    SIGNED_RESPONSE = 0x80


class ProtectedGet(NamedTuple):
    """get_protected_attributes_request."""

    object_list: tuple[RestrictedCapture, ...]
    protection_parameters: tuple[Protection, ...]


class ProtectedData(NamedTuple):
    """Data in their protection."""

    protection_parameters: tuple[Protection, ...]
    protected_attributes: bytes


class ProtectedSet(NamedTuple):
    """set_protected_attributes_request."""

    object_list: tuple[RestrictedCapture, ...]
    protection_parameters: tuple[Protection, ...]
    protected_attributes: bytes


class ProtectedMethod(NamedTuple):
    """object_method_definition."""

    class_id: LongUnsigned
    logical_name: Obis
    method_index: Integer


class ProtectedInvocation(NamedTuple):
    """invoke_protected_method_request."""

    object_method: ProtectedMethod
    protection_parameters: tuple[Protection, ...]
    protected_method_invocation_parameters: bytes


class DataProtection(InterfaceClass, class_id=30, title="COSEM data protection"):
    protection_buffer = attribute(2, OCTETS, dynamic=True)
    protection_object_list = attribute(3, array_of(RestrictedCapture), writable=True)
    protection_parameters_get = attribute(4, PROTECTIONS, writable=True)
    protection_parameters_set = attribute(5, PROTECTIONS, writable=True)
    required_protection = attribute(6, FlagNumber(RequiredProtection, Tag.ENUM), writable=True)
    get_protected_attributes = method(1, ProtectedGet, spec_of(ProtectedData))
    set_protected_attributes = method(2, ProtectedSet)
    invoke_protected_method = method(3, ProtectedInvocation, spec_of(ProtectedData))
