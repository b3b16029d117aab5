"""What devices told of their mobile network: kept, and where the settings say so taken over for segments of permits."""

from collections.abc import Sequence
from typing import cast

from django.conf import settings

from access import audit
from devices.models import Device
from headend.models import NetworkReading
from headend.network import NetworkState
from headend.storing.outcome import Outcome, Remark


def store_network(outcomes: Sequence[Outcome]) -> tuple[Remark, ...]:
    """Keep what was told; storing the same outcome again changes nothing."""
    told = [(each, each.readings.network) for each in outcomes if each.readings.network is not None]
    if told:
        NetworkReading.objects.bulk_create((_row(each, it) for each, it in told), ignore_conflicts=True)
        if settings.CELLS_FROM_DEVICES:
            _take_over([(each.item.device, it) for each, it in told])
    return ()


def _row(outcome: Outcome, it: NetworkState) -> NetworkReading:
    return NetworkReading(
        device_id=outcome.item.device.spoken_to.pk, at=outcome.trace.started_at, operator=it.operator,
        registered=it.registered, roaming=it.roaming, service=it.service, cell=it.cell_name, signal_dbm=it.signal_dbm,
        apn=it.apn, address=it.address or None,
    )  # fmt: skip


def _take_over(told: Sequence[tuple[Device, NetworkState]]) -> None:
    """The cell and APN on file follow the device; in the order of ids, so that two batches do not wait for each other.

    What a device does not tell stays as it is. The trail has one entry per utility.
    """
    moved: dict[int, Device] = {}
    for found, it in told:
        device = found.spoken_to
        cell, apn = it.cell_name or device.cell, it.apn or device.apn
        if (cell, apn) != (device.cell, device.apn):
            device.cell, device.apn = cell, apn
            moved[device.pk] = device
    for pk in sorted(moved):
        Device.objects.filter(pk=pk).update(cell=moved[pk].cell, apn=moved[pk].apn)
    for utility in {device.utility for device in moved.values()}:
        of = [device for device in moved.values() if device.utility_id == utility.pk]
        told_of = cast("dict[str, object]", {each.serial_number: {"cell": each.cell, "apn": each.apn} for each in of})
        audit.record("cells taken from devices", f"{len(of)} of {utility}", utility=utility, details=told_of)
