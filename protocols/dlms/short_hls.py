"""The last two steps of high level security with short names (Blue Book 4.4.3, Green Book 9.2.7.4).

reply_to_HLS_authentication is method 8 of the association at 0xFA00. It returns the server's proof, so it is invoked by
a Read with parameterised access whose parameter is the client's proof. Selector 1 is what head-ends in the field send;
any is accepted.
"""

from protocols.dlms.data import Encoded
from protocols.dlms.encoding import octet_string
from protocols.dlms.selection import RawSelection
from protocols.dlms.services.action import ActionResponse
from protocols.dlms.services.get import Result
from protocols.dlms.services.short_access import Variable
from protocols.dlms.services.short_read import ReadRequest, ReadResponse
from protocols.dlms.tags import ActionResult, DataAccessResult

METHOD_SELECTOR = 1
HLS_VARIABLE = 0xFA58


def proof_request(token: bytes) -> ReadRequest:
    """The client's proof."""
    return ReadRequest((Variable(HLS_VARIABLE, RawSelection(METHOD_SELECTOR, octet_string(token))),))


def proof_in(event: object) -> Encoded | None:
    """The client's proof as it came, an encoded octet-string if all is well; None for any other request."""
    if not isinstance(event, ReadRequest) or len(event.variables) != 1:
        return None
    variable = event.variables[0]
    selection = variable.selection
    return selection.parameters if variable.name == HLS_VARIABLE and isinstance(selection, RawSelection) else None


def proof_confirmed(token: bytes) -> ReadResponse:
    """The server's proof, its answer to a right one."""
    return ReadResponse((octet_string(token),))


def proof_refused() -> ReadResponse:
    """The server's answer to a wrong proof."""
    return ReadResponse((DataAccessResult.READ_WRITE_DENIED,))


def as_action(result: Result) -> ActionResponse:
    """What reading the variable of a method gave, as the outcome of the method."""
    if isinstance(result, DataAccessResult):
        return ActionResponse(action_result(result))
    return ActionResponse(ActionResult.SUCCESS, result)


def action_result(result: DataAccessResult) -> ActionResult:
    """The same reason in the terms of methods; reasons that methods do not have become OTHER_REASON."""
    known = result.value in _ACTION_RESULTS
    return ActionResult(result.value) if known else ActionResult.OTHER_REASON


_ACTION_RESULTS = frozenset(result.value for result in ActionResult)
