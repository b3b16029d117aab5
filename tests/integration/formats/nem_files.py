"""NEM12 files for tests, written by hand so that the writer is not needed to test the reader."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np

from integration.formats.nem12 import Nem12Reader
from integration.formats.portion import Portion, Problem, Severity

HEADER = "100,NEM12,202601020304,MDP1,RETAILER1"
NMI = "6102000001"


def block(nmi: str = NMI, suffix: str = "E1", unit: str = "kWh", length: int | str = 30) -> str:
    """A record 200."""
    return f"200,{nmi},E1B1,{suffix},{suffix},N1,METER1,{unit},{length},20260401"


def day(date: str, values: Sequence[object] | None = None, ending: str = "A,,,20260301000000,") -> str:
    """A record 300; without values the 48 numbers 1.0 to 1.47."""
    given = [f"1.{number:02}" for number in range(48)] if values is None else values
    return f"300,{date},{','.join(map(str, given))},{ending}"


def file_of(*records: str, end: str = "\n900\n", header: str = HEADER) -> bytes:
    """A whole file."""
    return "\n".join((header, *records)).encode() + end.encode()


def read(octets: bytes, *, position: int = 0) -> list[Portion]:
    """All portions."""
    return list(Nem12Reader(io.BytesIO(octets), position=position))


def read_one(octets: bytes) -> Portion:
    """The only portion."""
    (portion,) = read(octets)
    return portion


def errors(portion: Portion) -> list[Problem]:
    """What was refused."""
    return [problem for problem in portion.problems if problem.severity is Severity.ERROR]


Key = tuple[str, str, str, int, int]


def content(portions: Sequence[Portion]) -> dict[Key, tuple[int, int, int, int]]:
    """Every value by its channel and instant: integer, exponent, quality, status."""
    found: dict[Key, tuple[int, int, int, int]] = {}
    for portion in portions:
        for number, channel in enumerate(portion.channels):
            for index in np.flatnonzero(portion.channel == number).tolist():
                key = (channel.point, channel.name, channel.source, channel.interval_s, int(portion.at[index]))
                found[key] = (
                    int(portion.values[index]),
                    channel.exponent,
                    int(portion.quality[index]),
                    int(portion.status[index]),
                )
    return found


def told(portions: Sequence[Portion]) -> set[tuple[str, str, int, int, str, str]]:
    """Every remark with its channel."""
    return {
        (portion.channels[r.channel].point, portion.channels[r.channel].name, r.start, r.end, r.kind, r.text)
        for portion in portions
        for r in portion.remarks
    }
