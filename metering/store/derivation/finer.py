"""What was rounded in coarser units, derived again in finer ones.

Each stand is rounded down by itself, so differences add up to the last unit only where all are rounded to the same one.
Where the units of a consumption could not hold what fed it (a multiplier of 1/3, a finer stand), multiplying the old
differences would leave them rounded as before, beside new ones that are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from metering.store.derivation.again import Span, derive_again
from metering.store.derivation.rules import Rules, rules_feeding
from metering.store.outcome import Origin


def derive_rounded_again(steps: Mapping[int, int], origin: Origin) -> None:
    """Derive consumption again that was rounded before its series became finer by 10^`steps` (series → step).

    The caller holds these series, and with them whoever writes what feeds them.
    """
    rules = rules_feeding(np.array(sorted(steps), np.int64))
    if rules is not None:
        rounded = [row for row in range(len(rules.feeds)) if _was_rounded(rules, row, steps)]
        derive_again([Span(rules.feeds.series_ids[rounded])], rules, rules, origin)


def _was_rounded(rules: Rules, row: int, steps: Mapping[int, int]) -> bool:
    """Whether a stand of the series in this row may have been a fraction of the units its consumption had."""
    feeds = rules.feeds
    series, target = int(feeds.series_ids[row]), int(feeds.targets[row])
    step = int(feeds.exponents[row] - feeds.target_exponents[row]) + steps.get(series, 0) - steps[target]
    unit = Fraction(10) ** step
    return any((piece.ratio * unit).denominator > 1 for piece in rules.pieces_of(series) if piece.active)
