"""Runs: ordered, worked on by one worker, cancelled, taken over; dry ones store nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from access.models import AuditRecord
from metering.store import NO_VALUE
from tests import factories as make
from tests.validation.loading.world import DAY, at, consumption, store
from tests.validation.services.test_validating import MISSING, day_with
from tests.validation.services.world import found, rule_set, stored
from validation.calling import LOST
from validation.models import Run
from validation.services.runs import RunError, cancel_run, start_run, work_run

pytestmark = pytest.mark.django_db


def ordered(series: Any, **fields: Any) -> Run:
    """A run over one series and day, that somebody ordered."""
    utility = series.metering_point.utility
    user = make.make_user(utilities=[utility])
    asked: dict[str, Any] = {"user": user, "scope": {"series": [series.pk]}, "first_day": DAY, "last_day": DAY} | fields
    return start_run(utility=utility, **asked)


def spoilt() -> Any:
    """A series with a gap of a quarter of an hour."""
    series = consumption()
    store(series, at("2026-03-10 00:00"), day_with(s10=None))
    return series


def test_a_run_validates_and_says_what_it_did() -> None:
    series = spoilt()
    own = rule_set(series, MISSING)
    run = ordered(series, rule_set=own)
    assert (run.state, run.total) == (Run.State.WAITING, 1)
    work_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done) == (Run.State.DONE, 1)
    assert run.counts["estimated"] == {"linear": 1}
    assert [each.run_id for each in found()] == [run.pk]
    assert AuditRecord.objects.filter(verb="validation started").count() == 1


def test_a_dry_run_stores_nothing_but_its_result() -> None:
    series = spoilt()
    run = ordered(series, rule_set=rule_set(series, MISSING), dry=True)
    work_run(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    assert run.result["sets"][0]["rules"][0]["rule"] > 0
    assert stored(series, "2026-03-10 02:30", 1)[0] == [NO_VALUE]
    assert not found()


def test_a_cancelled_run_is_not_worked_on() -> None:
    series = spoilt()
    run = ordered(series, rule_set=rule_set(series, MISSING))
    user = make.make_user(username="other", utilities=[series.metering_point.utility])
    assert cancel_run(run, user)
    assert not cancel_run(run, user)
    work_run(run.pk)
    assert not found()


def test_only_one_worker_has_a_run_and_a_lost_one_is_relieved() -> None:
    series = spoilt()
    run = ordered(series, rule_set=rule_set(series, MISSING))
    Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING, heartbeat_at=timezone.now())
    work_run(run.pk)
    assert not found()
    Run.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - LOST - dt.timedelta(seconds=1))
    work_run(run.pk)
    assert len(found()) == 1


def test_a_run_that_breaks_says_so_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    series = spoilt()
    run = ordered(series, rule_set=rule_set(series, MISSING))
    monkeypatch.setattr("validation.services.runs.validate_portion", lambda *_: 1 / 0)
    work_run(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert "log" in run.error


@pytest.mark.parametrize("days", [0, 401])
def test_a_run_has_bounds(days: int) -> None:
    series = spoilt()
    with pytest.raises(RunError, match="1 to 400 days"):
        ordered(series, last_day=DAY + dt.timedelta(days=days - 1))
