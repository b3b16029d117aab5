"""One small world for all API tests: a utility with two segments, a stranger's utility, and users of every reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.test import Client

from access.models import Segment, User, Utility
from access.roles import API_CLIENT
from devices.models import Device, DeviceGroup, Installation
from events.models import AreaOutage, Event, Outage
from headend.models import Job, JobItem, ListedMeter
from metering.models import Contract, Customer, MeteringPoint, Series, TransformerArea
from tests import factories as make

START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Home:
    """One metering point and everything that hangs on it."""

    segment: Segment
    area: TransformerArea
    metering_point: MeteringPoint
    customer: Customer
    contract: Contract
    device: Device
    installation: Installation
    series: Series
    daily: Series
    event: Event
    area_outage: AreaOutage
    outage: Outage
    job: Job
    item: JobItem
    group: DeviceGroup
    listed: ListedMeter


@dataclass(frozen=True)
class Scene:
    """`north` and `south` lie in two segments of one utility."""

    utility: Utility
    segment: Segment
    north: Home
    south: Home
    everyone: User
    northerner: User
    stranger: User
    roleless: User

    def client(self, user: User | None) -> Client:
        """A client that sends an API token of `user`; None: without any."""
        if user is None:
            return Client()
        return Client(headers={"Authorization": f"Bearer {make.make_token(user)}"})


def build() -> Scene:
    """Make the rows."""
    utility, other = make.make_utility("energia"), make.make_utility("other")
    north, south = make.make_segment(utility, "north"), make.make_segment(utility, "south")
    return Scene(
        utility=utility,
        segment=north,
        north=build_home(utility, north),
        south=build_home(utility, south),
        everyone=make.make_user(API_CLIENT, utilities=[utility]),
        northerner=make.make_user(API_CLIENT, segments=[north]),
        stranger=make.make_user(API_CLIENT, utilities=[other]),
        roleless=make.make_user(utilities=[utility]),
    )


def build_home(utility: Utility, segment: Segment) -> Home:
    """A connected point with a customer, a meter, a profile and a daily series, an event and a job."""
    area = make.make_transformer_area(utility, f"T-{segment.code}")
    point = make.make_metering_point(utility, segment, transformer_area=area, city=segment.code.title())
    customer = make.make_customer(utility, segment)
    device = make.make_device(utility, segment)
    job = make.make_job(utility, [device])
    area_outage = AreaOutage.objects.create(area=area, started_at=START, devices=2, most_at_once=2, heard=2)
    return Home(
        segment=segment,
        area=area,
        metering_point=point,
        customer=customer,
        contract=make.make_contract(point, customer, supplier=make.make_party(utility)),
        device=device,
        installation=make.make_installation(device, point),
        series=make.make_series(point, "1-0:21.29.0"),
        daily=make.make_series(point, "1-0:1.8.0", kind=Series.Kind.STAND, periodicity=Series.Periodicity.DAILY),
        event=make.make_event(device, point, at=START),
        area_outage=area_outage,
        outage=Outage.objects.create(
            device=device, metering_point=point, started_at=START, start_source="log", area_outage=area_outage
        ),
        job=job,
        item=job.items.get(),
        group=DeviceGroup.objects.create(utility=utility, name=f"Meters of {segment.code}"),
        listed=ListedMeter.objects.create(
            concentrator=device, name=device.serial_number, state="lost", since=START, device=device
        ),
    )


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is rolled back at the end; the tests inside roll back to where they began."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ids(response: Any) -> list[int]:
    """Ids of the rows of a page."""
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]
