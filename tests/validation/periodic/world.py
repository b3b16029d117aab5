"""Registers under a rule set of a test's own, validated by the service and read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from metering.intervals import to_seconds
from metering.models import MeteringPoint, Series
from metering.store import Origin, RegisterBatch, write_registers
from tests import factories as make
from tests.validation.loading.world import LATER, at, metered
from validation.models import Assignment, Finding, Rule, RuleSet
from validation.models.rules import Role
from validation.periodic.validating import validate_periodic
from validation.services.tally import Tally
from validation.services.validating import Work

MARCH, APRIL = dt.date(2026, 3, 1), dt.date(2026, 4, 1)


def register(
    point: MeteringPoint | None = None, periodicity: str = "monthly", obis: str = "1-0:1.8.0", **fields: Any
) -> Series:
    """A series of stands, of a new metered point unless one is given; of `kind` something else."""
    fields.setdefault("kind", Series.Kind.STAND)
    return make.make_series(point or metered()[0], obis, periodicity=periodicity, **fields)


def showed(series: Series, values: Mapping[str, int], *, quality: int = 0, status: int = 0) -> None:
    """Values arrive, by what the clock shows in Helsinki."""
    count = len(values)
    seconds = np.array([to_seconds(at(text)) for text in values], np.int64)
    numbers, ids = np.array(list(values.values()), np.int64), np.full(count, series.pk, np.int64)
    codes, words = np.full(count, quality, np.uint8), np.full(count, status, np.uint32)
    counts = write_registers(RegisterBatch(ids, seconds, numbers, codes, words), origin=Origin())
    assert counts.refused == 0, counts.refusals


def rules(series: Series, *told: dict[str, Any], role: Role = Role.ARRIVAL) -> RuleSet:
    """A set of these rules for periodic values, assigned to the whole utility of the series."""
    utility = series.metering_point.utility
    made = RuleSet.objects.create(utility=utility, code="own", name="Own", kind=RuleSet.Kind.PERIODIC)
    for position, each in enumerate(told, 1):
        Rule.objects.create(rule_set=made, position=position, **({"name": each["condition"]} | each))
    Assignment.objects.create(utility=utility, rule_set=made, role=role)
    return made


def validated(*series: Series, first: dt.date, last: dt.date | None = None, **fields: Any) -> Tally:
    """Validate local days of these series, long after they ended."""
    ids = np.array([each.pk for each in series], np.int64)
    return validate_periodic(Work(ids, first, last or first, **({"now": LATER} | fields)))


def found(condition: str) -> list[tuple[str, int | None]]:
    """What a condition found and what is not over: local days and values, in order of the days."""
    rows = Finding.objects.filter(condition=condition).exclude(state=Finding.State.RESOLVED)
    return [(row.day.isoformat(), row.value) for row in rows.order_by("series", "day")]
