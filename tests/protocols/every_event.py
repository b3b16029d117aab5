"""One of every service APDU that has a row in the table, all for request number 1 and block number 1."""

from protocols.dlms.apdu import Apdu
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.encoding import NULL
from protocols.dlms.obis import Obis
from protocols.dlms.services import (
    access,
    action,
    action_blocks,
    get,
    notification,
    short_read,
    short_report,
    short_write,
    writing,
    writing_lists,
)
from protocols.dlms.services.access_items import AccessGet, AccessKind, AccessOutcome
from protocols.dlms.services.failure import ConfirmedServiceError, ExceptionResponse, ServiceError, StateError
from protocols.dlms.services.short_access import Variable
from protocols.dlms.services.unconfirmed import Unconfirmed
from protocols.dlms.tags import ActionResult, DataAccessResult

NAME = Obis.parse("0-0:96.50.0")
ATTRIBUTE, METHOD, VARIABLE = Attribute(1, NAME, 2), Method(1, NAME, 1), Variable(0x1000)
OK, DONE = DataAccessResult.SUCCESS, ActionResult.SUCCESS
EVENTS: list[Apdu] = [
    get.GetRequest(ATTRIBUTE),
    get.GetNext(1),
    get.GetListRequest(((ATTRIBUTE, None),)),
    get.GetResponse(NULL),
    get.GetBlock(1, b"x"),
    get.LastGetBlock(1, b"x"),
    get.GetListResponse((NULL,)),
    writing.SetRequest(ATTRIBUTE, NULL),
    writing.SetFirstBlock(ATTRIBUTE, b"x"),
    writing.SetBlock(2, b"x"),
    writing.LastSetBlock(2, b"x"),
    writing_lists.SetListRequest(((ATTRIBUTE, None),), (NULL,)),
    writing_lists.SetListFirstBlock(((ATTRIBUTE, None),), b"x"),
    writing.SetResponse(OK),
    writing.SetBlockReceived(1),
    writing.SetCompleted(1, OK),
    writing_lists.SetListResponse((OK,)),
    writing_lists.SetListCompleted(1, (OK,)),
    action.ActionRequest(METHOD),
    action.ActionListRequest((METHOD,), (NULL,)),
    action_blocks.ActionNext(1),
    action_blocks.ActionFirstBlock(METHOD, b"x"),
    action_blocks.ActionListFirstBlock((METHOD,), b"x"),
    action_blocks.ActionBlock(2, b"x"),
    action_blocks.LastActionBlock(2, b"x"),
    action.ActionResponse(DONE),
    action.ActionListResponse(((DONE, None),)),
    action_blocks.ActionReturnBlock(1, b"x"),
    action_blocks.LastActionReturnBlock(1, b"x"),
    action_blocks.ActionBlockReceived(1),
    access.AccessRequest((AccessGet(ATTRIBUTE),)),
    access.AccessResponse((AccessOutcome(AccessKind.GET, OK),)),
    Unconfirmed(writing.SetRequest(ATTRIBUTE, NULL, invoke=0x81)),
    short_read.ReadRequest((VARIABLE,)),
    short_read.ReadNext(1),
    short_read.ReadRequestBlock(1, b"x"),
    short_read.LastReadRequestBlock(1, b"x"),
    short_read.ReadResponse((NULL,)),
    short_read.ReadBlock(1, b"x"),
    short_read.LastReadBlock(1, b"x"),
    short_read.ReadBlockReceived(1),
    short_write.WriteRequest((VARIABLE,), (NULL,)),
    short_write.UnconfirmedWriteRequest((VARIABLE,), (NULL,)),
    short_write.WriteBlock(1, b"x"),
    short_write.LastWriteBlock(1, b"x"),
    short_write.WriteResponse((OK,)),
    short_write.WriteBlockReceived(1),
    ExceptionResponse(StateError.SERVICE_UNKNOWN, ServiceError.OTHER_REASON),
    ConfirmedServiceError(5, 3, 2),
    notification.DataNotification(NULL),
    notification.DataNotificationConfirm(1),
    notification.EventNotification(ATTRIBUTE, NULL),
    short_report.InformationReport((VARIABLE,), (NULL,)),
]
STRAYS = frozenset(
    (
        get.GetNext,
        writing.SetBlock,
        writing.LastSetBlock,
        action_blocks.ActionBlock,
        action_blocks.LastActionBlock,
        action_blocks.ActionNext,
        short_read.ReadNext,
    )
)
"""What a server takes although no transfer is under way."""
