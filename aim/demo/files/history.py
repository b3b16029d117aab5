"""A year of an old system: a row per metering point and day, Finnish headings, decimal comma, odd days too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from aim.demo.files.household import energy_wh
from integration.formats.table.mapping import Columns, Fixed, Layout, Mapping, Numbers, Source, Times
from integration.formats.table.mapping_json import to_json
from metering.intervals import local_day, to_seconds

INTERVAL_S = 900
_MOST = 100
_POINT, _DAY = "Käyttöpaikka", "Päivä"


def mapping(zone: ZoneInfo) -> dict[str, Any]:
    """How the columns of the file are to be read."""
    return to_json(
        Mapping(
            source=Source(delimiter=";"),
            layout=Layout.WIDE_DAY,
            columns=Columns(point=_POINT, time=_DAY),
            fixed=Fixed(quantity="1-0:1.29.0", unit="kWh"),
            times=Times(format="dd.mm.yyyy", zone=zone.key, interval_s=INTERVAL_S),
            numbers=Numbers(decimal=","),
        )
    )


def file(gsrns: Sequence[str], zone: ZoneInfo, first: date, end: date) -> Iterator[bytes]:
    """The file in pieces: its headings, then metering point by metering point; `end` is excluded."""
    yield f"{_POINT};{_DAY};{';'.join(map(str, range(1, _MOST + 1)))}\r\n".encode()
    for number, gsrn in enumerate(gsrns):
        yield "".join(_rows(number, gsrn, zone, first, end)).encode()


def _rows(number: int, gsrn: str, zone: ZoneInfo, first: date, end: date) -> Iterator[str]:
    days = [first + timedelta(days=count) for count in range((end - first).days)]
    bounds = [to_seconds(local_day(day, zone)[0]) for day in (*days, end)]
    at = np.arange(bounds[0], bounds[-1], INTERVAL_S, dtype=np.int64)
    texts = [f"{wh // 1000},{wh % 1000:03}" for wh in energy_wh(number, at, INTERVAL_S).tolist()]
    for day, (begin, following) in zip(days, pairwise(bounds), strict=True):
        cells = texts[(begin - bounds[0]) // INTERVAL_S : (following - bounds[0]) // INTERVAL_S]
        yield f"{gsrn};{day:%d.%m.%Y};{';'.join(cells)}{';' * (_MOST - len(cells))}\r\n"
