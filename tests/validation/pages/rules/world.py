"""A utility with rule sets, series with a gap and a spike under them, and users of every reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from access.models import User, Utility
from access.roles import ADMINISTRATOR, CUSTOMER_SERVICE, METERING_OPERATOR
from metering.models import Series
from metering.store import ensure_partitions
from tests import factories as make
from tests.validation.findings import starts_of, store_local_day
from validation.models import Rule, RuleSet

NASTY = "<script>alert('x')</script>"
DAY = date(2026, 10, 20)
SHORT_DAY = date(2026, 3, 29)
"""23 hours in Helsinki."""
USUAL, SPIKE, SPIKE_SLOT = 100, 9_000, 40
STEPS = [{"method": "linear", "parameters": {"limit": 120}}, {"method": "flat"}]


@dataclass(frozen=True)
class Rules:
    """`own` may be changed, `shipped` not; `aim` has AIM's combinations only. `series` has values of `DAY`.

    `root` administers, `anna` operates and `pekka` serves customers of the whole utility; `stranger` another one.
    """

    utility: Utility
    own: RuleSet
    shipped: RuleSet
    aim: RuleSet
    series: Series
    root: User
    anna: User
    pekka: User
    stranger: User

    @property
    def missing(self) -> Rule:
        return self.own.rules.get(condition="missing")

    @property
    def spike(self) -> Rule:
        return self.own.rules.get(condition="spike")

    @property
    def stranger_utility(self) -> Utility:
        return Utility.objects.get(code="other")

    def path(self, rule_set: RuleSet, more: str = "") -> str:
        return f"/rule-sets/{rule_set.pk}/{more}"


def build_rules() -> Rules:
    """Make the rows."""
    utility = make.make_utility("energia")
    own = _set(utility, "own", NASTY, estimation=STEPS)
    add_rule(own, "missing", action="estimate")
    add_rule(own, "spike", action="estimate", parameters={"tolerance": 180}, outages=Rule.Outages.OUTSIDE)
    shipped = _set(utility, "default", "Default", shipped=True)
    add_rule(shipped, "missing")
    point = make.make_metering_point(utility, make.make_segment(utility))
    make.make_installation(make.make_device(utility, point.segment), point)
    series = point.series.filter(measured_property__obis="1-0:1.29.0", kind="consumption").first()
    series = series or make.make_series(point)
    return Rules(
        utility, own, shipped, _set(utility, "aim", "AIM", compatible=True), series,
        root=make.make_user(ADMINISTRATOR, utilities=[utility]),
        anna=make.make_user(METERING_OPERATOR, utilities=[utility]),
        pekka=make.make_user(CUSTOMER_SERVICE, utilities=[utility]),
        stranger=make.make_user(ADMINISTRATOR, utilities=[make.make_utility("other")]),
    )  # fmt: skip


def _set(utility: Utility, code: str, name: str, **fields: Any) -> RuleSet:
    return RuleSet.objects.create(utility=utility, code=code, name=name, **fields)


def add_rule(rule_set: RuleSet, condition: str, **fields: Any) -> Rule:
    """A rule at the end of the set, named after its condition."""
    fields.setdefault("name", condition.replace("_", " ").capitalize())
    return Rule.objects.create(rule_set=rule_set, position=rule_set.rules.count() + 1, condition=condition, **fields)


def store_day(series: Series, day: date = DAY, changes: dict[int, int] | None = None) -> None:
    """Store a local day, all `USUAL` but for the changed intervals (`NO_VALUE`: none)."""
    values = [USUAL] * len(starts_of(series, day))
    for slot, value in (changes or {}).items():
        values[slot] = value
    ensure_partitions(day - timedelta(days=1), day + timedelta(days=1))
    store_local_day(series, day, values)
