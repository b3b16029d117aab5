"""How good estimates are: gaps cut into the measured homes of the simulator, filled by every method."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.report import Figure
from simulator import curves
from validation.estimation_quality import Line, measure, table
from validation.estimators.trials import Curve

_ROWS = 5
_SHOWN = ("cascade", 96)


def homes() -> dict[str, Curve]:
    """The measured homes with the days they were measured on."""
    return {
        name: Curve(curves.measured_days(name).astype(np.int32), curves.curve(name).energy) for name in curves.CURVES
    }


def lines(gaps: int) -> list[Line]:
    """The errors of every method over about so many gaps of each home and length."""
    return measure(homes(), windows=max(gaps // _ROWS, 1), rows=_ROWS)


def quality(gaps: int) -> Iterator[Figure]:
    """What is left of energy where registers are known, and how far a day of estimates is off where they are not."""
    found = lines(gaps)
    (day,) = (line for line in found if (line.method, line.length) == _SHOWN)
    answered = sum(line.answered for line in found)
    yield Figure("gaps filled, all methods and lengths", 100 * answered / sum(line.gaps for line in found), "%")
    worst = max(line.energy_scaled for line in found if line.answered)
    yield Figure("energy error with stands, the worst", 100 * worst, "%", 0, "at_most")
    yield Figure("a day by the cascade: NRMSE", 100 * day.nrmse, "%")
    yield Figure("a day by the cascade: energy error", 100 * day.energy, "%")
    yield Figure("a day by the cascade, with stands: NRMSE", 100 * day.nrmse_scaled, "%")


if __name__ == "__main__":
    print(table(lines(200)))
