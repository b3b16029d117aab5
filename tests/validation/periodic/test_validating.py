"""Register values from store to store: what is found, and what becomes of it."""

from __future__ import annotations

import datetime as dt

import pytest

from devices.models import Installation
from metering.models import Multiplier
from metering.quality import Quality
from metering.services.factors import set_multiplier
from metering.store import read_registers
from tests import factories as make
from tests.validation.loading.world import LONG_AGO, at, metered
from tests.validation.periodic.world import APRIL, MARCH, found, register, rules, showed, validated
from validation.models import Finding, ReferenceValue

pytestmark = pytest.mark.django_db

LAST_OF_2026 = dt.date(2026, 12, 31)
MISSING = {"condition": "missing"}
LATE = {"condition": "communication_error"}


def test_a_day_without_a_value_is_missing_also_where_clocks_change() -> None:
    series = register(periodicity="daily")
    rules(series, MISSING)
    showed(series, {"2026-03-28 00:00": 1, "2026-03-30 00:00": 3, "2026-10-24 00:00": 4, "2026-10-26 00:00": 5})
    validated(series, first=dt.date(2026, 3, 28), last=dt.date(2026, 3, 30))
    validated(series, first=dt.date(2026, 10, 24), last=dt.date(2026, 10, 26))
    assert found("missing") == [("2026-03-29", None), ("2026-10-25", None)]
    finding = Finding.objects.get(day="2026-10-25")
    assert finding.first_at == at("2026-10-25 00:00")
    assert (finding.count, bytes(finding.slots), finding.state) == (1, b"\x80", Finding.State.OPEN)
    assert (finding.before, finding.after, finding.limit, finding.method) == (None, None, None, None)


def test_months_are_due_on_their_first_day_and_on_demand_values_never() -> None:
    monthly, on_demand = register(), register(periodicity="on_demand")
    rules(monthly, MISSING)
    showed(monthly, {"2026-01-01 00:00": 1, "2026-02-01 00:00": 2})
    validated(monthly, on_demand, first=dt.date(2026, 1, 1), last=dt.date(2026, 4, 15))
    assert found("missing") == [("2026-03-01", None), ("2026-04-01", None)]


def test_nothing_is_due_before_a_meter_hangs_there_or_after_it_is_gone() -> None:
    point, device = metered(at("2026-03-02 12:00"), at("2026-03-04 12:00"))
    series = register(point, "daily", source=device.serial_number)
    rules(series, MISSING)
    validated(series, first=MARCH, last=dt.date(2026, 3, 6))
    assert [day for day, _ in found("missing")] == ["2026-03-03", "2026-03-04"]


def test_nothing_is_due_before_time_enough_has_passed() -> None:
    series = register(periodicity="daily")
    rules(series, MISSING)
    validated(series, first=MARCH, now=at("2026-03-01 00:59"))
    assert found("missing") == []
    validated(series, first=MARCH, now=at("2026-03-01 01:00"))
    assert found("missing") == [("2026-03-01", None)]


def test_a_communication_error_waits_for_the_deadline_of_the_utility() -> None:
    series = register(periodicity="daily")
    series.metering_point.utility.deadlines.create(days_after=2, at_minute=8 * 60)
    rules(series, MISSING, LATE)
    validated(series, first=MARCH, now=at("2026-03-03 07:59"))
    assert (len(found("missing")), found("communication_error")) == (1, [])
    validated(series, first=MARCH, now=at("2026-03-03 08:00"))
    assert found("communication_error") == [("2026-03-01", None)]


def test_a_value_that_comes_late_closes_its_exception() -> None:
    series = register(periodicity="daily")
    rules(series, MISSING)
    tally = validated(series, first=MARCH)
    assert (tally.exceptions, dict(tally.findings), tally.values) == (1, {"missing": 1}, 0)
    showed(series, {"2026-03-01 00:00": 7})
    assert validated(series, first=MARCH).exceptions == 0
    assert Finding.objects.get().state == Finding.State.RESOLVED


def test_a_step_backwards_is_no_roll_over_unless_it_is_one() -> None:
    rolls, goes_back = register(register_digits=4), register(register_digits=4)
    rules(rolls, {"condition": "not_increasing", "severity": "error"}, {"condition": "rolled_over", "severity": "info"})
    showed(rolls, {"2026-02-01 00:00": 9_900, "2026-03-01 00:00": 150})
    showed(goes_back, {"2026-02-01 00:00": 4_000, "2026-03-01 00:00": 3_999})
    validated(rolls, goes_back, first=MARCH)
    rolled, back = Finding.objects.order_by("value")
    assert (rolled.series, rolled.condition, rolled.value, rolled.limit) == (rolls, "rolled_over", 150, 9_900)
    assert (back.series, back.condition, back.value, back.limit) == (goes_back, "not_increasing", 3_999, 4_000)
    assert (rolled.state, back.state) == (Finding.State.NOTED, Finding.State.OPEN)


def test_an_exchange_is_no_step_backwards_and_its_period_adds_up() -> None:
    """The old meter went from 5,000 to 5,070 Wh; the new one, which counts 100 Wh, began at 0 and shows 3."""
    point, old = metered(LONG_AGO, at("2026-02-15 12:00"))
    new = make.make_device(point.utility)
    Installation.objects.create(device=new, metering_point=point, period=(at("2026-02-15 12:00"), None))
    before, after = register(point, source=old.serial_number), register(point, source=new.serial_number, exponent=2)
    removed = register(point, "on_demand", source=old.serial_number)
    showed(before, {"2026-01-01 00:00": 4_900, "2026-02-01 00:00": 5_000, "2026-02-15 12:00": 5_070})
    showed(after, {"2026-02-15 12:00": 0, "2026-03-01 00:00": 3})
    rules(
        after, {"condition": "not_increasing"},
        {"condition": "higher_than_previous", "parameters": {"percent": 100}},
        {"condition": "lower_than_previous", "name": "Stand", "parameters": {"of": "stand"}},
    )  # fmt: skip
    validated(before, after, removed, first=MARCH)
    assert found("not_increasing") == found("lower_than_previous") == []
    (finding,) = Finding.objects.filter(condition="higher_than_previous")
    assert (finding.series, finding.value, finding.limit) == (after, 3, 1.4)  # 300 Wh against twice 70 Wh


def test_what_was_used_is_compared_with_its_multiplier() -> None:
    series = register(source="AIM00000001")
    point = series.metering_point
    for source, valid_from, numerator in (("AIM00000001", LONG_AGO, 1), ("AIM00000001", at("2026-02-01 00:00"), 10)):
        set_multiplier(
            multiplier=Multiplier(metering_point=point, source=source, valid_from=valid_from, numerator=numerator)
        )
    showed(series, {"2026-01-01 00:00": 0, "2026-02-01 00:00": 100, "2026-03-01 00:00": 150})
    rules(series, {"condition": "higher_than_previous", "parameters": {"percent": 300}})
    validated(series, first=MARCH)
    assert found("higher_than_previous") == [("2026-03-01", 500)]


def test_the_reset_counter_goes_on_by_one() -> None:
    series = register(source="AIM00000001")
    counter = register(
        series.metering_point, source="AIM00000001", obis="1-0:0.1.0", unit="", kind="instantaneous"
    )  # fmt: skip
    rules(series, {"condition": "wrong_resets"})
    months = ["2026-01-01 00:00", "2026-02-01 00:00", "2026-03-01 00:00", "2026-04-01 00:00"]
    showed(series, dict(zip(months, [1, 2, 3, 4], strict=True)))
    showed(counter, dict(zip(months, [98, 99, 0, 2], strict=True)))
    tally = validated(series, first=dt.date(2026, 2, 1), last=APRIL)
    assert found("wrong_resets") == [("2026-04-01", 4)]
    assert not tally.silent
    assert "reset counter" in str(validated(counter, first=MARCH).silent)


def test_an_earlier_value_in_doubt_makes_those_after_it_doubtful_until_somebody_decides() -> None:
    series = register(periodicity="daily")
    rules(series, {"condition": "not_increasing", "severity": "error"}, {"condition": "after_implausible"})
    showed(series, {"2026-03-01 00:00": 10, "2026-03-02 00:00": 5, "2026-03-03 00:00": 12, "2026-03-04 00:00": 13})
    days = {"first": MARCH, "last": dt.date(2026, 3, 4)}
    validated(series, **days)
    validated(series, **days)
    assert found("not_increasing") == [("2026-03-02", 5)]
    assert [day for day, _ in found("after_implausible")] == ["2026-03-03", "2026-03-04"]
    Finding.objects.filter(condition="not_increasing").update(state=Finding.State.ACCEPTED)
    validated(series, **days)
    assert found("after_implausible") == []


def test_bits_of_the_status() -> None:
    series = register(periodicity="daily")
    rules(series, {"condition": "status_bits", "parameters": {"bits": 6}})
    showed(series, {"2026-03-01 00:00": 1}, status=4)
    showed(series, {"2026-03-02 00:00": 2}, status=1)
    validated(series, first=MARCH, last=dt.date(2026, 3, 2))
    assert found("status_bits") == [("2026-03-01", 1)]


def test_the_29th_of_february_is_compared_with_the_28th_of_the_year_before() -> None:
    series = register(periodicity="daily", kind="consumption", obis="1-0:1.29.0")
    rules(series, {"condition": "higher_than_previous_year"})
    showed(series, {"2027-02-28 00:00": 10, "2028-02-28 00:00": 9, "2028-02-29 00:00": 11})
    tally = validated(series, first=dt.date(2028, 2, 28), last=dt.date(2028, 2, 29), now=at("2028-03-05 00:00"))
    assert found("higher_than_previous_year") == [("2028-02-29", 11)]
    assert tally.values == 2


def test_the_31st_is_compared_with_the_last_of_a_shorter_month() -> None:
    series = register(periodicity="daily", kind="consumption", obis="1-0:1.29.0")
    rules(series, {"condition": "higher_than_previous_month"})
    showed(series, {"2026-02-28 00:00": 10, "2026-03-28 00:00": 9, "2026-03-31 00:00": 11, "2026-04-30 00:00": 12})
    validated(series, first=dt.date(2026, 3, 28), last=dt.date(2026, 4, 30))
    assert [day for day, _ in found("higher_than_previous_month")] == ["2026-03-31"]


def test_a_source_value_is_what_was_received_before_anybody_edited() -> None:
    series = register(kind="consumption", obis="1-0:1.29.0")
    rules(
        series, {"condition": "higher_than_previous_month", "parameters": {"percent": 50}},
        {"condition": "higher_than_previous_month_source", "parameters": {"percent": 50}},
    )  # fmt: skip
    showed(series, {"2026-02-01 00:00": 100, "2026-03-01 00:00": 200})
    showed(series, {"2026-02-01 00:00": 150}, quality=Quality.EDITED)
    validated(series, first=MARCH)
    assert found("higher_than_previous_month") == []
    assert found("higher_than_previous_month_source") == [("2026-03-01", 200)]


def test_what_was_never_received_has_no_source_value() -> None:
    series = register(kind="consumption", obis="1-0:1.29.0")
    rules(series, {"condition": "higher_than_previous_month_source"})
    showed(series, {"2026-02-01 00:00": 1}, quality=Quality.ESTIMATED)
    showed(series, {"2026-03-01 00:00": 200})
    validated(series, first=MARCH)
    assert found("higher_than_previous_month_source") == []


def test_months_of_different_length_as_daily_averages() -> None:
    series = register()
    plain = {"condition": "higher_than_previous_month"}
    rules(series, plain | {"name": "Plain"}, plain | {"name": "A day", "parameters": {"per_day": True}})
    showed(series, {"2026-02-01 00:00": 0, "2026-03-01 00:00": 280, "2026-04-01 00:00": 589})
    validated(series, first=APRIL)  # 743 hours of March at 10 a day are 309.6
    assert list(Finding.objects.values_list("rule_name", "value", "limit")) == [("Plain", 309, 280.0)]


def test_the_reference_value_that_is_valid_on_the_day() -> None:
    series = register(exponent=1)
    for since, value in ((dt.date(2026, 1, 1), 1_000), (dt.date(2026, 4, 1), 5_000)):
        ReferenceValue.objects.create(series=series, kind="period", value=value, valid_from=since)
    ReferenceValue.objects.create(series=series, kind="year", value=1, valid_from=MARCH)
    rules(series, {"condition": "higher_than_reference", "parameters": {"percent": 25}})
    showed(series, {"2026-02-01 00:00": 0, "2026-03-01 00:00": 126, "2026-04-01 00:00": 300})
    validated(series, first=MARCH, last=APRIL)
    assert list(Finding.objects.values_list("value", "limit")) == [(126, 125.0)]


def test_a_rule_for_one_type_of_customer() -> None:
    homes, works = register(periodicity="daily"), register(periodicity="daily")
    for series, kind in ((homes, "household"), (works, "industry")):
        customer = make.make_customer(series.metering_point.utility, customer_type=kind)
        make.make_contract(series.metering_point, customer)
    rules(homes, {"condition": "not_missing", "eligibility": {"customer_types": ["industry"]}})
    showed(homes, {"2026-03-01 00:00": 1})
    showed(works, {"2026-03-01 00:00": 2})
    validated(homes, works, first=MARCH)
    assert found("not_missing") == [("2026-03-01", 2)]


def test_without_a_value_before_nothing_is_compared() -> None:
    series = register()
    rules(series, *({"condition": f"lower_than_{what}"} for what in ("previous", "previous_month", "previous_year")))
    showed(series, {"2026-03-01 00:00": 5})
    tally = validated(series, first=MARCH)
    assert (tally.findings.total(), tally.values, Finding.objects.count()) == (0, 1, 0)


def test_a_year_of_zeros_and_one_without_any_value() -> None:
    zeros, nothing = register(periodicity="daily", source="a"), register(periodicity="daily", source="")
    rules(zeros, {"condition": "zero", "parameters": {"of": "consumption"}}, MISSING, {"condition": "check_function",
          "parameters": {"formula": "consumption / previous_consumption > 2"}})  # fmt: skip
    first = dt.date(2026, 1, 1)
    days = [first + dt.timedelta(days=number) for number in range(-1, 365)]
    showed(zeros, {f"{day} 00:00": 4_711 for day in days})
    tally = validated(zeros, nothing, first=first, last=LAST_OF_2026, now=at("2027-01-05 00:00"))
    assert tally.findings["zero"] == 365
    assert tally.findings["missing"] == 365
    assert tally.findings["check_function"] == 0
    assert list(tally.silent) == ["check_function: the formula divides by zero"]
    assert len(read_registers([zeros.pk], at("2026-01-01 00:00"), at("2027-01-01 00:00"))) == 365


def test_of_several_values_of_a_day_the_one_farthest_from_its_limit_is_told() -> None:
    series = register(periodicity="on_demand", kind="consumption", obis="1-0:1.29.0")
    rules(series, {"condition": "higher_than", "parameters": {"limit": "100 Wh"}})
    showed(series, {"2026-03-01 08:00": 101, "2026-03-01 12:00": 900, "2026-03-01 18:00": 500, "2026-03-01 20:00": 1})
    validated(series, first=MARCH)
    (finding,) = Finding.objects.all()
    assert (finding.value, finding.worst_at) == (900, at("2026-03-01 12:00"))


def test_a_limit_in_another_unit_says_nothing_and_says_so() -> None:
    series = register(kind="consumption", obis="1-0:1.29.0")
    rules(series, {"condition": "higher_than", "parameters": {"limit": "1 m³"}})
    showed(series, {"2026-03-01 00:00": 10**6})
    tally = validated(series, first=MARCH)
    assert found("higher_than") == []
    assert dict(tally.silent) == {"higher_than: the limit is in m³, the series in Wh": 1}


def test_what_was_accepted_stays_accepted_until_another_value_comes() -> None:
    series = register(kind="consumption", obis="1-0:1.29.0")
    rules(series, {"condition": "higher_than", "parameters": {"limit": "1 Wh"}})
    showed(series, {"2026-03-01 00:00": 10})
    validated(series, first=MARCH)
    Finding.objects.update(state=Finding.State.ACCEPTED)
    validated(series, first=MARCH)
    assert Finding.objects.get().state == Finding.State.ACCEPTED
    showed(series, {"2026-03-01 00:00": 20})
    validated(series, first=MARCH)
    assert (Finding.objects.get().state, Finding.objects.get().value) == (Finding.State.OPEN, 20)


def test_validating_again_changes_nothing() -> None:
    series = register()
    rules(series, {"condition": "higher_than_previous"}, MISSING)
    showed(series, {"2026-01-01 00:00": 0, "2026-02-01 00:00": 10, "2026-03-01 00:00": 30})
    validated(series, first=dt.date(2026, 2, 1), last=APRIL)
    before = list(Finding.objects.order_by("pk").values())
    validated(series, first=dt.date(2026, 2, 1), last=APRIL)
    assert list(Finding.objects.order_by("pk").values()) == before
    assert len(before) == 2
