"""What fails, and why: every check as a pure function on numpy arrays, without Django, database or clock.

A kernel takes values and what they are judged by, and answers bool of the shape of the values: True fails. The
arrays are told in `shapes`. Rules choose kernels and parameters and are data; formulas (V14) are `metering.formula`.
V1 to V30 are the rows of the catalogue of rules, modelled on what other systems publish.

==========  ==================================================================================================
V1, V6, V7  `missing`, `present`, `zero`, `negative`, `positive`; `prolonged_zero`
V2 to V5    `differs`, `off_grid`, `duplicate`; what the store refuses itself is told in `structure`
V8, V13     `above_limit`, `below_limit`, `fuse_limit`; `above_historical_peak`
V9, V10     `step_change`, `step_limits`; `spike`, `spike_limits`
V11, V16    `sum_check`, `register_differences`; `wrong_multiplier`
V12         `usage_outside`, `usage_change`, with `average_daily_use` and `daily_use`
V15, V20    `flat_line`, `quality_run`; `prolonged_estimation`
V17 to V19  `delta_outside`, `delta_ratio_outside`; `rolled_over`, `beyond_dials`, `wrong_reset_count`,
            `usage_hours_outside`; `after_implausible`
V21 to V28  `inactive_consumption`; `missing_beside_siblings`; `differs`; `clock_deviation`; `status_bits`;
            `low_power_factor`, `missing_phase`; `consumption_in_outage`; `differs_from_check_meter`
V29         `error_sentinel`, `sentinel_bands`
Periodic    `higher_than`, `lower_than`, `not_increasing`, with `previous_values`, `values_at`, `deltas`
==========  ==================================================================================================

V30, checking estimates again, is running the same kernels once more.
"""

from validation.kernels.companions import (
    differs_from_check_meter,
    low_power_factor,
    missing_beside_siblings,
    missing_phase,
)
from validation.kernels.days import DayFigures, day_figures, over_days
from validation.kernels.limits import above_historical_peak, above_limit, below_limit, fuse_limit
from validation.kernels.patterns import flat_line, prolonged_estimation, prolonged_zero, quality_run
from validation.kernels.periodic import (
    beyond_dials,
    delta_outside,
    delta_ratio_outside,
    higher_than,
    lower_than,
    not_increasing,
    rolled_over,
    usage_hours_outside,
    wrong_reset_count,
)
from validation.kernels.presence import missing, negative, positive, present, zero
from validation.kernels.readings import after_implausible, deltas, previous_values, values_at
from validation.kernels.runs import Runs, in_long_runs, runs_of
from validation.kernels.sentinels import RAW_SENTINELS, SENTINELS, Bands, Sentinel, error_sentinel, sentinel_bands
from validation.kernels.shapes import NO_VALUE, Edges, Limits, Mask, Values
from validation.kernels.spikes import spike, spike_limits
from validation.kernels.states import clock_deviation, consumption_in_outage, inactive_consumption, status_bits
from validation.kernels.steps import step_change, step_limits
from validation.kernels.structure import differs, duplicate, off_grid
from validation.kernels.sums import USUAL_RATIOS, register_differences, sum_check, wrong_multiplier
from validation.kernels.usage import average_daily_use, daily_use, usage_change, usage_outside

__all__ = [
    "NO_VALUE",
    "RAW_SENTINELS",
    "SENTINELS",
    "USUAL_RATIOS",
    "Bands",
    "DayFigures",
    "Edges",
    "Limits",
    "Mask",
    "Runs",
    "Sentinel",
    "Values",
    "above_historical_peak",
    "above_limit",
    "after_implausible",
    "average_daily_use",
    "below_limit",
    "beyond_dials",
    "clock_deviation",
    "consumption_in_outage",
    "daily_use",
    "day_figures",
    "delta_outside",
    "delta_ratio_outside",
    "deltas",
    "differs",
    "differs_from_check_meter",
    "duplicate",
    "error_sentinel",
    "flat_line",
    "fuse_limit",
    "higher_than",
    "in_long_runs",
    "inactive_consumption",
    "low_power_factor",
    "lower_than",
    "missing",
    "missing_beside_siblings",
    "missing_phase",
    "negative",
    "not_increasing",
    "off_grid",
    "over_days",
    "positive",
    "present",
    "previous_values",
    "prolonged_estimation",
    "prolonged_zero",
    "quality_run",
    "register_differences",
    "rolled_over",
    "runs_of",
    "sentinel_bands",
    "spike",
    "spike_limits",
    "status_bits",
    "step_change",
    "step_limits",
    "sum_check",
    "usage_change",
    "usage_hours_outside",
    "usage_outside",
    "values_at",
    "wrong_multiplier",
    "wrong_reset_count",
    "zero",
]
