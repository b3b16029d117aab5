"""Files of readings from the first octet to the committed chunk: checked, stored, and stored again; and out again."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.imports import espi, nem, table
from bench.imports.exporting import take_out
from bench.imports.importing import bring_in, make_points
from bench.report import Figure
from integration.exports.options import Layout, Options
from integration.formats.table import to_json
from integration.imports.registry import format_of

DAYS, MINUTES = 92, 15
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Subject:
    """A format: how a file of so many meters, days and minutes is made, of how many meters, and what is asked of it."""

    label: str
    form: str
    make: Callable[[Path, int, int, int], int]
    meters: int
    quick: int
    goal: float | None = None
    layout: dict[str, Any] = field(default_factory=dict)


SUBJECTS = (
    Subject("NEM12", "nem12", nem.nem12_file, 3_000, 200, 1e6),
    Subject("Green Button", "espi", espi.espi_file, 400, 40, 150e3),
    Subject("CSV, a row per value", "table", table.long_file, 300, 20, None, to_json(table.LONG)),
    Subject("CSV, a row per day", "table", table.wide_day_file, 1_500, 100, None, to_json(table.WIDE_DAY)),
)
TAKEN_OUT = (("nem12", None), ("espi", None), ("csv", None), ("csv", Options(layout=Layout.WIDE)))


def run(quick: bool) -> Iterator[Figure]:
    """Every format with a load that suits the time there is."""
    with tempfile.TemporaryDirectory() as folder:
        for number, subject in enumerate(SUBJECTS):
            yield from _figures(subject, Path(folder) / f"{number}.dat", subject.quick if quick else subject.meters)
    for form, options in TAKEN_OUT:
        yield from take_out(form, START, START + timedelta(days=DAYS), options, 50 if quick else 500)


def _figures(subject: Subject, path: Path, meters: int) -> Iterator[Figure]:
    values = subject.make(path, meters, DAYS, MINUTES)
    names, seconds = _parsed(path, subject, values)
    label = subject.label
    yield Figure(f"{label}: values", values, "")
    yield Figure(f"{label}: file", path.stat().st_size / 1e6, "MB")
    yield Figure(f"{label}: parse alone", values / seconds, "values/s")
    make_points(names, subject.form)
    first, again = (bring_in(path, subject.form, subject.layout) for _ in range(2))
    if (first.new, again.new, again.unchanged) != (values, 0, values):
        raise AssertionError(f"Of {values} values {first}, then {again}")
    yield Figure(f"{label}: check and weigh", values / first.checked_s, "values/s")
    yield Figure(f"{label}: parse and store", values / first.stored_s, "values/s", subject.goal)
    yield Figure(f"{label}: the same again", values / again.stored_s, "values/s")


def _parsed(path: Path, subject: Subject, values: int) -> tuple[set[str], float]:
    """The metering points a file names, and how long the reader alone takes."""
    opened = format_of(subject.form).read
    assert opened, "a format of readings can be read"
    begun, found, names = time.perf_counter(), 0, set[str]()
    with path.open("rb") as file:
        for portion in opened(file, subject.layout, 0):
            found += int(portion.present.sum())
            names.update(channel.point for channel in portion.channels)
    if found != values:
        raise AssertionError(f"{values} values written, {found} read")
    return names, time.perf_counter() - begun
