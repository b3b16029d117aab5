"""Outages of devices follow from their events, however late, doubled or incomplete these come."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.utils import timezone
from pytest_django import Settings

from devices.models import Contact, Installation
from devices.services.installations import remove
from events.models import Outage
from events.services import notice_answers
from tests.events.signals import FAILURES, PUSHED, come, outages, told
from tests.queries import count_queries
from tests.scene import Scene

START = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
"""Two hours before the clocks of Helsinki go back."""


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@pytest.fixture(autouse=True)
def quiet(scene: Scene) -> None:
    """Nobody spoke to the meters since."""
    Contact.objects.update(last_contact_at=START - timedelta(days=1), clock_offset_s=None)


def test_last_gasp_log_and_failure_log_are_one_outage(scene: Scene) -> None:
    who = (scene.near, scene.near_point)
    come(told(who, "last_gasp", at(0.1), log=PUSHED))
    assert outages(scene.near) == [(at(0.1), None)]
    come(told(who, "power_down", at(0)), told(who, "power_up", at(150)))
    come(told(who, "long_power_failure", at(150), log=FAILURES, duration_s=9000))
    assert outages(scene.near) == [(at(0), at(150))]
    assert Outage.objects.get().metering_point == scene.near_point


def test_the_failure_log_alone_is_enough(scene: Scene) -> None:
    come(told((scene.near, None), "long_power_failure", at(150), log=FAILURES, duration_s=9000))
    assert outages(scene.near) == [(at(0), at(150))]
    for nonsense in (-5, 0, 10**12, "long"):
        come(told((scene.near, None), "long_power_failure", at(900), log=f"{nonsense}", duration_s=nonsense))
    assert outages(scene.near) == [(at(0), at(150))]


def test_an_alarm_without_time_has_the_time_at_which_it_came(scene: Scene) -> None:
    who = (scene.near, scene.near_point)
    come(told(who, "power_down", at(0.5), log=PUSHED, received_time=1))
    come(told(who, "power_down", at(0)), told(who, "power_up", at(0.2)))
    assert outages(scene.near) == [(at(0), at(0.2))]


def test_every_order_and_grouping_of_arrival_ends_alike(scene: Scene) -> None:
    who = (scene.near, scene.near_point)
    entries = [
        told(who, "last_gasp", at(0.2), log=PUSHED),
        told(who, "power_down", at(0)),
        told(who, "power_up", at(30)),
        told(who, "power_down", at(100)),
        told(who, "power_down", at(300)),
        told(who, "power_up", at(320)),
        told(who, "long_power_failure", at(320), log=FAILURES, duration_s=1200),
        told(who, "power_down", at(400)),
    ]
    expected = [(at(0), at(30)), (at(100), at(300)), (at(300), at(320)), (at(400), None)]
    for seed in range(25):
        random = Random(seed)
        scene.near.events.all().delete()
        Outage.objects.all().delete()
        order = random.sample(entries, len(entries)) + random.sample(entries, 3)
        while order:
            come(*(order.pop() for _ in range(min(len(order), random.randint(1, 4)))))
        assert outages(scene.near) == expected, seed


def test_a_device_that_answers_has_power_until_the_log_says_since_when(scene: Scene) -> None:
    who = (scene.near, scene.near_point)
    come(told(who, "last_gasp", at(0), log=PUSHED))
    assert notice_answers() == 0
    Contact.objects.filter(device=scene.near).update(last_contact_at=at(50))
    assert notice_answers() == 1 and notice_answers() == 0
    assert outages(scene.near) == [(at(0), at(50))]
    assert Outage.objects.get().end_source == Outage.Source.CONTACT
    come(told(who, "power_down", at(-0.5)), told(who, "power_up", at(42)))
    assert outages(scene.near) == [(at(-0.5), at(42))]


def test_what_ended_with_an_answer_does_not_last_until_the_next_failure(scene: Scene) -> None:
    who = (scene.near, scene.near_point)
    come(told(who, "last_gasp", at(0), log=PUSHED))
    Contact.objects.filter(device=scene.near).update(last_contact_at=at(50))
    notice_answers()
    come(told(who, "power_down", at(20_000)))
    assert outages(scene.near) == [(at(0), at(50)), (at(20_000), None)]
    come(told(who, "power_down", at(-90)))
    assert outages(scene.near) == [(at(-90), at(0)), (at(0), at(50)), (at(20_000), None)]


def test_outages_stay_when_their_events_are_dropped(scene: Scene) -> None:
    who = (scene.near, scene.near_point)
    come(told(who, "power_down", at(0)), told(who, "power_up", at(30)))
    scene.near.events.all().delete()
    come(told(who, "power_down", at(500)))
    assert outages(scene.near) == [(at(0), at(30)), (at(500), None)]
    scene.near.events.all().delete()
    come(told(who, "power_up", at(600)))
    assert outages(scene.near) == [(at(0), at(30)), (at(500), at(600))]


def test_years_of_a_log_read_late_take_away_no_outage_whose_events_are_gone(scene: Scene, settings: Settings) -> None:
    who, old = (scene.near, scene.near_point), timezone.now() - timedelta(days=20)
    settings.EVENT_DAYS = 7
    for hours in (5, 9):
        first = old + timedelta(hours=hours)
        come(told(who, "power_down", first), told(who, "power_up", first + timedelta(hours=1)))
    scene.near.events.all().delete()
    come(told(who, "power_down", old), told(who, "power_up", old + timedelta(hours=2)))
    assert [(start - old, end - start) for start, end in outages(scene.near) if end] == [
        (timedelta(0), timedelta(hours=2)), (timedelta(hours=5), timedelta(hours=1)),
        (timedelta(hours=9), timedelta(hours=1)),
    ]  # fmt: skip


def test_one_failure_told_of_a_place_and_of_none_is_one_outage(scene: Scene) -> None:
    come(
        told((scene.near, None), "power_down", at(0), log=PUSHED),
        told((scene.near, scene.near_point), "power_down", at(0)),
    )
    assert outages(scene.near) == [(at(0), None)]


def test_the_last_word_of_a_meter_that_is_taken_down_is_no_outage_for_ever(scene: Scene) -> None:
    """Who takes a meter off the line takes its power: it says so with its last gasp, and is never heard of again."""
    taken, who = timezone.now() - timedelta(minutes=5), (scene.near, scene.near_point)
    come(told(who, "last_gasp", taken - timedelta(minutes=10), log=PUSHED))
    installation = Installation.objects.get(device=scene.near)
    remove(installation=installation, at=taken, user=scene.mikko)
    assert notice_answers() == 1 and notice_answers() == 0
    row = Outage.objects.get(device=scene.near)
    assert (row.ended_at, row.end_source) == (taken, Outage.Source.REMOVED)


def test_a_meter_whose_clock_is_behind_is_not_taken_to_have_answered(scene: Scene) -> None:
    Contact.objects.filter(device=scene.near).update(last_contact_at=at(8), clock_offset_s=-600)
    come(told((scene.near, scene.near_point), "power_down", at(0)))
    notice_answers()
    assert outages(scene.near) == [(at(0), None)]


def test_queries_do_not_grow_with_the_devices(scene: Scene) -> None:
    counts = []
    for devices in ([scene.near], [scene.near, scene.silent]):
        minute = timezone.now() - timedelta(hours=len(devices))
        with count_queries() as counted:
            come(*(told((device, None), "power_down", minute) for device in devices))
        counts.append(counted.number)
    assert counts[0] == counts[1]
