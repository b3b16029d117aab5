"""Push setup (Blue Book 4.4.8): what a meter sends by itself, where to, when and how often."""

from typing import NamedTuple

from protocols.dlms.classes.clocks import TYPED_DATE_TIME, DateTime
from protocols.dlms.classes.codes import Code
from protocols.dlms.classes.records import CAPTURE_OBJECTS, PROTECTIONS, RestrictedCapture, RestrictedColumns, Window
from protocols.dlms.classes.shapes import array_of
from protocols.dlms.classes.specs import (
    INTEGER,
    LONG_UNSIGNED,
    OBIS,
    UNSIGNED,
    DoubleLongUnsigned,
    LongUnsigned,
)
from protocols.dlms.classes.table import InterfaceClass, attribute, method


class TransportService(Code):
    """What carries a push."""

    TCP = 0
    UDP = 1
    FTP = 2
    SMTP = 3
    SMS = 4
    HDLC = 5
    M_BUS = 6
    ZIGBEE = 7
    DLMS_GATEWAY = 8


class MessageType(Code):
    """How the pushed data are written."""

    A_XDR = 0
    XML = 1


class Destination(NamedTuple):
    """send_destination_and_method: `destination` is host:port in ASCII for TCP and UDP."""

    transport_service: TransportService
    destination: bytes
    message: MessageType


class RepetitionDelay(NamedTuple):
    """Seconds between attempts: min, times exponent/100 after each, up to max."""

    minimum: LongUnsigned
    exponent: LongUnsigned
    maximum: LongUnsigned


class OperationMethod(Code):
    """Whether pushes are confirmed, and what counts as delivered."""

    UNCONFIRMED_RETRY_ON_FAILURE = 0
    UNCONFIRMED_RETRY_ON_MISSING_CONFIRMATION = 1
    CONFIRMED_RETRY = 2


class Confirmation(NamedTuple):
    """From when on, and how far back in seconds, data are pushed again until confirmed."""

    confirmation_start_date: DateTime
    confirmation_interval: DoubleLongUnsigned


class _PushSetup(InterfaceClass):
    send_destination_and_method = attribute(3, Destination, writable=True)
    communication_window = attribute(4, array_of(Window), writable=True)
    randomisation_start_interval = attribute(5, LONG_UNSIGNED, writable=True)
    number_of_retries = attribute(6, UNSIGNED, writable=True)
    push = method(1)


class PushSetup(_PushSetup, class_id=40, version=0, title="Push setup"):
    push_object_list = attribute(2, CAPTURE_OBJECTS, writable=True)
    repetition_delay = attribute(7, LONG_UNSIGNED, writable=True)


class _ProtectedPushSetup(_PushSetup):
    port_reference = attribute(8, OBIS, writable=True)
    push_client_sap = attribute(9, INTEGER, writable=True)
    push_protection_parameters = attribute(10, PROTECTIONS, writable=True)


class PushSetup1(_ProtectedPushSetup, class_id=40, version=1, title="Push setup"):
    push_object_list = attribute(2, array_of(RestrictedCapture), writable=True)
    repetition_delay = attribute(7, LONG_UNSIGNED, writable=True)


class PushSetup2(_ProtectedPushSetup, class_id=40, version=2, title="Push setup"):
    push_object_list = attribute(2, array_of(RestrictedColumns), writable=True)
    repetition_delay = attribute(7, RepetitionDelay, writable=True)
    push_operation_method = attribute(11, OperationMethod, writable=True)
    confirmation_parameters = attribute(12, Confirmation, writable=True)
    last_confirmation_date_time = attribute(13, TYPED_DATE_TIME, dynamic=True)
    reset = method(2)
