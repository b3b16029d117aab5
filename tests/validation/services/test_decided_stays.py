"""What somebody decided outlasts the next run of validation, and what nobody decided is found again."""

from __future__ import annotations

import numpy as np
import pytest
from django.utils import timezone

from metering.quality import Quality
from metering.store import read
from tests import factories as make
from tests.validation.findings import DAY, SPIKE, SPIKE_SLOT, Queue, build_queue
from validation.models import Finding, Rule
from validation.models.rules import Role
from validation.services.deciding import accept_findings
from validation.services.estimating import estimate_findings
from validation.services.validating import Work, validate
from validation.stretches import day_of

READ_LATER = SPIKE + 800


@pytest.fixture
def queue(db: None) -> Queue:
    """Findings as validation makes them itself, every one an exception."""
    built = build_queue()
    Finding.objects.all().delete()
    Rule.objects.update(severity="error")
    # Another reading, so that the doubt the former one was stored with is gone.
    make.make_values(built.series, built.spike.first_at, [READ_LATER])
    run(built)
    return built


def run(queue: Queue, role: Role = Role.ARRIVAL) -> None:
    """Validate the day by the set of the rule."""
    ids = np.array([queue.series.pk], np.int64)
    validate(Work(ids, DAY, DAY, timezone.now(), role=role, rule_set=queue.rule.rule_set))


def found(condition: str) -> Finding:
    return Finding.objects.select_related("series__metering_point__utility").get(condition=condition)


def test_validation_finds_what_the_queue_shows(queue: Queue) -> None:
    spike, gap = found("spike"), found("missing")
    assert (spike.value, spike.count, spike.group, spike.state) == (READ_LATER, 1, queue.group, "open")
    assert (gap.value, gap.count, gap.state) == (None, 4, "open")


@pytest.mark.parametrize("role", [Role.ARRIVAL, Role.MANUAL])
def test_an_accepted_value_stays_accepted(queue: Queue, role: Role) -> None:
    # Validation keeps a spike as measured: accepting it then says so of the finding alone.
    spike = found("spike")
    accept_findings(findings=Finding.objects.filter(pk=spike.pk), user=queue.anna, reason="Sauna evening")
    run(queue, role)
    again = found("spike")
    assert (again.state, again.closed_by, again.reason) == ("accepted", queue.anna, "Sauna evening")


@pytest.mark.parametrize("method", [None, "linear", "like_days"])
def test_an_estimate_somebody_asked_for_stays(queue: Queue, method: str | None) -> None:
    rows = Finding.objects.filter(condition__in=["spike", "missing"])
    estimate_findings(findings=rows, user=queue.anna, method=method)
    day = day_of(found("missing"))
    before = read([queue.series.pk], day.start, day.end)
    run(queue)
    after = read([queue.series.pk], day.start, day.end)
    assert (after.values == before.values).all() and (after.quality == before.quality).all()
    assert (after.quality[0, 20:24] == Quality.EDITED).all()
    assert set(rows.values_list("state", flat=True)) == {"estimated"}
    assert after.values[0, SPIKE_SLOT] < READ_LATER / 10
