"""Whether a clock that is off may be corrected now, and how. Pure: no rows, no time of its own."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

USUAL_PERIOD_S = 900
"""Capture period to keep away from where the description names no interval profile."""


class How(StrEnum):
    """As `ClockCorrection.How`."""

    SHIFTED = "shifted"
    SET = "set"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ClockRules:
    """What the policy says for one device, in seconds; `left` corrections may still be done today."""

    tolerance_s: float
    sync_limit_s: float
    largest_s: float
    boundary_s: float
    left: int


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction at the true instant `at`: device clock minus true time before and after, None when not read back."""

    at: datetime
    before_s: float
    how: How
    after_s: float | None = None


def decide(rules: ClockRules, offset_s: float, now: datetime, period_s: int) -> How | None:
    """How to correct a clock that is `offset_s` ahead at `now`; None when nothing is to be done, or not now."""
    size = abs(offset_s)
    if not rules.tolerance_s < size <= rules.largest_s or rules.left < 1:
        return None
    if cuts_interval(now.timestamp() + offset_s, now.timestamp(), period_s, rules.boundary_s):
        return None
    return How.SHIFTED if size <= rules.sync_limit_s else How.SET


def cuts_interval(before: float, after: float, period_s: int, margin_s: float) -> bool:
    """Whether moving a clock from `before` to `after` (epoch seconds) would cut or repeat the end of a period.

    Neither may lie within `margin_s` of one, at most a quarter of the period. None may lie between them either, unless
    the clock is off by so much that this cannot be waited for.
    """
    margin = min(margin_s, period_s / 4)
    if any(min(at % period_s, period_s - at % period_s) < margin for at in (before, after)):
        return True
    return abs(before - after) < period_s - 2 * margin and before // period_s != after // period_s
