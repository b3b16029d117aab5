"""Tables of any size, a row per value or per day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from integration.formats.decimals import write_decimals
from integration.formats.table import Columns, Fixed, Mapping, Times
from integration.formats.table.mapping import Layout

FIRST_DAY = np.datetime64("2026-01-01")
_DAY_MINUTES = 1440
_FIXED = Fixed(quantity="1-0:1.29.0", unit="kWh")

LONG = Mapping(
    columns=Columns(point="Metering point", time="Time", value="kWh", quality="Status"),
    fixed=_FIXED,
    times=Times(interval_s=900),
)
WIDE_DAY = Mapping(layout=Layout.WIDE_DAY, columns=Columns(point="Metering point", time="Day"), fixed=_FIXED)


def long_file(path: Path, meters: int, days: int, interval: int) -> int:
    """A row per value, in `interval` minutes, meter by meter; how many values it has. Values have three decimals."""
    times = _times(days, interval)
    with path.open("w") as file:
        file.write("Metering point;Time;kWh;Status\n")
        for meter, values in _values(meters, days, interval):
            numbers = write_decimals(values.reshape(-1, 1), 3)
            rows = zip(times, numbers, strict=True)
            file.write("".join(f"A{meter:08};{at};{number.decode()};measured\n" for at, number in rows))
    return meters * len(times)


def wide_day_file(path: Path, meters: int, days: int, interval: int) -> int:
    """A row per meter and day, a column per interval."""
    count = _DAY_MINUTES // interval
    dates = [str(FIRST_DAY + day).encode() for day in range(days)]
    with path.open("wb") as file:
        file.write(";".join(["Metering point", "Day", *(f"{number}" for number in range(count))]).encode() + b"\n")
        for meter, values in _values(meters, days, interval):
            rows = zip(dates, write_decimals(values, 3, b";"), strict=True)
            file.write(b"".join(b"D%08d;%s;%s\n" % (meter, date, row) for date, row in rows))
    return meters * days * count


def _values(meters: int, days: int, interval: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Meter and its values (days, intervals), watt hours."""
    random, count = np.random.default_rng(2026), _DAY_MINUTES // interval
    for meter in range(meters):
        yield meter, random.gamma(2.0, 60_000 / count, (days, count)).astype(np.int64)


def _times(days: int, interval: int) -> list[str]:
    minutes = np.arange(0, days * _DAY_MINUTES, interval).astype("timedelta64[m]")
    times: list[str] = np.char.replace(np.datetime_as_string(FIRST_DAY + minutes), "T", " ").tolist()
    return times
