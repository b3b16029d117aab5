"""What is to be said about many values at once, told per series: where it begins, and how many values it concerns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Problem, Severity
from integration.formats.table.pieces import Piece


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """Values (bool (m,)) of which the same is to be said; unless `taken` they are left out.

    `time_heading` names the column of the time where that is what is wrong; the text then is the time.
    """

    values: NDArray[np.bool_]
    reason: str
    severity: Severity = Severity.ERROR
    taken: bool = False
    time_heading: str = ""


def tell(
    finding: Finding, piece: Piece, headings: Sequence[str], name: Callable[[int], str]
) -> list[tuple[Problem, int]]:
    """A problem per series concerned, with the number of the series; `name` says what it is called."""

    def problem(number: int, start: int, count: int) -> Problem:
        row = rows[start]
        heading, text = finding.time_heading or headings[piece.columns[row]], name(number)
        if finding.time_heading:
            text = str(np.datetime64(int(piece.labels[row]), "s")).replace("T", " ")
        return Problem(int(piece.lines[row]), finding.reason, heading, text, finding.severity, count)

    rows = np.flatnonzero(finding.values)
    series, first, counts = np.unique(piece.series[rows], return_index=True, return_counts=True)
    return [(problem(*found), found[0]) for found in zip(series.tolist(), first.tolist(), counts.tolist(), strict=True)]
