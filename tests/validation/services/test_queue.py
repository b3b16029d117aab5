"""What arrives is queued with the write, validated once it is left in peace, and never lost."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.db import transaction

from metering.quality import EstimationMethod, method_of
from metering.store import wire
from tests.validation.loading.world import at, consumption, metered, store
from tests.validation.services.test_validating import MISSING, day_with
from tests.validation.services.world import curve, found, rule_set, stored
from validation import queue
from validation.models import Finding
from validation.services.arrivals import stretches, work_off

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


def ripen() -> None:
    """As if the time had passed in which more may come."""
    wire.execute("UPDATE validation_due SET due_at = now()")


def test_what_arrives_is_validated_without_being_asked_for() -> None:
    series = consumption()
    rule_set(series, MISSING)
    store(series, at("2026-03-10 00:00"), day_with(s10=None))
    assert queue.claim(100) is None  # more of the day may be on its way
    ripen()
    assert work_off().series_days > 0
    assert method_of(stored(series, "2026-03-10 02:30", 1)[1][0]) == EstimationMethod.LINEAR
    assert [each.state for each in found(day="2026-03-10")] == [Finding.State.ESTIMATED]
    assert queue.waiting()[0] == 0


def test_what_validation_writes_is_no_news_to_it() -> None:
    series = consumption()
    rule_set(series, MISSING)
    store(series, at("2026-03-10 00:00"), day_with(s10=None))
    ripen()
    work_off()
    assert wire.fetch("SELECT count(*) FROM validation_due") == [(0,)]


def test_a_write_that_is_undone_leaves_nothing_to_validate() -> None:
    series = consumption()
    with pytest.raises(RuntimeError), transaction.atomic():
        store(series, at("2026-03-10 00:00"), curve(1))
        raise RuntimeError
    assert queue.waiting()[0] == 0


def test_a_day_that_arrives_in_many_writes_is_validated_once() -> None:
    series = consumption()
    rule_set(series, MISSING)
    for slot in range(8):
        store(series, at("2026-03-10 12:00") + slot * dt.timedelta(minutes=15), [100])
    ripen()
    claim = queue.claim(100)
    assert claim is not None
    assert len(claim.rows) == 8
    assert len(claim) == 1


def test_what_changes_while_it_is_validated_waits_again() -> None:
    series = consumption()
    store(series, at("2026-03-10 12:00"), [100])
    ripen()
    claim = queue.claim(100)
    assert claim is not None
    store(series, at("2026-03-10 13:00"), [100])
    queue.release(claim)
    ripen()
    again = queue.claim(100)
    assert again is not None
    assert again.rows.tolist() != claim.rows.tolist()


def test_what_a_worker_holds_is_not_held_twice_and_comes_back() -> None:
    series = consumption()
    store(series, at("2026-03-10 12:00"), [100])
    ripen()
    claim = queue.claim(100)
    assert claim is not None
    assert queue.claim(100) is None
    queue.give_back(claim)
    assert queue.claim(100) is None  # not before a minute has passed
    ripen()
    assert queue.claim(100) is not None


def test_a_claim_is_bounded() -> None:
    point, _ = metered()
    for number in range(5):
        store(consumption(point, source=f"M{number}"), at("2026-03-10 12:00"), [100])
    ripen()
    claim = queue.claim(3)
    assert claim is not None
    assert len(claim) == 3


def test_a_utc_day_touches_two_local_days_and_none_after_today() -> None:
    series = consumption()
    day = 20_522  # 2026-03-10
    held = queue.Claim(np.zeros(1, np.int64), np.array([series.pk]), np.array([day]), by_hand=False)
    ((ids, first, last),) = stretches(held, NOW)
    assert (ids.tolist(), first, last) == ([series.pk], dt.date(2026, 3, 10), dt.date(2026, 3, 11))
    ((_, first, last),) = stretches(held, at("2026-03-10 18:00"))
    assert (first, last) == (dt.date(2026, 3, 10), dt.date(2026, 3, 10))


def test_scattered_days_are_validated_run_by_run() -> None:
    series = consumption()
    days = np.array([20_500, 20_501, 20_522])
    held = queue.Claim(np.zeros(1, np.int64), np.full(3, series.pk), days, by_hand=False)
    assert [(last - first).days for _, first, last in stretches(held, NOW)] == [2, 1]


def test_momentary_values_wait_until_a_set_is_meant_for_them() -> None:
    point, _ = metered()
    series = consumption(point, obis="1-0:32.7.0", unit="V", kind="instantaneous")
    held = queue.Claim(np.zeros(1, np.int64), np.array([series.pk]), np.array([20_522]), by_hand=False)
    assert list(stretches(held, NOW)) == []
    own = rule_set(series, MISSING)
    own.assignments.update(series=series)
    assert len(list(stretches(held, NOW))) == 1


def test_edits_by_hand_are_kept_apart() -> None:
    series = consumption()
    store(series, at("2026-03-10 12:00"), [100])
    wire.execute("UPDATE validation_due SET by_hand = true")
    store(series, at("2026-03-11 12:00"), [100])
    ripen()
    first, second = queue.claim(100), queue.claim(100)
    assert first is not None
    assert second is not None
    assert (first.by_hand, second.by_hand) == (True, False)
