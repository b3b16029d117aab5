"""Reading values in doubt again: what a session is told to read, and what is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from access.models import AuditRecord
from devices.models import Device
from headend import kinds
from headend.knowledge import know
from headend.models import Job
from tests.scene import signed_in, text
from tests.validation.findings import DAY, DAY_BEFORE, Queue, build_queue, make_finding
from validation.models import Finding
from validation.services import rereading
from validation.services.claiming import DecisionError
from validation.services.rereading import reread_findings

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def queue(db: None) -> Queue:
    return build_queue()


def planned(job: Job, device: Device, now: datetime = NOW) -> list[tuple[datetime, datetime]]:
    """What a session with the device is told to read of its load profile."""
    known, _unknown = know([device])
    plan = kinds.kind(job.kind).plan(known[device.pk], job.parameters, now)
    assert not plan.registers and not plan.logs
    return [(part.start, part.end) for part in plan.profiles]


def test_a_session_reads_just_the_intervals_in_doubt(queue: Queue) -> None:
    _decided, (job,) = reread_findings(findings=Finding.objects.all(), user=queue.anna)
    midnight = datetime(2026, 10, 24, 21, tzinfo=UTC)
    gap = (midnight + timedelta(hours=5), midnight + timedelta(hours=6))
    spike = (midnight + timedelta(hours=15), midnight + timedelta(hours=15, minutes=15))
    assert planned(job, queue.device) == [gap, spike]


def test_what_lies_close_together_is_one_request(queue: Queue) -> None:
    near = make_finding(queue.series, [26], rule=None)
    rows = Finding.objects.filter(pk__in=[queue.gap.pk, near.pk])
    _decided, (job,) = reread_findings(findings=rows, user=queue.anna)
    midnight = datetime(2026, 10, 24, 21, tzinfo=UTC)
    assert planned(job, queue.device) == [(midnight + timedelta(hours=5), midnight + timedelta(hours=6, minutes=45))]


def test_nothing_is_read_from_the_future_or_of_other_devices(queue: Queue) -> None:
    _decided, (job,) = reread_findings(findings=Finding.objects.all(), user=queue.anna)
    assert planned(job, queue.device, datetime(2026, 10, 24, tzinfo=UTC)) == []
    Job.objects.filter(pk=job.pk).update(parameters={})
    assert planned(Job.objects.get(pk=job.pk), queue.device) == []


def test_it_is_nothing_to_choose_in_a_form(queue: Queue) -> None:
    assert "reread" not in dict(kinds.choices()) and kinds.kind("reread").name == "Values in doubt"


def test_those_no_device_measured_are_left_out_and_counted(queue: Queue) -> None:
    make_finding(queue.world.foreign, rule=queue.rule)
    long_ago = make_finding(queue.series, day=DAY.replace(year=2025), rule=queue.rule)
    decided, jobs = reread_findings(findings=Finding.objects.all(), user=queue.anna)
    assert (decided.done, decided.meanwhile, len(jobs)) == (2, 2, 1)
    assert Finding.objects.get(pk=long_ago.pk).state == "open", "no device hung there yet"
    assert AuditRecord.objects.get(verb="exceptions read again").details["count"] == 2


def test_the_selection_is_bounded(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rereading, "MOST_REREAD", 1)
    make_finding(queue.series, day=DAY - DAY_BEFORE, rule=queue.rule)
    with pytest.raises(DecisionError, match="At most 1"):
        reread_findings(findings=Finding.objects.all(), user=queue.anna)
    assert set(Finding.objects.values_list("state", flat=True)) == {"open"}


def test_its_jobs_are_found_among_the_others(queue: Queue) -> None:
    _decided, (job,) = reread_findings(findings=Finding.objects.all(), user=queue.anna)
    page = text(signed_in(queue.anna).get("/jobs/", {"kind": "reread"}))
    assert job.get_absolute_url() in page and "Kind: <strong>Values in doubt" in page
