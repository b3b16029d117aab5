"""Invoking methods."""

from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Method
from protocols.dlms.data import Encoded
from protocols.dlms.exchange.request import Exchange, request, unexpected
from protocols.dlms.services.action import ActionRequest, ActionResponse


def invoke(connection: ClientConnection, method: Method, parameters: Encoded | None = None) -> Exchange[ActionResponse]:
    """Invoke one method; the result is in the response, SUCCESS or the reason why not."""
    answer = yield from request(connection, ActionRequest(method, parameters, connection.next_invoke()))
    if not isinstance(answer, ActionResponse):
        raise unexpected(answer)
    return answer
