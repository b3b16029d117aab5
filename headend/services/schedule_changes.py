"""Making and changing a schedule, recorded."""

from django.db import transaction

from access import audit
from access.models import User
from headend.models import Schedule
from headend.services.schedules import replan


@transaction.atomic
def save_schedule(*, schedule: Schedule, user: User) -> None:
    """Store a schedule that was checked; its next run is that of the rhythm it has now."""
    verb = "schedule changed" if schedule.pk else "schedule made"
    replan(schedule)
    schedule.enabled = schedule.next_run_at is not None
    schedule.save()
    audit.record(verb, schedule.name, user=user, utility=schedule.utility, target=schedule)


@transaction.atomic
def delete_schedule(*, schedule: Schedule, user: User) -> None:
    """Take a schedule away; the jobs it made stay."""
    audit.record("schedule deleted", schedule.name, user=user, utility=schedule.utility, target=schedule)
    schedule.delete()
