"""Steering a job that was made: pause and go on, add and take out devices, change how urgent it is and until when.

Every verb changes rows at once and is recorded; workers see it at their next claim. A session under way is never cut:
it ends and is stored as usual.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest
from django.utils import timezone

from access import audit
from access.models import User
from devices.models import Device
from headend.models import Job, JobItem
from headend.models.job import Priority
from headend.services.jobs import (
    PAUSE_LASTS,
    RETRY_LASTS,
    SteeringError,
    cancel_items,
    insert_items,
    locked,
    settle_jobs,
)
from headend.services.read_now import FEW
from headend.wake import wake

LONGEST = timedelta(days=366)
"""No job is given more time than that from now on."""


@transaction.atomic
def pause(*, job: Job, user: User) -> None:
    """Begin nothing more of the job until `resume`, or until `PAUSE_LASTS` is over; SteeringError when it does not run.

    What waits is put off by so much: that keeps it out of the way of every claim, however many devices they are.
    """
    job = locked(job)
    if job.state != Job.State.RUNNING:
        raise SteeringError("Only a job that runs can be paused.")
    now = timezone.now()
    _waiting(job).update(not_before=_later(Greatest(F("not_before"), Value(now)), PAUSE_LASTS))
    Job.objects.filter(pk=job.pk).update(state=Job.State.PAUSED, paused_at=now)
    _record("job paused", job, "", user)


@transaction.atomic
def resume(*, job: Job, user: User) -> None:
    """Go on as if no time had passed: waits and expiry are longer by the pause. SteeringError when it is not paused."""
    job = locked(job)
    if job.state != Job.State.PAUSED or job.paused_at is None:
        raise SteeringError("The job is not paused.")
    lasted = timezone.now() - job.paused_at
    _waiting(job).update(not_before=_later(F("not_before"), lasted - PAUSE_LASTS))
    expires_at = job.expires_at + lasted
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, paused_at=None, expires_at=expires_at)
    _record("job resumed", job, f"after {lasted.total_seconds() / 60:.0f} min", user)
    transaction.on_commit(lambda: wake(job.priority))


@transaction.atomic
def add_devices(*, job: Job, devices: QuerySet[Device], words: str, user: User) -> int:
    """Let the job read these devices too, those it has already left as they are; returns how many are new.

    A job that is done runs again, for `RETRY_LASTS` at least. SteeringError for one that was cancelled or is paused.
    """
    job = locked(job)
    if job.state not in (Job.State.RUNNING, Job.State.DONE):
        raise SteeringError("Only a job that runs or is done takes further devices.")
    count = insert_items(job, devices.filter(utility=job.utility_id))
    _check_urgency(job, Priority(job.priority))
    if count:
        expires_at = max(job.expires_at, timezone.now() + RETRY_LASTS)
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, finished_at=None, expires_at=expires_at)
        transaction.on_commit(lambda: wake(job.priority))
    _record("devices added to job", job, f"{words}: {count} added", user)
    return count


@transaction.atomic
def take_out(*, job: Job, items: QuerySet[JobItem], user: User) -> int:
    """End those of `items` that still wait as cancelled; returns how many. What is being read now goes on."""
    job = locked(job)
    count = cancel_items(_waiting(job).filter(pk__in=items.order_by().values("pk")))
    settle_jobs([job.pk])
    _record("devices taken out of job", job, f"{count} taken out", user)
    return count


@transaction.atomic
def set_priority(*, job: Job, priority: Priority, user: User) -> None:
    """How urgent what still waits is. SteeringError: too many for the reserved worker, or the job has ended."""
    job = _unfinished(job)
    _check_urgency(job, priority)
    was = Priority(job.priority).label
    Job.objects.filter(pk=job.pk).update(priority=priority)
    _waiting(job).update(priority=priority)
    _record("job priority changed", job, f"from {was} to {priority.label}", user)
    transaction.on_commit(lambda: wake(priority))


@transaction.atomic
def set_expiry(*, job: Job, expires_at: datetime, user: User) -> None:
    """Until when it is tried. SteeringError: not in the future, more than `LONGEST` ahead, or the job has ended."""
    job, now = _unfinished(job), timezone.now()
    if not now < expires_at <= now + LONGEST:
        raise SteeringError(f"A job expires after now, and within {LONGEST.days} days.")
    Job.objects.filter(pk=job.pk).update(expires_at=expires_at)
    _record("job expiry changed", job, f"from {_stamp(job.expires_at)} to {_stamp(expires_at)}", user)


def _unfinished(job: Job) -> Job:
    job = locked(job)
    if job.state not in (Job.State.RUNNING, Job.State.PAUSED):
        raise SteeringError("The job has ended.")
    return job


def _check_urgency(job: Job, priority: Priority) -> None:
    """The reserved worker is for whoever waits on the phone: more than `FEW` devices would take it from them."""
    if priority >= Priority.ON_DEMAND and job.items.open().count() > FEW:
        raise SteeringError(f"No more than {FEW} devices are read on demand at once.")


def _waiting(job: Job) -> QuerySet[JobItem]:
    rows: QuerySet[JobItem] = JobItem.objects.filter(job=job, state=JobItem.State.WAITING)
    return rows


def _later(at: Combinable, by: timedelta) -> Combinable:
    return ExpressionWrapper(at + Value(by), output_field=DateTimeField())


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _record(verb: str, job: Job, told: str, user: User) -> None:
    summary = f"{job.title}: {told}" if told else job.title
    audit.record(verb, summary, user=user, utility=job.utility, target=job)
