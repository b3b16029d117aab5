"""Runs of plain interval readings, taken out of the octets before they reach the XML library.

Nearly all of a file is the same few elements over and over. One regular expression reads them an order of magnitude
faster than a tree of objects, and it is no second opinion on XML: where neither comments nor CDATA sections nor
processing instructions occur, `<` begins a tag wherever it stands, so octets that match are exactly one element each,
complete and well-formed. What does not match to the last octet (an attribute, a missing value, a second quality, an
extension) is left in place for the library. In the place of a run remains a mark, whose parent in the tree tells
whose readings these are and whether their prefix means ESPI, and as many line ends as were taken out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from integration.formats.espi.columns import ABSENT, Columns
from integration.formats.espi.pieces import Piece

MARK = "openaim-run"
"""Target of the processing instruction that stands for a run."""
_FIRST = re.compile(rb"<((?:[A-Za-z_][\w.-]{0,40}:)?)IntervalReading>")
_BETWEEN = rb"\s*+"
_OPTIONAL = rb"(?:<~%b>-?\d{1,18}+</~%b>\s*+)?+"
_SHAPE = _BETWEEN.join(  # ~ stands for the prefix
    (
        rb"<~IntervalReading>",
        _OPTIONAL % (b"cost", b"cost"),
        rb"(?:<~ReadingQuality>\s*+<~quality>(\d{1,4}+)</~quality>\s*+</~ReadingQuality>)?+",
        rb"<~timePeriod>",
        rb"<~duration>(\d{1,9}+)</~duration>",
        rb"<~start>(\d{1,12}+)</~start>",
        rb"</~timePeriod>",
        rb"<~value>(-?\d{1,15}+)</~value>",
        b"".join(_OPTIONAL % (name, name) for name in (b"consumptionTier", b"tou", b"cpp")),
        rb"</~IntervalReading>",
        b"",
    )
)
_STRIDE = 5
"""Splitting gives what stands between two readings, then the four numbers of the next, and so on."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Readings that followed each other, and the namespace prefix they were written with (None: no prefix)."""

    columns: Columns
    prefix: str | None


class Lifter:
    """Takes the runs out of the pieces of one file, in order; `runs` holds them by the text of their mark.

    `line` is the line the next piece begins in.
    """

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.line = 1
        self._plain = True
        self._count = 0
        self._prefix: bytes | None = None

    def lift(self, piece: Piece, *, keep: bool) -> bytes:
        """The piece with a mark in the place of every run; without `keep` the readings are only left out, unread."""
        octets = piece.octets
        self._plain = self._plain and (piece.is_prolog or not _has_more_than_tags(octets))
        if piece.is_prolog or not self._plain or not self._find_prefix(octets):
            self.line += octets.count(b"\n")
            return octets
        return b"".join(self._lifted(octets, keep))

    def _find_prefix(self, octets: bytes) -> bool:
        """Learn the prefix from the first reading of the file; False while there was none."""
        if self._prefix is None and (found := _FIRST.search(octets)):
            self._prefix = found.group(1)
            self._open = found.group()
            self._close = b"</" + self._prefix + b"IntervalBlock"
            self._end = b"</" + self._prefix + b"IntervalReading>"
            self._shape = re.compile(_SHAPE.replace(b"~", re.escape(self._prefix)))
        return self._prefix is not None

    def _lifted(self, octets: bytes, keep: bool) -> list[bytes]:
        parts, done = [], 0
        while (begin := octets.find(self._open, done)) >= 0:
            end = octets.find(self._close, begin)
            if end < 0:
                end = octets.rfind(self._end, begin) + len(self._end)
            if end < begin + len(self._end):
                break
            self.line += octets.count(b"\n", done, begin)
            region = octets[begin:end]
            ends = region.count(b"\n")
            run = self._run(region) if keep else b""
            parts += [octets[done:begin], region if run is None else run + b"\n" * ends]
            self.line += ends
            done = end
        self.line += octets.count(b"\n", done)
        return [*parts, octets[done:]]

    def _run(self, region: bytes) -> bytes | None:
        """Keep the readings of a stretch of one block and give the mark for them; None where one is not plain."""
        fields = self._shape.split(region)
        if any(fields[::_STRIDE]):
            return None
        self._count += 1
        name = str(self._count)
        prefix = (self._prefix or b"").rstrip(b":").decode("ascii") or None
        self.runs[name] = Run(_columns(fields, _lines(region, self._open, self.line)), prefix)
        return b"<?%b %b?>" % (MARK.encode(), name.encode())


def _has_more_than_tags(octets: bytes) -> bool:
    """Whether comments, CDATA sections or processing instructions may begin in these octets."""
    return (b"!" in octets and b"<!" in octets) or (b"?" in octets and b"<?" in octets)


def _columns(fields: list[bytes], line: NDArray[np.int64]) -> Columns:
    quality, duration, start, value = (fields[index::_STRIDE] for index in range(1, _STRIDE))
    return Columns(_integers(start), _integers(duration), _integers(value), _qualities(quality), line)


def _integers(texts: list[bytes]) -> NDArray[np.int64]:
    return np.fromstring(b" ".join(texts), dtype=np.int64, sep=" ")


def _qualities(texts: list[bytes]) -> NDArray[np.int64]:
    """Codes where stated: everywhere, nowhere or here and there."""
    absent = texts.count(None)  # type: ignore[arg-type]  # a group that took no part is None
    if absent == len(texts):
        return np.full(len(texts), ABSENT, dtype=np.int64)
    return _integers([text or b"-1" for text in texts] if absent else texts)


def _lines(region: bytes, begin: bytes, line: int) -> NDArray[np.int64]:
    """The line each reading begins in."""
    texts = region.split(begin)[1:]
    lines = np.full(len(texts), line, dtype=np.int64)
    if b"\n" in region:
        lines[1:] += np.cumsum([text.count(b"\n") for text in texts[:-1]], dtype=np.int64)
    return lines
