"""Objects to talk to: a table, a logical name and a connection give typed exchanges.

clock = ClientObject(connection, Clock, Obis.parse("0-0:1.0.0"))
now = yield from clock.get(Clock.time)                      # a checker knows that this is a CosemDateTime
yield from clock.set("time_zone", 60)                       # names will do; then nobody knows the type beforehand
yield from clock.invoke(Clock.adjust_to_quarter)
several = yield from clock.read("time", "status")           # one request where the meter knows lists

What the meter refuses is RemoteProtocolError (ACCESS_DENIED, OBJECT_UNDEFINED, REFUSED) with its reason; a value of
another shape than the table's is GARBAGE with class, attribute and what was found.
"""

from typing import Any, TypeVar, overload

from protocols.dlms.classes.access import AssociationLn, AssociationLn3
from protocols.dlms.classes.rights import ObjectEntry, ObjectEntry3
from protocols.dlms.classes.table import AttributeSpec, ClassTable, InterfaceClass, MethodSpec
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import ASSOCIATION_LN, Attribute, Method
from protocols.dlms.data import Encoded, Value, decode
from protocols.dlms.exchange import Exchange, get, get_list, invoke, put
from protocols.dlms.failures import refusal
from protocols.dlms.obis import Obis
from protocols.dlms.object_selection import OBJECT_LIST, ObjectSelection
from protocols.dlms.selection import Selection
from protocols.dlms.services.action import ActionResponse
from protocols.dlms.services.get import Result
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause, RemoteProtocolError, garbage

T = TypeVar("T")
P = TypeVar("P")
Q = TypeVar("Q")
_RIGHTS_IN_BITS = 3
_CAUSES = {
    ActionResult.READ_WRITE_DENIED: Cause.ACCESS_DENIED,
    ActionResult.SCOPE_OF_ACCESS_VIOLATED: Cause.ACCESS_DENIED,
    ActionResult.OBJECT_UNDEFINED: Cause.OBJECT_UNDEFINED,
    ActionResult.OBJECT_UNAVAILABLE: Cause.OBJECT_UNDEFINED,
}


def action_refusal(result: ActionResult, what: str) -> RemoteProtocolError:
    """The error for a method that was not done: ACCESS_DENIED, OBJECT_UNDEFINED or REFUSED."""
    words = result.name.lower().replace("_", " ")
    return RemoteProtocolError(_CAUSES.get(result, Cause.REFUSED), f"{what}: {words}")


class ClientObject:
    """One object of a meter, read and written through its table.

    Attributes and methods are given as rows of the table, by name or by number; LocalProtocolError (INVALID_VALUE)
    when the class has none such or a value to send does not fit.
    """

    __slots__ = ("connection", "obis", "table")

    def __init__(self, connection: ClientConnection, kind: type[InterfaceClass], obis: Obis) -> None:
        self.connection = connection
        self.table: ClassTable = kind.table
        self.obis = obis

    @overload
    def get(self, which: AttributeSpec[T], selection: Selection | None = None) -> Exchange[T]: ...
    @overload
    def get(self, which: str | int, selection: Selection | None = None) -> Exchange[Any]: ...
    def get(self, which: Any, selection: Selection | None = None) -> Exchange[Any]:
        """One attribute as its typed value."""
        row = self.table.attribute(which)
        result = yield from get(self.connection, self.attribute(row), selection)
        return self._decoded(row, result)

    def read(self, *names: str | int | AttributeSpec[Any]) -> Exchange[dict[str, Any]]:
        """Several attributes by name, all readable ones when none is given, in as few requests as possible.

        What the meter refuses is its DataAccessResult; a value of a wrong shape is an error.
        """
        chosen = [self.table.attribute(name) for name in names] or [
            row for row in self.table.attributes if row.readable
        ]
        results = yield from get_list(self.connection, [self.attribute(row) for row in chosen])
        return {
            row.name: result if isinstance(result, DataAccessResult) else row.decode(decode(result))
            for row, result in zip(chosen, results, strict=True)
        }

    @overload
    def set(self, which: AttributeSpec[T], value: T) -> Exchange[None]: ...
    @overload
    def set(self, which: str | int, value: Any) -> Exchange[None]: ...
    def set(self, which: Any, value: Any) -> Exchange[None]:
        """Write one attribute."""
        row = self.table.attribute(which)
        result = yield from put(self.connection, self.attribute(row), row.encode(value))
        if result is not DataAccessResult.SUCCESS:
            raise refusal(result, self._place(row))

    @overload
    def invoke(self, which: MethodSpec[None, Q]) -> Exchange[Q]: ...
    @overload
    def invoke(self, which: MethodSpec[P, Q], parameter: P) -> Exchange[Q]: ...
    @overload
    def invoke(self, which: str | int, parameter: Any = None) -> Exchange[Any]: ...
    def invoke(self, which: Any, parameter: Any = None) -> Exchange[Any]:
        """Invoke a method; gives what it returns, None where the table says that it returns nothing."""
        row = self.table.method(which)
        response = yield from self.attempt(row, parameter)
        if response.result is not ActionResult.SUCCESS:
            raise action_refusal(response.result, self._place(row))
        return None if row.returns is None else row.returns.decode(self._returned(row, response.returned))

    def attempt(self, which: str | int | MethodSpec[Any, Any], parameter: Any = None) -> Exchange[ActionResponse]:
        """Invoke a method and give the meter's answer as it is, a refusal too."""
        row = self.table.method(which)
        name = Method(self.table.class_id, self.obis, row.index)
        return (yield from invoke(self.connection, name, row.encode(parameter)))

    def attribute(self, which: str | int | AttributeSpec[Any]) -> Attribute:
        """The descriptor of an attribute, for exchanges one step lower."""
        return Attribute(self.table.class_id, self.obis, self.table.attribute(which).index)

    def _decoded(self, row: AttributeSpec[T], result: Result) -> T:
        if isinstance(result, DataAccessResult):
            raise refusal(result, self._place(row))
        return row.decode(decode(result))

    def _returned(self, row: MethodSpec[Any, Any], returned: Result | None) -> Any:
        if not isinstance(returned, Encoded):
            raise garbage(f"{self._place(row)} returned {returned} instead of data")
        return decode(returned)

    def _place(self, row: AttributeSpec[Any] | MethodSpec[Any, Any]) -> str:
        return f"{self.obis} {row.where}"


def read_object_list(
    connection: ClientConnection, selection: ObjectSelection | None = None
) -> Exchange[tuple[ObjectEntry | ObjectEntry3, ...]]:
    """The objects of the logical device and this client's rights, as the current association tells them.

    A `selection` makes the list shorter where the meter knows selective access; most do not, and refuse it.
    """
    result = yield from get(connection, OBJECT_LIST, None if selection is None else selection.raw)
    if isinstance(result, DataAccessResult):
        raise refusal(result, "object list")
    return object_entries(decode(result))


def object_entries(value: Value) -> tuple[ObjectEntry | ObjectEntry3, ...]:
    """The entries of a decoded object list; those told without access rights have none.

    Rights are AttributeMode and MethodMode, or bits (AttributeRights, MethodRights) where the association's own entry
    says that it is of version 3 or later. RemoteProtocolError (GARBAGE) if it is no object list.
    """
    whole = [_with_rights(entry) for entry in value] if isinstance(value, list) else value
    entries = AssociationLn.object_list.decode(whole)
    own = max((entry.version for entry in entries if entry.class_id == ASSOCIATION_LN), default=0)
    return AssociationLn3.object_list.decode(whole) if own >= _RIGHTS_IN_BITS else entries


def _with_rights(entry: Value) -> Value:
    """An entry of a selection may lack its rights: the element is left out or null-data."""
    match entry:
        case (class_id, version, name) | (class_id, version, name, None):
            return class_id, version, name, ([], [])
    return entry
