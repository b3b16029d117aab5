"""Events are stored once, and each is news once."""

from datetime import UTC, datetime, timedelta

from events.models import Event, EventNews
from events.services import examine, record_events
from tests.events.signals import come, told
from tests.scene import Scene

AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def test_what_is_read_again_is_neither_stored_nor_news_again(scene: Scene) -> None:
    who = (scene.near, scene.near_point)
    entries = [told(who, "terminal_cover_removed", AT), told(who, "power_down", AT + timedelta(hours=1))]
    assert record_events([*entries, entries[0]]) == 2
    assert EventNews.objects.count() == 2 and examine() == 2
    assert record_events(entries) == 0
    assert Event.objects.count() == 2 and examine() == 0


def test_an_entry_keeps_what_it_said(scene: Scene) -> None:
    come(told((scene.near, None), "long_power_failure", AT, duration_s=340))
    event = Event.objects.get()
    assert (event.details, event.metering_point, event.category) == ({"duration_s": 340}, None, "power")
    assert event.severity == Event.Severity.WARNING and event.acknowledged_at is None


def test_nothing_told_is_nothing_recorded(scene: Scene) -> None:
    assert record_events([]) == 0
