"""The lists of jobs, of the devices of a job, and of schedules."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from aim.web.bulk import BulkAction
from aim.web.tables import Column, Table
from aim.web.tones import State
from headend import causes
from headend.models import Job, JobItem, Schedule
from headend.rhythm import kind_name, rhythm_words
from headend.services.job_steering import take_out
from headend.services.steering import run_now, set_enabled
from headend.states import item_state, job_state
from metering.views.people import user_of


def who(job: Job) -> str:
    """The person who made the job, the schedule that did, or the system itself (missing values)."""
    if job.created_by:
        return job.created_by.get_full_name() or job.created_by.username
    return "Schedule" if job.schedule_id else "The system"


def duration_words(seconds: float) -> str:
    """`3 ms`, `0.42 s`, `12 s`, `3 min 20 s`."""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms" if seconds >= 0.001 else "under 1 ms"
    if seconds < 10:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _between(start: datetime | None, end: datetime | None) -> str | None:
    return duration_words((end - start).total_seconds()) if start and end else None


def _take_out(request: HttpRequest, rows: QuerySet[JobItem]) -> str:
    """The items of a page are of one job; the door has said that it may be changed."""
    user = user_of(request)
    job = Job.objects.visible_to(user, "change").filter(pk__in=rows.order_by().values("job")).first()
    if job is None:
        return reverse("headend:jobs")
    take_out(job=job, items=rows, user=user)
    return job.get_absolute_url()


JOBS = Table(
    name="jobs",
    label="Jobs",
    order="-created",
    bar=("q", "state", "kind"),
    columns=(
        Column("title", "Job", accessor="title", link=True, fixed=True),
        Column("state", "State", accessor=lambda job: job_state(job, job.progress), sort="state"),
        Column("progress", "Progress", template="headend/cells/progress.html", export=lambda job: job.progress.percent),
        Column("devices", "Devices", accessor="progress.total", align="end"),
        Column("failed", "Failed", accessor=lambda job: job.progress.failed + job.progress.expired, align="end"),
        Column("created", "Started", accessor="created_at", sort="created_at"),
        Column("took", "Took", accessor=lambda job: _between(job.created_at, job.finished_at), align="end"),
        Column("who", "By", accessor=who, hidden=True),
        Column("kind", "Kind", accessor=lambda job: kind_name(job.kind), sort="kind", hidden=True),
        Column("finished", "Ended", accessor="finished_at", sort="finished_at", hidden=True),
        Column("action", "Action", template="headend/cells/code.html", hidden=True),
    ),
)

ITEMS = Table(
    name="items",
    label="Devices of this job",
    order="serial",
    bar=("q", "state", "cause"),
    columns=(
        Column(
            "serial", "Device", accessor="device.serial_number", sort="device__serial_number",
            template="headend/cells/device.html", fixed=True,
        ),
        Column("state", "State", accessor=item_state, sort="state"),
        Column(
            "cause", "Last cause and what to do", accessor="last_cause", template="headend/cells/cause.html",
            export=lambda item: causes.rule(item.last_cause).text if item.last_cause else "",
        ),
        Column(
            "first", "First cause", hidden=True,
            accessor=lambda item: causes.rule(item.first_cause).text if item.first_cause else None,
        ),
        Column("brought", "Brought", accessor=lambda item: brought(item)),
        Column("attempts", "Attempts", sort="attempts", align="end"),
        Column("finished", "Ended", accessor="finished_at", sort="finished_at"),
        Column(
            "took", "Took", accessor=lambda item: _between(item.started_at, item.finished_at), align="end", hidden=True
        ),
        Column("details", "Details", accessor="pk", template="headend/cells/details.html"),
    ),
    actions=(
        BulkAction(
            "take_out", "Take out of the job", "headend.change_job", _take_out,
            "They are not read by this job; sessions under way go on.", icon="stop", danger=True,
            eligible=lambda rows: rows.filter(state=JobItem.State.WAITING), excluded="they do not wait any more.",
        ),
    ),
)  # fmt: skip


def brought(item: JobItem) -> str | None:
    """`5760 rows, 3 events, 13 registers, 2 refused`; None when it brought nothing."""
    result = item.result
    registers, refused = len(result.get("registers", ())), result.get("refused", 0)
    counts = ((result.get("rows", 0), "row"), (result.get("events", 0), "event"), (registers, "register"))
    parts = [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count]
    return ", ".join(parts + [f"{refused} refused"] * bool(refused)) or None


def enabled_state(schedule: Schedule) -> State:
    return State("On", "ok") if schedule.enabled else State("Off", "muted", "stop")


def _result(schedule: Any) -> State | None:
    """How the last job of a schedule went; None where there is none to be seen."""
    job = schedule.last_job
    return job_state(job, job.progress) if job else None


def _run(request: HttpRequest, rows: QuerySet[Schedule]) -> str:
    jobs = [run_now(schedule=schedule, user=user_of(request)) for schedule in rows.select_related("utility")]
    return jobs[0].get_absolute_url() if len(jobs) == 1 else reverse("headend:jobs")


def _switch_on(request: HttpRequest, rows: QuerySet[Schedule]) -> str:
    return _switch(request, rows, enabled=True)


def _switch_off(request: HttpRequest, rows: QuerySet[Schedule]) -> str:
    return _switch(request, rows, enabled=False)


def _switch(request: HttpRequest, rows: QuerySet[Schedule], *, enabled: bool) -> str:
    for schedule in rows.select_related("utility"):
        set_enabled(schedule=schedule, enabled=enabled, user=user_of(request))
    return reverse("headend:schedules")


_STEER = "headend.change_schedule"
SCHEDULES = Table(
    name="schedules",
    label="Schedules",
    order="name",
    columns=(
        Column("name", "Schedule", sort="name", link=True, fixed=True),
        Column("enabled", "State", accessor=enabled_state, sort="enabled"),
        Column("kind", "Reads", accessor=lambda schedule: kind_name(schedule.kind), sort="kind"),
        Column("rhythm", "When", accessor=rhythm_words),
        Column("next", "Next run", accessor="next_run_at", sort="next_run_at", template="devices/cells/age.html"),
        Column("result", "Last result", accessor=lambda schedule: _result(schedule)),
        Column("last", "Last run", accessor="last_run_at", sort="last_run_at", template="devices/cells/age.html"),
        Column("expires", "Gives up after (min)", accessor="expires_min", align="end", hidden=True),
        Column("utility", "Utility", accessor="utility.name", sort="utility__name", hidden=True),
    ),
    actions=(
        BulkAction("run", "Run now", _STEER, _run, "All their devices are read now, besides the regular runs."),
        BulkAction(
            "on", "Switch on", _STEER, _switch_on, "They run again from their next regular time on.",
            icon="check", eligible=lambda rows: rows.filter(enabled=False), excluded="they are on already.",
        ),
        BulkAction(
            "off", "Switch off", _STEER, _switch_off, "Nothing is read by them until they are switched on again.",
            icon="stop", danger=True, eligible=lambda rows: rows.filter(enabled=True), excluded="they are off already.",
        ),
    ),
)  # fmt: skip
