"""How far jobs are: their items counted by state, those the user may see."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from access.models import User
from aim.web.svg import Segment
from headend.models import Job, JobItem

Tally = dict[str, int]


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


def progress_of(job: Job, user: User) -> Progress:
    """The progress of one job."""
    return Progress.of(tallies([job], user)[job.pk])
