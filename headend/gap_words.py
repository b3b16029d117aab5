"""What will happen to a gap next, and when, for people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from headend import kinds
from headend.models import Gap, JobItem
from headend.storing.gaps import GAP_TRIES


@dataclass(frozen=True, slots=True)
class NextStep:
    """A gap and what happens next; `after` is the instant it does not happen before, where there is one."""

    gap: Gap
    words: str
    after: datetime | None = None


def next_steps(gaps: Iterable[Gap], device_id: int, now: datetime) -> list[NextStep]:
    """What happens next to gaps of one device. One query."""
    asked = JobItem.objects.open().filter(device=device_id, job__kind=kinds.GAPS.code).exists()
    return [_next_step(gap, now, asked=asked) for gap in gaps]


def steps_of(gaps: Sequence[Gap], now: datetime) -> list[NextStep]:
    """What happens next to gaps of any devices. One query."""
    items = JobItem.objects.open().filter(job__kind=kinds.GAPS.code, device__in={gap.device_id for gap in gaps})
    asked = set(items.order_by().values_list("device", flat=True))
    return [_next_step(gap, now, asked=gap.device_id in asked) for gap in gaps]


def _next_step(gap: Gap, now: datetime, *, asked: bool) -> NextStep:
    if gap.state == Gap.State.NOT_HELD:
        return NextStep(gap, f"Not asked for again: {GAP_TRIES} good sessions did not bring it")
    if asked:
        return NextStep(gap, "A job asks for it now")
    if gap.again_at is not None and gap.again_at > now:
        return NextStep(gap, "Asked for again, not before", gap.again_at)
    return NextStep(gap, "Asked for by the next job, beside the regular readings")
