"""NEM12 files of any size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from integration.formats.decimals import write_decimals
from integration.formats.nem.clock import day_text

FIRST_DAY = 20_454  # 2026-01-01
_DAY_MINUTES = 1440
_UPDATED = "20260301000000"


def nem12_file(path: Path, meters: int, days: int, interval: int) -> int:
    """Write a file of `meters` with import (E1), of which every fourth delivers too (B1); how many values it has.

    `interval` in minutes. Values have three decimals, as meters of the market send them; one day in fifty is a
    substitute, one in a hundred holds a short one.
    """
    random = np.random.default_rng(2026)
    intervals = _DAY_MINUTES // interval
    values = 0
    with path.open("wb") as file:
        file.write(b"100,NEM12,202603010000,MDP1,OPENAIM\n")
        for meter in range(meters):
            for suffix in ("E1", "B1") if meter % 4 == 0 else ("E1",):
                nmi = f"61{meter:08}"
                file.write(f"200,{nmi},E1B1,{suffix},{suffix},N1,M{meter:07},kWh,{interval},\n".encode())
                file.write(b"".join(_days(random, days, intervals)))
                values += days * intervals
        file.write(b"900\n")
    return values


def _days(random: np.random.Generator, days: int, intervals: int) -> Iterator[bytes]:
    values = random.gamma(2.0, 60_000 / intervals, (days, intervals)).astype(np.int64)
    for number, row in enumerate(write_decimals(values, 3)):
        ending = {7: b"S14,24", 33: b"V,"}.get(number % 50, b"A,")
        yield b"300,%s,%s,%s,,%s,\n" % (day_text(FIRST_DAY + number).encode(), row, ending, _UPDATED.encode())
        if ending == b"V,":
            yield b"400,1,20,A,,\n400,21,24,S14,79,\n400,25,%d,A,,\n" % intervals
