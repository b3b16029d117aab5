"""The one transition table of both roles: what may be sent, by whom, in which state, and where that leads.

A client sends rows of CLIENT and receives rows of SERVER; a server the other way round. Block transfer of GET and SET
and the HLS exchange are states here, so nothing about order lives in the code of the connections.
"""

from enum import Enum, IntEnum, auto

from protocols.dlms.events import (
    AssociationAccepted,
    AssociationRejected,
    AssociationRequest,
    HlsChallenge,
    HlsConfirmed,
    HlsProof,
    HlsRefused,
    ReleaseRequest,
    ReleaseResponse,
)
from protocols.dlms.services.action import ActionRequest, ActionResponse
from protocols.dlms.services.failure import ConfirmedServiceError, ExceptionResponse
from protocols.dlms.services.get import (
    GetBlock,
    GetListRequest,
    GetListResponse,
    GetNext,
    GetRequest,
    GetResponse,
    LastGetBlock,
)
from protocols.dlms.services.notification import DataNotification, EventNotification
from protocols.dlms.services.short_read import (
    LastReadBlock,
    LastReadRequestBlock,
    ReadBlock,
    ReadBlockReceived,
    ReadNext,
    ReadRequest,
    ReadRequestBlock,
    ReadResponse,
)
from protocols.dlms.services.short_report import InformationReport
from protocols.dlms.services.short_write import (
    LastWriteBlock,
    UnconfirmedWriteRequest,
    WriteBlock,
    WriteBlockReceived,
    WriteRequest,
    WriteResponse,
)
from protocols.dlms.services.writing import (
    LastSetBlock,
    SetBlock,
    SetBlockReceived,
    SetCompleted,
    SetFirstBlock,
    SetRequest,
    SetResponse,
)


class Role(Enum):
    """Who sends."""

    CLIENT = auto()
    SERVER = auto()

    @property
    def peer(self) -> "Role":
        """The other side."""
        return Role.SERVER if self is Role.CLIENT else Role.CLIENT


class State(IntEnum):
    """Where an association stands. In IDLE, CHALLENGED, READY and -PAUSED the client is to act, else the server."""

    IDLE = auto()
    ASSOCIATING = auto()
    CHALLENGED = auto()
    PROVING = auto()
    READY = auto()
    GETTING = auto()
    GETTING_LIST = auto()
    GET_PAUSED = auto()
    GETTING_BLOCK = auto()
    SETTING = auto()
    SETTING_BLOCK = auto()
    SET_PAUSED = auto()
    SETTING_LAST_BLOCK = auto()
    ACTING = auto()
    READING = auto()
    READ_PAUSED = auto()
    READ_REQUESTING = auto()
    READ_REQUEST_PAUSED = auto()
    WRITING = auto()
    WRITING_BLOCK = auto()
    WRITE_PAUSED = auto()
    RELEASING = auto()
    FAILED = auto()


_REQUESTS: dict[type, State] = {
    GetRequest: State.GETTING,
    GetListRequest: State.GETTING_LIST,
    SetRequest: State.SETTING,
    SetFirstBlock: State.SETTING_BLOCK,
    ActionRequest: State.ACTING,
    ReadRequest: State.READING,
    ReadRequestBlock: State.READ_REQUESTING,
    LastReadRequestBlock: State.READING,
    WriteRequest: State.WRITING,
    WriteBlock: State.WRITING_BLOCK,
    LastWriteBlock: State.WRITING,
    UnconfirmedWriteRequest: State.READY,
    ReleaseRequest: State.RELEASING,
}
_CLIENT: dict[State, dict[type, State]] = {
    State.IDLE: {AssociationRequest: State.ASSOCIATING},
    State.CHALLENGED: {HlsProof: State.PROVING, ReleaseRequest: State.RELEASING},
    State.READY: _REQUESTS,
    State.GET_PAUSED: {GetNext: State.GETTING_BLOCK, **_REQUESTS},
    State.SET_PAUSED: {SetBlock: State.SETTING_BLOCK, LastSetBlock: State.SETTING_LAST_BLOCK, **_REQUESTS},
    State.READ_PAUSED: {ReadNext: State.READING, **_REQUESTS},
    State.READ_REQUEST_PAUSED: _REQUESTS,
    State.WRITE_PAUSED: _REQUESTS,
}
_SERVER: dict[State, dict[type, State]] = {
    State.ASSOCIATING: {
        AssociationAccepted: State.READY,
        HlsChallenge: State.CHALLENGED,
        AssociationRejected: State.IDLE,
    },
    State.PROVING: {HlsConfirmed: State.READY, HlsRefused: State.IDLE},
    State.GETTING: {GetResponse: State.READY, GetBlock: State.GET_PAUSED, LastGetBlock: State.READY},
    State.GETTING_LIST: {
        GetListResponse: State.READY,
        GetResponse: State.READY,
        GetBlock: State.GET_PAUSED,
        LastGetBlock: State.READY,
    },
    State.GETTING_BLOCK: {GetBlock: State.GET_PAUSED, LastGetBlock: State.READY, GetResponse: State.READY},
    State.SETTING: {SetResponse: State.READY},
    State.SETTING_BLOCK: {
        SetBlockReceived: State.SET_PAUSED,
        SetCompleted: State.READY,
        SetResponse: State.READY,
    },
    State.SETTING_LAST_BLOCK: {SetCompleted: State.READY, SetResponse: State.READY},
    State.ACTING: {ActionResponse: State.READY},
    State.READING: {ReadResponse: State.READY, ReadBlock: State.READ_PAUSED, LastReadBlock: State.READY},
    State.READ_REQUESTING: {ReadBlockReceived: State.READ_REQUEST_PAUSED, ReadResponse: State.READY},
    State.WRITING: {WriteResponse: State.READY},
    State.WRITING_BLOCK: {WriteBlockReceived: State.WRITE_PAUSED, WriteResponse: State.READY},
    State.RELEASING: {ReleaseResponse: State.IDLE},
}
_AFTER_FAILURE = {
    State.IDLE: State.IDLE,
    State.ASSOCIATING: State.IDLE,
    State.CHALLENGED: State.CHALLENGED,
    State.PROVING: State.IDLE,
    State.RELEASING: State.IDLE,
}


def _server_rows(state: State) -> dict[type, State]:
    """What a server may send in any state besides its answer: a refusal of the APDU, and notifications."""
    refused = _AFTER_FAILURE.get(state, State.READY)
    always = {
        ExceptionResponse: refused,
        ConfirmedServiceError: refused,
        DataNotification: state,
        EventNotification: state,
        InformationReport: state,
    }
    return {**always, **_SERVER.get(state, {})}


TRANSITIONS: dict[Role, dict[State, dict[type, State]]] = {
    Role.CLIENT: {state: _CLIENT.get(state, {}) for state in State},
    Role.SERVER: {state: {} if state is State.FAILED else _server_rows(state) for state in State},
}
"""sender -> state -> event type -> next state."""
