"""What the database holds of a meter, asked in plain SQL as a foreign program would, in the shape of the truth."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

Register = dict[str, int]
Registers = dict[str, Register]
Rows = list[tuple[Any, ...]]
Query = Callable[[str, Sequence[str]], Rows]

_PROFILE = """
WITH held AS (
    SELECT series_id, count(*) AS values, sum(value * %s::numeric)::bigint AS total
    FROM profile_value GROUP BY series_id
)
SELECT series.source, property.obis, coalesce(stand.values, 0), coalesce(stand.total, 0),
       coalesce(used.values, 0), coalesce(used.total, 0)
FROM metering_series series
JOIN metering_measuredproperty property ON property.id = series.measured_property_id
LEFT JOIN held stand ON stand.series_id = series.id
LEFT JOIN held used ON used.series_id = series.feeds_id
WHERE series.kind = 'stand' AND series.periodicity = 'interval'
"""
_DAILY = """
SELECT series.source, property.obis, count(*), sum(held.value * ('1e' || series.exponent)::numeric)::bigint
FROM register_value held
JOIN metering_series series ON series.id = held.series_id
JOIN metering_measuredproperty property ON property.id = series.measured_property_id
WHERE series.periodicity = 'daily'
"""
_OF_DEVICE = " AND series.source = %s"
_BY_REGISTER = " GROUP BY series.source, property.obis"
_VERSIONS = "SELECT (SELECT count(*) FROM series_day_version) + (SELECT count(*) FROM register_value_version)"
_STATE = """
SELECT 'day', series_id::text, day::text, version::text, md5(values) FROM series_day
UNION ALL SELECT 'register', series_id::text, at::text, version::text, value::text FROM register_value
UNION ALL SELECT 'event', device_id::text, at::text, code::text, ordinal::text FROM events_event
ORDER BY 1, 2, 3
"""


_INSTALLED_AT = """
SELECT lower(period) FROM devices_installation
JOIN devices_device device ON device.id = device_id WHERE serial_number = %s
"""


def own(sql: str, parameters: Sequence[str] = ()) -> Rows:
    """Rows of the database Django is connected to."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: Rows = cursor.fetchall()
        return rows


def profile(serial: str, query: Query = own, *, per_unit: int = 1) -> Registers:
    """Per OBIS: `rows` and `sum` of the stands, `intervals` and `energy` of the consumption derived from them.

    Sums are in parts of which `per_unit` make one unit of the series.
    """
    return _profiles(query(_PROFILE + _OF_DEVICE, [str(per_unit), serial])).get(serial, {})


def profiles(query: Query = own) -> dict[str, Registers]:
    """As `profile`, of every device by its serial number."""
    return _profiles(query(_PROFILE, ["1"]))


def daily(serial: str, query: Query = own) -> Registers:
    """Per OBIS: `rows` and `sum` of the daily billing stands."""
    return _daily(query(_DAILY + _OF_DEVICE + _BY_REGISTER, [serial])).get(serial, {})


def dailies(query: Query = own) -> dict[str, Registers]:
    """As `daily`, of every device by its serial number."""
    return _daily(query(_DAILY + _BY_REGISTER, []))


def _profiles(rows: Rows) -> dict[str, Registers]:
    found: dict[str, Registers] = {}
    for serial, obis, count, total, intervals, energy in rows:
        register = {"rows": count, "sum": total, "intervals": intervals, "energy": energy}
        found.setdefault(serial, {})[obis] = register
    return found


def _daily(rows: Rows) -> dict[str, Registers]:
    found: dict[str, Registers] = {}
    for serial, obis, count, total in rows:
        found.setdefault(serial, {})[obis] = {"rows": count, "sum": total}
    return found


def versions(query: Query = own) -> int:
    """How many states were replaced: 0 where nothing was ever written twice with different content."""
    return int(query(_VERSIONS, [])[0][0])


def everything() -> Rows:
    """Every block, register value and event with its version, to compare before and after."""
    return own(_STATE)


def installed_at(serial: str, query: Query = own) -> datetime:
    """Since when the meter hangs."""
    began: datetime = query(_INSTALLED_AT, [serial])[0][0]
    return began
