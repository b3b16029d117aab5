"""What the demo utility has for validation, and the damages of its large customers' file."""

from datetime import date
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.core.management import call_command

from access.models import Utility
from aim.demo.files import plants
from aim.demo.large import make_large_customers
from metering.models import Contract, Customer, MeteringPoint, Series
from metering.models.parties import CustomerType
from tests.demo.fleets import write_fleet
from validation.models import Assignment, CheckMeter, ReferenceValue, ResultGroup, Rule
from validation.models.rules import Role

HELSINKI = ZoneInfo("Europe/Helsinki")
GSRNS = [f"G{number}" for number in range(len(plants.PLANTS) + 1)]


@pytest.fixture
def utility(db: None, tmp_path: Path) -> Utility:
    call_command("demo_load", fleet=write_fleet(tmp_path / "fleet.json", 15), days=10, stdout=StringIO())
    return Utility.objects.get()


def test_what_arrives_is_validated_and_some_of_it_goes_to_somebody(utility: Utility) -> None:
    arrival = Assignment.objects.filter(utility=utility, role=Role.ARRIVAL, rule_set__kind="profile").get()
    assert arrival.rule_set.code == "default"
    assert {(group.name, group.owner and group.owner.username) for group in ResultGroup.objects.all()} == {
        ("Missing values", "mikko"), ("Meters to look at", "mikko"),
    }  # fmt: skip
    assert Rule.objects.get(rule_set=arrival.rule_set, condition="check_meter").group is not None
    assert set(Customer.objects.values_list("customer_type", flat=True)) == {
        CustomerType.HOUSEHOLD, CustomerType.BUSINESS,
    }  # fmt: skip


def test_large_customers_are_whole_rows_with_a_check_meter_and_what_is_expected(utility: Utility) -> None:
    points = make_large_customers(utility, date(2026, 11, 21))
    for row in (*points, *Series.objects.all(), *Customer.objects.all(), *Contract.objects.all()):
        row.full_clean()
    pair = CheckMeter.objects.get()
    assert (pair.series.metering_point, pair.check_series.metering_point) == (points[0], points[-1])
    assert Series.objects.filter(metering_point__in=points).count() == len(points)
    year = ReferenceValue.objects.get(series=pair.series)
    used = sum(int(day.sum()) for day in plants.used(plants.PLANTS[0], HELSINKI, date(2026, 10, 1), date(2026, 10, 29)))
    assert float(year.value) == pytest.approx(used / 28 * 365, rel=0.1)
    assert MeteringPoint.objects.filter(contracts__customer__customer_type=CustomerType.INDUSTRY).count() == 2


@pytest.mark.parametrize(("today", "cells"), [(date(2026, 11, 2), 100), (date(2026, 4, 1), 92)])
def test_days_of_other_lengths_have_all_their_values_and_damages_lie_where_they_are_declared(
    today: date, cells: int
) -> None:
    lines = [line.split(";") for line in b"".join(plants.file(GSRNS, HELSINKI, today)).decode().splitlines()[1:]]
    assert len(lines) == len(GSRNS) * plants.DAYS
    check = [line[2:] for line in lines if line[0] == GSRNS[-1]]
    assert sorted({sum(cell != "" for cell in line) for line in check}) == sorted({96, cells})
    damaged = [line[2:] for line in lines if line[0] == GSRNS[0]]
    different = {
        plants.DAYS - day: int(np.sum(np.array(ours) != np.array(theirs)))
        for day, (ours, theirs) in enumerate(zip(damaged, check, strict=True))
        if ours != theirs
    }
    assert different == {damage.days_ago: damage.count for damage in plants.PLANTS[0].damages}


def test_the_late_file_has_the_day_that_was_missing() -> None:
    today = date(2026, 11, 21)
    rows = b"".join(plants.late_file(GSRNS, HELSINKI, today)).decode().splitlines()[1:]
    assert [row.split(";")[:2] for row in rows] == [[GSRNS[2], "2026-11-13"]]
    first = b"".join(plants.file(GSRNS, HELSINKI, today)).decode().splitlines()
    assert next(row for row in first if row.startswith(f"{GSRNS[2]};2026-11-13")).strip(";") == f"{GSRNS[2]};2026-11-13"
    assert rows[0].count(";") == first[0].count(";")
