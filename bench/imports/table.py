"""Tables of any size, long and wide, and how fast they are read and written without a store behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from integration.formats.decimals import write_decimals
from integration.formats.portion import Portion
from integration.formats.table import Columns, Fixed, Mapping, Style, TableReader, Times, write_csv
from integration.formats.table.mapping import Layout

FIRST_DAY = np.datetime64("2026-01-01")
_DAY_MINUTES = 1440
_FIXED = Fixed(quantity="1-0:1.29.0", unit="kWh")

LONG = Mapping(
    columns=Columns(point="Metering point", time="Time", value="kWh", quality="Status"),
    fixed=_FIXED,
    times=Times(interval_s=900),
)
WIDE_TIME = Mapping(layout=Layout.WIDE_TIME, columns=Columns(time="Time"), fixed=_FIXED, times=Times(interval_s=900))
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


def wide_time_file(path: Path, meters: int, days: int, interval: int) -> int:
    """A row per instant and a column per meter."""
    times = _times(days, interval)
    table = np.array([values.ravel() for _, values in _values(meters, days, interval)]).T
    with path.open("wb") as file:
        file.write(";".join(["Time", *(f"A{meter:08}" for meter in range(meters))]).encode() + b"\n")
        for at, row in zip(times, write_decimals(np.ascontiguousarray(table), 3, b";"), strict=True):
            file.write(at.encode() + b";" + row + b"\n")
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


MAKERS: dict[str, tuple[Callable[[Path, int, int, int], int], Mapping]] = {
    "long": (long_file, LONG),
    "wide by time": (wide_time_file, WIDE_TIME),
    "wide by day": (wide_day_file, WIDE_DAY),
}
"""Layout → who makes such a file, and the mapping that reads it."""


def _values(meters: int, days: int, interval: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Meter and its values (days, intervals), watt hours."""
    random, count = np.random.default_rng(2026), _DAY_MINUTES // interval
    for meter in range(meters):
        yield meter, random.gamma(2.0, 60_000 / count, (days, count)).astype(np.int64)


def _times(days: int, interval: int) -> list[str]:
    minutes = np.arange(0, days * _DAY_MINUTES, interval).astype("timedelta64[m]")
    times: list[str] = np.char.replace(np.datetime_as_string(FIRST_DAY + minutes), "T", " ").tolist()
    return times


def parse(path: Path, mapping: Mapping) -> tuple[int, float]:
    """Read all; values read and seconds."""
    started = time.perf_counter()
    with path.open("rb") as file:
        values = sum(len(portion) for portion in TableReader(file, mapping))
    return values, time.perf_counter() - started


def write(path: Path, mapping: Mapping) -> tuple[int, float]:
    """Read all, then write it all to nowhere, a row per value; values written and seconds of writing alone."""
    with path.open("rb") as file:
        portions: list[Portion] = list(TableReader(file, mapping))
    started = time.perf_counter()
    octets = sum(len(part) for part in write_csv(portions, Style(zone="Europe/Helsinki")))
    seconds = time.perf_counter() - started
    assert octets
    return sum(len(portion) for portion in portions), seconds
