"""Which concentrators keep a list, and a job that reads one because somebody asks."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from access.models import User
from devices.descriptions import DescriptionError, description
from devices.models import Device, DeviceModel
from devices.querysets import WAYS
from headend import kinds
from headend.models import Job, JobItem
from headend.models.job import Priority
from headend.services.jobs import Order, create_job
from headend.services.read_now import why_not

EXPIRES_IN = timedelta(minutes=10)


class NotListedError(ValueError):
    """No list can be read of this device; the message says why."""


def models_with_lists() -> list[int]:
    """The models of concentrators and gateways whose description says where their list of meters is."""
    return [model.pk for model in DeviceModel.objects.filter(kind__in=WAYS) if _describes_list(model.code)]


def listing(devices: QuerySet[Device]) -> QuerySet[Device]:
    """Those of them that keep a list and can be read, wherever they hang."""
    ways = Device.objects.ways().filter(model__in=models_with_lists())
    return devices.filter(pk__in=ways.values("pk"))


def has_list(device: Device) -> bool:
    """Whether the description of its model says where its list of meters is."""
    return device.model.is_way and _describes_list(device.model.code)


@transaction.atomic
def ask(*, concentrator: Device, user: User) -> Job:
    """A job that reads the list now; two who ask at once get the same. NotListedError says why there is none."""
    if not has_list(concentrator):
        raise NotListedError(f"{concentrator} has no list of meters: the description of its model names none.")
    if reason := why_not(concentrator):
        raise NotListedError(reason)
    same = Device.objects.filter(pk=concentrator.pk)
    list(same.select_for_update(no_key=True))
    items = JobItem.objects.open().filter(device=concentrator, job__kind=kinds.INVENTORY.code)
    begun = items.filter(job__priority=Priority.ON_DEMAND, job__state=Job.State.RUNNING).select_related("job").first()
    if begun is not None:
        return begun.job
    title = f"Meters of {concentrator.serial_number}"
    order = Order(kinds.INVENTORY.code, title, Priority.ON_DEMAND, EXPIRES_IN)
    return create_job(utility=concentrator.utility, order=order, devices=same, user=user)


def _describes_list(code: str) -> bool:
    """A file that cannot be read says nothing: reading the device tells what is wrong with it."""
    try:
        return description(code).meter_list is not None
    except DescriptionError:
        return False
