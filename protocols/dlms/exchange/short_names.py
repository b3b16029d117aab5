"""The same conversations with a meter that is addressed by short names, in the same terms as with logical names.

`get`, `put`, `invoke` of this package and their lists come here when the connection has a map of base names; nothing is
asked of the meter for what has no short name there. A map is given in the settings or read from the meter:

    yield from associate(connection)
    yield from learn_names(connection)
"""

from collections.abc import Sequence

from protocols.dlms.base_names import OBJECT_LIST, BaseNames, decode_object_list
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import Encoded, decode
from protocols.dlms.encoding import NULL
from protocols.dlms.exchange.request import Exchange
from protocols.dlms.exchange.short_variables import read_variables, write_variables
from protocols.dlms.failures import refusal
from protocols.dlms.selection import RawSelection, Selection
from protocols.dlms.services.action import ActionResponse
from protocols.dlms.services.get import Result
from protocols.dlms.services.short_access import Variable
from protocols.dlms.services.short_write import UnconfirmedWriteRequest
from protocols.dlms.services.targets import Target
from protocols.dlms.short_hls import METHOD_SELECTOR, action_result, as_action
from protocols.dlms.tags import DataAccessResult
from protocols.errors import Cause, LocalProtocolError


def get(
    connection: ClientConnection, names: BaseNames, attribute: Attribute, selection: Selection | None
) -> Exchange[Result]:
    """Read one attribute; see `exchange.get`."""
    results = yield from get_list(connection, names, [(attribute, selection)])
    return results[0]


def get_list(connection: ClientConnection, names: BaseNames, targets: Sequence[Target]) -> Exchange[tuple[Result, ...]]:
    """Read several attributes; see `exchange.get_list`."""
    found = [(names.of_attribute(attribute), selection) for attribute, selection in targets]
    variables = [Variable(name, selection) for name, selection in found if isinstance(name, int)]
    given = iter((yield from read_variables(connection, variables)))
    return tuple(next(given) if isinstance(name, int) else name for name, _ in found)


def put(
    connection: ClientConnection, names: BaseNames, attribute: Attribute, value: Encoded, selection: Selection | None
) -> Exchange[DataAccessResult]:
    """Write one attribute; see `exchange.put`."""
    results = yield from put_list(connection, names, [((attribute, selection), value)])
    return results[0]


def put_list(
    connection: ClientConnection, names: BaseNames, writes: Sequence[tuple[Target, Encoded]]
) -> Exchange[tuple[DataAccessResult, ...]]:
    """Write several attributes; see `exchange.put_list`."""
    found = [(names.of_attribute(attribute), selection, value) for (attribute, selection), value in writes]
    assignments = [(Variable(name, selection), value) for name, selection, value in found if isinstance(name, int)]
    given = iter((yield from write_variables(connection, assignments)))
    return tuple(next(given) if isinstance(name, int) else name for name, _, _ in found)


def invoke(
    connection: ClientConnection, names: BaseNames, method: Method, parameters: Encoded | None
) -> Exchange[ActionResponse]:
    """Invoke one method: reading its variable when it returns something, else writing it; see `exchange.invoke`."""
    name = names.of_method(method)
    if isinstance(name, DataAccessResult):
        return ActionResponse(action_result(name))
    if names.returns(method):
        selection = None if parameters is None else RawSelection(METHOD_SELECTOR, parameters)
        results = yield from read_variables(connection, [Variable(name, selection)])
        return as_action(results[0])
    written = yield from write_variables(connection, [(Variable(name), NULL if parameters is None else parameters)])
    return ActionResponse(action_result(written[0]))


def read_object_list(connection: ClientConnection) -> Exchange[BaseNames]:
    """The meter's own map. RemoteProtocolError: ACCESS_DENIED, OBJECT_UNDEFINED, REFUSED or GARBAGE."""
    result = yield from get(connection, BaseNames(), OBJECT_LIST, None)
    if isinstance(result, DataAccessResult):
        raise refusal(result, "the object list")
    return BaseNames(decode_object_list(decode(result)))


def learn_names(connection: ClientConnection) -> Exchange[BaseNames]:
    """Read the meter's map and use it from now on."""
    connection.short_names = yield from read_object_list(connection)
    return connection.short_names


def unconfirmed_write(connection: ClientConnection, attribute: Attribute, value: Encoded) -> bytes:
    """The octets that write one attribute without an answer. LocalProtocolError (INVALID_VALUE) if it has no name."""
    name = (connection.short_names or BaseNames()).of_attribute(attribute)
    if isinstance(name, DataAccessResult):
        raise LocalProtocolError(Cause.INVALID_VALUE, f"{attribute} has no short name")
    return connection.send(UnconfirmedWriteRequest((Variable(name),), (value,)))
