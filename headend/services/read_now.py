"""Reading one device while somebody waits."""

from collections.abc import Sequence
from datetime import timedelta

from access.models import User
from devices.models import Device
from headend import kinds
from headend.models import Job
from headend.models.job import Priority
from headend.services.jobs import Order, create_job

EXPIRES_IN = timedelta(minutes=10)


def read_now(*, device: Device, user: User | None, what: Sequence[str] = kinds.READ_NOW) -> Job:
    """An on-demand job for one device; the reserved worker takes it at once."""
    order = Order(
        kind=kinds.ON_DEMAND.code,
        title=f"Read {device.serial_number} now",
        priority=Priority.ON_DEMAND,
        expires_in=EXPIRES_IN,
        parameters={"what": list(what)},
    )
    devices = Device.objects.filter(pk=device.pk)
    return create_job(utility=device.utility, order=order, devices=devices, user=user)
