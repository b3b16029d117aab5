"""Objects that answer: a table, a logical name and values give a `CosemObject` for a logical device.

limit = ServerObject(Limiter, obis, {"threshold_normal": double_long_unsigned(5000), ...}, writable=None)
relay = ServerObject(DisconnectControl, obis, {"output_state": closed}, actions={"remote_disconnect": open_it})
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from protocols.dlms.classes.table import AttributeSpec, InterfaceClass
from protocols.dlms.data import Encoded, Value, decode
from protocols.dlms.obis import Obis
from protocols.dlms.selection import ENTRY_SELECTOR, RANGE_SELECTOR, Entries, Range
from protocols.dlms.services.get import Result
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import LocalProtocolError

Setter = Callable[[Any], DataAccessResult | None]
Action = Callable[[Any], Any]
Selected = Callable[[Range | Entries | None], Result]


class ServerObject:
    """One object of a logical device, answering through its table.

    `values` maps names to typed values, to functions that give them, or to octets ready to send; an attribute without a
    value does not exist. `writable` names those that clients may set (None: all that the class lets be set); a constant
    is replaced by what is written. `setters` are asked first: anything but None or SUCCESS refuses the new value.
    `selected` maps profile buffers to functions of a selection. `actions` do the methods: they take the typed parameter
    and give what the method returns, or an ActionResult.
    """

    def __init__(
        self,
        kind: type[InterfaceClass],
        obis: Obis,
        values: Mapping[str, Any],
        *,
        writable: Iterable[str] | None = (),
        setters: Mapping[str, Setter] | None = None,
        selected: Mapping[str, Selected] | None = None,
        actions: Mapping[str, Action] | None = None,
    ) -> None:
        self.table = kind.table
        self.class_id, self.version, self.obis = kind.table.class_id, kind.table.version, obis
        self._rows = {row.index: row for row in self.table.attributes}
        self._values = {self.table.attribute(name).index: value for name, value in values.items()}
        self._setters = {self.table.attribute(name).index: setter for name, setter in (setters or {}).items()}
        self._selected = {self.table.attribute(name).index: source for name, source in (selected or {}).items()}
        self._actions = {self.table.method(name).index: action for name, action in (actions or {}).items()}
        self._writable = self._settable(writable)
        self._octets: dict[int, Encoded] = {}

    def _settable(self, writable: Iterable[str] | None) -> frozenset[int]:
        if writable is None:
            named = {row.index for row in self.table.attributes if row.writable and row.index in self._values}
        else:
            named = {self.table.attribute(name).index for name in writable}
        return frozenset(named | set(self._setters))

    def __getitem__(self, name: str) -> Any:
        """The typed value of an attribute now. KeyError when the object has none."""
        value = self._values[self.table.attribute(name).index]
        return value() if callable(value) else value

    def __setitem__(self, name: str, value: Any) -> None:
        """Replace a value from inside the meter. LocalProtocolError (INVALID_VALUE) when it does not fit."""
        self._store(self.table.attribute(name), value)

    @property
    def attributes(self) -> Sequence[int]:
        """Attribute numbers in ascending order."""
        return sorted({1, *self._values, *self._selected, *self._setters})

    @property
    def methods(self) -> Sequence[int]:
        """Method numbers in ascending order."""
        return sorted(self._actions)

    def selectors(self, attribute: int) -> Sequence[int]:
        """The selective accesses an attribute knows."""
        return (RANGE_SELECTOR, ENTRY_SELECTOR) if attribute in self._selected else ()

    def get(self, attribute: int, selection: Range | Entries | None) -> Result:
        """See `CosemObject.get`; what only can be written is denied, a selection where none is possible refused."""
        if attribute in self._selected:
            return self._selected[attribute](selection)
        if attribute not in self._values:
            denied = attribute in self._setters
            return DataAccessResult.READ_WRITE_DENIED if denied else DataAccessResult.OBJECT_UNDEFINED
        if selection is not None:
            return DataAccessResult.TYPE_UNMATCHED
        return self._encoded(attribute)

    def set(self, attribute: int, value: Value | Encoded) -> DataAccessResult:
        """See `CosemObject.set`. Octets (`Encoded`) keep the types that a decoded value has lost."""
        if attribute not in self._writable:
            known = attribute in self._values or attribute in self._selected
            return DataAccessResult.READ_WRITE_DENIED if known else DataAccessResult.OBJECT_UNDEFINED
        row = self._rows[attribute]
        typed = row.decode(decode(value) if isinstance(value, Encoded) else value)
        setter = self._setters.get(attribute)
        refused = setter(typed) if setter else None
        if refused not in (None, DataAccessResult.SUCCESS):
            return refused
        return self._keep(row, value, typed)

    def invoke(self, method: int, parameters: Value) -> tuple[ActionResult, Result | None]:
        """See `CosemObject.invoke`."""
        action = self._actions.get(method)
        if action is None:
            return ActionResult.OBJECT_UNDEFINED, None
        row = self.table.method(method)
        outcome = action(row.decode(parameters))
        if isinstance(outcome, ActionResult):
            return outcome, None
        return ActionResult.SUCCESS, row.returns.encode(outcome) if row.returns else None

    def _keep(self, row: AttributeSpec[Any], value: Value | Encoded, typed: Any) -> DataAccessResult:
        """Store what was written where a constant stands; octets of free type are kept as they came."""
        if callable(self._values.get(row.index, callable)):
            return DataAccessResult.SUCCESS
        try:
            self._store(row, typed)
        except LocalProtocolError:
            if not isinstance(value, Encoded):
                return DataAccessResult.TYPE_UNMATCHED
            self._values[row.index], self._octets[row.index] = typed, value
        return DataAccessResult.SUCCESS

    def _store(self, row: AttributeSpec[Any], value: Any) -> None:
        self._octets[row.index] = value if isinstance(value, Encoded) else row.encode(value)
        self._values[row.index] = value

    def _encoded(self, attribute: int) -> Encoded:
        """Octets of a value; those of constants are made once."""
        known = self._octets.get(attribute)
        if known is not None:
            return known
        source = self._values[attribute]
        value = source() if callable(source) else source
        octets = value if isinstance(value, Encoded) else self._rows[attribute].encode(value)
        if not callable(source):
            self._octets[attribute] = octets
        return octets
