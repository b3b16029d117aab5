"""Characters of a text file: which encoding it has, and its lines as UTF-8 whatever it had."""

from __future__ import annotations

import codecs

from integration.formats.portion import Problem, Severity
from integration.formats.table.mapping import AUTO

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def byte_order_mark(head: bytes) -> tuple[str, bytes]:
    """Encoding and octets of the byte-order mark at the start of a file; both empty when there is none."""
    return next(((name, mark) for mark, name in _MARKS if head.startswith(mark)), ("", b""))


def guess(head: bytes) -> str:
    """The encoding of a file that begins like this: its byte-order mark, else UTF-16 where every other octet is zero,
    else UTF-8 until an octet proves otherwise (`Decoder`)."""
    marked, _ = byte_order_mark(head)
    if marked:
        return marked
    sample = head[:2000]
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half, other = sample[offset::2], sample[1 - offset :: 2]
        if len(half) > 4 and half.count(0) > 0.7 * len(half) and other.count(0) < 0.1 * len(other):
            return name
    return "utf-8"


class Decoder:
    """Whole lines of a file to UTF-8 with `\\n` at the end of each; what cannot be read becomes an empty line and a
    problem, so that the numbers of the lines stay right."""

    def __init__(self, declared: str, head: bytes) -> None:
        self.encoding = guess(head) if declared == AUTO else declared
        self.newline = "\n".encode(self.encoding)
        self._assumed = declared == AUTO
        self._proven = bool(byte_order_mark(head)[1])

    def decode(self, raw: bytes, first_line: int) -> tuple[bytes, list[Problem]]:
        """`raw` ends with a line; `first_line` is the number of its first one."""
        if self.encoding == "utf-8":
            return self._from_utf8(raw, first_line)
        try:
            text = raw.decode(self.encoding)
        except UnicodeDecodeError:
            return self._line_by_line(raw, first_line)
        return _lines(text.encode()), []

    def _from_utf8(self, raw: bytes, first_line: int) -> tuple[bytes, list[Problem]]:
        if raw.isascii():
            return _lines(raw), []
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            if self._assumed and not self._proven:
                return self._fall_back(raw, first_line, error.start)
            return self._line_by_line(raw, first_line)
        self._proven = True
        return _lines(raw), []

    def _fall_back(self, raw: bytes, first_line: int, where: int) -> tuple[bytes, list[Problem]]:
        """Nothing so far was UTF-8 beyond ASCII, and this is not: the file is taken for Windows-1252, and we say so."""
        self.encoding = "cp1252"
        line = first_line + raw.count(b"\n", 0, where)
        text = raw[where : where + 20].decode("latin-1").split("\n")[0]
        reason = "not UTF-8: the file is read as Windows-1252 (Western European) from here on"
        done, problems = self.decode(raw, first_line)
        return done, [Problem(line, reason, text=text, severity=Severity.NOTE, values=0), *problems]

    def _line_by_line(self, raw: bytes, first_line: int) -> tuple[bytes, list[Problem]]:
        done: list[bytes] = []
        problems: list[Problem] = []
        for number, line in enumerate(_split(raw, self.newline), first_line):
            try:
                done.append(_lines(line.decode(self.encoding).encode()))
            except UnicodeDecodeError as error:
                reason = f"the octet {line[error.start]:#04x} is no character of {self.encoding}"
                problems.append(Problem(number, reason))
                done.append(b"\n")
        return b"".join(done), problems


def _lines(text: bytes) -> bytes:
    """All ends of lines as `\\n`."""
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _split(raw: bytes, newline: bytes) -> list[bytes]:
    """The lines of `raw`, each with its end; characters of two octets are kept together."""
    lines, start = [], 0
    while (end := find_newline(raw, newline, start)) >= 0:
        lines.append(raw[start : end + len(newline)])
        start = end + len(newline)
    return lines


def find_newline(raw: bytes, newline: bytes, start: int) -> int:
    """Where the next end of a line begins, from `start` on, at a whole character; −1 where there is none."""
    found = raw.find(newline, start)
    while found >= 0 and found % len(newline):
        found = raw.find(newline, found + 1)
    return found


def last_newline(raw: bytes, newline: bytes) -> int:
    """Where the last end of a line begins, at a whole character; −1 where there is none."""
    found = raw.rfind(newline)
    while found >= 0 and found % len(newline):
        found = raw.rfind(newline, 0, found + len(newline) - 1)
    return found
