"""Open alarms: seen within seconds, acknowledged by somebody, gone for everybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access.models import AuditRecord
from events.models import Event
from events.services import acknowledge
from tests import factories as make
from tests.queries import count_queries
from tests.scene import NASTY, Scene, signed_in, text

LIST, NEWS, COUNT = "/alarms/", "/alarms/news/", "/alarms/count/"


@pytest.fixture
def logged(scene: Scene) -> Scene:
    """A critical and an information of the near meter, a warning of the silent one."""
    now = timezone.now()
    make.make_event(scene.near, scene.near_point, "terminal_cover_removed", at=now, details={"note": NASTY})
    make.make_event(scene.near, scene.near_point, "power_up", at=now)
    make.make_event(scene.silent, scene.silent_point, "battery_low", at=now - timedelta(days=3))
    return scene


def body(page: str) -> str:
    return page.partition("<tbody>")[2]


def test_the_list_holds_what_is_open_and_severe(logged: Scene) -> None:
    page = body(text(signed_in(logged.mikko).get(LIST)))
    assert "Terminal cover removed" in page and "Battery voltage low" in page and "Power up" not in page
    assert NASTY not in page
    assert "Battery voltage low" not in body(text(signed_in(logged.pekka).get(LIST)))


def confirmed(scene: Scene, query: str, note: str, count: int) -> int:
    posted = {"count": str(count), "note": note}
    return signed_in(scene.mikko).post(f"{LIST}?action=acknowledge&{query}", posted).status_code


def test_one_is_acknowledged_with_a_comment(logged: Scene) -> None:
    event = Event.objects.get(kind="battery_low")
    page = text(signed_in(logged.mikko).get(LIST, {"action": "acknowledge", "pk": str(event.pk)}))
    assert "Comment" in page and 'name="note"' in page
    assert confirmed(logged, f"pk={event.pk}", "Battery ordered", 1) == 302
    event.refresh_from_db()
    assert (event.acknowledged_by, event.comment) == (logged.mikko, "Battery ordered")
    assert event.acknowledged_at is not None and "Battery voltage low" not in body(
        text(signed_in(logged.mikko).get(LIST))
    )
    record = AuditRecord.objects.get(verb="alarms acknowledged")
    assert (record.username, record.details["comment"]) == ("mikko", "Battery ordered")


def test_all_that_match_a_filter_are_acknowledged_at_once(logged: Scene) -> None:
    assert confirmed(logged, "all=1&severity=30", "Patrol sent", 1) == 302
    assert list(Event.objects.open_alarms().values_list("kind", flat=True)) == ["battery_low"]
    assert confirmed(logged, "all=1", "", 1) == 302
    assert not Event.objects.open_alarms().exists()


def test_a_comment_is_not_lost_when_the_selection_changed(logged: Scene) -> None:
    client = signed_in(logged.mikko)
    response = client.post(f"{LIST}?action=acknowledge&all=1", {"count": "1", "note": "Patrol sent"})
    assert response.status_code == 409 and "Patrol sent" in text(response)
    assert Event.objects.open_alarms().count() == 2


def test_who_was_first_stays(logged: Scene) -> None:
    assert acknowledge(alarms=Event.objects.all(), user=logged.mikko, comment="mine") == 2
    assert acknowledge(alarms=Event.objects.all(), user=logged.pekka, comment="late") == 0
    assert set(Event.objects.exclude(comment="").values_list("comment", flat=True)) == {"mine"}
    assert AuditRecord.objects.filter(verb="alarms acknowledged").count() == 1


def test_customer_service_sees_alarms_and_acknowledges_none(logged: Scene) -> None:
    client = signed_in(logged.pekka)
    assert "Acknowledge" not in text(client.get(LIST))
    assert client.post(f"{LIST}?action=acknowledge&all=1", {"count": "1"}).status_code == 403
    assert Event.objects.open_alarms().count() == 2


def test_a_new_alarm_is_in_the_next_fragment(logged: Scene) -> None:
    client = signed_in(logged.mikko)
    since = Event.objects.order_by("-pk")[0].pk
    page = text(client.get(LIST))
    assert f"{NEWS}?since={since}" in page and 'hx-trigger="every 2s"' in page
    assert "New alarms" not in text(client.get(NEWS, {"since": since}))
    make.make_event(logged.silent, logged.silent_point, "meter_cover_removed")
    assert "Meter cover removed" in text(client.get(NEWS, {"since": since}))
    assert "Meter cover removed" not in text(signed_in(logged.pekka).get(NEWS, {"since": since}))


@pytest.mark.parametrize("since", ["", "-1", "x", "²", "9" * 40])
def test_a_strange_place_is_no_error(logged: Scene, since: str) -> None:
    assert signed_in(logged.mikko).get(NEWS, {"since": since}).status_code == 200


def test_the_navigation_counts_what_is_open(logged: Scene) -> None:
    assert ">2<" in text(signed_in(logged.mikko).get(COUNT))
    assert ">1<" in text(signed_in(logged.pekka).get(COUNT))
    acknowledge(alarms=Event.objects.all(), user=logged.mikko)
    assert text(signed_in(logged.mikko).get(COUNT)).strip() == ""
    assert f'hx-get="{COUNT}"' in text(signed_in(logged.mikko).get(LIST))


def test_queries_do_not_grow_with_the_alarms(logged: Scene) -> None:
    client, counts = signed_in(logged.mikko), []
    for number in (0, 20):
        for _ in range(number):
            make.make_event(logged.near, logged.near_point)
        with count_queries() as counted:
            client.get(LIST)
        counts.append(counted.number)
    assert counts[0] == counts[1] <= 20
