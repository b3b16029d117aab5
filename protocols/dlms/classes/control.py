"""What watches and switches: monitors, arbitrator, disconnect control, limiter (Blue Book 4.5)."""

from typing import NamedTuple

from protocols.dlms.classes.clocks import DATE_TIME, DateTime
from protocols.dlms.classes.codes import Code
from protocols.dlms.classes.records import AttributeName, ScriptName, Simple
from protocols.dlms.classes.shapes import array_of
from protocols.dlms.classes.specs import (
    ANYTHING,
    BITS,
    BOOLEAN,
    DOUBLE_LONG_UNSIGNED,
    LONG_UNSIGNED,
    UNSIGNED,
    Bitstring,
    DoubleLongUnsigned,
    Integer,
    LongUnsigned,
    Unsigned,
)
from protocols.dlms.classes.table import InterfaceClass, attribute, method
from protocols.dlms.obis import Obis


class ActionSet(NamedTuple):
    """Scripts executed when the monitored value crosses a threshold upwards and downwards."""

    action_up: ScriptName
    action_down: ScriptName


class RegisterMonitor(InterfaceClass, class_id=21, title="Register monitor"):
    thresholds = attribute(2, array_of(ANYTHING), writable=True)
    monitored_value = attribute(3, AttributeName, writable=True)
    actions = attribute(4, array_of(ActionSet), writable=True)


class ChangedParameter(NamedTuple):
    """The parameter changed last and what it was set to."""

    class_id: LongUnsigned
    logical_name: Obis
    attribute_index: Integer
    attribute_value: Simple


class ParameterMonitor(InterfaceClass, class_id=65, title="Parameter monitor"):
    changed_parameter = attribute(2, ChangedParameter, dynamic=True)
    capture_time = attribute(3, DATE_TIME, dynamic=True)
    parameter_list = attribute(4, array_of(AttributeName), writable=True)
    add_parameter = method(1, AttributeName)
    delete_parameter = method(2, AttributeName)


class ArbitratorRequest(NamedTuple):
    """What one actor asks for, a bit for each action."""

    request_actor: Unsigned
    request_action_list: Bitstring


class Arbitrator(InterfaceClass, class_id=68, title="Arbitrator"):
    actions = attribute(2, array_of(ScriptName), writable=True)
    permissions_table = attribute(3, array_of(BITS), writable=True)
    weightings_table = attribute(4, array_of(array_of(LONG_UNSIGNED)), writable=True)
    most_recent_requests_table = attribute(5, array_of(BITS), dynamic=True)
    last_outcome = attribute(6, UNSIGNED, dynamic=True)
    request_action = method(1, ArbitratorRequest)
    reset = method(2)


class ControlState(Code):
    """Logical state of a disconnector."""

    DISCONNECTED = 0
    CONNECTED = 1
    READY_FOR_RECONNECTION = 2


class ControlMode(Code):
    """Who may switch a disconnector: names say how it comes back after a remote disconnection (Blue Book 4.5.8).

    In 1 and 3 a remote reconnection makes it ready and a hand closes it; in 5 and 6 the meter may close it as well,
    after a limiter opened it for instance. In 3, 4 and 6 no hand can open it.
    """

    ALWAYS_CONNECTED = 0
    RECONNECT_BY_HAND = 1
    RECONNECT_REMOTELY = 2
    RECONNECT_BY_HAND_NO_MANUAL_DISCONNECT = 3
    RECONNECT_REMOTELY_NO_MANUAL_DISCONNECT = 4
    RECONNECT_LOCALLY = 5
    RECONNECT_LOCALLY_NO_MANUAL_DISCONNECT = 6


class DisconnectControl(InterfaceClass, class_id=70, title="Disconnect control"):
    output_state = attribute(2, BOOLEAN, dynamic=True)
    control_state = attribute(3, ControlState, dynamic=True)
    control_mode = attribute(4, ControlMode, writable=True)
    remote_disconnect = method(1)
    remote_reconnect = method(2)


class EmergencyProfile(NamedTuple):
    """When the emergency threshold rules; `duration` in seconds."""

    emergency_profile_id: LongUnsigned
    emergency_activation_time: DateTime
    emergency_duration: DoubleLongUnsigned


class LimiterActions(NamedTuple):
    """Scripts executed above and below the threshold."""

    action_over_threshold: ScriptName
    action_under_threshold: ScriptName


class Limiter(InterfaceClass, class_id=71, title="Limiter"):
    monitored_value = attribute(2, AttributeName, writable=True)
    threshold_active = attribute(3, ANYTHING, dynamic=True)
    threshold_normal = attribute(4, ANYTHING, writable=True)
    threshold_emergency = attribute(5, ANYTHING, writable=True)
    min_over_threshold_duration = attribute(6, DOUBLE_LONG_UNSIGNED, writable=True)
    min_under_threshold_duration = attribute(7, DOUBLE_LONG_UNSIGNED, writable=True)
    emergency_profile = attribute(8, EmergencyProfile, writable=True)
    emergency_profile_group_id_list = attribute(9, array_of(LONG_UNSIGNED), writable=True)
    emergency_profile_active = attribute(10, BOOLEAN, dynamic=True)
    actions = attribute(11, LimiterActions, writable=True)
