"""What a client may do with attributes and methods, as object lists tell it (Blue Book 4.4.3, 4.4.4)."""

from enum import IntFlag
from typing import Annotated, NamedTuple

from protocols.dlms.classes.codes import Code, FlagNumber
from protocols.dlms.classes.shapes import Nullable, array_of
from protocols.dlms.classes.specs import INTEGER, Integer, Long, LongUnsigned, Unsigned
from protocols.dlms.obis import Obis
from protocols.dlms.tags import Tag

SELECTORS = Nullable(array_of(INTEGER))


class AttributeMode(Code):
    """What a client may do with an attribute, up to version 2 of class 15 and 3 of class 12."""

    NO_ACCESS = 0
    READ_ONLY = 1
    WRITE_ONLY = 2
    READ_AND_WRITE = 3
    AUTHENTICATED_READ_ONLY = 4
    AUTHENTICATED_WRITE_ONLY = 5
    AUTHENTICATED_READ_AND_WRITE = 6


class MethodMode(Code):
    """Whether a client may invoke a method. Version 0 says it by a boolean, which reads as 0 and 1."""

    NO_ACCESS = 0
    ACCESS = 1
    AUTHENTICATED_ACCESS = 2


class AttributeRights(IntFlag):
    """What a client may do with an attribute and how both messages must be protected, from version 3 of class 15."""

    NO_ACCESS = 0
    READ = 0x01
    WRITE = 0x02
    AUTHENTICATED_REQUEST = 0x04
    ENCRYPTED_REQUEST = 0x08
    SIGNED_REQUEST = 0x10
    AUTHENTICATED_RESPONSE = 0x20
    ENCRYPTED_RESPONSE = 0x40
    SIGNED_RESPONSE = 0x80


class MethodRights(IntFlag):
    """The same for a method."""

    NO_ACCESS = 0
    ACCESS = 0x01
    AUTHENTICATED_REQUEST = 0x04
    ENCRYPTED_REQUEST = 0x08
    SIGNED_REQUEST = 0x10
    AUTHENTICATED_RESPONSE = 0x20
    ENCRYPTED_RESPONSE = 0x40
    SIGNED_RESPONSE = 0x80


class AttributeAccess(NamedTuple):
    """attribute_access_item; `access_selectors` are the selective accesses it knows."""

    attribute_id: Integer
    access_mode: AttributeMode
    access_selectors: Annotated[tuple[int, ...] | None, SELECTORS] = None


class MethodAccess(NamedTuple):
    """method_access_item."""

    method_id: Integer
    access_mode: MethodMode


class Access(NamedTuple):
    """access_right."""

    attribute_access: tuple[AttributeAccess, ...]
    method_access: tuple[MethodAccess, ...]


class ObjectEntry(NamedTuple):
    """object_list_element."""

    class_id: LongUnsigned
    version: Unsigned
    logical_name: Obis
    access_rights: Access


class AttributeAccess3(NamedTuple):
    """attribute_access_item of version 3."""

    attribute_id: Integer
    access_mode: Annotated[AttributeRights, FlagNumber(AttributeRights, Tag.ENUM)]
    access_selectors: Annotated[tuple[int, ...] | None, SELECTORS] = None


class MethodAccess3(NamedTuple):
    """method_access_item of version 3."""

    method_id: Integer
    access_mode: Annotated[MethodRights, FlagNumber(MethodRights, Tag.ENUM)]


class Access3(NamedTuple):
    """access_right of version 3."""

    attribute_access: tuple[AttributeAccess3, ...]
    method_access: tuple[MethodAccess3, ...]


class ObjectEntry3(NamedTuple):
    """object_list_element of version 3."""

    class_id: LongUnsigned
    version: Unsigned
    logical_name: Obis
    access_rights: Access3


class ShortNameEntry(NamedTuple):
    """objlist_element: the base name of an object; a long, so that 0xFA00 reads as -0x600."""

    base_name: Long
    class_id: LongUnsigned
    version: Unsigned
    logical_name: Obis


class ShortNameRights(NamedTuple):
    """access_rights_element."""

    base_name: Long
    attribute_access: tuple[AttributeAccess, ...]
    method_access: tuple[MethodAccess, ...]
