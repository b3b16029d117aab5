"""Making, cancelling and retrying jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When
from django.utils import timezone

from access import audit
from access.models import User, Utility
from aim.action import action_id, new_action
from devices.models import Device
from headend import causes
from headend.models import Job, JobItem, Schedule
from headend.models.job import Priority
from headend.targets import Target, words
from headend.wake import wake

_INSERT_ITEMS = """
INSERT INTO headend_jobitem (job_id, device_id, state, priority, not_before, attempts, attempts_before,
                             lease_owner, step, first_cause, last_cause, detail, result)
SELECT %s, target.id, 'waiting', %s, now() + %s * interval '1 second' * {spread}, 0, 0, '', '', '', '', '', '{{}}'
FROM (SELECT DISTINCT id FROM ({targets}) AS found(id)) AS target
WHERE NOT EXISTS (SELECT FROM headend_jobitem there WHERE there.job_id = %s AND there.device_id = target.id)
ORDER BY target.id
"""
_SPREAD = "((target.id %% 2147483648) * 2654435769 %% 4294967296 / 4294967296.0)::float8"
"""From 0 to 1 for each device, always the same for one and evenly spread for any number: the fractions of n times the
golden ratio, which no row of ids lets come together."""
UNSUCCESSFUL = (JobItem.State.FAILED, JobItem.State.EXPIRED, JobItem.State.CANCELLED)
"""What can be tried again."""
_INSERT_CONTACTS = """
INSERT INTO devices_contact (device_id, failures, cause, session_owner, next_counter)
SELECT device_id, 0, '', '', 1 FROM headend_jobitem item
WHERE job_id = %s AND NOT EXISTS (SELECT FROM devices_contact there WHERE there.device_id = item.device_id)
UNION ALL
SELECT DISTINCT slave.master_id, 0, '', '', 1
FROM headend_jobitem item JOIN devices_device slave ON slave.id = item.device_id
WHERE item.job_id = %s AND slave.master_id IS NOT NULL
ON CONFLICT (device_id) DO NOTHING
"""

RETRY_LASTS = timedelta(hours=1)
"""How long a retried job has, however long it had before."""
PAUSE_LASTS = timedelta(days=7)
"""A job that is paused for longer expires: a pause nobody remembers is no place to wait for ever."""


class SteeringError(ValueError):
    """What was asked of a job cannot be done to it; the message says why, for the person who asked."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a job shall do: a registered kind, its parameters, how urgent it is and how long it may take.

    `target` is what was asked for, kept for people. Its devices are begun one after the other over `window`, each at
    its own moment of it. `keep_frames`: what goes over the lines of its sessions is kept for a while.
    """

    kind: str
    title: str
    priority: Priority = Priority.SCHEDULED
    expires_in: timedelta = timedelta(hours=1)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    window: timedelta = timedelta()
    target: Target | None = None
    keep_frames: bool = False


@transaction.atomic
def create_job(
    *,
    utility: Utility,
    order: Order,
    devices: QuerySet[Device],
    user: User | None = None,
    schedule: Schedule | None = None,
) -> Job:
    """A job over `devices` (one set-based insert, however many), announced to the workers on commit."""
    now = timezone.now()
    job = Job.objects.create(
        utility=utility,
        kind=order.kind,
        title=order.title,
        parameters=dict(order.parameters),
        target=order.target.as_json() if order.target else {},
        target_words=words(order.target, utility=utility) if order.target else "",
        priority=order.priority,
        keep_frames=order.keep_frames,
        created_at=now,
        created_by=user,
        schedule=schedule,
        action=action_id.get() or new_action(),
        expires_at=now + order.expires_in,
    )
    insert_items(job, devices, order.window)
    settle_jobs([job.pk])
    if user is not None:
        audit.record("job created", job.title, user=user, utility=utility, target=job)
    transaction.on_commit(lambda: wake(order.priority))
    return job


@transaction.atomic
def cancel_job(*, job: Job, user: User | None = None) -> int:
    """End what still waits; sessions under way finish and are stored, but are not tried again.

    Returns how many items were cancelled.
    """
    count = cancel_items(job.items.filter(state=JobItem.State.WAITING))
    begun = Job.objects.filter(pk=job.pk, state__in=[Job.State.RUNNING, Job.State.PAUSED])
    begun.update(state=Job.State.CANCELLED, paused_at=None)
    settle_jobs([job.pk])
    audit.record("job cancelled", f"{job.title}: {count} cancelled", user=user, utility=job.utility, target=job)
    return count


@transaction.atomic
def retry_failed(*, job: Job, user: User | None = None, cause: str = "") -> int:
    """Let what failed, expired or was cancelled wait again, for `RETRY_LASTS`; only what ended with `cause` if given.

    Returns how many items that are. SteeringError while the job is paused.
    """
    if locked(job).state == Job.State.PAUSED:
        raise SteeringError("The job is paused: let it go on first.")
    ended = job.items.filter(state__in=UNSUCCESSFUL)
    now = timezone.now()
    count = (ended.filter(last_cause=cause) if cause else ended).update(
        state=JobItem.State.WAITING, attempts_before=F("attempts"), not_before=now, finished_at=None
    )
    if count:
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, finished_at=None, expires_at=now + RETRY_LASTS)
        transaction.on_commit(lambda: wake(job.priority))
    summary = f"{job.title}: {count} again" + (f", {causes.rule(cause).text}" if cause else "")
    audit.record("job retried", summary, user=user, utility=job.utility, target=job)
    return count


def locked(job: Job) -> Job:
    """The job as it is now, held for this transaction: two people who steer it do so one after the other."""
    rows: QuerySet[Job] = Job.objects.select_for_update(no_key=True, of=("self",)).select_related("utility")
    return rows.get(pk=job.pk)


def cancel_items(items: QuerySet[JobItem]) -> int:
    """End these open items as cancelled; causes of failure they have already say more and stay."""
    given = Value(causes.CANCELLED)
    first, last = (Case(When(**{name: ""}, then=given), default=F(name)) for name in ("first_cause", "last_cause"))
    return items.update(
        state=JobItem.State.CANCELLED, first_cause=first, last_cause=last, finished_at=timezone.now(), lease_owner="",
        lease_until=None, step="",
    )  # fmt: skip


def settle_jobs(job_ids: Sequence[int]) -> None:
    """Close those jobs that have no open item left: a look into the index of open items per job.

    They are locked first and looked at again: whoever held one until then may have given it items.
    """
    open_items = JobItem.objects.filter(job=OuterRef("pk"), state__in=JobItem.OPEN)
    seem_ended = Job.objects.filter(~Exists(open_items), pk__in=job_ids, finished_at__isnull=True)
    held = list(seem_ended.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    if not held:
        return
    ended = seem_ended.filter(pk__in=held)
    now = timezone.now()
    begun = ended.filter(state__in=[Job.State.RUNNING, Job.State.PAUSED])
    begun.update(state=Job.State.DONE, paused_at=None, finished_at=now)
    ended.filter(state=Job.State.CANCELLED).update(finished_at=now)


def insert_items(job: Job, devices: QuerySet[Device], window: timedelta = timedelta()) -> int:
    """A waiting item for each of `devices` the job does not have yet, begun over `window`; returns how many.

    The job is new or `locked`, so nobody else gives it items and no row need be inserted on trial.
    """
    try:
        targets, parameters = devices.order_by().values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        statement = _INSERT_ITEMS.format(targets=targets, spread=_SPREAD)
        cursor.execute(statement, [job.pk, job.priority, window.total_seconds(), *parameters, job.pk])
        count: int = cursor.rowcount
        cursor.execute(_INSERT_CONTACTS, [job.pk, job.pk])
    return count
