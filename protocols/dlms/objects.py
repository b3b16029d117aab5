"""What a head-end reads most, as typed exchanges: clock, registers with scaler and unit, profiles as columns.

clock = converse(read_clock(connection), transfer)
layout = converse(read_layout(connection, Obis.parse("1-0:99.1.0")), transfer)      # once per meter model
table = converse(read_profile(connection, layout, Range(start, end)), transfer)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal

from protocols.dlms.clock import ClockReading, decode_datetime, encode_datetime
from protocols.dlms.columns import Nulls, Table, decode_columns
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded, Value, decode
from protocols.dlms.encoding import octet_string
from protocols.dlms.exchange import Exchange, get, get_list, put
from protocols.dlms.failures import refusal
from protocols.dlms.obis import Obis
from protocols.dlms.selection import Capture, Entries, Range, decode_capture
from protocols.dlms.services.get import Result
from protocols.dlms.tags import DataAccessResult
from protocols.dlms.tolerant import decode_tolerantly
from protocols.dlms.units import ScalerUnit, scaler_unit
from protocols.errors import garbage

DATA, REGISTER, EXTENDED_REGISTER, DEMAND_REGISTER, PROFILE, CLOCK_CLASS = 1, 3, 4, 5, 7, 8
CLOCK_TIME = Attribute(CLOCK_CLASS, Obis.parse("0-0:1.0.0"), 2)
DEVICE_NAME = Attribute(DATA, Obis.parse("0-0:42.0.0"), 2)
INVOCATION_COUNTER = Attribute(DATA, Obis.parse("0-0:43.1.0"), 2)
VALUE_ATTRIBUTE = {DATA: 2, REGISTER: 2, EXTENDED_REGISTER: 2, DEMAND_REGISTER: 3, CLOCK_CLASS: 2}
"""Which attribute of an interface class holds its present value."""
UNIT_ATTRIBUTE = {REGISTER: 3, EXTENDED_REGISTER: 3, DEMAND_REGISTER: 4}
"""Which attribute holds its scaler and unit."""


@dataclass(frozen=True, slots=True)
class RegisterName:
    """A register to read; `unit` fixes scaler and unit for models that do not tell them or tell them wrong.

    `value` is the attribute that holds its present value: a name may be used for many meters.
    """

    obis: Obis
    class_id: int = REGISTER
    unit: ScalerUnit | None = None
    value: Attribute = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", Attribute(self.class_id, self.obis, VALUE_ATTRIBUTE[self.class_id]))


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """A register's value. Where the meter refused, `raw` is its DataAccessResult; `value` is None unless a number."""

    name: RegisterName
    raw: Value | DataAccessResult
    unit: ScalerUnit | None

    @property
    def value(self) -> Decimal | None:
        """The value in its unit, exactly."""
        if not isinstance(self.raw, int):
            return None
        return self.unit.scale(self.raw) if self.unit else Decimal(self.raw)


@dataclass(frozen=True, slots=True)
class ProfileLayout:
    """A profile's columns and capture period in seconds (0: not periodic)."""

    obis: Obis
    captures: tuple[Capture, ...]
    period: int

    @property
    def clocks(self) -> tuple[int, ...]:
        """Which columns are clocks."""
        return tuple(i for i, capture in enumerate(self.captures) if capture.attribute.class_id == CLOCK_CLASS)


def read_value(connection: ClientConnection, attribute: Attribute) -> Exchange[Value]:
    """One attribute, decoded. RemoteProtocolError (ACCESS_DENIED, OBJECT_UNDEFINED, REFUSED) when there is none."""
    result = yield from get(connection, attribute)
    return _wanted(result, attribute)


def read_clock(
    connection: ClientConnection, zone: tzinfo | None = None, clock: Attribute = CLOCK_TIME
) -> Exchange[ClockReading]:
    """The meter's clock; `zone` completes it when it does not tell its deviation."""
    value = yield from read_value(connection, clock)
    if not isinstance(value, bytes):
        raise garbage(f"clock holds {value!r}")
    return decode_datetime(value, zone)


def set_clock(connection: ClientConnection, at: datetime) -> Exchange[DataAccessResult]:
    """Set the meter's clock to an aware datetime, shown in its own zone."""
    return (yield from put(connection, CLOCK_TIME, octet_string(encode_datetime(at))))


def read_invocation_counter(connection: ClientConnection, counter: Attribute = INVOCATION_COUNTER) -> Exchange[int]:
    """The highest counter the meter accepted (read it as public client); the next message needs a higher one."""
    value = yield from read_value(connection, counter)
    if not isinstance(value, int):
        raise garbage(f"invocation counter holds {value!r}")
    return value


def read_registers(connection: ClientConnection, names: Sequence[RegisterName]) -> Exchange[list[RegisterReading]]:
    """Values, with scaler and unit from the meter where the name does not fix them, in as few requests as possible."""
    unknown = [name for name in names if name.unit is None and name.class_id in UNIT_ATTRIBUTE]
    targets = [name.value for name in names]
    targets += [Attribute(name.class_id, name.obis, UNIT_ATTRIBUTE[name.class_id]) for name in unknown]
    results = yield from get_list(connection, targets)
    units = dict(zip(unknown, map(_unit, results[len(names) :]), strict=True))
    return [
        RegisterReading(name, _plain(result), name.unit or units.get(name))
        for name, result in zip(names, results, strict=False)
    ]


def read_register(connection: ClientConnection, name: RegisterName) -> Exchange[RegisterReading]:
    """One register; see `read_registers`."""
    readings = yield from read_registers(connection, [name])
    return readings[0]


def read_layout(connection: ClientConnection, profile: Obis, *, tolerant: bool = False) -> Exchange[ProfileLayout]:
    """Columns and capture period of a profile; `tolerant` mends swapped heads of logical names (see `tolerant.py`)."""
    attribute = Attribute(PROFILE, profile, 3)
    result = yield from get(connection, attribute)
    captures = _wanted(result, attribute, _mended if tolerant else decode)
    period = yield from read_value(connection, Attribute(PROFILE, profile, 4))
    if not isinstance(captures, list) or not isinstance(period, int):
        raise garbage(f"profile {profile} has no readable layout")
    return ProfileLayout(profile, tuple(decode_capture(capture) for capture in captures), period)


def read_profile(
    connection: ClientConnection,
    layout: ProfileLayout,
    selection: Range | Entries | None = None,
    *,
    zone: tzinfo | None = None,
    nulls: Nulls = Nulls.REPEATED,
) -> Exchange[Table]:
    """The rows selected, as columns in the order of `layout.captures` (or of `selection.columns` when given)."""
    attribute = Attribute(PROFILE, layout.obis, 2)
    result = yield from get(connection, attribute, selection)
    if not isinstance(result, Encoded):
        raise refusal(result, str(attribute))
    shown = _shown(layout, selection)
    return decode_columns(
        result, width=len(shown.captures), clocks=shown.clocks, capture_period=layout.period, zone=zone, nulls=nulls
    )


def _shown(layout: ProfileLayout, selection: Range | Entries | None) -> ProfileLayout:
    """The layout of the columns that a selection leaves."""
    captures = layout.captures
    if isinstance(selection, Range) and selection.columns:
        captures = selection.columns
    elif isinstance(selection, Entries):
        captures = captures[selection.first_column - 1 : selection.last_column or None]
    return ProfileLayout(layout.obis, captures, layout.period)


def _wanted(result: Result, attribute: Attribute, decoded: Callable[[bytes], Value] = decode) -> Value:
    if isinstance(result, DataAccessResult):
        raise refusal(result, str(attribute))
    return decoded(result)


def _mended(octets: bytes) -> Value:
    return decode_tolerantly(octets).value


def _plain(result: Result) -> Value | DataAccessResult:
    return result if isinstance(result, DataAccessResult) else decode(result)


def _unit(result: Result) -> ScalerUnit | None:
    return None if isinstance(result, DataAccessResult) else scaler_unit(decode(result))
