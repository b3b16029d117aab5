"""Local ports, modems and calls (Blue Book 4.7.1 to 4.7.7)."""

from typing import NamedTuple

from protocols.dlms.classes.codes import Code
from protocols.dlms.classes.records import Window
from protocols.dlms.classes.shapes import array_of
from protocols.dlms.classes.specs import (
    LONG_UNSIGNED,
    OCTETS,
    UNSIGNED,
    LongUnsigned,
    Unsigned,
)
from protocols.dlms.classes.table import InterfaceClass, attribute, method


class Baud(Code):
    """Speed of a serial line."""

    BAUD_300 = 0
    BAUD_600 = 1
    BAUD_1200 = 2
    BAUD_2400 = 3
    BAUD_4800 = 4
    BAUD_9600 = 5
    BAUD_19200 = 6
    BAUD_38400 = 7
    BAUD_57600 = 8
    BAUD_115200 = 9


class PortMode(Code):
    """The protocol a local port begins with."""

    IEC_62056_21 = 0
    HDLC = 1
    NOT_SPECIFIED = 2


class ResponseTime(Code):
    """The least time between request and answer on an optical port."""

    MILLISECONDS_20 = 0
    MILLISECONDS_200 = 1


class IecLocalPort(InterfaceClass, class_id=19, version=1, title="IEC local port setup"):
    default_mode = attribute(2, PortMode, writable=True)
    default_baud = attribute(3, Baud, writable=True)
    prop_baud = attribute(4, Baud, writable=True)
    response_time = attribute(5, ResponseTime, writable=True)
    device_addr = attribute(6, OCTETS, writable=True)
    pass_p1 = attribute(7, OCTETS, writable=True)
    pass_p2 = attribute(8, OCTETS, writable=True)
    pass_w5 = attribute(9, OCTETS, writable=True)


class IecHdlcSetup(InterfaceClass, class_id=23, version=1, title="IEC HDLC setup"):
    comm_speed = attribute(2, Baud, writable=True)
    window_size_transmit = attribute(3, UNSIGNED, writable=True)
    window_size_receive = attribute(4, UNSIGNED, writable=True)
    max_info_field_length_transmit = attribute(5, LONG_UNSIGNED, writable=True)
    max_info_field_length_receive = attribute(6, LONG_UNSIGNED, writable=True)
    inter_octet_time_out = attribute(7, LONG_UNSIGNED, writable=True)
    inactivity_time_out = attribute(8, LONG_UNSIGNED, writable=True)
    device_address = attribute(9, LONG_UNSIGNED, writable=True)


class ModemCommand(NamedTuple):
    """initialization_string_element: a command, the answer to expect, and milliseconds to wait after it."""

    request: bytes
    response: bytes
    delay_after_response: LongUnsigned


class ModemConfiguration(InterfaceClass, class_id=27, version=1, title="Modem configuration"):
    comm_speed = attribute(2, Baud, writable=True)
    initialization_string = attribute(3, array_of(ModemCommand), writable=True)
    modem_profile = attribute(4, array_of(OCTETS), writable=True)


class AnswerMode(Code):
    """Whom a modem's line belongs to."""

    DEDICATED = 0
    SHARED_LIMITED = 1
    SHARED = 2
    NO_CONNECTION = 3


class AnswerStatus(Code):
    """Whether the window is open."""

    INACTIVE = 0
    ACTIVE = 1
    LOCKED = 2


class Rings(NamedTuple):
    """Rings before the modem answers."""

    in_window: Unsigned
    out_of_window: Unsigned


class CallType(Code):
    """What a call does."""

    NORMAL = 0
    WAKE_UP = 1


class Caller(NamedTuple):
    """A number that may call."""

    caller_id: bytes
    call_type: CallType


class AutoAnswer(InterfaceClass, class_id=28, version=0, title="Auto answer"):
    mode = attribute(2, AnswerMode, writable=True)
    listening_window = attribute(3, array_of(Window), writable=True)
    status = attribute(4, AnswerStatus, dynamic=True)
    number_of_calls = attribute(5, UNSIGNED, writable=True)
    number_of_rings = attribute(6, Rings, writable=True)


class AutoAnswer2(AutoAnswer, class_id=28, version=2, title="Auto answer"):
    list_of_allowed_callers = attribute(7, array_of(Caller), writable=True)


class ConnectMode(Code):
    """When a device calls or connects by itself."""

    NO_AUTO_CONNECT = 0
    ANYTIME = 1
    IN_WINDOW = 2
    IN_WINDOW_OR_ALARM = 3
    BY_METHOD = 4
    EMAIL = 5
    SMS = 6
    ALWAYS_CONNECTED = 101
    ALWAYS_IN_WINDOW = 102
    ALWAYS_IN_WINDOW_OR_METHOD = 103
    USUALLY_DISCONNECTED = 104


class AutoConnect(InterfaceClass, class_id=29, version=1, title="Auto connect"):
    mode = attribute(2, ConnectMode, writable=True)
    repetitions = attribute(3, UNSIGNED, writable=True)
    repetition_delay = attribute(4, LONG_UNSIGNED, writable=True)
    calling_window = attribute(5, array_of(Window), writable=True)
    destination_list = attribute(6, array_of(OCTETS), writable=True)


class AutoConnect2(AutoConnect, class_id=29, version=2, title="Auto connect"):
    connect = method(1)
