"""What the store refused, said with the line of the file it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Channel, Problem
from integration.imports.readings.channels import label_of
from integration.imports.readings.values import Points
from metering.intervals import DAY_S, day_of
from metering.store import Refusal

_DAY_BITS = 22


def problems_of(refusals: Sequence[Refusal], points: Points, channels: Sequence[Channel]) -> Iterator[Problem]:
    """One problem per refused series and day, at the line of the first value of that day."""
    if not refusals:
        return
    keys, first = np.unique(_keys(points.series, points.at // DAY_S), return_index=True)
    wanted = _keys(
        np.array([refusal.series_id for refusal in refusals], np.int64),
        np.array([refusal.day for refusal in refusals], np.int64),
    )
    rows = first[np.searchsorted(keys, wanted)]
    for refusal, row in zip(refusals, rows.tolist(), strict=True):
        label = label_of(channels[points.channel[row]])
        reason = f"{day_of(refusal.day)} UTC: {refusal.reason}"
        yield Problem(int(points.lines[row]), reason, text=label, values=refusal.values)


def _keys(series: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.int64]:
    return (series << _DAY_BITS) | day
