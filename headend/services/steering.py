"""What a person does to a schedule: run it now, switch it on or off."""

from django.db import transaction
from django.utils import timezone

from access import audit
from access.models import User
from headend.models import Job, Schedule
from headend.services.jobs import create_job
from headend.services.schedules import order_of, replan, targets


def run_now(*, schedule: Schedule, user: User) -> Job:
    """A job like the schedule makes, at once and in the name of `user`; the next regular run stays as it is."""
    devices = targets(schedule, timezone.now())
    return create_job(utility=schedule.utility, order=order_of(schedule), devices=devices, user=user, schedule=schedule)


@transaction.atomic
def set_enabled(*, schedule: Schedule, enabled: bool, user: User) -> None:
    """Switch a schedule on or off, recorded. Switched on, it runs next at its regular time, not for what it missed."""
    if schedule.enabled == enabled:
        return
    schedule.enabled = enabled
    replan(schedule)
    schedule.save(update_fields=["enabled", "next_run_at"])
    verb = "switched on" if enabled else "switched off"
    audit.record(f"schedule {verb}", f"{schedule.name} {verb}", user=user, utility=schedule.utility, target=schedule)
