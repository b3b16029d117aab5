"""Structures that several interface classes share."""

from typing import Annotated, Any, NamedTuple

from protocols.dlms.classes.clocks import DateTime
from protocols.dlms.classes.codes import Code
from protocols.dlms.classes.shapes import Choice, array_of, spec_of
from protocols.dlms.classes.specs import (
    ANYTHING,
    DoubleLongUnsigned,
    Integer,
    LongUnsigned,
    Unsigned,
)
from protocols.dlms.cosem import Attribute
from protocols.dlms.obis import Obis
from protocols.dlms.selection import Capture

Simple = Annotated[Any, ANYTHING]
"""A value whose type depends on what it belongs to: register values, thresholds, status words."""


class ObjectName(NamedTuple):
    """object_definition: an object."""

    class_id: LongUnsigned
    logical_name: Obis


class AttributeName(NamedTuple):
    """value_definition: an attribute of an object."""

    class_id: LongUnsigned
    logical_name: Obis
    attribute_index: Integer

    @property
    def attribute(self) -> Attribute:
        """To read or write it."""
        return Attribute(self.class_id, self.logical_name, self.attribute_index)


class CaptureObject(NamedTuple):
    """capture_object_definition: an attribute, or with `data_index` one element of it."""

    class_id: LongUnsigned
    logical_name: Obis
    attribute_index: Integer
    data_index: LongUnsigned = 0

    @property
    def capture(self) -> Capture:
        """The column as `selection` and `objects` speak of it."""
        return Capture(Attribute(self.class_id, self.logical_name, self.attribute_index), self.data_index)


class ScriptName(NamedTuple):
    """action_item: a script of a script table."""

    script_logical_name: Obis
    script_selector: LongUnsigned


class Window(NamedTuple):
    """A time between two patterns."""

    start_time: DateTime
    end_time: DateTime


class RestrictionType(Code):
    """Which rows of a profile are meant."""

    NONE = 0
    BY_DATE = 1
    BY_ENTRY = 2


class DateRestriction(NamedTuple):
    """Rows from one instant to another."""

    from_date: DateTime
    to_date: DateTime


class EntryRestriction(NamedTuple):
    """Rows by number."""

    from_entry: DoubleLongUnsigned
    to_entry: DoubleLongUnsigned


_RESTRICTION = Choice((spec_of(DateRestriction), spec_of(EntryRestriction), ANYTHING))


class Restriction(NamedTuple):
    """restriction_element; `value` is None, a DateRestriction or an EntryRestriction."""

    restriction_type: RestrictionType
    value: Annotated[Any, _RESTRICTION]


class RestrictedCapture(NamedTuple):
    """A capture object of which only some rows are meant."""

    class_id: LongUnsigned
    logical_name: Obis
    attribute_index: Integer
    data_index: LongUnsigned
    restriction: Restriction


class RestrictedColumns(NamedTuple):
    """A capture object of which only some rows and columns are meant."""

    class_id: LongUnsigned
    logical_name: Obis
    attribute_index: Integer
    data_index: LongUnsigned
    restriction: Restriction
    columns: tuple[CaptureObject, ...]


class User(NamedTuple):
    """user_list_entry."""

    user_id: Unsigned
    user_name: str


class KeyKind(Code):
    """key_info_type: how the key of a protection is told."""

    IDENTIFIED = 0
    WRAPPED = 1
    AGREED = 2


class IdentifiedKeyKind(Code):
    """Which of the keys both sides know."""

    UNICAST_ENCRYPTION = 0
    BROADCAST_ENCRYPTION = 1


class IdentifiedKey(NamedTuple):
    """identified_key_info_options."""

    key_id: IdentifiedKeyKind


class WrappingKeyKind(Code):
    """Which key wraps."""

    MASTER = 0


class WrappedKey(NamedTuple):
    """wrapped_key_info_options: a key ciphered by the master key."""

    kek_id: WrappingKeyKind
    key_ciphered_data: bytes


class AgreedKey(NamedTuple):
    """agreed_key_info_options: what key agreement needs."""

    key_parameters: bytes
    key_ciphered_data: bytes


class KeyInfo(NamedTuple):
    """key_info_element."""

    kind: KeyKind
    options: Annotated[Any, Choice((spec_of(IdentifiedKey), spec_of(WrappedKey), spec_of(AgreedKey)))]


class ProtectionType(Code):
    """What one layer of protection does."""

    AUTHENTICATION = 0
    ENCRYPTION = 1
    AUTHENTICATION_AND_ENCRYPTION = 2
    DIGITAL_SIGNATURE = 3


class ProtectionOptions(NamedTuple):
    """protection_options_element."""

    transaction_id: bytes
    originator_system_title: bytes
    recipient_system_title: bytes
    other_information: bytes
    key_info: KeyInfo


class Protection(NamedTuple):
    """protection_parameters_element: one layer of protection."""

    protection_type: ProtectionType
    options: ProtectionOptions


PROTECTIONS = array_of(Protection)
CAPTURE_OBJECTS = array_of(CaptureObject)
