"""Jobs over a few devices, claimed as workers do it."""

from datetime import timedelta

from django.utils import timezone

from access.models import Utility
from devices.models import Contact, Device
from headend.models import Job, JobItem
from headend.models.job import Priority
from headend.services import claims
from headend.services.jobs import Order, create_job
from headend.wake import BULK
from tests.factories import make_device, make_utility


def utility_with(devices: int) -> Utility:
    """A utility that owns so many devices."""
    utility = make_utility()
    for _ in range(devices):
        make_device(utility)
    return utility


def job_over(utility: Utility, priority: Priority = Priority.SCHEDULED) -> Job:
    """A job over all devices of the utility."""
    order = Order(kind="profile", title="Test", priority=priority)
    return create_job(utility=utility, order=order, devices=Device.objects.filter(utility=utility))


def claim(owner: str = "a", queue: str = BULK, limit: int = 100) -> list[claims.Claim]:
    return claims.claim(queue=queue, owner=owner, limit=limit)


def expire_leases() -> None:
    """Time passes and nobody renews."""
    past = timezone.now() - timedelta(seconds=1)
    JobItem.objects.filter(state="running").update(lease_until=past)
    Contact.objects.filter(session_until__isnull=False).update(session_until=past)
