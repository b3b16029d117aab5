"""How far jobs are: their items counted by state, those the user may see."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from access.models import User
from aim.web.svg import Segment
from headend import causes
from headend.models import Job, JobItem

Tally = dict[str, int]

PACE_OVER = timedelta(minutes=5)
"""The pace of a job is that of so many minutes: long enough to be calm, short enough to notice a standstill."""


def tallies(jobs: Iterable[Job], user: User) -> dict[int, Tally]:
    """How many items of each job are in each state, counting the devices `user` may see; two queries, or three.

    Jobs whose utility is open to the user are counted in the index alone; only jobs seen in
    part are looked at device by device.
    """
    counts: dict[int, Tally] = {job.pk: dict.fromkeys(JobItem.State.values, 0) for job in jobs}
    if not user.has_perm("headend.view_jobitem"):
        return counts
    whole = set(Job.objects.filter(pk__in=list(counts)).whole_for(user).values_list("pk", flat=True))
    for items in (
        _items_of(whole, JobItem.objects.all()),
        _items_of(counts.keys() - whole, JobItem.objects.visible_to(user)),
    ):
        for job, state, count in items:
            counts[job][state] = count
    return counts


def _items_of(job_ids: Collection[int], items: QuerySet[JobItem]) -> Iterable[tuple[int, str, int]]:
    """(job, state, number of items)."""
    if not job_ids:
        return []
    return items.filter(job__in=job_ids).order_by().values_list("job", "state").annotate(count=Count("*"))


@dataclass(frozen=True, slots=True)
class Progress:
    """Devices of a job by what became of them."""

    waiting: int = 0
    running: int = 0
    ok: int = 0
    failed: int = 0
    expired: int = 0
    cancelled: int = 0

    @classmethod
    def of(cls, tally: Mapping[str, int]) -> "Progress":
        return cls(**{str(state): tally.get(state, 0) for state in JobItem.State.values})

    @property
    def total(self) -> int:
        return self.open + self.ended

    @property
    def open(self) -> int:
        return self.waiting + self.running

    @property
    def ended(self) -> int:
        return self.ok + self.unsuccessful

    @property
    def unsuccessful(self) -> int:
        """What can be tried again: failed, expired or cancelled."""
        return self.failed + self.expired + self.cancelled

    @property
    def percent(self) -> int:
        """Share of devices that have ended, rounded down so that 100 means all."""
        return 100 * self.ended // self.total if self.total else 100

    @property
    def segments(self) -> Sequence[Segment]:
        """The parts of the progress bar; only those there are."""
        parts = (
            Segment(self.ok, "ok", "ok"),
            Segment(self.failed, "failed", "bad"),
            Segment(self.expired, "expired", "warn"),
            Segment(self.cancelled, "cancelled", "muted"),
            Segment(self.running, "running", "busy"),
            Segment(self.waiting, "waiting", ""),
        )
        return [part for part in parts if part.count]


@dataclass(frozen=True, slots=True)
class CauseCount:
    """So many items of a job whose last cause is this one; `ended` of them can be tried again."""

    cause: str
    rule: causes.Rule
    waiting: int
    ended: int


def causes_of(job: Job, user: User) -> list[CauseCount]:
    """Why devices of the job were not read, the most frequent first; from an index of items with a cause alone."""
    whole = Job.objects.filter(pk=job.pk).whole_for(user).exists()
    items = JobItem.objects.all() if whole else JobItem.objects.visible_to(user)
    unsuccessful = [JobItem.State.FAILED, JobItem.State.EXPIRED, JobItem.State.CANCELLED]
    rows = items.filter(job=job).exclude(last_cause="").exclude(state=JobItem.State.OK).order_by().values("last_cause")
    counted = rows.annotate(
        waiting=Count("pk", filter=Q(state__in=JobItem.OPEN)), ended=Count("pk", filter=Q(state__in=unsuccessful))
    )
    found = [
        CauseCount(row["last_cause"], causes.rule(row["last_cause"]), row["waiting"], row["ended"]) for row in counted
    ]
    return sorted(found, key=lambda each: -each.waiting - each.ended)


@dataclass(frozen=True, slots=True)
class Pace:
    """Devices a minute over the last minutes, and when the job will be done at this pace; None when nothing moves."""

    per_minute: float
    done_at: datetime | None


def pace_of(job: Job, progress: Progress, now: datetime) -> Pace:
    """How fast the job goes. Counts what ended lately in an index by time of end, whatever is waiting."""
    since = max(job.created_at, now - PACE_OVER)
    minutes = max((now - since).total_seconds() / 60, 1 / 60)
    per_minute = JobItem.objects.filter(job=job, finished_at__gte=since).count() / minutes
    runs = job.state == Job.State.RUNNING and per_minute and progress.open
    return Pace(per_minute, now + timedelta(minutes=progress.open / per_minute) if runs else None)


def progress_of(job: Job, user: User) -> Progress:
    """The progress of one job."""
    return Progress.of(tallies([job], user)[job.pk])
