"""A small format of our own: a line per value, read in portions of a few lines, so that tests see chunks.

    point;quantity;OBIS;unit;kind;interval;exponent;seconds;value

A line that is no value is a problem; `! index text` is a remark on the channel of that number in its portion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any, BinaryIO

import numpy as np

from integration.formats.portion import NO_VALUE, Channel, Kind, Portion, Problem, Reader, Remark
from integration.imports.registry import Format

HEAD = b"tiny 1\n"
LINES = 4


_acts: dict[int, Callable[[], object]] = {}


@contextmanager
def before_portion(number: int, act: Callable[[], object]) -> Iterator[None]:
    """While this lasts, `act` happens when a reader is asked for its portion of this number, outside transactions."""
    _acts[number] = act
    try:
        yield
    finally:
        del _acts[number]


class TinyReader:
    """Reads `LINES` lines per portion."""

    def __init__(self, stream: BinaryIO, position: int) -> None:
        self._stream = stream
        self._position = position
        self.header: dict[str, str] = {}

    def __iter__(self) -> Iterator[Portion]:
        first = self._stream.readline()
        self.header["sender"] = first.decode().strip()
        number = 1
        while self._stream.tell() < self._position:
            self._stream.readline()
            number += 1
        portions = count(1)
        while rows := [line for _ in range(LINES) if (line := self._stream.readline())]:
            _acts.get(next(portions), _nothing)()
            yield self._portion(rows, number + 1)
            number += len(rows)

    def _portion(self, rows: list[bytes], number: int) -> Portion:
        channels: dict[Channel, int] = {}
        values: list[tuple[int, int, int, int]] = []
        problems, remarks = [], []
        for line, text in enumerate((row.decode().strip() for row in rows), number):
            if text.startswith("!"):
                _, index, start, words = text.split(" ", 3)
                remarks.append(Remark(int(index), int(start), int(start) + 900, "tiny", words))
                continue
            cells = text.split(";")
            if len(cells) != 9:
                problems.append(Problem(line, "not nine cells", text=text))
                continue
            point, name, obis, unit, kind, interval, exponent, at, value = cells
            channel = Channel(point, name, obis, unit, Kind(kind), int(interval), int(exponent))
            number_of = channels.setdefault(channel, len(channels))
            values.append((number_of, int(at), NO_VALUE if value == "" else int(value), line))
        columns = np.array(values, np.int64).reshape(-1, 4)
        length = len(values)
        return Portion(
            tuple(channels),
            columns[:, 0].astype(np.int32),
            columns[:, 1].copy(),
            columns[:, 2].copy(),
            np.zeros(length, np.uint8),
            np.zeros(length, np.uint32),
            columns[:, 3].copy(),
            tuple(problems),
            tuple(remarks),
            self._stream.tell(),
            len(rows),
        )


def _nothing() -> None:
    """What happens before most portions."""


def _read(stream: BinaryIO, layout: Mapping[str, Any], position: int) -> Reader:
    return TinyReader(stream, position)


def sniff(head: bytes, name: str) -> bool:
    return head.startswith(HEAD)


TINY = Format("tiny", "Tiny", (".tiny",), sniff, _read, scheme="nmi")


def line(
    point: str,
    at: int,
    value: int | str,
    *,
    name: str = "E1",
    obis: str = "1-0:1.29.0",
    unit: str = "Wh",
    kind: str = "consumption",
    interval: int = 900,
    exponent: int = 0,
) -> str:
    """One line of a tiny file."""
    return f"{point};{name};{obis};{unit};{kind};{interval};{exponent};{at};{value}\n"


def document(*lines: str) -> bytes:
    """A tiny file."""
    return HEAD + "".join(lines).encode()
