"""SQL queries of every operations page, as a reviewed file: a page that asks more than before is seen in the review.

A count that changed for a good reason is changed in `query_counts.json`; none may be above 20.
"""

import json
from pathlib import Path

from django.urls import reverse

from tests import factories as make
from tests.queries import count_queries
from tests.scene import Scene, signed_in

SNAPSHOT = Path(__file__).parent / "query_counts.json"
MOST = 20
DEVICE_TABS = ("values", "events", "communication", "installations", "changes")


def pages(scene: Scene) -> dict[str, str]:
    """Name of the page → its address in the scene."""
    device, point = scene.near, scene.near_point
    found = {
        "dashboard": "/",
        "devices": reverse("devices:devices"),
        "device": device.get_absolute_url(),
        "metering point": point.get_absolute_url(),
        "events": reverse("events:events"),
        "alarms": reverse("events:alarms"),
        "new alarms": reverse("events:alarm-news"),
        "open alarms": reverse("events:alarm-count"),
        "outages": reverse("events:outages"),
        "outages that last": reverse("events:lasting"),
        "jobs": reverse("headend:jobs"),
        "running jobs": reverse("headend:running"),
        "job": scene.job.get_absolute_url(),
        "session": scene.good.get_absolute_url(),
        "schedules": reverse("headend:schedules"),
        "schedule": scene.schedule.get_absolute_url(),
    }
    found |= {f"device, {tab}": reverse("devices:device", args=[device.pk, tab]) for tab in DEVICE_TABS}
    added = ("events", "communication", "installations")
    return found | {f"metering point, {tab}": reverse("metering:point", args=[point.pk, tab]) for tab in added}


def test_every_page_asks_as_often_as_reviewed(scene: Scene) -> None:
    make.make_event(scene.near, scene.near_point)
    client = signed_in(scene.mikko)
    counts = {}
    for name, url in pages(scene).items():
        client.get(url)  # what is kept per process or recorded once per hour is not of the page
        with count_queries() as counted:
            assert client.get(url).status_code == 200
        counts[name] = counted.number
    assert max(counts.values()) <= MOST
    assert counts == json.loads(SNAPSHOT.read_text()), json.dumps(counts, indent=2)
