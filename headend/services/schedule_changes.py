"""Making and changing a schedule, recorded."""

from django.db import transaction
from django.db.models import QuerySet

from access import audit
from access.models import User
from devices.models import DeviceGroup
from headend.models import Schedule
from headend.services.schedules import replan
from headend.targets import Kind, Target


@transaction.atomic
def save_schedule(*, schedule: Schedule, user: User) -> None:
    """Store a schedule that was checked; its next run is that of the rhythm it has now.

    Who runs it at this moment comes first, and what was noted then stays.
    """
    verb = "schedule changed" if schedule.pk else "schedule made"
    held = Schedule.objects.filter(pk=schedule.pk).select_for_update(no_key=True)
    schedule.last_run_at = held.values_list("last_run_at", flat=True).first()
    replan(schedule)
    schedule.enabled = schedule.next_run_at is not None
    schedule.save()
    audit.record(verb, schedule.name, user=user, utility=schedule.utility, target=schedule)


@transaction.atomic
def delete_schedule(*, schedule: Schedule, user: User) -> None:
    """Take a schedule away; the jobs it made stay."""
    audit.record("schedule deleted", schedule.name, user=user, utility=schedule.utility, target=schedule)
    schedule.delete()


def aimed_at(group: DeviceGroup) -> QuerySet[Schedule]:
    """The schedules that read the devices of this group."""
    target = Target(Kind.GROUP, (str(group.pk),))
    return Schedule.objects.filter(utility=group.utility_id, target=target.as_json())
