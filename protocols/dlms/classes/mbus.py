"""M-Bus: the meter as slave, as master of gas, water and heat meters, and the state of that link (Blue Book 4.8)."""

from typing import NamedTuple

from protocols.dlms.classes.clocks import TypedDateTime
from protocols.dlms.classes.codes import Code
from protocols.dlms.classes.ports import Baud
from protocols.dlms.classes.records import Simple
from protocols.dlms.classes.shapes import array_of
from protocols.dlms.classes.specs import (
    DOUBLE_LONG_UNSIGNED,
    LONG_UNSIGNED,
    OBIS,
    OCTETS,
    UNSIGNED,
    DoubleLongUnsigned,
    Unsigned,
)
from protocols.dlms.classes.table import InterfaceClass, attribute, method


class AddressState(Code):
    """Whether a slave port has an address."""

    NOT_ASSIGNED = 0
    ASSIGNED = 1


class MBusSlavePort(InterfaceClass, class_id=25, title="M-Bus slave port setup"):
    default_baud = attribute(2, Baud, writable=True)
    avail_baud = attribute(3, Baud, writable=True)
    addr_state = attribute(4, AddressState, dynamic=True)
    bus_address = attribute(5, UNSIGNED, writable=True)


class CaptureDefinition(NamedTuple):
    """capture_definition_element: which data record of the slave is captured."""

    data_information_block: bytes
    value_information_block: bytes


class MBusRecord(NamedTuple):
    """data_definition_element: a data record to send to the slave."""

    data_information_block: bytes
    value_information_block: bytes
    data: Simple


class KeyStatus(Code):
    """How far the slave's encryption key is."""

    NO_KEY = 0
    SET = 1
    TRANSFERRED = 2
    SET_AND_TRANSFERRED = 3
    IN_USE = 4


class MBusClient(InterfaceClass, class_id=72, version=0, title="M-Bus client"):
    mbus_port_reference = attribute(2, OBIS, writable=True)
    capture_definition = attribute(3, array_of(CaptureDefinition), writable=True)
    capture_period = attribute(4, DOUBLE_LONG_UNSIGNED, writable=True)
    primary_address = attribute(5, UNSIGNED, dynamic=True, writable=True)
    identification_number = attribute(6, DOUBLE_LONG_UNSIGNED, dynamic=True, writable=True)
    manufacturer_id = attribute(7, LONG_UNSIGNED, dynamic=True, writable=True)
    version = attribute(8, UNSIGNED, dynamic=True, writable=True)
    device_type = attribute(9, UNSIGNED, dynamic=True, writable=True)
    access_number = attribute(10, UNSIGNED, dynamic=True)
    status = attribute(11, UNSIGNED, dynamic=True)
    alarm = attribute(12, UNSIGNED, dynamic=True)
    slave_install = method(1, UNSIGNED)
    slave_deinstall = method(2)
    capture = method(3)
    reset_alarm = method(4)
    synchronize_clock = method(5)
    data_send = method(6, array_of(MBusRecord))
    set_encryption_key = method(7, OCTETS)
    transfer_key = method(8, OCTETS)


class MBusClient1(MBusClient, class_id=72, version=1, title="M-Bus client"):
    configuration = attribute(13, LONG_UNSIGNED, dynamic=True)
    encryption_key_status = attribute(14, KeyStatus, dynamic=True)


class MBusMasterPort(InterfaceClass, class_id=74, title="M-Bus master port setup"):
    comm_speed = attribute(2, Baud, writable=True)


class LinkStatus(Code):
    """State of the link to a slave."""

    NONE = 0
    NORMAL = 1
    TEMPORARILY_INTERRUPTED = 2
    PERMANENTLY_INTERRUPTED = 3


class BroadcastFrames(NamedTuple):
    """Broadcast frames of one client."""

    client_id: Unsigned
    counter: DoubleLongUnsigned
    time_stamp: TypedDateTime


class DiagnosticCapture(NamedTuple):
    """The attribute that changed last, and when."""

    attribute_id: Unsigned
    time_stamp: TypedDateTime


class MBusDiagnostic(InterfaceClass, class_id=77, title="M-Bus diagnostic"):
    received_signal_strength = attribute(2, UNSIGNED, dynamic=True)
    channel_id = attribute(3, UNSIGNED, dynamic=True)
    link_status = attribute(4, LinkStatus, dynamic=True)
    broadcast_frames_counter = attribute(5, array_of(BroadcastFrames), dynamic=True)
    transmissions_counter = attribute(6, DOUBLE_LONG_UNSIGNED, dynamic=True)
    fcs_ok_frames_counter = attribute(7, DOUBLE_LONG_UNSIGNED, dynamic=True)
    fcs_nok_frames_counter = attribute(8, DOUBLE_LONG_UNSIGNED, dynamic=True)
    capture_time = attribute(9, DiagnosticCapture, dynamic=True)
    reset = method(1)
