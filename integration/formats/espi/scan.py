"""One pass over a file: octets to entries, piece by piece, until the end or the first thing that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from integration.formats.espi.element import Element
from integration.formats.espi.limits import CHUNK, PENDING
from integration.formats.espi.pieces import Piece, read_pieces, read_start
from integration.formats.espi.resources import short
from integration.formats.espi.runs import Lifter
from integration.formats.espi.skeleton import Malformed, Skeleton
from integration.formats.portion import Problem

KEPT = "what came before is kept"


@dataclass(frozen=True, slots=True)
class Step:
    """What a piece of the file completed: entries, and maybe one that goes on. With a `failure` the file ends here."""

    position: int
    entries: list[Element]
    open_entry: Element | None
    failure: Problem | None = None


class Scan:
    """A pass over the file; `keep` tells whether the values are wanted, which then wait in `lifter.runs`."""

    def __init__(self, stream: BinaryIO, *, keep: bool) -> None:
        self._stream = stream
        self._keep = keep
        self._skeleton = Skeleton()
        self._pending = 0
        self.lifter = Lifter()

    @property
    def title(self) -> str:
        """The title of the feed, as far as it was read."""
        return self._skeleton.title

    def progress(self) -> None:
        """Something of the open entry was taken: it may go on."""
        self._pending = 0

    def __iter__(self) -> Iterator[Step]:
        prolog = read_start(self._stream)
        if prolog.refusal:
            yield Step(self._size(), [], None, Problem(prolog.line, prolog.refusal))
            return
        for piece in read_pieces(self._stream, prolog):
            failure = self._feed(piece)
            if failure is None and not (piece.is_prolog or self._skeleton.is_feed):
                failure = Problem(prolog.line, "not a Green Button file: the first element is no Atom feed or entry")
            if failure is not None:
                yield self._step(self._size(), failure)
                return
            yield self._step(piece.end)
        yield self._step(self._size(), self._close())

    def _step(self, position: int, failure: Problem | None = None) -> Step:
        entries = list(self._skeleton.entries())
        if entries:
            self.progress()
        return Step(position, entries, self._skeleton.open_entry, failure)

    def _feed(self, piece: Piece) -> Problem | None:
        """Take a piece; the problem that makes this the end."""
        line = self.lifter.line
        self._pending += len(piece.octets)
        if len(piece.octets) >= CHUNK and b">" not in piece.octets:
            return Problem(line, f"a tag or text of more than {CHUNK} octets: {KEPT}")
        if self._pending > PENDING:
            return Problem(line, f"more than {PENDING} octets without a complete entry or reading: {KEPT}")
        try:
            self._skeleton.feed(self.lifter.lift(piece, keep=self._keep))
        except Malformed as error:
            return _broken(error)
        return None

    def _close(self) -> Problem | None:
        try:
            self._skeleton.close()
        except Malformed as error:
            return _broken(error)
        return None

    def _size(self) -> int:
        return self._stream.seek(0, 2)


def _broken(error: Malformed) -> Problem:
    """The XML library's words, which name what is wrong."""
    return Problem(max(error.line, 1), f"the file breaks off here, {KEPT}: {short(str(error)) or 'no XML'}")
