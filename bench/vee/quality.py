"""How good estimates are: gaps cut into the measured homes of the simulator, filled by every method."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.report import Figure
from simulator import curves
from validation.estimation_quality import Line, measure
from validation.estimators.trials import Curve

_ROWS = 5


def homes() -> dict[str, Curve]:
    """The measured homes with the days they were measured on."""
    return {
        name: Curve(curves.measured_days(name).astype(np.int32), curves.curve(name).energy) for name in curves.CURVES
    }


def lines(gaps: int) -> list[Line]:
    """The errors of every method over about so many gaps of each home and length; `estimation_quality.table` writes
    them down."""
    return measure(homes(), windows=max(gaps // _ROWS, 1), rows=_ROWS)


def quality(gaps: int) -> Iterator[Figure]:
    """What the cascade makes of gaps of every length, and what is left of energy where registers are known."""
    found = lines(gaps)
    answered = sum(line.answered for line in found)
    worst = max(line.energy_scaled for line in found if line.answered)
    yield Figure("gaps filled, all methods and lengths", 100 * answered / sum(line.gaps for line in found), "%")
    yield Figure("energy error with stands, the worst of all methods", 100 * worst, "%", 0, "at_most")
    for line in found:
        if line.method == "cascade":
            yield Figure(f"cascade, {line.length} missing: NRMSE", 100 * line.nrmse, "%")
            yield Figure(f"cascade, {line.length} missing: energy error", 100 * line.energy, "%")
            yield Figure(f"cascade, {line.length} missing, with stands: NRMSE", 100 * line.nrmse_scaled, "%")
