"""Stamps picked from ready-made days are the clocks that encoding each instant by itself gives."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from protocols.dlms.columns import ClockColumn
from simulator.household import QUARTER
from simulator.localtime import DAY, local_time
from simulator.stamps import StampColumn

HELSINKI = local_time("Europe/Helsinki")
SPRING, AUTUMN = (int(datetime(2026, *day, tzinfo=UTC).timestamp()) for day in ((3, 28), (10, 24)))


@pytest.mark.parametrize("start", [SPRING, AUTUMN], ids=["23-hour day", "25-hour day"])
@pytest.mark.parametrize(
    "offsets",
    [
        np.arange(0, 3 * DAY, QUARTER),
        np.array([DAY + QUARTER, DAY, DAY, 2 * DAY]),
        np.arange(0, 40 * DAY, DAY),
        np.arange(0, DAY, QUARTER) + 17,
        np.arange(0),
    ],
    ids=["quarters", "clock set back", "days", "wrong clock", "none"],
)
def test_stamps_are_the_clocks_of_their_instants(start: int, offsets: NDArray[np.int64]) -> None:
    times = start + offsets.astype(np.int64)
    shown = StampColumn(times, HELSINKI).content()
    assert np.array_equal(shown, ClockColumn(times, HELSINKI.zone).content())
