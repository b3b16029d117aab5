"""States of jobs and their items as badges."""

from aim.web.tones import State
from headend.models import Job, JobItem
from headend.progress import Progress
from headend.steps import WAITS_FOR_SEGMENT

_ITEMS: dict[str, State] = {
    JobItem.State.WAITING: State("Waiting", "muted", "clock"),
    JobItem.State.RUNNING: State("Running", "busy", "loader"),
    JobItem.State.OK: State("OK", "ok"),
    JobItem.State.FAILED: State("Failed", "bad"),
    JobItem.State.EXPIRED: State("Expired", "warn"),
    JobItem.State.CANCELLED: State("Cancelled", "muted", "stop"),
}


def item_state(item: JobItem) -> State:
    """The state of an item; one that waits after a failed attempt or for its network segment says so."""
    if item.state == JobItem.State.WAITING and item.step == WAITS_FOR_SEGMENT:
        return State("Waiting for its network segment", "muted", "clock")
    if item.state == JobItem.State.WAITING and item.attempts:
        return State("Waiting to try again", "warn", "clock")
    return _ITEMS[item.state]


def job_state(job: Job, progress: Progress) -> State:
    """The state of a job; one that is done says when not everything went well."""
    if job.state == Job.State.CANCELLED:
        return State("Ending" if progress.open else "Cancelled", "muted", "stop")
    if job.state == Job.State.PAUSED:
        return State("Paused", "warn", "stop")
    if job.state == Job.State.RUNNING:
        return State("Running", "busy", "loader")
    if not progress.failed:
        return State("Done", "ok")
    return State("Done, some failed", "warn") if progress.ok else State("Failed", "bad")
