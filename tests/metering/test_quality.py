"""The precedence table is the one its documentation prints."""

from __future__ import annotations

import re

import numpy as np

from metering import quality
from metering.quality import Quality, may_replace

MEMBER = {
    "nothing": Quality.MISSING,
    "measured": Quality.MEASURED,
    "suspect": Quality.SUSPECT,
    "estimated": Quality.ESTIMATED,
    "decided": Quality.ACCEPTED,
    "final": Quality.FINAL,
}


def test_precedence_is_as_documented() -> None:
    rows = [
        line.split() for line in (quality.__doc__ or "").splitlines() if re.search(r"\b(store|refuse)\b +\w+ +", line)
    ]
    assert [row[0] for row in rows] == list(MEMBER)
    for name, *cells in rows:
        stored = np.full(5, MEMBER[name], np.uint8)
        arriving = np.array([MEMBER[column] for column in list(MEMBER)[1:]], np.uint8)
        assert may_replace(stored, arriving).tolist() == [cell == "store" for cell in cells]
