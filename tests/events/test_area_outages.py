"""Many devices of one transformer area down at once are one outage, not fifty events."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from devices.models import Contact, Device
from events.models import AreaOutage, Event, Outage, OutageRule, PlannedOutage
from events.services import notice_answers
from metering.models import MeteringPoint, TransformerArea
from tests import factories as make
from tests.events.signals import PUSHED, Told, come, told
from tests.queries import count_queries
from tests.scene import Scene

START = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@pytest.fixture
def area(scene: Scene) -> TransformerArea:
    return make.make_transformer_area(scene.utility, "T7")


@pytest.fixture
def street(scene: Scene, area: TransformerArea) -> Sequence[Told]:
    """Twelve meters behind one transformer, all heard of before."""
    street: list[tuple[Device, MeteringPoint]] = []
    for _ in range(12):
        point = make.make_metering_point(scene.utility, transformer_area=area)
        device = make.make_device(scene.utility)
        make.make_installation(device, point)
        street.append((device, point))
    Contact.objects.update(last_contact_at=START - timedelta(days=1), clock_offset_s=None)
    return street


def test_one_outage_stands_for_all_its_devices_and_their_events(street: Sequence[Told]) -> None:
    come(*(told(who, "last_gasp", at(i / 60), log=PUSHED) for i, who in enumerate(street)))
    outage = AreaOutage.objects.get()
    assert (outage.devices, outage.heard, outage.most_at_once, outage.ended_at) == (12, 12, 12, None)
    assert outage.started_at == at(0) and outage.outages.count() == 12
    assert outage.events.count() == 12 and not Event.objects.alarms().exists()


def test_it_grows_moves_and_ends_as_messages_come_and_stays_one_row(street: Sequence[Told]) -> None:
    come(*(told(who, "last_gasp", at(1), log=PUSHED) for who in street[:5]))
    row = AreaOutage.objects.get()
    assert (row.devices, row.started_at) == (5, at(1))
    come(*(told(who, "last_gasp", at(2), log=PUSHED) for who in street[5:]))
    come(*(told(who, "power_down", at(0.5)) for who in street))
    come(*(told(who, "power_up", at(40 + i)) for i, who in enumerate(street[:7])))
    grown = AreaOutage.objects.get()
    assert (grown.pk, grown.devices, grown.started_at, grown.ended_at) == (row.pk, 12, at(0.5), None)
    come(*(told(who, "power_up", at(50)) for who in street[7:]))
    ended = AreaOutage.objects.get()
    assert (ended.pk, ended.ended_at) == (row.pk, at(50)) and Outage.objects.filter(ended_at=None).count() == 0


def test_a_single_meter_stays_at_the_device(street: Sequence[Told]) -> None:
    come(told(street[0], "power_down", at(0)))
    assert not AreaOutage.objects.exists() and Event.objects.open_alarms().count() == 1


def test_failures_shorter_than_the_rule_are_noise(street: Sequence[Told]) -> None:
    come(*(told(who, "power_down", at(0)) for who in street))
    assert AreaOutage.objects.count() == 1
    come(*(told(who, "power_up", at(0.5)) for who in street))
    assert not AreaOutage.objects.exists()
    assert Event.objects.filter(area_outage__isnull=False).count() == 0


def test_few_meters_count_by_their_share(scene: Scene, street: Sequence[Told], area: TransformerArea) -> None:
    OutageRule.objects.create(utility=scene.utility, devices=50, percent=25)
    come(*(told(who, "power_down", at(0)) for who in street[:2]))
    assert not AreaOutage.objects.exists()
    come(told(street[2], "power_down", at(1)))
    assert AreaOutage.objects.get().devices == 3


def test_two_outages_of_one_area_are_two_rows_and_late_data_make_them_one(street: Sequence[Told]) -> None:
    for first in (0, 60):
        come(*(told(who, "power_down", at(first)) for who in street[:6]))
        come(*(told(who, "power_up", at(first + 20)) for who in street[:6]))
    assert [row.started_at for row in AreaOutage.objects.order_by("started_at")] == [at(0), at(60)]
    come(
        *(told(who, "power_down", at(5)) for who in street[6:]), *(told(who, "power_up", at(90)) for who in street[6:])
    )
    row = AreaOutage.objects.get()
    assert (row.started_at, row.ended_at, row.devices) == (at(0), at(90), 12)


def test_an_announced_outage_is_marked(street: Sequence[Told], area: TransformerArea) -> None:
    planned = PlannedOutage.objects.create(area=area, starts_at=at(5), ends_at=at(60), reason="New cable")
    come(*(told(who, "power_down", at(0)) for who in street))
    assert AreaOutage.objects.get().planned == planned


def test_devices_that_answer_again_end_it(street: Sequence[Told]) -> None:
    come(*(told(who, "last_gasp", at(0), log=PUSHED) for who in street))
    Contact.objects.filter(device__in=[device for device, _ in street]).update(last_contact_at=at(30))
    notice_answers()
    assert AreaOutage.objects.get().ended_at == at(30)


def test_events_of_other_areas_and_times_stay_apart(scene: Scene, street: Sequence[Told]) -> None:
    come(told((scene.near, scene.near_point), "power_down", at(0)))
    come(*(told(who, "power_down", at(0)) for who in street))
    come(told(street[0], "terminal_cover_removed", at(1)))
    assert {event.kind for event in Event.objects.open_alarms()} == {"power_down", "terminal_cover_removed"}
    assert AreaOutage.objects.get().outages.filter(device=scene.near).count() == 0


def test_queries_do_not_grow_with_areas(scene: Scene) -> None:
    counts = []
    for number in (1, 4):
        streets = []
        for i in range(number):
            area = make.make_transformer_area(scene.utility, f"Q{number}{i}")
            points = [make.make_metering_point(scene.utility, transformer_area=area) for _ in range(3)]
            streets += [(make.make_device(scene.utility), point) for point in points]
        entries = [told(who, "power_down", timezone.now()) for who in streets]
        with count_queries() as counted:
            come(*entries)
        counts.append(counted.number)
    assert AreaOutage.objects.count() == 5 and counts[0] == counts[1]
