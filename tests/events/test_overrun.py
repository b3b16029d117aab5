"""A ring buffer that overran between two readings is noticed, with the stretch that was lost."""

from datetime import timedelta

import pytest

from devices.models import Device
from events.models import Event
from headend.plan import LogEntry
from tests import factories as make
from tests.headend.outcomes import LOG, START, log_entries, store


def entries(*hours: int) -> list[LogEntry]:
    return [LogEntry(START + timedelta(hours=hour), 1, 0) for hour in hours]


@pytest.fixture
def device(db: None) -> Device:
    """A meter on a wall whose log was read up to its second entry."""
    utility = make.make_utility()
    device = make.make_device(utility)
    make.make_installation(device, make.make_metering_point(utility))
    store(device, logs=[log_entries(*entries(0, 1))])
    return device


def overruns() -> list[Event]:
    return list(Event.objects.filter(kind="log_overrun"))


def test_the_first_reading_and_one_that_goes_on_lose_nothing(device: Device) -> None:
    store(device, logs=[log_entries(*entries(1, 2, 3))])
    assert overruns() == []


def test_a_log_without_the_last_known_entry_overran(device: Device) -> None:
    store(device, logs=[log_entries(*entries(5, 6))])
    (event,) = overruns()
    assert event.at == START + timedelta(hours=5) and event.metering_point is not None
    assert event.details == {
        "log": str(LOG),
        "lost_from": (START + timedelta(hours=1)).isoformat(),
        "lost_to": (START + timedelta(hours=5)).isoformat(),
    }
    store(device, logs=[log_entries(*entries(6, 7))])
    assert len(overruns()) == 1


def test_an_empty_answer_is_no_overrun(device: Device) -> None:
    store(device, logs=[log_entries()])
    assert overruns() == []
