"""Reading devices while somebody waits: one, or a few; many wait their turn with what schedules read."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from access.models import User, Utility
from devices.models import Device
from devices.querysets import READABLE
from headend import kinds
from headend.models import Job, JobItem
from headend.models.job import Priority
from headend.services.jobs import Order, create_job

EXPIRES_IN = timedelta(minutes=10)
MANY_EXPIRE_IN = timedelta(hours=1)
FEW = 5
"""So many devices may be read on demand at once; more would keep the reserved worker from whoever is on the phone."""


class NotReadableError(ValueError):
    """The device cannot be read; the message says why, in words for the person who asked."""


def why_not(device: Device) -> str:
    """Why this device cannot be read now, in words; empty when it can."""
    if device.state not in READABLE:
        return f"{device} cannot be read: its state is “{device.get_state_display()}”, nothing is installed to be read."
    return "" if device.is_reachable else f"{device} cannot be read: it has no address."


@transaction.atomic
def read_now(*, device: Device, user: User | None, what: Sequence[str] = kinds.READ_NOW) -> Job:
    """An on-demand job for one device, for the reserved worker; NotReadableError says why there is none.

    Where the same is being read on demand already, by whomever, that job is given: asking twice reads once.
    """
    if reason := why_not(device):
        raise NotReadableError(reason)
    same = Device.objects.select_for_update(no_key=True).filter(pk=device.pk)
    list(same)  # whoever asks at the same moment waits here
    if begun := under_way(device, what):
        return begun.job
    order = _order(f"Read {device.serial_number} now", what)
    return create_job(utility=device.utility, order=order, devices=Device.objects.filter(pk=device.pk), user=user)


def read_several(*, utility: Utility, devices: QuerySet[Device], user: User) -> Job:
    """A job for devices of one utility: on demand up to `FEW`, beyond as urgent as a schedule and with more time."""
    count = devices.count()
    order = _order(f"Read {count} devices now", kinds.READ_NOW, few=count <= FEW)
    return create_job(utility=utility, order=order, devices=devices, user=user)


def under_way(device: Device, what: Sequence[str] | None = None) -> JobItem | None:
    """The on-demand reading of this device that has not ended, the latest; only one of just `what` where given."""
    items = JobItem.objects.open().filter(device=device, job__kind=kinds.ON_DEMAND.code, job__state=Job.State.RUNNING)
    found = items.select_related("job__utility", "job__created_by", "device").order_by("-pk")
    return next((item for item in found if what is None or set(item.job.parameters.get("what", ())) == set(what)), None)


def _order(title: str, what: Sequence[str], *, few: bool = True) -> Order:
    return Order(
        kind=kinds.ON_DEMAND.code,
        title=title,
        priority=Priority.ON_DEMAND if few else Priority.SCHEDULED,
        expires_in=EXPIRES_IN if few else MANY_EXPIRE_IN,
        parameters={"what": list(what)},
    )
