"""Which set is meant for a series: series before group before type of customer before utility."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from pytest_django import DjangoAssertNumQueries

from access.models import Utility
from devices.models import DeviceGroup, GroupMember
from devices.services.groups import GroupInUseError, delete_group
from metering.models import Series
from tests import factories as make
from validation.models import Assignment, Rule, RuleSet
from validation.services.assigning import assigned, holding
from validation.services.plans import plan_of

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 1)


@pytest.fixture
def utility() -> Utility:
    return make.make_utility()


def _set(utility: Utility, code: str, **fields: Any) -> RuleSet:
    return RuleSet.objects.create(utility=utility, code=code, name=code, **fields)


def _assign(rule_set: RuleSet, **fields: Any) -> Assignment:
    return Assignment.objects.create(utility=rule_set.utility, rule_set=rule_set, **fields)


def _series(utility: Utility, customer_type: str = "household", **fields: Any) -> Series:
    """A series of a point with a meter and a customer."""
    point = make.make_metering_point(utility, **fields)
    make.make_installation(make.make_device(utility), point)
    make.make_contract(point, make.make_customer(utility, customer_type=customer_type))
    return make.make_series(point, interval_s=3_600)


def _group(utility: Utility, *series: Series) -> DeviceGroup:
    group = DeviceGroup.objects.create(utility=utility, name="Odd meters")
    for row in series:
        device = row.metering_point.installations.get().device
        GroupMember.objects.create(group=group, device=device)
    return group


def test_the_nearest_assignment_holds(utility: Utility) -> None:
    plain, business, grouped, single = (_series(utility, kind) for kind in ("household", *["business"] * 3))
    sets = {code: _set(utility, code) for code in ("all", "trade", "group", "one")}
    _assign(sets["all"])
    _assign(sets["trade"], customer_type="business")
    _assign(sets["group"], group=_group(utility, grouped, single))
    _assign(sets["one"], series=single)

    found = assigned([plain.pk, business.pk, grouped.pk, single.pk], "arrival", DAY)

    assert {sets_pk: ids.tolist() for sets_pk, ids in found.items()} == {
        sets["all"].pk: [plain.pk],
        sets["trade"].pk: [business.pk],
        sets["group"].pk: [grouped.pk],
        sets["one"].pk: [single.pk],
    }


def test_among_equals_priority_decides_then_age(utility: Utility) -> None:
    series = _series(utility)
    first, second, third = (_set(utility, code) for code in "abc")
    _assign(first), _assign(second)

    assert list(assigned([series.pk], "arrival", DAY)) == [first.pk]
    best = _assign(third, priority=5)
    assert holding([series.pk], "arrival", DAY).of(series.pk) == best


def test_of_two_for_one_series_the_first_holds(utility: Utility) -> None:
    series = _series(utility)
    _assign(_set(utility, "late"), series=series, priority=9)
    early = _assign(_set(utility, "early"), series=series, priority=1)

    assert holding([series.pk], "arrival", DAY).of(series.pk) == early


def test_energy_role_kind_and_utility_keep_series_apart(utility: Utility) -> None:
    series = _series(utility)
    foreign = _series(make.make_utility("voima"))
    _assign(_set(utility, "gas"), energy_type="gas")
    _assign(_set(utility, "gas-one"), energy_type="gas", series=series)
    _assign(_set(utility, "final"), role="final")
    _assign(_set(utility, "periodic", kind="periodic"))

    assert assigned([series.pk, foreign.pk], "arrival", DAY) == {}
    assert holding([series.pk], "arrival", DAY).of(series.pk) is None
    assert len(assigned([series.pk], "arrival", DAY, kind="periodic")) == 1


def test_the_customer_is_that_of_the_day(utility: Utility) -> None:
    series = _series(utility, "household")
    point = series.metering_point
    point.contracts.update(validity=DateRange(dt.date(2026, 1, 1), DAY))
    shop = make.make_customer(utility, customer_type="business")
    make.make_contract(point, shop, validity=DateRange(DAY, None))
    trade = _assign(_set(utility, "trade"), customer_type="business").rule_set_id

    assert assigned([series.pk], "arrival", DAY - dt.timedelta(days=1)) == {}
    assert list(assigned([series.pk], "arrival", DAY)) == [trade]


def test_a_few_queries_however_many_series(utility: Utility, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    rows = [_series(utility) for _ in range(12)]
    _assign(_set(utility, "all"))
    _assign(_set(utility, "group"), group=_group(utility, *rows[:3]))
    for number, row in enumerate(rows[3:8]):
        _assign(_set(utility, f"own-{number}"), series=row)

    with django_assert_num_queries(3):
        found = assigned([row.pk for row in rows], "arrival", DAY)

    assert sorted(len(ids) for ids in found.values()) == [1, 1, 1, 1, 1, 3, 4]
    with django_assert_num_queries(1):
        assert assigned([], "arrival", DAY) == {}


def test_a_group_something_is_meant_for_is_not_deleted(utility: Utility) -> None:
    group = _group(utility)
    own = _set(utility, "own")
    Rule.objects.create(rule_set=own, position=1, name="Odd ones", condition="zero", eligibility={"groups": [group.pk]})

    with pytest.raises(GroupInUseError, match="Odd ones"):
        delete_group(group=group, user=make.make_user())
    Rule.objects.all().delete()
    _assign(own, group=group)
    with pytest.raises(GroupInUseError, match="own for Odd meters"):
        delete_group(group=group, user=make.make_user())


def test_a_plan_narrows_its_rules_with_few_queries(
    utility: Utility, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    power, gas, trade = _series(utility), _series(utility, energy_type="gas"), _series(utility, "business")
    group = _group(utility, gas)
    own = _set(utility, "own", estimation=[{"method": "linear"}])
    told = [
        {},
        {"energy_types": ["gas", "water"]},
        {"customer_types": ["business"], "series_kinds": ["consumption"]},
        {"groups": [group.pk, 999_999]},
        {"obis": ["1-0:2.29.0"]},
    ]
    for number, chosen in enumerate(told, start=1):
        Rule.objects.create(rule_set=own, position=number, name=str(number), condition="zero", eligibility=chosen)
    ids = np.array([trade.pk, power.pk, gas.pk])

    with django_assert_num_queries(4):
        plan = plan_of(own, ids, day=DAY)

    masks = [None if rule.eligible is None else rule.eligible.tolist() for rule in plan.rules]
    assert masks == [
        None, [False, False, True], [True, False, False], [False, False, True], [False, False, False]
    ]  # fmt: skip
    assert plan.steps[0].parameters == {"limit": 120}


def test_a_plan_leaves_out_what_is_off_and_what_nobody_understands(utility: Utility) -> None:
    own = _set(utility, "own")
    for number, (condition, parameters, enabled) in enumerate(
        [
            ("zero", {}, True),
            ("negative", {}, False),
            ("of_an_older_release", {}, True),
            ("higher_than", {"limit": "many"}, True),
            ("check_function", {"formula": "value >"}, True),
            ("check_function", {"formula": "value > 3"}, True),
        ],
        start=1,
    ):
        Rule.objects.create(
            rule_set=own, position=number, name=condition, condition=condition, parameters=parameters, enabled=enabled
        )

    plan = plan_of(own, [1, 2])

    assert [rule.name for rule in plan.rules] == ["zero", "check_function"]
    assert plan.needs == frozenset()
