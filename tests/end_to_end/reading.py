"""Ordering readings as the scheduler and the screens do, and letting the real worker do them in this process."""

from datetime import timedelta

from django.utils import timezone

from access.models import Utility
from devices.models import Contact, Device
from headend.models import Job, JobItem
from headend.models.job import Priority
from headend.services.jobs import Order, create_job
from headend.wake import BULK
from headend.worker import work_off


def order(kind: str, *serials: str, expires_in: timedelta = timedelta(hours=1)) -> Job:
    """A job of this kind over the devices named, or over all."""
    devices = Device.objects.filter(serial_number__in=serials) if serials else Device.objects.all()
    return create_job(
        utility=Utility.objects.get(),
        order=Order(kind=kind, title=f"Test {kind}", priority=Priority.SCHEDULED, expires_in=expires_in),
        devices=devices,
    )


def read(kind: str, *serials: str) -> Job:
    """Order a reading and do everything that is due."""
    job = order(kind, *serials)
    work_off(BULK)
    return job


def item(job: Job, serial: str) -> JobItem:
    return job.items.get(device__serial_number=serial)


def try_again(job: Job) -> None:
    """As if the waiting time of the rule had passed."""
    job.items.filter(state=JobItem.State.WAITING).update(not_before=timezone.now())
    work_off(BULK)


def let_leases_run_out() -> None:
    """As if the time dead workers had leased had passed."""
    past = timezone.now() - timedelta(seconds=1)
    JobItem.objects.filter(state=JobItem.State.RUNNING).update(lease_until=past)
    Contact.objects.filter(session_until__isnull=False).update(session_until=past)
