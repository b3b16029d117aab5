"""From store to store: what is found, what is put in place, and that doing it again changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from metering.quality import SCALED, EstimationMethod, Quality, estimated_by, method_of
from metering.services.editing import read_slots, save
from metering.services.editing.methods import accept
from metering.store import NO_VALUE, history
from tests import factories as make
from tests.validation.loading.world import at, consumption, metered, store
from tests.validation.services.world import curve, found, rule_set, stored, validated
from validation.models import Finding
from validation.models.rules import Role

pytestmark = pytest.mark.django_db

MISSING: dict[str, Any] = {"condition": "missing", "action": "estimate"}
SPIKE: dict[str, Any] = {"condition": "spike", "action": "estimate", "parameters": {"tolerance": 180}}
SENTINEL: dict[str, Any] = {"condition": "sentinel", "action": "estimate"}
_STATE = Finding.State


def day_with(**changes: int | None) -> list[int | None]:
    """A day of quarters of an hour, some of them changed: `s10=None`."""
    values: list[int | None] = list(curve(1))
    for name, value in changes.items():
        values[int(name[1:])] = value
    return values


def test_a_short_gap_is_interpolated_and_noted() -> None:
    series = consumption()
    rule_set(series, MISSING)
    store(series, at("2026-03-10 00:00"), day_with(s10=None, s11=None))
    tally = validated(series)
    values, codes = stored(series, "2026-03-10 02:15", 5)
    assert values == [200, 167, 133, 100, 200]  # 9: 200, 12: 100
    assert [method_of(code) for code in codes] == [None, EstimationMethod.LINEAR, EstimationMethod.LINEAR, None, None]
    (finding,) = found()
    assert (finding.state, finding.count, finding.value) == (_STATE.ESTIMATED, 2, None)
    assert (finding.before, finding.after) == (19_200 - 500, 19_200 - 200)
    assert finding.first_at == at("2026-03-10 02:30")
    assert tally.exceptions == 0
    assert dict(tally.estimated) == {"linear": 2}


def test_validating_again_changes_nothing() -> None:
    series = consumption()
    rule_set(series, MISSING, SPIKE)
    store(series, at("2026-02-10 00:00"), curve(28))
    store(series, at("2026-03-10 00:00"), day_with(s10=None, s40=9_000))
    validated(series)
    before, rows = stored(series, "2026-03-10 00:00", 96), list(Finding.objects.order_by("pk").values())
    versions = len(history(series.pk, at("2026-03-10 10:00")))
    tally = validated(series)
    assert stored(series, "2026-03-10 00:00", 96) == before
    assert list(Finding.objects.order_by("pk").values()) == rows
    assert len(history(series.pk, at("2026-03-10 10:00"))) == versions
    assert not tally.estimated


def test_a_spike_is_replaced_and_comes_back_when_the_rule_goes() -> None:
    series = consumption()
    own = rule_set(series, SPIKE)
    store(series, at("2026-02-10 00:00"), curve(28))
    store(series, at("2026-03-10 00:00"), day_with(s40=9_000))
    validated(series)
    (value,), (code,) = stored(series, "2026-03-10 10:00", 1)
    assert value == 200
    assert method_of(code) == EstimationMethod.LINEAR
    (finding,) = found()
    assert (finding.value, finding.limit, finding.state) == (9_000, 840.0, _STATE.ESTIMATED)
    own.rules.update(enabled=False)
    validated(series)
    assert stored(series, "2026-03-10 10:00", 1) == ([9_000], [Quality.VERIFIED])


def test_what_cannot_be_estimated_waits_for_a_person() -> None:
    series = consumption()
    rule_set(series, MISSING, estimation=[{"method": "linear", "parameters": {"limit": 30}}])
    store(series, at("2026-03-10 00:00"), day_with(**{f"s{slot}": None for slot in range(10, 20)}))
    tally = validated(series)
    assert stored(series, "2026-03-10 02:30", 1) == ([NO_VALUE], [Quality.MISSING])
    (finding,) = found()
    assert (finding.state, finding.count, tally.exceptions) == (_STATE.OPEN, 10, 1)
    assert finding.due_at is not None


def test_an_error_code_is_told_from_energy() -> None:
    series = consumption(exponent=0)
    rule_set(series, {"condition": "sentinel", "action": "reject"}, SPIKE)
    store(series, at("2026-03-10 00:00"), day_with(s40=4_294_967_295))
    validated(series)
    assert stored(series, "2026-03-10 10:00", 1) == ([4_294_967_295], [Quality.SENTINEL])
    assert [each.condition for each in found(state=_STATE.OPEN)] == ["sentinel", "spike"]


def test_an_estimate_gives_way_to_late_data_and_the_rest_is_estimated_anew() -> None:
    series = consumption()
    rule_set(series, MISSING)
    store(series, at("2026-03-10 00:00"), day_with(s10=None, s11=None, s12=None))
    validated(series)
    store(series, at("2026-03-10 02:45"), [302])
    validated(series)
    values, codes = stored(series, "2026-03-10 02:15", 5)
    assert values == [200, 251, 302, 251, 200]
    assert codes[2] == Quality.MEASURED
    (finding,) = found()
    assert (finding.count, finding.state) == (2, _STATE.ESTIMATED)


def test_a_complete_day_closes_its_exception_by_itself() -> None:
    series = consumption()
    rule_set(series, MISSING, estimation=[])
    store(series, at("2026-03-10 00:00"), day_with(s10=None))
    validated(series)
    store(series, at("2026-03-10 02:30"), [300])
    validated(series)
    assert [each.state for each in found()] == [_STATE.RESOLVED]


def test_what_a_person_accepted_is_not_asked_again() -> None:
    series = consumption()
    rule_set(series, SPIKE | {"action": "reject"})
    store(series, at("2026-03-10 00:00"), day_with(s40=9_000))
    validated(series)
    assert stored(series, "2026-03-10 10:00", 1)[1] == [Quality.REJECTED]
    slots = read_slots(series, at("2026-03-10 10:00"), at("2026-03-10 10:15"), now=dt.datetime.now(dt.UTC))
    user = make.make_user(utilities=[series.metering_point.utility])
    save(series=series, seen=slots, change=accept(slots), user=user, reason="a car", method="accept")
    validated(series)
    assert stored(series, "2026-03-10 10:00", 1) == ([9_000], [Quality.ACCEPTED])
    assert not found(state=_STATE.OPEN)


def test_estimates_add_up_to_what_the_register_counted() -> None:
    """Stands every quarter of an hour feed the consumption; three are missing, the gap is known to the last unit."""
    point, _ = metered()
    used = consumption(point)
    stands = make.make_series(point, "1-0:1.8.0", kind="stand", feeds=used, source="M1")
    rule_set(used, MISSING)
    counted = np.cumsum([1_000, *curve(1), 5]).tolist()
    store(
        stands, at("2026-03-10 00:00"), [None if slot in (11, 12, 13) else value for slot, value in enumerate(counted)]
    )
    validated(used)
    values, codes = stored(used, "2026-03-10 02:30", 4)
    assert sum(values) == sum(curve(1)[10:14])
    assert set(codes) == {estimated_by(EstimationMethod.LINEAR, scaled=True)}
    assert all(code & SCALED for code in codes)


def test_a_known_total_is_spread_evenly_where_no_method_has_an_answer() -> None:
    """No history and no average of a new series: the register still says how much it was."""
    point, _ = metered()
    used = consumption(point)
    stands = make.make_series(point, "1-0:1.8.0", kind="stand", feeds=used, source="M1")
    rule_set(used, MISSING)
    counted = np.cumsum([1_000, *curve(1), 5]).tolist()
    store(stands, at("2026-03-10 00:00"), [None if 51 <= slot <= 80 else value for slot, value in enumerate(counted)])
    validated(used)
    values, codes = stored(used, "2026-03-10 12:30", 31)
    assert sum(values) == sum(curve(1)[50:81])
    assert set(codes) == {estimated_by(EstimationMethod.FLAT, scaled=True)}


def test_a_spike_that_the_register_counted_stays() -> None:
    """A car that charges: the stands on both sides say that the energy was used."""
    point, _ = metered()
    used = consumption(point)
    stands = make.make_series(point, "1-0:1.8.0", kind="stand", feeds=used, source="M1")
    rule_set(used, SPIKE)
    day = curve(1)
    day[40] = 9_000
    store(stands, at("2026-03-10 00:00"), np.cumsum([1_000, *day, 5]).tolist())
    validated(used)
    assert stored(used, "2026-03-10 10:00", 1) == ([9_000], [Quality.MEASURED])
    (finding,) = found()
    assert finding.state == _STATE.NOTED
    assert finding.evidence["confirmed"] is True


def test_a_stand_that_jumps_and_comes_back_makes_two_wrong_values() -> None:
    """The register showed too much once: the spike and the negative value after it are estimated together."""
    point, _ = metered()
    used = consumption(point)
    stands = make.make_series(point, "1-0:1.8.0", kind="stand", feeds=used, source="M1")
    rule_set(used, {"condition": "negative", "action": "estimate"}, SPIKE)
    counted = np.cumsum([1_000, *curve(1), 5])
    counted[41] += 5_000
    store(stands, at("2026-03-10 00:00"), counted.tolist())
    validated(used)
    values, codes = stored(used, "2026-03-10 10:00", 2)
    assert sum(values) == sum(curve(1)[40:42])
    assert all(method_of(code) is not None and code & SCALED for code in codes)


@pytest.mark.parametrize(("day", "slots"), [("2026-03-29", 92), ("2026-10-25", 100)])
def test_days_when_the_clock_changes(day: str, slots: int) -> None:
    series = consumption()
    rule_set(series, MISSING)
    values: list[int | None] = [100] * slots
    values[slots // 2] = None
    store(series, at(f"{day} 00:00"), values)
    tally = validated(series, first=dt.date.fromisoformat(day))
    assert tally.values == slots
    assert stored(series, f"{day} 00:00", slots)[0] == [100] * slots
    (finding,) = found()
    assert (finding.day.isoformat(), finding.count) == (day, 1)


def test_nothing_is_due_before_a_device_hung_there_and_before_the_interval_ended() -> None:
    point, _ = metered(start=at("2026-03-10 12:00"))
    series = consumption(point)
    rule_set(series, MISSING)
    store(series, at("2026-03-10 12:00"), [100] * 4)
    validated(series, now=at("2026-03-10 15:00"))
    (finding,) = found()
    assert (finding.first_at, finding.count) == (at("2026-03-10 13:00"), 4)  # 13:00 to 14:00; an hour of grace


def test_final_estimates_stay_when_anything_but_a_measurement_comes() -> None:
    series = consumption()
    rule_set(series, MISSING)
    rule_set(series, MISSING, role=Role.FINAL)
    store(series, at("2026-03-10 00:00"), day_with(s10=None, s11=None))
    validated(series)
    validated(series, role=Role.FINAL)
    values, codes = stored(series, "2026-03-10 02:30", 2)
    assert codes == [estimated_by(EstimationMethod.LINEAR, final=True)] * 2
    store(series, at("2026-03-10 02:15"), [990])  # what lies beside it is another now
    validated(series)
    assert stored(series, "2026-03-10 02:30", 2) == (values, codes)
    store(series, at("2026-03-10 02:30"), [77])
    assert stored(series, "2026-03-10 02:30", 1) == ([77], [Quality.MEASURED])


def test_series_without_anything_and_without_a_set_do_no_harm() -> None:
    series = consumption()
    assert validated(series).series_days == 0
    rule_set(series, MISSING, SPIKE, SENTINEL)
    tally = validated(series)
    assert tally.series_days == 1
    (finding,) = found()
    assert (finding.condition, finding.count, finding.state) == ("missing", 96, _STATE.OPEN)
