"""The conditions of the default set, each as a Python function that is asked about one value after the other.

Written from what the rules say, not from the kernels: what is looked at is one value, its day and plain numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

import pandas as pd

from bench.vee.pandas_day import Day
from validation.conditions.states import FILE_STATUS
from validation.kernels.sentinels import RAW_SENTINELS, SENTINELS
from validation.kernels.sums import USUAL_RATIOS
from validation.parameters import Quantity, Values

Rule: TypeAlias = Callable[[Day, Values], pd.Series]

_DAY_S = 86_400
_IN_WH = {"kWh": 1_000, "Wh": 1, "MWh": 1_000_000}
_STATES = {"error": 1, "clock_invalid": 2, "data_invalid": 4}
_LEAST_CODE = 100_000
"""What has fewer digits may be energy."""
_ROUNDING = 1e-6


def _asked(day: Day, test: Callable[..., bool], *columns: str) -> pd.Series:
    """The answers of `test` for each value of the day, given its cells of these columns."""
    judged = day.judged
    return pd.Series([test(*cells) for cells in zip(*(judged[name] for name in columns), strict=True)], dtype=bool)


def _all_or_none(day: Day, failing: bool) -> pd.Series:
    return _asked(day, lambda _: failing, "value")


def _amount(day: Day, limit: Quantity | None) -> float:
    """A limit in integers of the series."""
    return 0.0 if limit is None else float(limit.amount) * _IN_WH[limit.unit] / day.worth


def _sentinel(day: Day, _: Values) -> pd.Series:
    def stands_for_an_error(value: float) -> bool:
        kwh = value * day.worth / 1_000
        near = any(abs(kwh - float(each.kwh)) <= float(each.near) + _ROUNDING for each in SENTINELS)
        return value >= _LEAST_CODE and (near or value in RAW_SENTINELS)

    return _asked(day, stands_for_an_error, "value")


def _missing(day: Day, _: Values) -> pd.Series:
    return _asked(day, lambda value, due: due and value != value, "value", "due")


def _beside_siblings(day: Day, _: Values) -> pd.Series:
    return _asked(day, lambda value, due, beside: beside and due and value != value, "value", "due", "beside")


def _meter_state(day: Day, parameters: Values) -> pd.Series:
    bit, of_files = _STATES[parameters["state"]], int(FILE_STATUS)

    def said(value: float, status: int) -> bool:
        return value == value and not status & of_files and bool(status & bit)

    return _asked(day, said, "value", "status")


def _in_outage(day: Day, parameters: Values) -> pd.Series:
    floor = _amount(day, parameters["floor"])
    return _asked(day, lambda value, off: off and abs(value) > floor, "value", "off")


def _inactive(day: Day, parameters: Values) -> pd.Series:
    floor = _amount(day, parameters["floor"])
    return _asked(day, lambda value, served: not served and abs(value) > floor, "value", "served")


def _negative(day: Day, _: Values) -> pd.Series:
    return _asked(day, lambda value: value < 0, "value")


def _above(day: Day, limit: float) -> pd.Series:
    return _asked(day, lambda value: value > limit, "value")


def _above_capacity(day: Day, parameters: Values) -> pd.Series:
    return _above(day, day.capacity * float(parameters["percent"]) / 100)


def _above_average(day: Day, parameters: Values) -> pd.Series:
    limit = day.average * float(parameters["factor"])
    return _above(day, max(limit, _amount(day, parameters["floor"])) if limit == limit else limit)


def _above_peak(day: Day, parameters: Values) -> pd.Series:
    usual = max(day.peak, _amount(day, parameters["floor"])) if day.peak == day.peak else day.peak
    return _above(day, usual * (1 + float(parameters["tolerance"]) / 100))


def _spike(day: Day, parameters: Values) -> pd.Series:
    highest, share = day.good.nlargest(3).tolist(), float(parameters["tolerance"])
    if len(highest) < 3 or highest[0] < _amount(day, parameters["floor"]):
        return _all_or_none(day, False)
    third = max(highest[2], 0)
    return _asked(
        day, lambda value, usable: usable and (value - third) * 100 > third * share, "value", "usable"
    )  # fmt: skip


def _step(day: Day, parameters: Values) -> pd.Series:
    floor, share = _amount(day, parameters["floor"]), float(parameters["tolerance"]) / 100
    last = day.slots["value"].where(day.slots["usable"]).ffill().shift().iloc[day.first :].tolist()

    def jumps(value: float, usable: bool, before: float) -> bool:
        large = abs(value) >= floor or abs(before) >= floor
        return usable and large and abs(value - before) > abs(before) * share

    cells = zip(day.judged["value"], day.judged["usable"], last, strict=True)
    return pd.Series([jumps(*each) for each in cells], dtype=bool)


def _same_as_neighbours(day: Day, counts: Iterable[bool], minutes: int) -> pd.Series:
    """Values in a run of equal ones that lasts so long; where `counts` is not true a run ends."""
    values, able = day.slots["value"].tolist(), list(counts)
    least = max(-(-minutes * 60 // day.interval_s), 1)

    def lasts(at: int) -> bool:
        if not able[at]:
            return False
        begin = end = at
        while begin > 0 and able[begin - 1] and values[begin - 1] == values[at]:
            begin -= 1
        while end + 1 < len(values) and able[end + 1] and values[end + 1] == values[at]:
            end += 1
        return end - begin + 1 >= least

    return pd.Series([lasts(at) for at in range(day.first, len(values))], dtype=bool)


def _flat(day: Day, parameters: Values) -> pd.Series:
    usable = day.slots["usable"]
    return _same_as_neighbours(
        day, usable if parameters["zeros"] else usable & (day.slots["value"] != 0), parameters["minutes"]
    )  # fmt: skip


def _long_zero(day: Day, parameters: Values) -> pd.Series:
    return _same_as_neighbours(day, (day.slots["value"] == 0) & ~day.slots["touched"], parameters["minutes"])


def _complete(day: Day) -> bool:
    return bool(day.judged["usable"].all())


def _sum_check(day: Day, parameters: Values) -> pd.Series:
    allowed = _amount(day, parameters["tolerance"])
    return _all_or_none(day, _complete(day) and abs(day.good.sum() - day.counted) > allowed)


def _wrong_multiplier(day: Day, parameters: Values) -> pd.Series:
    share = float(parameters["tolerance"]) / 100
    if not _complete(day) or not abs(day.counted) >= max(_amount(day, parameters["floor"]), 1):
        return _all_or_none(day, False)
    ratio = day.good.sum() / day.counted
    return _all_or_none(day, any(abs(ratio - wrong) <= wrong * share for wrong in USUAL_RATIOS))


def _usage_outside(day: Day, parameters: Values) -> pd.Series:
    earlier = day.before.tail(int(parameters["days"]))
    complete = earlier[earlier["total"].notna()]
    guessed = float(complete["guessed"].sum())
    known = _complete(day) and len(complete) >= max(int(parameters["least_days"]), 1)
    if not known or guessed * 100 > len(complete) * float(parameters["doubtful"]):
        return _all_or_none(day, False)
    usual, use = complete["total"].mean(), day.good.sum() / len(day.good) * (_DAY_S // day.interval_s)
    low, high = usual * float(parameters["low"]) / 100, usual * float(parameters["high"]) / 100
    large = max(use, usual) >= _amount(day, parameters["floor"])
    return _all_or_none(day, large and not low <= use <= high)


def _check_meter(day: Day, parameters: Values) -> pd.Series:
    share, floor = float(parameters["percent"]) / 100, _amount(day, parameters["tolerance"])
    return _asked(
        day, lambda value, check: abs(value - check) > floor + abs(check) * share, "value", "check"
    )  # fmt: skip


def _in_a_row(days: Iterable[bool]) -> int:
    """How many of the latest days hold without interruption."""
    count = 0
    for holds in reversed(list(days)):
        if not holds:
            break
        count += 1
    return count


def _many_estimates(day: Day, parameters: Values) -> pd.Series:
    judged = day.judged
    guessed = judged["estimated"] | (judged["due"] & judged["value"].isna())
    long = _in_a_row([*day.before["guessed"], bool(guessed.any())]) >= int(parameters["days"])
    return _asked(
        day, lambda value, due, estimated: long and (estimated or (due and value != value)), "value", "due", "estimated"
    )  # fmt: skip


def _zero_days(day: Day, parameters: Values) -> pd.Series:
    still = (day.before["total"] == 0) & (day.before["maximum"] == 0)
    today = _complete(day) and bool((day.good == 0).all())
    return _all_or_none(day, _in_a_row([*still, today]) >= int(parameters["days"]))


RULES: dict[str, Rule] = {
    "sentinel": _sentinel,
    "missing": _missing,
    "beside_siblings": _beside_siblings,
    "meter_state": _meter_state,
    "in_outage": _in_outage,
    "inactive": _inactive,
    "negative": _negative,
    "above_capacity": _above_capacity,
    "higher_than_average": _above_average,
    "above_peak": _above_peak,
    "spike": _spike,
    "step": _step,
    "flat": _flat,
    "long_zero": _long_zero,
    "sum_check": _sum_check,
    "wrong_multiplier": _wrong_multiplier,
    "usage_outside": _usage_outside,
    "check_meter": _check_meter,
    "many_estimates": _many_estimates,
    "zero_days": _zero_days,
}
"""By the code of the condition."""
