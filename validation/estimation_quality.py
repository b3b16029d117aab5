"""How good the estimators are: what they make of gaps in real curves, held against what was there.

Pure numpy: `measure` takes curves and answers one `Line` per method and length of gap, `table` writes them down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from validation.estimators.arrays import NO_VALUE, Ints
from validation.estimators.contenders import METHODS, Method
from validation.estimators.segments import Segments
from validation.estimators.settling import settle
from validation.estimators.trials import Curve, Trial, trials

GAPS = (1, 4, 8, 24, 96, 288)


@dataclass(frozen=True, slots=True)
class Line:
    """One method at one length of gap.

    gaps, answered            gaps cut, and those the method filled; the other figures are about these, NaN for none
    nrmse, nrmse_scaled       root of the mean square of (estimate - truth) / average value of the curve
    energy, energy_scaled     sum over the gaps of |estimated - true energy| / sum of true energy

    "Scaled" = with register stands at both ends of the window, which leaves no error of energy.
    """

    method: str
    length: int
    gaps: int
    answered: int
    nrmse: float
    energy: float
    nrmse_scaled: float
    energy_scaled: float


@dataclass(slots=True)
class _Errors:
    """Sums over the gaps of one method and length."""

    gaps: int = 0
    answered: int = 0
    slots: int = 0
    squares: float = 0.0
    squares_scaled: float = 0.0
    true_energy: int = 0
    off: int = 0
    off_scaled: int = 0

    def add(self, trial: Trial, plain: Ints, scaled: Ints) -> None:
        """Count a trial: estimates int64 (n, slots) without and with stands, `NO_VALUE` = no answer."""
        filled = ((plain != NO_VALUE) | ~trial.wanted).all(axis=1)
        where = trial.wanted & filled[:, None]
        wrong, wrong_scaled = (np.where(where, given - trial.truth, 0) for given in (plain, scaled))
        self.gaps += len(filled)
        self.answered += int(filled.sum())
        self.slots += int(where.sum())
        self.squares += float(np.square(wrong / trial.level).sum())
        self.squares_scaled += float(np.square(wrong_scaled / trial.level).sum())
        self.true_energy += int(trial.truth[where].sum())
        self.off += int(np.abs(wrong.sum(axis=1)).sum())
        self.off_scaled += int(np.abs(wrong_scaled.sum(axis=1)).sum())

    def line(self, method: str, length: int) -> Line:
        slots, energy = self.slots or np.nan, self.true_energy or np.nan
        return Line(
            method,
            length,
            self.gaps,
            self.answered,
            float(np.sqrt(self.squares / slots)),
            self.off / energy,
            float(np.sqrt(self.squares_scaled / slots)),
            self.off_scaled / energy,
        )


def measure(
    curves: Mapping[str, Curve],
    *,
    lengths: Sequence[int] = GAPS,
    methods: Mapping[str, Method] = METHODS,
    windows: int = 40,
    rows: int = 5,
    seed: int = 6,
) -> list[Line]:
    """Every method at every length of gap, in this order, over `windows` × `rows` gaps of each curve.

    All curves have the same interval. The same seed cuts the same gaps, and all methods see the same ones.
    """
    lines = []
    for length in lengths:
        errors = {name: _Errors() for name in methods}
        for trial in trials(curves, length, windows=windows, rows=rows, seed=seed):
            known, unknown = _segments(trial)
            for name, method in methods.items():
                estimates = method(trial, trial.wanted)
                errors[name].add(trial, settle(estimates, unknown).values, settle(estimates, known).values)
        lines += [errors[name].line(name, length) for name in methods]
    order = list(methods)
    return sorted(lines, key=lambda line: (order.index(line.method), line.length))


def _segments(trial: Trial) -> tuple[Segments, Segments]:
    """The gaps between stands at both ends of the window, and without stands."""
    stands = np.full((len(trial.truth), trial.truth.shape[1] + 1), NO_VALUE)
    without = Segments.of(stands, trial.truth, trial.usable, trial.wanted)
    stands[:, 0], stands[:, -1] = 0, trial.truth.sum(axis=1)
    return Segments.of(stands, trial.truth, trial.usable, trial.wanted), without


_HEAD = ("method", "slots", "answered", "NRMSE", "energy error", "NRMSE with stands", "energy error with stands")


def table(lines: Sequence[Line]) -> str:
    """The lines as a Markdown table, errors in percent."""
    rows = [_HEAD, tuple("-" * len(name) for name in _HEAD), *map(_cells, lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join("| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows) + "\n"


def _cells(line: Line) -> tuple[str, ...]:
    shares = (line.nrmse, line.energy, line.nrmse_scaled, line.energy_scaled)
    percent = ("–" if np.isnan(share) else f"{share:.1%}" for share in shares)
    return (line.method, str(line.length), f"{line.answered}/{line.gaps}", *percent)
