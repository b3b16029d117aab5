"""Files of readings from the first octet to the committed chunk: checked, stored, and stored again."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.imports import espi, nem
from bench.imports.importing import bring_in, make_points
from bench.report import Figure
from integration.imports.registry import format_of


@dataclass(frozen=True)
class Subject:
    """A format: how a file of so many meters, days and minutes is made, and what is asked of it."""

    label: str
    form: str
    make: Callable[[Path, int, int, int], int]
    interval: int
    goal: float | None


SUBJECTS = (
    Subject("NEM12", "nem12", nem.nem12_file, 15, 1e6),
    Subject("Green Button", "espi", espi.espi_file, 15, 150e3),
)


def run(quick: bool) -> Iterator[Figure]:
    """Every format with a load that suits the time there is."""
    meters = {"nem12": 200, "espi": 40} if quick else {"nem12": 3_000, "espi": 400}
    with tempfile.TemporaryDirectory() as folder:
        for subject in SUBJECTS:
            path = Path(folder) / f"{subject.form}.dat"
            yield from _figures(subject, path, meters[subject.form])


def _figures(subject: Subject, path: Path, meters: int) -> Iterator[Figure]:
    values = subject.make(path, meters, 92, subject.interval)
    names, seconds = _parsed(path, subject.form, values)
    label = subject.label
    yield Figure(f"{label}: values", values, "")
    yield Figure(f"{label}: file", path.stat().st_size / 1e6, "MB")
    yield Figure(f"{label}: parse alone", values / seconds, "values/s")
    make_points(names, subject.form)
    first, again = bring_in(path, subject.form, {}), bring_in(path, subject.form, {})
    if (first.new, again.new, again.unchanged) != (values, 0, values):
        raise AssertionError(f"Of {values} values {first}, then {again}")
    yield Figure(f"{label}: check and weigh", values / first.checked_s, "values/s")
    yield Figure(f"{label}: parse and store", values / first.stored_s, "values/s", subject.goal)
    yield Figure(f"{label}: the same again", values / again.stored_s, "values/s")


def _parsed(path: Path, form: str, values: int) -> tuple[set[str], float]:
    """The metering points a file names, and how long the reader alone takes."""
    opened = format_of(form).read
    assert opened, "a format of readings can be read"
    begun, found, names = time.perf_counter(), 0, set[str]()
    with path.open("rb") as file:
        for portion in opened(file, {}, 0):
            found += int(portion.present.sum())
            names.update(channel.point for channel in portion.channels)
    if found != values:
        raise AssertionError(f"{values} values written, {found} read")
    return names, time.perf_counter() - begun
