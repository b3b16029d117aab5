"""Series under a rule set of a test's own, validated by the service and read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np

from metering.models import Series
from metering.store import read
from tests.validation.loading.world import DAY, LATER, at
from validation.models import Assignment, Finding, Rule, RuleSet
from validation.models.rules import Role
from validation.services.tally import Tally
from validation.services.validating import Work, validate

STEPS = [{"method": "linear", "parameters": {"limit": 120}}, {"method": "like_days"}, {"method": "flat"}]


def rule_set(series: Series, *rules: dict[str, Any], role: Role = Role.ARRIVAL, **fields: Any) -> RuleSet:
    """A set of these rules, in order, assigned to the whole utility of the series."""
    utility = series.metering_point.utility
    made = RuleSet.objects.create(
        utility=utility, code=f"own-{RuleSet.objects.count()}", name="Own", **({"estimation": STEPS} | fields)
    )
    for position, each in enumerate(rules, 1):
        Rule.objects.create(rule_set=made, position=position, **({"name": each["condition"]} | each))
    Assignment.objects.create(utility=utility, rule_set=made, role=role)
    return made


def validated(*series: Series, first: dt.date = DAY, last: dt.date | None = None, **fields: Any) -> Tally:
    """Validate local days of these series, long after they ended."""
    ids = np.array([each.pk for each in series], np.int64)
    return validate(Work(ids, first, last or first, **({"now": LATER} | fields)))


def stored(series: Series, start: str, count: int) -> tuple[list[int], list[int]]:
    """Values and quality codes from a local instant on."""
    begin = at(start)
    matrix = read([series.pk], begin, begin + dt.timedelta(seconds=count * series.interval_s))
    return matrix.values[0].tolist(), matrix.quality[0].tolist()


def found(**fields: Any) -> list[Finding]:
    """The findings, in the order of the rules and days."""
    return list(Finding.objects.filter(**fields).order_by("series", "day", "rule__position"))


def curve(days: int, level: Sequence[int] = (100, 200, 300, 200)) -> list[int]:
    """Days of quarters of an hour that repeat every hour."""
    return list(level) * (24 * days)
