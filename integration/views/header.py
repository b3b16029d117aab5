"""What a file says of itself, in words for people: codes and seconds of its format as dates, offsets, weekdays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from aim.web.detail import Fact
from integration.formats.espi.zones import rule_in_words
from integration.formats.nem.clock import market_instant
from metering.intervals import to_instant

MOST = 12
_MINUTES = 60
_HEADINGS, _BETWEEN = 8, " · "
_ORDER = (
    "title", "version", "created", "sender", "receiver",
    "tz_offset", "dst_offset", "dst_start", "dst_end",
    "sheet", "encoding", "delimiter", "decimal sign", "headings",
)  # fmt: skip
"""The database does not keep the order in which a reader tells them."""
_SIGNS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", ".": "point"}


def header_facts(header: Mapping[str, str]) -> list[Fact]:
    """The first of what the header says; what would say nothing to a person is left out."""
    names = sorted(header, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    found = [_fact(name, header[name]) for name in names if header[name] and not _without_saving(name, header)]
    return [fact for fact in found if fact.value][:MOST]


def _without_saving(name: str, header: Mapping[str, str]) -> bool:
    """Whether this is about a summer time that the file does not have."""
    return name.startswith("dst_") and header.get("dst_offset", "0") == "0"


def _fact(name: str, text: str) -> Fact:
    label, worded = _WORDED.get(name, (name.replace("_", " ").capitalize(), str))
    return Fact(label, worded(text))


def _offset(text: str) -> str:
    """`7200` as `UTC+02:00`; what is no number as it is."""
    try:
        minutes = int(text) // _MINUTES
    except ValueError:
        return text
    hours, rest = divmod(abs(minutes), _MINUTES)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _longer(text: str) -> str:
    """`3600` as `60 minutes ahead`."""
    return f"{int(text) // _MINUTES} minutes ahead" if text.isdecimal() else text


def _sign(text: str) -> str:
    """A sign by its name: a comma alone in a cell is easily overlooked."""
    return _SIGNS.get(text, text)


def _created(text: str) -> datetime | str:
    """The instant a NEM file was made, or what stands there."""
    at = market_instant(text)
    return text if at is None else to_instant(at)


def _headings(text: str) -> str:
    """The first headings: those of a file with a column for every hour would fill the page."""
    names = text.split(_BETWEEN)
    return text if len(names) <= _HEADINGS else _BETWEEN.join([*names[:_HEADINGS], "and more"])


_WORDED: dict[str, tuple[str, Callable[[str], object]]] = {
    "tz_offset": ("Clock of the file", _offset),
    "dst_offset": ("Summer time", _longer),
    "dst_start": ("Summer time begins", rule_in_words),
    "dst_end": ("Summer time ends", rule_in_words),
    "delimiter": ("Columns divided by", _sign),
    "decimal sign": ("Decimal sign", _sign),
    "created": ("Created", _created),
    "headings": ("Headings", _headings),
}
