"""An administrator before a small world with a row of every model."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from access import audit
from devices.keystore import sealed_row, transport
from events.models import AlarmMessage, AlarmRule, OutageRule, VoltageBand
from headend.models import (
    AcceptanceRule,
    ClockCorrection,
    ClockPolicy,
    Deadline,
    DeliveryCount,
    DiscoveredDevice,
    Exclusion,
    FollowPolicy,
    Gap,
    GapBudget,
    ListedMeter,
    MeterList,
    NetworkReading,
    PushCounter,
    PushRefusal,
    ReadMark,
    RetryRule,
    Schedule,
    SegmentLimit,
    WayChange,
)
from integration.models import ExternalId
from metering.models import ArchivedMonth, BoundaryStand, Multiplier, RetentionClass, SqlReader
from tests import factories as make
from tests.api.scene import START, Scene, build, undone


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with django_db_blocker.unblock(), undone():
        scene = build()
        fill(scene)
        yield scene


@pytest.fixture
def scene(world: Scene, db: None) -> Scene:
    return deepcopy(world)


@pytest.fixture
def administrator(scene: Scene) -> Client:
    client = Client()
    client.force_login(make.make_administrator(username="root"))
    return client


def fill(scene: Scene) -> None:
    """Rows of the models the API does not show."""
    device = scene.north.device
    make.make_token(scene.everyone)
    make.make_attempt(scene.north.item)
    sealed_row(device_id=device.pk, kind="encryption", key=bytes(16)).save()
    transport.add(utility=scene.utility, name="factory", key=bytes(16))
    device.profile_layouts.create(obis="1-0:99.1.0", interval_s=900, columns=[], read_at=START)
    end = START + timedelta(hours=6)
    Gap.objects.create(device=device, obis="1-0:99.1.0", starts_at=START, ends_at=end, found_at=end)
    ReadMark.objects.create(device=device, obis="1-0:99.1.0", until=START)
    Schedule.objects.create(utility=scene.utility, name="Profiles", kind="profile", rhythm="minutes")
    OutageRule.objects.create(utility=scene.utility)
    rule = AlarmRule.objects.create(utility=scene.utility, name="On call", emails=["a@example.com"])
    AlarmMessage.objects.create(rule=rule, channel="email", content={"count": 0, "alarms": []})
    VoltageBand.objects.create(utility=scene.utility)
    NetworkReading.objects.create(device=device, at=START, cell="4711-20333")
    Deadline.objects.create(utility=scene.utility)
    GapBudget.objects.create(utility=scene.utility, devices_per_hour=100)
    RetryRule.objects.create(utility=scene.utility, cause="no_answer")
    SegmentLimit.objects.create(kind="cell", name="FI-01", sessions=5)
    ClockPolicy.objects.create(utility=scene.utility)
    ClockCorrection.objects.create(device=device, at=START, before_s=437.0, after_s=0.3, how="set")
    Exclusion.objects.create(device=device, first_day=START.date(), reason="Broken")
    counted = {"expected": 96, "present": 95, "excluded": 0}
    DeliveryCount.objects.create(utility=scene.utility, day=START.date(), by="1h", model="aim-sm3", **counted)
    called = {"first_at": START, "last_at": START}
    AcceptanceRule.objects.create(
        utility=scene.utility, model=device.model, manufacturer="AIM", first_number=1, last_number=9
    )
    DiscoveredDevice.objects.create(caller="41494D0000000001", address="127.0.0.1", last_message=b"", **called)
    PushCounter.objects.create(system_title="41494D0000000001", key="encryption 1", last=1, digest=b"", moved_at=START)
    FollowPolicy.objects.create(utility=scene.utility)
    MeterList.objects.create(concentrator=device, read_at=START, count=1)
    ListedMeter.objects.create(concentrator=device, name="OAM1", state="new", since=START)
    WayChange.objects.create(device=device, at=START, after=device, after_address="01")
    PushRefusal.objects.create(device=device, cause="replay", detail="", address="127.0.0.1", **called)
    point, measured = scene.north.metering_point, scene.north.series.measured_property
    Multiplier.objects.create(metering_point=point, source="1", valid_from=START, numerator=20)
    BoundaryStand.objects.create(metering_point=point, measured_property=measured, source="1", at=START, side="final")
    RetentionClass.objects.create(
        name="Voltages", kind="interval", series_kind="instantaneous", action="drop", online_months=6
    )
    ArchivedMonth.objects.create(kind="interval", month="2019-01-01", state="archived", since=START)
    SqlReader.objects.create(role="bi", utility=scene.utility)
    ExternalId.objects.create(utility=scene.utility, scheme="nmi", value="6102000001", metering_point=point)
    audit.record("tested", "A record to show", user=scene.everyone)
