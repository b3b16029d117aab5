"""The formats imports understand. A format says how it is recognised and how its files are read; whoever brings one
registers it, and neither engine, screens nor API need to know more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from access.models import Utility
from integration.formats.portion import Reader
from integration.models import StoredFile

HEAD_OCTETS = 65_536
"""So much of the beginning of a file is looked at to recognise its format."""


class UnknownNameError(Exception):
    """A format or content this release does not know: an older or newer one wrote the row."""


Sniff = Callable[[bytes, str], bool]
Propose = Callable[[StoredFile, str, Utility], Mapping[str, Any]]
Open = Callable[[BinaryIO, Mapping[str, Any], int], Reader]


@dataclass(frozen=True, slots=True)
class Format:
    """One format of files.

    name, label   in the database and for people
    suffixes      of file names, with the dot, for the file dialogue
    sniff         whether these first octets of a file of this name are of the format
    read          readings only: a reader of a stream, with the column mapping (empty for most), from a position on
    content       what its files bring: the `Content` that works on them
    scheme        of the numbers it gives metering points that are no GSRN (`ExternalId.Scheme`)
    unmistakable  its files say themselves what they are: it is tried first, whatever content was asked for
    has_columns   files of this format can only be read with a column mapping
    propose       the mapping a file of this name tells by its headings, or one the utility has for such headings; empty
                  where a person must say it
    about         what it is, in one line, for those who choose a file
    title         one line about a file from its header, for lists and previews
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    sniff: Sniff
    read: Open | None = None
    content: str = "readings"
    scheme: str = "own"
    unmistakable: bool = False
    has_columns: bool = False
    propose: Propose = lambda file, name, utility: {}
    about: str = ""
    title: Callable[[Mapping[str, str]], str] = lambda header: ""


_formats: dict[str, Format] = {}


def register_format(*formats: Format) -> None:
    """Make formats known; once per `AppConfig.ready`. They are tried in the order of registration."""
    _formats.update({each.name: each for each in formats})


def formats(content: str = "") -> tuple[Format, ...]:
    """All formats, or those that bring `content`."""
    return tuple(each for each in _formats.values() if content in ("", each.content))


def find_format(name: str) -> Format | None:
    """The format of this name, if there is one."""
    return _formats.get(name)


def format_of(name: str) -> Format:
    """The format of this name; UnknownNameError when this release knows none."""
    found = _formats.get(name)
    if found is None:
        raise UnknownNameError(f"This release does not know the format {name!r}; it knows: {', '.join(_formats)}.")
    return found


def recognise(head: bytes, name: str, content: str = "") -> Format | None:
    """The format that takes a file with these first octets and this name for its own; None when none does.

    An unmistakable one first, whatever it brings: keys of a factory file must not lie about as a table of readings.
    """
    sure = [each for each in formats() if each.unmistakable]
    return next((each for each in (*sure, *formats(content)) if each.sniff(head, name)), None)


def label_of(name: str) -> str:
    """What people call a format, also one no longer known."""
    found = _formats.get(name)
    return found.label if found else name


def choices(content: str = "") -> list[tuple[str, str]]:
    """Formats for a form field."""
    return [(each.name, each.label) for each in formats(content)]
