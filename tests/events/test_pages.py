"""The list of events: filters, file, segments."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories as make
from tests.queries import count_queries
from tests.scene import NASTY, Scene, signed_in, text

LIST = "/events/"


@pytest.fixture
def logged(scene: Scene) -> Scene:
    """A critical, a warning and an old information of the near meter, a critical of the silent one."""
    now = timezone.now()
    make.make_event(scene.near, scene.near_point, "terminal_cover_removed", at=now, details={"note": NASTY})
    make.make_event(scene.near, scene.near_point, "power_down", at=now)
    make.make_event(scene.near, scene.near_point, "mbus_new_device_1", at=now - timedelta(days=40))
    make.make_event(scene.silent, scene.silent_point, "clock_invalid", at=now)
    return scene


def seen(client: Client, **query: str) -> str:
    return text(client.get(LIST, query))


def names(page: str) -> set[str]:
    known = ("Terminal cover removed", "Power down", "new device found", "Clock invalid")
    body = page.partition("<tbody>")[2]
    return {name for name in known if name in body}


def test_severity_is_a_word_a_symbol_and_a_colour(logged: Scene) -> None:
    page = seen(signed_in(logged.mikko))
    assert 'data-tone="bad"' in page and "#cross" in page and "Critical" in page
    assert NASTY not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"Terminal cover removed", "Power down", "new device found", "Clock invalid"}),
        ({"severity": "30"}, {"Terminal cover removed", "Clock invalid"}),
        ({"severity": "20"}, {"Terminal cover removed", "Clock invalid", "Power down"}),
        ({"category": "m_bus"}, {"new device found"}),
        ({"kind": "power_down"}, {"Power down"}),
        ({"category": "fraud", "severity": "20"}, {"Terminal cover removed"}),
    ],
)
def test_filters(logged: Scene, query: dict[str, str], expected: set[str]) -> None:
    assert names(seen(signed_in(logged.mikko), **query)) == expected


def test_a_period_is_of_local_days(logged: Scene) -> None:
    client = signed_in(logged.mikko)
    today = timezone.localdate(timezone=logged.utility.zone)
    recent = seen(client, at_after=(today - timedelta(days=7)).isoformat(), at_before=today.isoformat())
    assert names(recent) == {"Terminal cover removed", "Power down", "Clock invalid"}
    assert names(seen(client, at_before=(today - timedelta(days=7)).isoformat())) == {"new device found"}


def test_events_are_found_by_device_and_metering_point(logged: Scene) -> None:
    client = signed_in(logged.mikko)
    for asked in (logged.silent.serial_number, logged.silent_point.gsrn, logged.silent.host):
        assert names(seen(client, q=asked)) == {"Clock invalid"}


def test_events_of_other_segments_stay_out_of_sight(logged: Scene) -> None:
    assert "Clock invalid" not in names(seen(signed_in(logged.pekka)))
    assert names(seen(signed_in(logged.pekka), q=logged.silent.serial_number)) == set()
    assert names(seen(signed_in(logged.stranger))) == set()


def test_visitors_and_other_roles(logged: Scene) -> None:
    assert Client().get(LIST).status_code == 302
    assert signed_in(logged.roleless).get(LIST).status_code == 403


def test_the_file_carries_local_times_and_words(logged: Scene) -> None:
    rows = seen(signed_in(logged.mikko), format="csv", kind="power_down").splitlines()
    assert rows[0].startswith("\ufeffWhen,Severity,Event")
    assert "Warning,Power down,Power" in rows[1] and logged.near.serial_number in rows[1]
    assert rows[1][19:25] in ("+02:00", "+03:00")


def test_an_empty_list_tells_nothing_yet_from_no_match(scene: Scene) -> None:
    client = signed_in(scene.mikko)
    assert "No events yet" in seen(client)
    assert "Nothing matches these filters" in seen(client, severity="30")


def test_queries_do_not_grow_with_the_events(logged: Scene) -> None:
    client, counts = signed_in(logged.mikko), []
    for number in (0, 20):
        for _ in range(number):
            make.make_event(logged.near, logged.near_point)
        with count_queries() as counted:
            client.get(LIST)
        counts.append(counted.number)
    assert counts[0] == counts[1] <= 20


@pytest.mark.parametrize("of", ["device", "point"])
def test_tabs_show_the_events_of_the_thing(logged: Scene, of: str) -> None:
    thing: Any = logged.near if of == "device" else logged.near_point
    page = text(signed_in(logged.pekka).get(f"{thing.get_absolute_url()}events/"))
    assert {"Terminal cover removed", "Power down"} <= names(page)
    assert NASTY not in page
