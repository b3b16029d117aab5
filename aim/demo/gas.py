"""Gas meters of the demo utility: on the M-Bus of electricity meters, each at a metering point of its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from access.models import Utility
from aim.demo.meters import first_hour
from aim.demo.network import gsrn
from aim.demo.shipment import Shipment, ShippedSlave
from devices.models import Device, DeviceModel
from devices.services.installations import Placement, install
from metering.models import Contract, MeteringPoint
from metering.models.network import EnergyType

_HOUSE = ("segment", "street", "postcode", "city", "region", "latitude", "longitude")
_CONNECTED = timedelta(days=3 * 365)


def make_gas(
    utility: Utility, shipment: Shipment, masters: Sequence[Device], houses: Sequence[MeteringPoint], now: datetime,
    days: int,
) -> list[Device]:  # fmt: skip
    """The slave meters of a shipment, hung like their masters `days` ago in the houses of these."""
    shipped = [
        (slave, master, house)
        for meter, master, house in zip(shipment.meters, masters, houses, strict=True)
        for slave in meter.slaves
    ]
    points = MeteringPoint.objects.bulk_create(
        _point(house, len(houses) + number) for number, (_, _, house) in enumerate(shipped)
    )
    models = DeviceModel.objects.in_bulk(field_name="code")
    devices = Device.objects.bulk_create(_device(utility, slave, master, models) for slave, master, _ in shipped)
    _make_contracts(points, [house for *_, house in shipped], now)
    at = first_hour(now, days)
    install(placements=[Placement(device, point, at) for device, point in zip(devices, points, strict=True)])
    return devices


def _point(house: MeteringPoint, number: int) -> MeteringPoint:
    place = {name: getattr(house, name) for name in _HOUSE}
    return MeteringPoint(utility=house.utility, gsrn=gsrn(number), energy_type=EnergyType.GAS, **place)


def _device(utility: Utility, slave: ShippedSlave, master: Device, models: dict[str, DeviceModel]) -> Device:
    return Device(
        utility=utility,
        segment=master.segment,
        model=models[slave.model],
        serial_number=slave.serial,
        master=master,
        channel=slave.channel,
    )


def _make_contracts(points: Sequence[MeteringPoint], houses: Sequence[MeteringPoint], now: datetime) -> None:
    """Who has the electricity of the house has its gas."""
    electricity = Contract.objects.filter(metering_point__in=houses, kind=Contract.Kind.CONNECTION)
    customers = dict(electricity.values_list("metering_point", "customer"))
    since = DateRange((now - _CONNECTED).date(), None)
    Contract.objects.bulk_create(
        Contract(
            metering_point=point,
            customer_id=customers[house.pk],
            kind=Contract.Kind.CONNECTION,
            product="Kaasu",
            validity=since,
        )
        for point, house in zip(points, houses, strict=True)
    )
