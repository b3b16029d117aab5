"""The one transition table of both roles: what may be sent, by whom, in which state, and where that leads.

A client sends rows of CLIENT and receives rows of SERVER; a server the other way round, and besides takes a block or a
call for a block that belongs to no transfer, because the standard has it answer those by name. Block transfer and the
HLS exchange are states here, so nothing about order lives in the code of the connections.
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
from protocols.dlms.services.access import AccessRequest, AccessResponse
from protocols.dlms.services.action import ActionListRequest, ActionListResponse, ActionRequest, ActionResponse
from protocols.dlms.services.action_blocks import (
    ActionBlock,
    ActionBlockReceived,
    ActionFirstBlock,
    ActionListFirstBlock,
    ActionNext,
    ActionReturnBlock,
    LastActionBlock,
    LastActionReturnBlock,
)
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
from protocols.dlms.services.notification import DataNotification, DataNotificationConfirm, EventNotification
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
from protocols.dlms.services.unconfirmed import Unconfirmed
from protocols.dlms.services.writing import (
    LastSetBlock,
    SetBlock,
    SetBlockReceived,
    SetCompleted,
    SetFirstBlock,
    SetRequest,
    SetResponse,
)
from protocols.dlms.services.writing_lists import (
    SetListCompleted,
    SetListFirstBlock,
    SetListRequest,
    SetListResponse,
)


class Role(Enum):
    """Who sends."""

    CLIENT = auto()
    SERVER = auto()


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
    SETTING_LIST = auto()
    SETTING_BLOCK = auto()
    SET_PAUSED = auto()
    SETTING_LAST_BLOCK = auto()
    ACTING = auto()
    ACTING_LIST = auto()
    ACTING_BLOCK = auto()
    ACT_PAUSED = auto()
    RETURN_PAUSED = auto()
    RETURNING = auto()
    ACCESSING = auto()
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
    SetListRequest: State.SETTING_LIST,
    SetFirstBlock: State.SETTING_BLOCK,
    SetListFirstBlock: State.SETTING_BLOCK,
    ActionRequest: State.ACTING,
    ActionListRequest: State.ACTING_LIST,
    ActionFirstBlock: State.ACTING_BLOCK,
    ActionListFirstBlock: State.ACTING_BLOCK,
    AccessRequest: State.ACCESSING,
    Unconfirmed: State.READY,
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
    State.ACT_PAUSED: {ActionBlock: State.ACTING_BLOCK, LastActionBlock: State.ACTING_LIST, **_REQUESTS},
    State.RETURN_PAUSED: {ActionNext: State.RETURNING, **_REQUESTS},
    State.READ_PAUSED: {ReadNext: State.READING, **_REQUESTS},
    State.READ_REQUEST_PAUSED: _REQUESTS,
    State.WRITE_PAUSED: _REQUESTS,
}
_STRAYS: dict[type, State] = {
    GetNext: State.GETTING_BLOCK,
    SetBlock: State.SETTING_BLOCK,
    LastSetBlock: State.SETTING_LAST_BLOCK,
    ActionBlock: State.ACTING_BLOCK,
    LastActionBlock: State.ACTING_LIST,
    ActionNext: State.RETURNING,
    ReadNext: State.READING,
}
_COMPLETED: dict[type, State] = {
    SetCompleted: State.READY,
    SetListCompleted: State.READY,
    SetResponse: State.READY,
}
_RETURNED: dict[type, State] = {
    ActionResponse: State.READY,
    ActionReturnBlock: State.RETURN_PAUSED,
    LastActionReturnBlock: State.READY,
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
    State.SETTING_LIST: {SetListResponse: State.READY, SetResponse: State.READY},
    State.SETTING_BLOCK: {SetBlockReceived: State.SET_PAUSED, **_COMPLETED},
    State.SETTING_LAST_BLOCK: _COMPLETED,
    State.ACTING: _RETURNED,
    State.ACTING_LIST: {ActionListResponse: State.READY, **_RETURNED},
    State.ACTING_BLOCK: {ActionBlockReceived: State.ACT_PAUSED, ActionListResponse: State.READY, **_RETURNED},
    State.RETURNING: _RETURNED,
    State.ACCESSING: {AccessResponse: State.READY},
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


def _client_rows(state: State) -> dict[type, State]:
    """What a client may send in any state: its requests, and the receipt for a notification."""
    return {DataNotificationConfirm: state, **_CLIENT.get(state, {})}


LIVE = tuple(state for state in State if state is not State.FAILED)
TRANSITIONS: dict[Role, dict[State, dict[type, State]]] = {
    Role.CLIENT: {State.FAILED: {}, **{state: _client_rows(state) for state in LIVE}},
    Role.SERVER: {State.FAILED: {}, **{state: _server_rows(state) for state in LIVE}},
}
"""sender -> state -> event type -> next state."""

RECEIVED: dict[Role, dict[State, dict[type, State]]] = {
    Role.CLIENT: TRANSITIONS[Role.SERVER],
    Role.SERVER: {
        state: {**_STRAYS, **rows} if GetRequest in rows else rows for state, rows in TRANSITIONS[Role.CLIENT].items()
    },
}
"""receiver -> state -> event type -> next state."""
