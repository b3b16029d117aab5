"""The formats exports are written in. A format says what it cannot hold and how it is written; engine, screens and API
need to know no more of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from integration.exports.options import Options
from integration.formats.portion import PORTION_VALUES, Channel, Letterhead, Portion

MOST_SERIES = 100_000
MOST_VALUES = 20_000_000_000
"""Five years of quarter hours of as many series."""


class UnknownFormatError(Exception):
    """A format this release does not know: an older or newer one wrote the row, or a caller misspelled it."""


@dataclass(frozen=True, slots=True, eq=False)
class Objection:
    """Values of a portion, bool (m,), that the format cannot hold, and why in words."""

    rows: NDArray[np.bool_]
    reason: str


def nothing_against(portion: Portion) -> Sequence[Objection]:
    """Objections of formats that hold every value."""
    return ()


def as_asked(start: int, end: int) -> tuple[int, int]:
    """The period of formats that can begin and end anywhere."""
    return start, end


def by_identity(channel: Channel) -> Hashable:
    """What tells channels apart where the file says all of it: everything but their names and how fine they are."""
    return replace(channel, name="", exponent=0)


Write = Callable[[Iterable[Portion], Letterhead, Options], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format of files.

    name, label     in the database and for people
    suffix, media   of the file
    write           portions as pieces of a file
    why_unwritable  why it cannot hold a channel, in words; empty if it can
    objections      values of a portion it cannot hold
    place           what tells channels apart in the file: of those with the same only the first is written
    scheme          of the numbers it calls metering points by; without one of these the GSRN is used
    needs_number    the GSRN does not do: metering points without a number of the scheme are left out
    remarks         beginning of the kinds of comments it writes; empty for none
    window          the period written for one asked for, seconds since 1970 UTC, end excluded
    in_units        energy is in the unit of the options, not as stored
    by_time         whether a file of these options goes row by row in time instead of series by series
    options         names of the options it heeds
    most_series     how many series a file of these options can hold
    most_values     how many values a file can hold
    part_values     about how many values are read and written at a time: what that takes bounds memory
    """

    name: str
    label: str
    suffix: str
    media: str
    write: Write
    why_unwritable: Callable[[Channel], str]
    objections: Callable[[Portion], Sequence[Objection]] = nothing_against
    place: Callable[[Channel], Hashable] = by_identity
    scheme: str = ""
    needs_number: bool = False
    remarks: str = ""
    window: Callable[[int, int], tuple[int, int]] = as_asked
    in_units: bool = False
    by_time: Callable[[Options], bool] = lambda options: False
    options: frozenset[str] = frozenset()
    most_series: Callable[[Options], int] = lambda options: MOST_SERIES
    most_values: int = MOST_VALUES
    part_values: int = PORTION_VALUES


_formats: dict[str, Format] = {}


def register_format(*formats: Format) -> None:
    """Make formats known; once per `AppConfig.ready`."""
    _formats.update({each.name: each for each in formats})


def format_of(name: str) -> Format:
    """The format of this name; UnknownFormatError when this release knows none."""
    found = _formats.get(name)
    if found is None:
        raise UnknownFormatError(f"There is no format {name!r}; there are: {', '.join(_formats)}.")
    return found


def label_of(name: str) -> str:
    """What people call a format, also one no longer known."""
    found = _formats.get(name)
    return found.label if found else name


def choices() -> list[tuple[str, str]]:
    """Formats for a form field."""
    return [(each.name, each.label) for each in _formats.values()]
