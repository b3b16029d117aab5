"""The formats exports are written in. A format says what it cannot hold and how it is written; engine, screens and API
need to know no more of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from integration.exports.options import Options
from integration.formats.portion import Channel, Letterhead, Portion


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


def as_asked(seconds: int) -> int:
    """The edge of the period of formats that can begin anywhere."""
    return seconds


Write = Callable[[Iterable[Portion], Letterhead, Options], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format of files.

    name, label     in the database and for people
    suffix, media   of the file
    write           portions as pieces of a file
    why_unwritable  why it cannot hold a channel, in words; empty if it can
    objections      values of a portion it cannot hold
    scheme          of the numbers it calls metering points by; without one of these the GSRN is used
    remarks         beginning of the kinds of comments it writes
    day_begin       the last instant not later (seconds since 1970 UTC) at which a day of the format begins
    in_units        energy is in the unit of the options, not as stored
    by_time         whether a file of these options goes row by row in time instead of series by series
    options         names of the options it heeds
    """

    name: str
    label: str
    suffix: str
    media: str
    write: Write
    why_unwritable: Callable[[Channel], str]
    objections: Callable[[Portion], Sequence[Objection]] = nothing_against
    scheme: str = ""
    remarks: str = ""
    day_begin: Callable[[int], int] = as_asked
    in_units: bool = False
    by_time: Callable[[Options], bool] = lambda options: False
    options: frozenset[str] = frozenset()


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
