"""A text file in blocks of whole lines: bounded, counted, as UTF-8."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from integration.formats.portion import Problem
from integration.formats.table.encodings import Decoder, byte_order_mark, find_newline, last_newline

BLOCK_OCTETS = 1 << 20
LONGEST_LINE = 1 << 20
OVERLONG = f"a line of more than {LONGEST_LINE:,} octets, or half a character at its end"
LONGEST_RECORD = 1 << 16
"""Octets a cell in quotation marks may run on beyond its line: enough for an address, too little to swallow a file."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines in UTF-8, each ending in `\\n`; the number of the first; octets of the file up to their end."""

    text: bytes
    line: int
    position: int
    problems: tuple[Problem, ...] = ()


class TextBlocks:
    """The blocks of a file, once. A line longer than `LONGEST_LINE` is left out by name."""

    def __init__(self, stream: BinaryIO, encoding: str, quote: str) -> None:
        self._stream = stream
        first = stream.read(BLOCK_OCTETS)
        self.decoder = Decoder(encoding, first)
        mark = byte_order_mark(first)[1]
        self._quote = quote.encode(self.decoder.encoding)
        self._rest = first[len(mark) :]
        self._read = len(first)
        self._position = len(mark)
        self._ended = False

    def __iter__(self) -> Iterator[Block]:
        line = 1
        while self._whole_line():
            text, problems = self._next(line)
            yield Block(text, line, min(self._position, self._read), tuple(problems))
            line += text.count(b"\n")

    def _whole_line(self) -> bool:
        """Read until the rest holds the end of a line, or more than a line may have; False at the end of the file."""
        newline = self.decoder.newline
        while last_newline(self._rest, newline) < 0 and len(self._rest) <= LONGEST_LINE and self._fill():
            pass
        return bool(self._rest)

    def _next(self, line: int) -> tuple[bytes, list[Problem]]:
        cut = last_newline(self._rest, self.decoder.newline)
        if cut < 0:
            self._skip_line()
            return b"\n", [Problem(line, OVERLONG)]
        end = self._balanced(cut + len(self.decoder.newline))
        raw, self._rest = self._rest[:end], self._rest[end:]
        self._position += end
        text, problems = self.decoder.decode(raw, line)
        return (_without_nul(text, line, problems) if b"\0" in text else text), problems

    def _balanced(self, cut: int) -> int:
        """`cut`, or a little more where it lies inside quotation marks."""
        newline = self.decoder.newline
        odd, end = self._rest.count(self._quote, 0, cut) % 2, cut
        while odd and end - cut < LONGEST_RECORD:
            found = find_newline(self._rest, newline, end)
            if found < 0 and not self._fill():
                break
            if found >= 0:
                odd ^= self._rest.count(self._quote, end, found) % 2
                end = found + len(newline)
        return cut if odd else end

    def _skip_line(self) -> None:
        """Pass over a line that is too long, without keeping it."""
        newline = self.decoder.newline
        while (found := find_newline(self._rest, newline, 0)) < 0:
            kept = 0 if self._ended else len(self._rest) % len(newline)
            self._position += len(self._rest) - kept
            self._rest = self._rest[len(self._rest) - kept :]
            if not self._fill():
                return
        self._position += found + len(newline)
        self._rest = self._rest[found + len(newline) :]

    def _fill(self) -> bool:
        """Read on; at the end of the file give its last line the end it may lack. False where nothing was added."""
        if self._ended:
            return False
        more = self._stream.read(BLOCK_OCTETS)
        self._read += len(more)
        self._ended = not more
        if self._ended and self._rest and not self._rest.endswith(self.decoder.newline):
            more = self.decoder.newline
        self._rest += more
        return bool(more)


def _without_nul(text: bytes, line: int, problems: list[Problem]) -> bytes:
    lines = text.split(b"\n")
    for index, content in enumerate(lines):
        if b"\0" in content:
            problems.append(Problem(line + index, "octets of value zero: this line is not text"))
            lines[index] = b""
    return b"\n".join(lines)
