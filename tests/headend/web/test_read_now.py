"""Reading while somebody waits: the button, the live view, the result, the cause of failure."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.roles import METERING_OPERATOR
from aim.web.formats import grouped
from devices.models import Device
from headend.models import Job, JobItem
from tests import factories as make
from tests.queries import count_queries
from tests.scene import NASTY, RESULT, Scene, signed_in, text

LIVE = {"HX-Request": "true"}


def read(client: Client, device: Device, **headers: str) -> Any:
    return client.post(reverse("headend:read-now", args=[device.pk]), headers=headers)


def live(client: Client, item: JobItem) -> str:
    response = client.get(reverse("headend:reading", args=[item.pk]), headers=LIVE)
    assert response.status_code == 200
    return text(response)


def started(scene: Scene) -> JobItem:
    """The item of a reading that was just ordered."""
    read(signed_in(scene.mikko), scene.near)
    return JobItem.objects.select_related("job").get(device=scene.near, job__kind="read_now")


def test_without_javascript_the_button_leads_to_the_job(scene: Scene) -> None:
    response = read(signed_in(scene.pekka), scene.near)
    job = Job.objects.get(created_by=scene.pekka)
    assert response.status_code == 302 and response["Location"] == job.get_absolute_url()
    assert job.items.get().device == scene.near


def test_with_htmx_it_answers_with_the_live_view(scene: Scene) -> None:
    response = read(signed_in(scene.mikko), scene.near, **LIVE)
    item = JobItem.objects.get(device=scene.near, job__kind="read_now")
    page = text(response)
    assert f'hx-get="{reverse("headend:reading", args=[item.pk])}"' in page
    assert 'hx-trigger="load delay:300ms"' in page and "<html" not in page


def test_a_device_being_read_is_not_read_twice(scene: Scene) -> None:
    first = started(scene)
    assert read(signed_in(scene.pekka), scene.near)["Location"] == first.job.get_absolute_url()
    assert Job.objects.filter(kind="read_now").count() == 1


def test_an_ended_reading_does_not_stop_the_next(scene: Scene) -> None:
    first = started(scene)
    JobItem.objects.filter(pk=first.pk).update(state="ok")
    read(signed_in(scene.mikko), scene.near)
    assert Job.objects.filter(kind="read_now").count() == 2


def test_who_may_read(scene: Scene) -> None:
    assert read(signed_in(scene.pekka), scene.silent).status_code == 404
    assert read(signed_in(scene.stranger), scene.near).status_code == 404
    assert read(signed_in(scene.roleless), scene.near).status_code == 403
    assert read(Client(), scene.near)["Location"].startswith(reverse("login"))
    assert not Job.objects.filter(kind="read_now").exists()


def test_looking_at_the_address_reads_nothing(scene: Scene) -> None:
    assert signed_in(scene.mikko).get(reverse("headend:read-now", args=[scene.near.pk])).status_code == 405


def test_steps_show_how_far_it_is(scene: Scene) -> None:
    item = started(scene)
    JobItem.objects.filter(pk=item.pk).update(state="running", attempts=1, step="registers")
    page = live(signed_in(scene.mikko), item)
    states = [part.split('"')[0] for part in page.split('data-state="')[1:]]
    assert states == ["done", "done", "current", "to come", "to come"]
    assert "Read the registers" in page


def test_the_result_is_in_the_units_people_read(scene: Scene) -> None:
    page = live(signed_in(scene.mikko), scene.good)
    assert "Active energy import" in page and grouped(1234.567, 3) in page
    assert "kWh" in page and "230.1" in page and "3 new rows" in page and "21 s fast" in page
    assert "hx-trigger" not in page, "what has ended is not asked for again"


def test_an_unknown_register_is_shown_and_not_dropped(scene: Scene) -> None:
    page = live(signed_in(scene.mikko), scene.good)
    assert "Not described yet" in page and "1-0:200.7.0" in page and "<strong>7</strong> A" in page


def test_a_failure_says_why_and_what_to_do(scene: Scene) -> None:
    page = live(signed_in(scene.mikko), scene.bad)
    assert "The device does not answer" in page and "Check power, coverage" in page and "Try again" in page
    assert NASTY not in page and "&lt;script&gt;" in page


def test_waiting_for_the_next_try_is_told_and_asked_for_less_often(scene: Scene) -> None:
    item = started(scene)
    again = timezone.now() + timedelta(seconds=30)
    JobItem.objects.filter(pk=item.pk).update(attempts=1, last_cause="no_answer", not_before=again)
    page = live(signed_in(scene.mikko), item)
    assert "Waiting to try again" in page and "next try in 30 s" in page and "delay:1000ms" in page


def test_a_reading_nobody_takes_says_so(scene: Scene) -> None:
    item = started(scene)
    Job.objects.filter(pk=item.job_id).update(created_at=timezone.now() - timedelta(seconds=90))
    page = live(signed_in(scene.mikko), item)
    assert "Nothing has taken it yet" in page and "delay:3000ms" in page


def test_the_live_view_respects_segment_and_role(scene: Scene) -> None:
    url = reverse("headend:reading", args=[scene.bad.pk])
    assert signed_in(scene.pekka).get(url, headers=LIVE).status_code == 404
    assert signed_in(scene.roleless).get(url, headers=LIVE).status_code == 403


def test_the_live_view_opened_as_a_page_leads_to_the_session(scene: Scene) -> None:
    response = signed_in(scene.mikko).get(reverse("headend:reading", args=[scene.good.pk]))
    assert response["Location"] == scene.good.get_absolute_url()


def test_without_the_permission_there_is_no_button(scene: Scene) -> None:
    viewer = make.make_user(METERING_OPERATOR, utilities=[scene.utility])
    group = viewer.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="read_device"))
    assert "Read again" not in live(signed_in(viewer), scene.good)
    assert read(signed_in(viewer), scene.near).status_code == 403


def test_the_live_view_is_cheap(scene: Scene) -> None:
    client = signed_in(scene.mikko)
    with count_queries() as counted:
        live(client, scene.good)
    assert counted.number <= 10


def test_a_device_without_address_has_no_button(scene: Scene) -> None:
    Device.objects.filter(pk=scene.near.pk).update(host="")
    page = text(signed_in(scene.mikko).get(scene.near.get_absolute_url()))
    assert reverse("headend:read-now", args=[scene.near.pk]) not in page


@pytest.mark.parametrize("page", ["device", "point", "job"])
def test_a_reading_under_way_is_shown_where_somebody_looks(scene: Scene, page: str) -> None:
    item = started(scene)
    pages: dict[str, Any] = {"device": scene.near, "point": scene.near_point, "job": item.job}
    seen = text(signed_in(scene.mikko).get(pages[page].get_absolute_url()))
    assert f'hx-get="{reverse("headend:reading", args=[item.pk])}"' in seen


def test_the_page_of_a_session_has_every_step(scene: Scene) -> None:
    page = text(signed_in(scene.mikko).get(scene.good.get_absolute_url()))
    assert "Sign on to the meter" in page and "0.21 s" in page and grouped(1200) in page
    failed = text(signed_in(scene.mikko).get(scene.bad.get_absolute_url()))
    assert "failed here" in failed and "The device does not answer" in failed and NASTY not in failed
    assert signed_in(scene.pekka).get(scene.bad.get_absolute_url()).status_code == 404


def test_results_of_other_kinds_are_shown_too(scene: Scene) -> None:
    scene.job.items.filter(device=scene.near).update(result={**RESULT, "registers": [], "events": 1})
    page = live(signed_in(scene.mikko), scene.good)
    assert "1 log entry read" in page and "<caption" not in page


@pytest.mark.parametrize("state", ["removed", "scrapped"])
def test_a_device_that_hangs_nowhere_is_refused_in_words(scene: Scene, state: str) -> None:
    Device.objects.filter(pk=scene.near.pk).update(state=state)
    client = signed_in(scene.mikko)
    response = read(client, scene.near)
    assert response["Location"] == scene.near.get_absolute_url()
    assert "cannot be read" in text(client.get(response["Location"]))
    fragment = text(read(client, scene.near, **LIVE))
    assert "cannot be read" in fragment and "<html" not in fragment and "hx-trigger" not in fragment
    assert not Job.objects.filter(kind="read_now").exists()


def test_who_may_install_finds_the_exchange_on_the_page_of_the_metering_point(scene: Scene) -> None:
    url, point = f"/devices/{scene.near.pk}/exchange/", scene.near_point.get_absolute_url()
    client = signed_in(scene.mikko)
    assert f'href="{url}">Exchange the meter</a>' in text(client.get(point))
    assert client.get(url).status_code == 200
    for group in scene.mikko.groups.all():
        group.permissions.remove(Permission.objects.get(codename="install_device"))
    assert "Exchange the meter" not in text(signed_in(scene.mikko).get(point))
