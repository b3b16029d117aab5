"""The tables of the archive: which columns a file has, and how they come out of the database and back.

A file holds the columns of the table as they are, blocks included, and two more: `exponent` and `unit` of the series
at the time of archiving, so that a file can be understood without the database and stays right when a series is made
finer later. Rows are in the order of the primary key.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa

from metering.store.archive.months import Kind

_DAY, _INSTANT = pa.date32(), pa.timestamp("us", "UTC")
_I2, _I4, _I8, _OCTETS = pa.int16(), pa.int32(), pa.int64(), pa.binary()
_DATABASE_TYPES = {_DAY: "date", _INSTANT: "timestamptz", _I2: "int2", _I4: "int4", _I8: "int8", _OCTETS: "bytea"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name, in the database and in the file."""

    name: str
    type: pa.DataType

    @property
    def database_type(self) -> str:
        """Its type in the database."""
        return _DATABASE_TYPES[self.type]

    @property
    def source(self) -> str:
        """SQL for a value of table `t` as an integer or octets, which Arrow takes without a Python date for each."""
        if self.type == _DAY:
            return f"t.{self.name} - date '1970-01-01'"
        if self.type == _INSTANT:
            return f"(extract(epoch FROM t.{self.name}) * 1000000)::bigint"
        return f"t.{self.name}"

    @property
    def summed(self) -> str:
        """SQL for what `Tally.sums` adds up: the number, or how many octets."""
        return f"octet_length(t.{self.name})" if pa.types.is_binary(self.type) else self.source


@dataclass(frozen=True, slots=True)
class Table:
    """A partitioned table; `time` is its partition key, `key` the primary key."""

    name: str
    kind: Kind
    time: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The schema of its files."""
        return pa.schema([*((column.name, column.type) for column in self.columns), *_OF_SERIES])

    @property
    def names(self) -> list[str]:
        """Names of the columns the database has."""
        return [column.name for column in self.columns]

    def partition(self, month: dt.date) -> str:
        """Name of the partition of a month."""
        return f"{self.name}_{month:%Y_%m}"

    def rows_of(self, month: dt.date) -> str:
        """The query for the rows of a month and of the series from `first` to `last`, as the file holds them."""
        columns = ", ".join(column.source for column in self.columns)
        key = ", ".join(f"t.{name}" for name in self.key)
        return f"""
            SELECT {columns}, coalesce(s.exponent, 0)::integer, coalesce(p.unit, '')
            FROM {self.partition(month)} t
            LEFT JOIN metering_series s ON s.id = t.series_id
            LEFT JOIN metering_measuredproperty p ON p.id = s.measured_property_id
            WHERE t.series_id BETWEEN %(first)s::bigint AND %(last)s::bigint ORDER BY {key}
            """  # noqa: S608  (no text from outside)


_OF_SERIES = [("exponent", pa.int8()), ("unit", pa.string())]


def _columns(**types: pa.DataType) -> tuple[Column, ...]:
    return tuple(Column(name, type_) for name, type_ in types.items())


SERIES_DAY = Table(
    "series_day", "interval", "day", ("series_id", "day"),
    _columns(
        series_id=_I8, day=_DAY, interval_s=_I4, version=_I4, changed_at=_INSTANT, origin_id=_I8, present=_I2,
        suspect=_I2, estimated=_I2, total=_I8, maximum=_I8, arrivals=_OCTETS, values=_OCTETS, quality=_OCTETS,
        status=_OCTETS,
    ),
)  # fmt: skip
SERIES_DAY_VERSION = Table(
    "series_day_version", "interval", "day", ("series_id", "day", "version"),
    _columns(
        series_id=_I8, day=_DAY, version=_I4, replaced_at=_INSTANT, replaced_by=_I8, first_slot=_I2, slots=_I2,
        values=_OCTETS, quality=_OCTETS, status=_OCTETS,
    ),
)  # fmt: skip
REGISTER_VALUE = Table(
    "register_value", "register", "at", ("series_id", "at"),
    _columns(
        series_id=_I8, at=_INSTANT, value=_I8, status=_I8, changed_at=_INSTANT, origin_id=_I8, version=_I4, quality=_I2,
    ),
)  # fmt: skip
REGISTER_VALUE_VERSION = Table(
    "register_value_version", "register", "at", ("series_id", "at", "version"),
    _columns(
        series_id=_I8, at=_INSTANT, value=_I8, status=_I8, changed_at=_INSTANT, replaced_at=_INSTANT, origin_id=_I8,
        version=_I4, quality=_I2,
    ),
)  # fmt: skip
TABLES = (SERIES_DAY, SERIES_DAY_VERSION, REGISTER_VALUE, REGISTER_VALUE_VERSION)


def tables_of(kind: str) -> tuple[Table, ...]:
    """The tables whose partitions of a month leave and return together: values and their versions."""
    return tuple(table for table in TABLES if table.kind == kind)
