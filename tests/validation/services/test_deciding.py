"""Deciding about exceptions: what becomes of values, of findings, and who may."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from headend.models import Job
from metering.quality import Quality
from metering.services.editing import read_slots, save
from metering.services.editing.methods import constant
from metering.store import Origin, RegisterBatch, read, read_registers, write_registers
from tests import factories as make
from tests.queries import count_queries
from tests.validation.findings import DAY, DAY_BEFORE, SPIKE_SLOT, Queue, build_queue, make_finding, store_local_day
from validation.models import Finding
from validation.services.claiming import DecisionError
from validation.services.deciding import accept_findings, assign_findings, set_priority
from validation.services.rereading import SETTLES_IN, give_back, reread_findings
from validation.stretches import day_of, stretches

SUSPECT = [int(Quality.SUSPECT)] * 96


@pytest.fixture
def queue(db: None) -> Queue:
    return build_queue()


def test_many_are_accepted_a_day_at_a_time(queue: Queue) -> None:
    day = DAY - 3 * DAY_BEFORE
    for number in range(4):
        point = make.make_metering_point(queue.world.utility, queue.world.north.segment)
        series = make.make_series(point)
        store_local_day(series, day, [7] * 96, SUSPECT)
        make_finding(series, [number, 50], rule=queue.rule, day=day)
    rows = Finding.objects.filter(day=day)
    with count_queries() as counted:
        decided = accept_findings(findings=rows, user=queue.anna, reason="Tested")
    assert (decided.done, decided.values) == (4, 8)
    for each in rows.select_related("series__metering_point__utility"):
        edges = day_of(each)
        quality = read([each.series_id], edges.start, edges.end).quality[0]
        assert np.flatnonzero(quality == Quality.ACCEPTED).tolist() == [_first(each), 50]
    assert counted.number < 40


def _first(finding: Finding) -> int:
    """The first interval of the day a finding is about."""
    return int((finding.first_at - day_of(finding).start) / timedelta(minutes=15))


def test_measured_values_and_other_intervals_stay_as_they_are(queue: Queue) -> None:
    doubted = make_finding(queue.series, [SPIKE_SLOT, 61], rule=None, value=100)
    accept_findings(findings=Finding.objects.filter(pk=doubted.pk), user=queue.anna, reason="Tested")
    day = day_of(doubted)
    quality = read([queue.series.pk], day.start, day.end).quality[0]
    assert quality[SPIKE_SLOT] == Quality.ACCEPTED and quality[61] == quality[59] == Quality.MEASURED


def test_a_register_value_is_accepted(queue: Queue) -> None:
    series = make.make_series(queue.world.north, "1-0:1.29.1", periodicity="daily")
    at = day_of(queue.spike).start
    ids, seconds = np.array([series.pk] * 2), np.array([int(at.timestamp()), int(at.timestamp()) + 86_400])
    codes = np.full(2, Quality.SUSPECT, np.uint8)
    write_registers(RegisterBatch(ids, seconds, np.array([5, 6]), codes), origin=Origin())
    finding = make_finding(queue.series, rule=queue.rule, day=DAY - DAY_BEFORE)
    Finding.objects.filter(pk=finding.pk).update(series=series, first_at=at)
    accept_findings(findings=Finding.objects.filter(pk=finding.pk), user=queue.anna, reason="Tested")
    stored = read_registers([series.pk], at, at + timedelta(days=2))
    assert stored.quality.tolist() == [Quality.ACCEPTED, Quality.SUSPECT]


def test_the_first_decision_holds(queue: Queue) -> None:
    rows = Finding.objects.filter(pk=queue.spike.pk)
    assert accept_findings(findings=rows, user=queue.anna, reason="First").done == 1
    second = accept_findings(findings=rows, user=queue.anna, reason="Second")
    assert (second.done, second.meanwhile) == (0, 1)
    assert rows.get().reason == "First"


def test_what_lies_outside_ones_reach_is_not_decided(queue: Queue) -> None:
    for user in (queue.world.stranger, queue.world.pekka, queue.world.roleless):
        assert accept_findings(findings=Finding.objects.all(), user=user, reason="x").done == 0
    assert set(Finding.objects.values_list("state", flat=True)) == {"open"}


def test_an_owner_must_be_able_to_decide(queue: Queue) -> None:
    with pytest.raises(DecisionError, match="may not decide"):
        assign_findings(findings=Finding.objects.all(), owner=queue.world.pekka, user=queue.anna)
    assert assign_findings(findings=Finding.objects.all(), owner=queue.anna, user=queue.anna).done == 2


@pytest.mark.parametrize("priority", [-1, 101])
def test_a_priority_has_bounds(queue: Queue, priority: int) -> None:
    with pytest.raises(DecisionError, match="between 0"):
        set_priority(findings=Finding.objects.all(), priority=priority, user=queue.anna)


def test_editing_all_of_its_values_closes_an_exception(queue: Queue) -> None:
    part = stretches(queue.gap)[0]
    half = read_slots(queue.series, part.start, part.start + timedelta(minutes=30), now=timezone.now())
    save(series=queue.series, seen=half, change=constant(half, 9), user=queue.anna, reason="Half", method="constant")
    assert Finding.objects.get(pk=queue.gap.pk).state == "open"
    rest = read_slots(queue.series, part.start, part.end, now=timezone.now())
    save(
        series=queue.series, seen=rest, change=constant(rest, 8), user=queue.anna, reason="All of it", method="constant"
    )
    closed = Finding.objects.get(pk=queue.gap.pk)
    assert (closed.state, closed.closed_by, closed.reason) == ("edited", queue.anna, "All of it")
    assert Finding.objects.get(pk=queue.spike.pk).state == "open", "its value was not touched"


def test_what_was_read_again_without_news_comes_back(queue: Queue) -> None:
    _decided, jobs = reread_findings(findings=Finding.objects.all(), user=queue.anna)
    assert len(jobs) == 1 and give_back() == 0
    Job.objects.update(finished_at=timezone.now())
    assert give_back() == 0, "what came may still be under validation"
    Job.objects.update(finished_at=timezone.now() - 2 * SETTLES_IN)
    Finding.objects.filter(pk=queue.gap.pk).update(state=Finding.State.RESOLVED)
    assert give_back() == 1
    queue.spike.refresh_from_db()
    assert queue.spike.state == "open" and "in doubt as before" in queue.spike.notes.get().text
    assert give_back() == 0


def test_stretches_of_the_night_the_clock_goes_back(queue: Queue) -> None:
    # 25 hours: slot 12 begins at 03:00 summer time, slot 16 an hour later at 03:00 winter time.
    finding = make_finding(queue.series, [12, 13, 16, 99], rule=None)
    parts = [(part.start.strftime("%d %H:%M"), (part.end - part.start).seconds) for part in stretches(finding)]
    assert parts == [("25 00:00", 1800), ("25 01:00", 900), ("25 21:45", 900)]
