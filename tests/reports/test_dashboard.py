"""The dashboard: every number is that of the rows in reach, and leads to the list behind it."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from access.roles import METERING_OPERATOR
from devices.models import Device
from headend.completeness import Completeness
from metering.intervals import local_day
from metering.models import MeteringPoint, Series
from metering.store import ensure_partitions
from reports.dashboard import energy_yesterday, rounded_down, tone_of
from tests import factories as make
from tests.queries import count_queries
from tests.scene import NASTY, Scene, signed_in, text


def dashboard(user: Any, **headers: str) -> str:
    response = signed_in(user).get("/", headers=headers)
    assert response.status_code == 200
    return text(response)


def tile(page: str, label: str) -> str:
    """The words of the tile with this label."""
    found = re.search(rf'<section class="card tile"[^>]*>(?:(?!</section>).)*{label}.*?</section>', page, re.S)
    assert found is not None, label
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split())


def metered(scene: Scene, point: MeteringPoint, value: int) -> Series:
    """A consumption series of `point` with `value` Wh in every quarter of the last local days."""
    series = Series.objects.filter(metering_point=point, measured_property__obis="1-0:1.29.0").first()
    series = series or make.make_series(point)
    start = local_day(timezone.localdate(timezone=scene.utility.zone) - timedelta(days=1), scene.utility.zone)[0]
    ensure_partitions(start.date(), start.date() + timedelta(days=2))
    make.make_values(series, start, [value] * 96)
    return series


def test_visitors_sign_in_first() -> None:
    assert Client().get("/")["Location"].startswith("/sign-in/")


def test_reading_success_counts_the_items_of_today(scene: Scene) -> None:
    assert "50.0 %" in tile(dashboard(scene.mikko), "Reading success")
    assert "100.0 %" in tile(dashboard(scene.pekka), "Reading success")
    assert "–" in tile(dashboard(scene.stranger), "Reading success")


def test_yesterdays_jobs_are_not_of_today(scene: Scene) -> None:
    type(scene.job).objects.update(created_at=timezone.now() - timedelta(days=1, minutes=5))
    assert "nothing yet" in tile(dashboard(scene.mikko), "Reading success")


def test_who_does_not_answer_is_listed_with_cause_and_advice(scene: Scene) -> None:
    page = dashboard(scene.mikko)
    assert "1" in tile(page, "Not answering") and "of 2 devices" in tile(page, "Not answering")
    assert scene.silent.get_absolute_url() in page and "never answered" in page
    assert "The device does not answer" in page and "Check power, coverage" in page
    assert f"/read-now/{scene.silent.pk}/" in page


def test_clocks_that_are_off_are_counted(scene: Scene) -> None:
    assert "2" not in tile(dashboard(scene.mikko), "Clocks off").replace("10 s", "")
    assert "21 s fast" in dashboard(scene.mikko)


def test_everything_respects_the_segment(scene: Scene) -> None:
    make.make_event(scene.silent, scene.silent_point, "clock_invalid")
    make.make_job(scene.utility, [scene.silent], title="Southern job")
    whole, part = dashboard(scene.mikko), dashboard(scene.pekka)
    for words in (scene.silent.serial_number, "Clock invalid", "Southern job"):
        assert words in whole and words not in part
    assert "All answer" in part and "1 metering points" in part.replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_critical_events_come_first(scene: Scene) -> None:
    now = timezone.now()
    make.make_event(scene.near, scene.near_point, "power_up", at=now)
    make.make_event(scene.near, scene.near_point, "clock_invalid", at=now - timedelta(days=2))
    make.make_event(scene.near, scene.near_point, "ram_error", at=now - timedelta(days=8))
    page = dashboard(scene.mikko)
    assert page.index("Clock invalid") < page.index("Power up") and "RAM error" not in page


def test_every_number_leads_to_the_list_behind_it(scene: Scene) -> None:
    client, page = signed_in(scene.mikko), dashboard(scene.mikko)
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*\?[^"]*)"', page)}
    assert len(links) >= 5
    for link in links:
        answer = text(client.get(link))
        assert "A filter is not valid" not in answer
        assert 'class="chip"' in answer, f"{link} filters nothing"


def test_the_page_asks_for_its_content_alone(scene: Scene) -> None:
    page = dashboard(scene.mikko, **{"HX-Request": "true", "HX-Target": "dashboard"})
    assert "<html" not in page and "Readings today" in page
    assert 'hx-trigger="every 15s"' in dashboard(scene.mikko)


def test_a_part_the_role_does_not_include_is_absent(scene: Scene) -> None:
    user = make.make_user(METERING_OPERATOR, utilities=[scene.utility])
    group = user.groups.get()
    group.permissions.remove(*group.permissions.filter(codename__in=["view_event", "view_job"]))
    page = dashboard(user)
    assert "Events of the last" not in page and "Running jobs" not in page and "Devices not answering" in page
    assert "Reading success" not in dashboard(scene.roleless)


def test_an_empty_system_has_a_dashboard(db: None) -> None:
    page = dashboard(make.make_user(METERING_OPERATOR, utilities=[make.make_utility("new")]))
    assert "Nothing was read yet today" in page and "No devices yet" in page


def test_a_user_to_whom_nothing_is_opened_sees_an_empty_dashboard(scene: Scene) -> None:
    page = dashboard(make.make_user(METERING_OPERATOR))
    assert "0 metering points" in page and scene.silent.serial_number not in page


def test_what_devices_said_is_escaped(scene: Scene) -> None:
    Device.objects.filter(pk=scene.silent.pk).update(serial_number=NASTY)
    page = dashboard(scene.mikko)
    assert NASTY not in page and "&lt;script&gt;" in page


def test_energy_of_yesterday_is_that_of_the_local_day(scene: Scene) -> None:
    metered(scene, scene.near_point, 250)
    metered(scene, scene.silent_point, 1)
    zone = scene.utility.zone
    today = timezone.localdate(timezone=zone)
    points = MeteringPoint.objects.all()
    assert energy_yesterday(points, today, zone) == Decimal("24.096")
    assert energy_yesterday(points.filter(pk=scene.near_point.pk), today, zone) == Decimal("24")
    assert energy_yesterday(points.none(), today, zone) is None
    assert "24 kWh" in tile(dashboard(scene.pekka), "Energy yesterday")


def test_completeness_counts_what_is_due(scene: Scene) -> None:
    source = {"source": scene.near.serial_number}
    for series in Series.objects.filter(metering_point=scene.near_point, kind="stand", interval_s=900, **source):
        day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=3)
        ensure_partitions(day.date(), day.date())
        make.make_values(series, day, np.arange(96).tolist())
    page = dashboard(scene.pekka)
    assert re.search(r"100\.0 %, 0 of 192 missing", page.replace("\N{NARROW NO-BREAK SPACE}", " "))
    assert "poor" in tile(page, "Complete, last 30 days")


@pytest.mark.parametrize(
    ("percent", "words", "tone"),
    [
        (None, "–", "muted"),
        (99.99, "99.9", "ok"),
        (100.0, "100.0", "ok"),
        (98.99, "98.9", "warn"),
        (94.0, "94.0", "bad"),
    ],
)
def test_shares_are_rounded_down_and_judged(percent: float | None, words: str, tone: str) -> None:
    assert (rounded_down(percent), tone_of(percent)) == (words, tone)


def test_nothing_due_is_not_zero_percent() -> None:
    assert Completeness(0, 0).percent is None


def test_queries_do_not_grow_with_the_network(scene: Scene) -> None:
    counts = []
    client = signed_in(scene.mikko)
    for number in (0, 8):
        for _ in range(number):
            device, point = make.make_device(scene.utility), make.make_metering_point(scene.utility)
            make.make_installation(device, point)
            make.make_event(device, point)
            make.make_job(scene.utility, [device])
            metered(scene, point, 1)
        with count_queries() as counted:
            client.get("/")
        counts.append(counted.number)
    assert counts[1] <= 20 and counts[1] - counts[0] <= 3, "lists that were short need no count of their own"
