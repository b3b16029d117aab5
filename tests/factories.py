"""Small builders of rows for tests: plain functions with sensible defaults; what matters to a test it says itself."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import numpy as np
from django.contrib.auth.models import Group
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from access.models import ApiToken, Segment, User, Utility
from access.roles import ADMINISTRATOR, sync_roles
from access.services.grants import open_segment, open_utility
from devices.descriptions import register_models
from devices.models import Device, DeviceModel, Installation
from devices.services.installations import Placement, install
from events.catalogue import CATALOGUE
from events.models import Event
from headend.models import Attempt, Job, JobItem
from headend.models.job import Priority
from metering.gsrn import complete
from metering.models import Contract, Customer, MeasuredProperty, MeteringPoint, Party, Series, TransformerArea
from metering.services.properties import register_properties
from metering.store import Origin, RegisterBatch, place, write, write_registers

PASSWORD = "correct horse battery staple"
INSTALLED_AT = datetime(2026, 1, 1, tzinfo=UTC)
_number = count(1)


def make_utility(code: str = "energia", *, time_zone: str = "Europe/Helsinki") -> Utility:
    """A utility named after its code; the same code gives the same row."""
    return Utility.objects.get_or_create(code=code, defaults={"name": code.title(), "time_zone": time_zone})[0]


def make_segment(utility: Utility, code: str = "north") -> Segment:
    return Segment.objects.get_or_create(utility=utility, code=code, defaults={"name": code.title()})[0]


def make_user(
    role: str | None = None, *, utilities: Iterable[Utility] = (), segments: Iterable[Segment] = (), **fields: Any
) -> User:
    """A user with `PASSWORD`, a role of `access.roles` (None: no role) and the opened utilities and segments."""
    fields.setdefault("username", f"user-{next(_number)}")
    user = User.objects.create_user(password=PASSWORD, **fields)
    if role is not None:
        user.groups.add(_group(role))
    for utility in utilities:
        open_utility(user=user, utility=utility)
    for segment in segments:
        open_segment(user=user, segment=segment)
    return user


def make_administrator(**fields: Any) -> User:
    """A superuser who may enter the admin."""
    return make_user(ADMINISTRATOR, is_staff=True, is_superuser=True, **fields)


def make_token(user: User, **fields: Any) -> str:
    """The text of a new API token of `user`."""
    return ApiToken.issue(user=user, name="test", **fields)[1]


def make_transformer_area(utility: Utility, code: str = "T1") -> TransformerArea:
    return TransformerArea.objects.get_or_create(
        utility=utility, code=code, defaults={"name": f"Area {code}", "feeder": "F1"}
    )[0]


def make_metering_point(utility: Utility, segment: Segment | None = None, **fields: Any) -> MeteringPoint:
    """A connected metering point with its own GSRN and address."""
    number = next(_number)
    fields.setdefault("gsrn", complete(f"64999999{number:09d}"))
    fields.setdefault("street", f"Koivukuja {number}")
    fields.setdefault("postcode", "02100")
    fields.setdefault("city", "Espoo")
    return MeteringPoint.objects.create(utility=utility, segment=segment, **fields)


def make_customer(utility: Utility, segment: Segment | None = None, **fields: Any) -> Customer:
    number = next(_number)
    fields.setdefault("number", f"C{number:06d}")
    fields.setdefault("name", f"Customer {number}")
    return Customer.objects.create(utility=utility, segment=segment, **fields)


def make_party(utility: Utility, role: str = Party.Role.SUPPLIER, **fields: Any) -> Party:
    number = next(_number)
    fields.setdefault("name", f"Supplier {number}")
    return Party.objects.create(utility=utility, role=role, code=f"P{number}", **fields)


def make_contract(point: MeteringPoint, customer: Customer, **fields: Any) -> Contract:
    """A connection contract since 2026 without end."""
    fields.setdefault("kind", Contract.Kind.CONNECTION)
    fields.setdefault("validity", DateRange(date(2026, 1, 1), None))
    return Contract.objects.create(metering_point=point, customer=customer, **fields)


def make_device_model(code: str = "aim-sm3") -> DeviceModel:
    """The model of a description file."""
    return DeviceModel.objects.filter(code=code).first() or {row.code: row for row in register_models()}[code]


def make_device(utility: Utility, segment: Segment | None = None, **fields: Any) -> Device:
    """A device in inventory with its own serial number and address; `model` may be given."""
    number = next(_number)
    fields.setdefault("serial_number", f"AIM{number:08d}")
    fields.setdefault("host", f"127.1.{number // 250 % 250}.{number % 250 + 1}")
    model = fields.pop("model", None) or make_device_model()
    return Device.objects.create(utility=utility, segment=segment, model=model, **fields)


def make_installation(device: Device, point: MeteringPoint, at: datetime = INSTALLED_AT) -> Installation:
    """`device` hung at `point` by the service, so its promised series and its contact row exist too."""
    return install(placements=[Placement(device, point, at)])[0]


def make_series(point: MeteringPoint, obis: str = "1-0:1.29.0", unit: str = "Wh", **fields: Any) -> Series:
    """A 15-minute consumption series unless said otherwise; `periodicity` other than interval needs `interval_s=0`."""
    fields.setdefault("kind", Series.Kind.CONSUMPTION)
    fields.setdefault("interval_s", 900 if fields.get("periodicity", "interval") == "interval" else 0)
    return Series.objects.create(metering_point=point, measured_property=make_property(obis, unit), **fields)


def make_property(obis: str = "1-0:1.29.0", unit: str = "Wh") -> MeasuredProperty:
    """A shipped measured property, or an unknown one where none is shipped."""
    if not MeasuredProperty.objects.exists():
        register_properties()
    defaults = {"name": f"Unknown {obis}", "known": False}
    return MeasuredProperty.objects.get_or_create(obis=obis, unit=unit, defaults=defaults)[0]


def make_event(device: Device, point: MeteringPoint | None = None, kind: str = "power_down", **fields: Any) -> Event:
    fields.setdefault("at", timezone.now())
    fields.setdefault("code", next(_number))
    entry = CATALOGUE[kind]
    return Event.objects.create(
        device=device, metering_point=point, log="0-0:99.98.0", kind=kind,
        category=entry.category, severity=entry.severity, **fields,
    )  # fmt: skip


def make_job(utility: Utility, devices: Sequence[Device] = (), *, state: str = "waiting", **fields: Any) -> Job:
    """A job with one item per device, all in `state`; nothing is given to a worker."""
    fields.setdefault("kind", "read_now")
    fields.setdefault("title", "Read now")
    fields.setdefault("expires_at", timezone.now() + timedelta(hours=1))
    job = Job.objects.create(utility=utility, priority=Priority.ON_DEMAND, **fields)
    JobItem.objects.bulk_create(JobItem(job=job, device=d, state=state, priority=job.priority) for d in devices)
    return job


def make_attempt(item: JobItem, number: int = 1, **fields: Any) -> Attempt:
    fields.setdefault("started_at", timezone.now())
    fields.setdefault("duration_s", 0.5)
    return Attempt.objects.create(item=item, number=number, address=item.device.address, **fields)


def make_values(series: Series, start: datetime, values: Sequence[int], quality: Sequence[int] | None = None) -> None:
    """Store consecutive values of a profile series from `start` on, as if a meter had sent them."""
    at = start.timestamp() + np.arange(len(values)) * series.interval_s
    codes = None if quality is None else np.array(quality, np.uint8)
    placed = place(series.interval_s, series.pk, at.astype(np.int64), np.array(values, np.int64), codes)
    counts = write(placed.batch, origin=Origin(message="test"))
    assert counts.refused == 0, counts.refusals


def make_register_values(series: Series, values: dict[datetime, int]) -> None:
    """Store register values of a periodic series."""
    at = np.array([int(instant.timestamp()) for instant in values], np.int64)
    ids = np.full(len(values), series.pk, np.int64)
    counts = write_registers(RegisterBatch(ids, at, np.array(list(values.values()), np.int64)), origin=Origin())
    assert counts.refused == 0, counts.refusals


def _group(role: str) -> Group:
    if not Group.objects.filter(name=role).exists():
        sync_roles()
    return Group.objects.get(name=role)
