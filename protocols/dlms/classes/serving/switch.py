"""A disconnector (class 70): its states, and which way of switching each control mode allows (Blue Book 4.5.8)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from protocols.dlms.classes.control import ControlMode, ControlState, DisconnectControl
from protocols.dlms.classes.server import ServerObject
from protocols.dlms.obis import Obis
from protocols.dlms.tags import ActionResult, DataAccessResult

DISCONNECTOR = Obis.parse("0-0:96.3.10")
_OPEN, _CLOSED, _READY = ControlState.DISCONNECTED, ControlState.CONNECTED, ControlState.READY_FOR_RECONNECTION
_M = ControlMode
_SWITCHING = frozenset(ControlMode) - {_M.ALWAYS_CONNECTED}


class Switching(Enum):
    """Who switches, and which way."""

    REMOTE_DISCONNECT = "remote_disconnect"
    REMOTE_RECONNECT = "remote_reconnect"
    MANUAL_DISCONNECT = "manual_disconnect"
    MANUAL_RECONNECT = "manual_reconnect"
    LOCAL_DISCONNECT = "local_disconnect"
    LOCAL_RECONNECT = "local_reconnect"


@dataclass(frozen=True)
class _Transition:
    by: Switching
    before: frozenset[ControlState]
    after: ControlState
    modes: frozenset[ControlMode]


_AT_ONCE = frozenset((_M.RECONNECT_REMOTELY, _M.RECONNECT_REMOTELY_NO_MANUAL_DISCONNECT))
_BY_HAND = frozenset((_M.RECONNECT_BY_HAND, _M.RECONNECT_REMOTELY, _M.RECONNECT_LOCALLY))
_BY_METER = frozenset((_M.RECONNECT_LOCALLY, _M.RECONNECT_LOCALLY_NO_MANUAL_DISCONNECT))
_TRANSITIONS = (
    _Transition(Switching.REMOTE_DISCONNECT, frozenset((_CLOSED, _READY)), _OPEN, _SWITCHING),
    _Transition(Switching.REMOTE_RECONNECT, frozenset((_OPEN,)), _CLOSED, _AT_ONCE),
    _Transition(Switching.REMOTE_RECONNECT, frozenset((_OPEN,)), _READY, _SWITCHING - _AT_ONCE),
    _Transition(Switching.MANUAL_DISCONNECT, frozenset((_CLOSED,)), _READY, _BY_HAND),
    _Transition(Switching.MANUAL_RECONNECT, frozenset((_READY,)), _CLOSED, _SWITCHING),
    _Transition(Switching.LOCAL_DISCONNECT, frozenset((_CLOSED,)), _READY, _SWITCHING),
    _Transition(Switching.LOCAL_RECONNECT, frozenset((_READY,)), _CLOSED, _BY_METER),
)


def _nobody(_by: Switching, _state: ControlState) -> None:
    """Nobody wants to know."""


@dataclass
class Disconnector:
    """A switch with a state and a mode; `on_change` is told who switched it and where it is now."""

    mode: ControlMode = ControlMode.RECONNECT_REMOTELY
    state: ControlState = ControlState.CONNECTED
    on_change: Callable[[Switching, ControlState], None] = _nobody

    @property
    def output(self) -> bool:
        """Whether current can flow."""
        return self.state is ControlState.CONNECTED

    def switch(self, by: Switching) -> bool:
        """Switch if state and mode allow it; whether it did."""
        for transition in _TRANSITIONS:
            if transition.by is by and self.state in transition.before and self.mode in transition.modes:
                self.state = transition.after
                self.on_change(by, self.state)
                return True
        return False

    def cosem_object(self, obis: Obis = DISCONNECTOR) -> ServerObject:
        """Class 70 on this disconnector."""
        return ServerObject(
            DisconnectControl,
            obis,
            {
                "output_state": lambda: self.output,
                "control_state": lambda: self.state,
                "control_mode": lambda: self.mode,
            },
            setters={"control_mode": self._set_mode},
            actions={
                "remote_disconnect": lambda _: self._remote(Switching.REMOTE_DISCONNECT, _OPEN),
                "remote_reconnect": lambda _: self._remote(Switching.REMOTE_RECONNECT, _CLOSED),
            },
        )

    def _set_mode(self, mode: ControlMode) -> DataAccessResult | None:
        if mode not in frozenset(ControlMode):
            return DataAccessResult.OTHER_REASON
        self.mode = mode
        return None

    def _remote(self, by: Switching, wanted: ControlState) -> ActionResult | None:
        """A command for what already is so succeeds; one that the mode forbids does not."""
        armed = wanted is _CLOSED and self.state is _READY
        return None if self.switch(by) or self.state is wanted or armed else ActionResult.OTHER_REASON
