"""Holding claimed items, giving them back, and freeing what a dead worker held.

Whoever changes many rows here or in `headend.storing` locks items in the order of their ids, then contacts: two
transactions that lock in one order wait for each other once, never in a circle.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from devices.models import Contact, Device
from headend import causes
from headend.models import Job, JobItem
from headend.retry import used_up
from headend.services.claims import LEASE
from headend.services.jobs import PAUSE_LASTS, cancel_items, settle_jobs

_RUNNING, _WAITING = JobItem.State.RUNNING, JobItem.State.WAITING
_FREE: dict[str, Any] = {"lease_owner": "", "lease_until": None, "step": ""}


@transaction.atomic
def keep(*, owner: str, item_ids: Sequence[int]) -> None:
    """Renew the leases of sessions under way."""
    until = timezone.now() + LEASE
    held = _locked(JobItem.objects.filter(pk__in=item_ids, lease_owner=owner, state=_RUNNING))
    JobItem.objects.filter(pk__in=held).update(lease_until=until)
    spoken_to = Device.objects.filter(pk__in=held.values()).values(spoken_to=Coalesce("master", "pk"))
    Contact.objects.filter(device_id__in=spoken_to, session_owner=owner).update(session_until=until)


def note_step(*, owner: str, item_id: int, step: str) -> None:
    """What the session of an item is doing now, for the person who waits for it."""
    JobItem.objects.filter(pk=item_id, lease_owner=owner, state=_RUNNING).update(step=step[:60])


@transaction.atomic
def give_back(*, owner: str, untried: Sequence[int]) -> int:
    """A worker that ends holds nothing any more; returns how many items it held.

    `untried`: ids of items whose sessions were cut short or never stored: they wait again at once, as if not attempted.
    The leases of all others end now, and `sweep` counts the attempt: what no worker can store is not read for ever.
    """
    held = _locked(JobItem.objects.filter(lease_owner=owner, state=_RUNNING))
    rows = JobItem.objects.filter(pk__in=held)
    rows.exclude(pk__in=untried).update(lease_until=timezone.now())
    jobs = _wait_or_end(rows.filter(pk__in=untried), attempts=F("attempts") - 1)
    Contact.objects.filter(session_owner=owner).update(session_owner="", session_until=None)
    settle_jobs(jobs)
    return len(held)


@transaction.atomic
def sweep() -> int:
    """Let items of dead workers wait again, end what expired or was cancelled, close jobs; returns how many items.

    Any number may sweep at once: what another transaction holds is passed over and found by the next sweep. Only
    open items and jobs that have not ended are looked at, however long the history.
    """
    now = timezone.now()
    unfinished = Job.objects.filter(finished_at=None)
    freed = _free_dead(now)
    over = Q(state=Job.State.RUNNING, expires_at__lt=now) | Q(state=Job.State.PAUSED, paused_at__lt=now - PAUSE_LASTS)
    late = _waiting(unfinished.filter(over))
    expired = late.update(state=JobItem.State.EXPIRED, finished_at=now, **_cause(causes.EXPIRED, keep_last=True))
    stopped = cancel_items(_waiting(unfinished.filter(state=Job.State.CANCELLED)))
    settle_jobs(list(unfinished.values_list("pk", flat=True)))
    return freed + expired + stopped


def _waiting(jobs: QuerySet[Job]) -> QuerySet[JobItem]:
    """The waiting items of these jobs, locked, without those another transaction holds."""
    job_ids = list(jobs.values_list("pk", flat=True))
    return JobItem.objects.filter(pk__in=_locked(JobItem.objects.filter(job__in=job_ids, state=_WAITING), skip=True))


def _free_dead(now: datetime) -> int:
    """End or free what is leased to workers that did not renew in time; the attempt counts."""
    dead = _locked(JobItem.objects.filter(state=_RUNNING, lease_until__lt=now), skip=True)
    rows, lost = JobItem.objects.filter(pk__in=dead, state=_RUNNING), _cause(causes.WORKER_LOST)
    spent = list(used_up(rows, causes.WORKER_LOST).values_list("pk", flat=True))
    rows.filter(pk__in=spent).update(state=JobItem.State.FAILED, finished_at=now, **_FREE, **lost)
    _wait_or_end(rows, not_before=now, **lost)
    return len(dead)


def _wait_or_end(items: QuerySet[JobItem], **changes: Any) -> list[int]:
    """Let running items wait again, those of jobs that were cancelled end; returns the ids of the jobs."""
    jobs = list(items.order_by().values_list("job", flat=True).distinct())
    stopped = list(Job.objects.filter(pk__in=jobs, state=Job.State.CANCELLED).values_list("pk", flat=True))
    cancel_items(items.filter(job__in=stopped))
    items.filter(state=_RUNNING).update(state=_WAITING, **_FREE, **changes)
    return jobs


def _locked(items: QuerySet[JobItem], *, skip: bool = False) -> dict[int, int]:
    """Item → device, locked in the order of items; `skip` leaves out what another transaction holds."""
    rows = items.order_by("pk").select_for_update(skip_locked=skip)
    return dict(rows.values_list("pk", "device_id"))


def _cause(cause: str, *, keep_last: bool = False) -> dict[str, Any]:
    """Sets the first cause where there is none, and the last; `keep_last` leaves a last cause that says more."""
    given = Value(cause)
    first = Case(When(first_cause="", then=given), default=F("first_cause"))
    last = Case(When(last_cause="", then=given), default=F("last_cause")) if keep_last else given
    return {"first_cause": first, "last_cause": last}
