"""The one transition table of both roles: which frame may be sent, by whom, in which state, and where that leads.

A client sends rows of CLIENT and receives rows of SERVER; a server the other way round. A frame received that has no
row is not lost silently: a client counts it as ignored, a server answers it with DM or FRMR.
"""

from enum import Enum, IntEnum, auto

from protocols.hdlc.control import Kind


class Role(Enum):
    """Client: the primary station, which decides who may talk. Server: the secondary station."""

    CLIENT = auto()
    SERVER = auto()

    @property
    def peer(self) -> "Role":
        """The other side."""
        return Role.SERVER if self is Role.CLIENT else Role.CLIENT


class LinkState(IntEnum):
    """Where a connection stands; in OPENING and CLOSING the server is to act. REJECTED follows FRMR."""

    CLOSED = auto()
    OPENING = auto()
    OPEN = auto()
    REJECTED = auto()
    CLOSING = auto()


_ALWAYS = {Kind.SNRM: LinkState.OPENING, Kind.DISC: LinkState.CLOSING}
_NUMBERED = dict.fromkeys((Kind.I, Kind.RR, Kind.RNR, Kind.REJ), LinkState.OPEN)
_CLIENT: dict[LinkState, dict[Kind, LinkState]] = {
    LinkState.OPEN: _NUMBERED,
}
_SERVER: dict[LinkState, dict[Kind, LinkState]] = {
    # Meters with a one-way customer port (Kaifa MA304) push in I frames although no connection was ever set up.
    LinkState.CLOSED: {Kind.I: LinkState.CLOSED, Kind.DM: LinkState.CLOSED},
    LinkState.OPENING: {Kind.UA: LinkState.OPEN, Kind.DM: LinkState.CLOSED},
    LinkState.OPEN: {**_NUMBERED, Kind.DM: LinkState.CLOSED, Kind.FRMR: LinkState.REJECTED},
    LinkState.REJECTED: {Kind.DM: LinkState.CLOSED, Kind.FRMR: LinkState.REJECTED},
    LinkState.CLOSING: {Kind.UA: LinkState.CLOSED, Kind.DM: LinkState.CLOSED},
}
TRANSITIONS: dict[Role, dict[LinkState, dict[Kind, LinkState]]] = {
    Role.CLIENT: {state: {**_ALWAYS, Kind.UI: state, **_CLIENT.get(state, {})} for state in LinkState},
    Role.SERVER: {state: {Kind.UI: state, **_SERVER[state]} for state in LinkState},
}
"""sender -> state -> frame -> next state."""
