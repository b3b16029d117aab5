"""Metering points of large customers, read by a metering service: values come by file, their meters have no address."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from access.models import Utility
from aim.demo.files.plants import CHECKED, DAYS, INTERVAL_S, PLANTS, Plant
from aim.demo.network import GS1_PREFIX, REGION
from devices.models import Device, DeviceModel
from devices.services.installations import Placement, install
from metering.gsrn import complete
from metering.intervals import local_day
from metering.models import Contract, Customer, MeteringPoint, Series
from metering.services.series import SeriesSpec, ensure_series
from protocols.dlms.obis import Obis
from validation.models import CheckMeter, ReferenceValue

_NUMBERS_FROM, _CUSTOMERS_FROM = 900_000, 900_001
_MODEL = "aim-ec2"
_HOURS_OF_A_YEAR = 8_766
_WORK_SHARE = 0.27
"""Part of the year that the load of work lasts: nine hours of five days in seven."""


def make_large_customers(utility: Utility, today: date) -> list[MeteringPoint]:
    """The points of the plants and, last, of the check meter of one, with what is expected of their series."""
    points = [_make_point(utility, plant, number) for number, plant in enumerate(PLANTS)]
    for number, (plant, point) in enumerate(zip(PLANTS, points, strict=True)):
        _make_contract(utility, plant, point, number)
    points.append(_make_point(utility, PLANTS[CHECKED], len(PLANTS)))
    _hang_meters(utility, points, local_day(today - timedelta(days=DAYS), utility.zone)[0])
    series = _make_series(points)
    _expect_only(series)
    CheckMeter.objects.create(series=series[CHECKED], check_series=series[-1])
    ReferenceValue.objects.bulk_create(
        ReferenceValue(series=row, value=_year(plant), valid_from=today.replace(month=1, day=1))
        for plant, row in zip(PLANTS, series, strict=False)
    )
    return points


def _make_point(utility: Utility, plant: Plant, number: int) -> MeteringPoint:
    return MeteringPoint.objects.create(
        utility=utility, segment=utility.segments.order_by("code").first(), fuse_a=plant.fuse_a, region=REGION,
        gsrn=complete(f"{GS1_PREFIX}{_NUMBERS_FROM + number:014d}"), street=f"Tehtaankuja {number + 1}", city="Espoo",
    )  # fmt: skip


def _make_contract(utility: Utility, plant: Plant, point: MeteringPoint, number: int) -> None:
    customer = Customer.objects.create(
        utility=utility, segment=point.segment, number=str(_CUSTOMERS_FROM + number), name=plant.name,
        customer_type=plant.kind,
    )  # fmt: skip
    Contract.objects.create(
        metering_point=point, customer=customer, kind=Contract.Kind.CONNECTION, product=f"Verkko 3 × {plant.fuse_a} A",
        validity=DateRange(date(2018, 1, 1 + number), None),
    )  # fmt: skip


def _hang_meters(utility: Utility, points: list[MeteringPoint], at: datetime) -> None:
    model = DeviceModel.objects.get(code=_MODEL)
    meters = Device.objects.bulk_create(
        Device(utility=utility, segment=point.segment, model=model, serial_number=f"MSV{number:08d}")
        for number, point in enumerate(points, start=1)
    )
    install(placements=[Placement(meter, point, at) for meter, point in zip(meters, points, strict=True)])


def _make_series(points: list[MeteringPoint]) -> list[Series]:
    specs = [
        SeriesSpec(
            point.pk, Obis.parse("1-0:1.29.0"), "Wh", Series.Kind.CONSUMPTION, Series.Periodicity.INTERVAL,
            INTERVAL_S, "",
        )
        for point in points
    ]  # fmt: skip
    found = ensure_series(specs, {})
    return [found[spec] for spec in specs]


def _expect_only(series: list[Series]) -> None:
    """The service sends nothing else: what the model of the meters promises besides would be missing every day."""
    points = {row.metering_point_id for row in series}
    others = Series.objects.filter(metering_point__in=points).exclude(pk__in=[row.pk for row in series])
    others.filter(kind=Series.Kind.STAND).delete()
    others.delete()


def _year(plant: Plant) -> Decimal:
    """Wh expected of a year."""
    return Decimal(round((plant.base_kw + plant.work_kw * _WORK_SHARE) * _HOURS_OF_A_YEAR * 1000))
