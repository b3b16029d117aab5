"""Ready-made objects for logical devices: a table of attributes serves almost every interface class."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from protocols.dlms.clock import ClockStatus, encode_datetime
from protocols.dlms.data import Encoded, Value, decode
from protocols.dlms.encoding import double_long_unsigned, long, octet_string, unsigned
from protocols.dlms.obis import Obis
from protocols.dlms.security import ReceiveCounter
from protocols.dlms.selection import CLOCK, ENTRY_SELECTOR, RANGE_SELECTOR, Entries, Range
from protocols.dlms.services.get import Result
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.dlms.units import ScalerUnit

Setter = Callable[[Value], DataAccessResult]
Action = Callable[[Value], tuple[ActionResult, Result | None]]


@dataclass(slots=True)
class TableObject:
    """An object whose attributes are constants or functions.

    `values` maps attribute numbers to octets or to a function without arguments; `selected` maps those that take a
    selection (profile buffers) to a function of it; `setters` and `actions` map what can be written and invoked.
    """

    class_id: int
    version: int
    obis: Obis
    values: Mapping[int, Encoded | Callable[[], Encoded]]
    selected: Mapping[int, Callable[[Range | Entries | None], Result]] = field(default_factory=dict)
    setters: Mapping[int, Setter] = field(default_factory=dict)
    actions: Mapping[int, Action] = field(default_factory=dict)

    @property
    def attributes(self) -> Sequence[int]:
        """Attribute numbers in ascending order."""
        return sorted({1, *self.values, *self.selected, *self.setters})

    @property
    def methods(self) -> Sequence[int]:
        """Method numbers in ascending order."""
        return sorted(self.actions)

    def selectors(self, attribute: int) -> Sequence[int]:
        """The selective accesses that an attribute knows."""
        return (RANGE_SELECTOR, ENTRY_SELECTOR) if attribute in self.selected else ()

    def get(self, attribute: int, selection: Range | Entries | None) -> Result:
        """See `CosemObject.get`; a selection where none is possible is refused."""
        if attribute in self.selected:
            return self.selected[attribute](selection)
        source = self.values.get(attribute)
        if source is None:
            return DataAccessResult.OBJECT_UNDEFINED
        if selection is not None:
            return DataAccessResult.TYPE_UNMATCHED
        return source if isinstance(source, Encoded) else source()

    def set(self, attribute: int, value: Value) -> DataAccessResult:
        """See `CosemObject.set`."""
        setter = self.setters.get(attribute)
        if setter is None:
            return DataAccessResult.READ_WRITE_DENIED
        return setter(decode(value) if isinstance(value, Encoded) else value)

    def invoke(self, method: int, parameters: Value) -> tuple[ActionResult, Result | None]:
        """See `CosemObject.invoke`."""
        action = self.actions.get(method)
        return action(parameters) if action else (ActionResult.OBJECT_UNDEFINED, None)


def data_object(obis: Obis, value: Encoded | Callable[[], Encoded]) -> TableObject:
    """Class 1: one value."""
    return TableObject(1, 0, obis, {2: value})


def register_object(obis: Obis, value: Encoded | Callable[[], Encoded], unit: ScalerUnit) -> TableObject:
    """Class 3: a value with scaler and unit."""
    return TableObject(3, 0, obis, {2: value, 3: unit.encode()})


def clock_object(
    now: Callable[[], datetime], set_to: Setter | None = None, obis: Obis = CLOCK.attribute.obis
) -> TableObject:
    """Class 8: `now` gives an aware datetime in the meter's zone; `set_to` takes the 12 octets a client writes."""
    return TableObject(
        8,
        0,
        obis,
        {
            2: lambda: octet_string(encode_datetime(now())),
            3: lambda: long(-_minutes(now().utcoffset(), now().dst())),
            4: lambda: unsigned(ClockStatus.DAYLIGHT_SAVING if now().dst() else ClockStatus.OK),
        },
        setters={2: set_to} if set_to else {},
    )


def _minutes(offset: timedelta | None, summer: timedelta | None) -> int:
    """Minutes of local *normal* time east of UTC."""
    return ((offset or timedelta()) - (summer or timedelta())) // timedelta(minutes=1)


def counter_object(obis: Obis, counters: Iterable[ReceiveCounter]) -> TableObject:
    """Class 1: the highest invocation counter accepted from any client; the next message needs a higher one."""
    watched = tuple(counters)
    return TableObject(1, 0, obis, {2: lambda: double_long_unsigned(max((c.last for c in watched), default=0))})
