"""Exclusions from data delivery on screen and through the API."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.models import AuditRecord
from headend.models import DeliveryCount, Exclusion
from headend.services.deliveries import exclude
from tests.factories import make_token
from tests.scene import Scene, signed_in, text

LIST, NEW = "/exclusions/", "/exclusions/new/"


def today() -> date:
    return timezone.localdate()


def days(*back: int) -> set[date]:
    return {today() - timedelta(days=each) for each in back}


def made(scene: Scene, *, first: int = 5, last: int | None = None) -> Exclusion:
    ends = None if last is None else today() - timedelta(days=last)
    first_day = today() - timedelta(days=first)
    return exclude(device=scene.silent, first=first_day, last=ends, reason="Burnt down", user=scene.mikko)


def count_all(scene: Scene) -> None:
    """Every day of the last ten as counted once."""
    for back in range(1, 11):
        day = today() - timedelta(days=back)
        DeliveryCount.objects.create(utility=scene.utility, day=day, by="1h", expected=0, present=0, excluded=0)


def counted() -> set[date]:
    return set(DeliveryCount.objects.values_list("day", flat=True))


def test_devices_are_left_out_with_a_reason_and_listed(scene: Scene) -> None:
    count_all(scene)
    client = signed_in(scene.mikko)
    form = {
        "serial_numbers": f"{scene.silent.serial_number}, {scene.near.serial_number}",
        "first_day": (today() - timedelta(days=3)).isoformat(), "last_day": "", "reason": "<b>Flood</b>",
    }  # fmt: skip
    assert client.post(NEW, form)["Location"] == LIST
    assert Exclusion.objects.filter(created_by=scene.mikko, last_day=None).count() == 2
    assert counted() == days(*range(4, 11))
    page = text(client.get(LIST))
    assert page.count(">&lt;b&gt;Flood") == 2
    assert "<b>Flood" not in page
    assert "until further notice" in page
    assert scene.silent.serial_number not in text(client.get(LIST, {"state": "ended"}))
    assert scene.silent.serial_number in text(client.get(LIST, {"q": "flood", "state": "now"}))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"serial_numbers": "nobody"}, "There is no device nobody."),
        ({"last_day": "2020-01-01"}, "This is before the first day."),
        ({"reason": " "}, "This field is required."),
        ({"first_day": "1990-01-01"}, "This is too far away."),
    ],
)
def test_what_is_wrong_is_said_and_leaves_nothing_out(scene: Scene, changed: dict[str, str], said: str) -> None:
    form = {"serial_numbers": scene.silent.serial_number, "first_day": today().isoformat(), "reason": "Flood"}
    response = signed_in(scene.mikko).post(NEW, form | changed)
    assert response.status_code == 400
    assert said in text(response)
    assert not Exclusion.objects.exists()


def test_another_end_counts_only_the_days_anew_that_it_concerns(scene: Scene) -> None:
    row = made(scene, first=8, last=6)
    count_all(scene)
    client, url = signed_in(scene.mikko), reverse("headend:exclusion", args=[row.pk])
    assert "Burnt down" in text(client.get(url))
    form = {"last_day": (today() - timedelta(days=4)).isoformat(), "reason": "Burnt down, new meter"}
    assert client.post(url, form).status_code == 302
    row.refresh_from_db()
    assert (row.last_day, row.reason) == (today() - timedelta(days=4), "Burnt down, new meter")
    assert counted() == days(1, 2, 3, 6, 7, 8, 9, 10)
    assert client.post(url, form | {"last_day": ""}).status_code == 302
    assert counted() == days(6, 7, 8, 9, 10)
    assert client.post(url, form | {"last_day": "2020-01-01"}).status_code == 400
    assert AuditRecord.objects.filter(verb="exclusion changed").count() == 2


def test_taken_off_its_days_count_again(scene: Scene) -> None:
    row = made(scene, first=3, last=2)
    count_all(scene)
    client = signed_in(scene.mikko)
    url = f"{LIST}?action=take-off&pk={row.pk}"
    assert "count again" in text(client.get(url))
    assert client.post(url, {"count": "1"}).status_code == 302
    assert not Exclusion.objects.exists()
    assert counted() == days(1, 4, 5, 6, 7, 8, 9, 10)
    assert "Burnt down" in AuditRecord.objects.get(verb="exclusion taken off").summary


def test_devices_of_a_list_are_left_out_with_one_reason(scene: Scene) -> None:
    client = signed_in(scene.mikko)
    url = f"{reverse('devices:devices')}?action=leave-out&pk={scene.silent.pk}"
    assert "Reason" in text(client.get(url))
    assert client.post(url, {"count": "1", "note": "  "})["Location"] == reverse("devices:devices")
    assert not Exclusion.objects.exists()
    assert client.post(url, {"count": "1", "note": "Flood"})["Location"] == LIST
    assert Exclusion.objects.get().first_day == today()


def test_who_may_see_and_make_exclusions(scene: Scene) -> None:
    row = made(scene)
    change = reverse("headend:exclusion", args=[row.pk])
    for url in (LIST, NEW, change):
        assert signed_in(scene.pekka).get(url).status_code == 403
    assert signed_in(scene.stranger).get(change).status_code == 404
    assert "Burnt down" not in text(signed_in(scene.stranger).get(LIST))
    form = {"serial_numbers": scene.near.serial_number, "first_day": today().isoformat(), "reason": "Mine"}
    assert signed_in(scene.stranger).post(NEW, form).status_code == 400
    assert Exclusion.objects.count() == 1


def send(user: Any, verb: str, path: str = "", body: Any = None) -> Any:
    headers = {"authorization": f"Bearer {make_token(user)}"}
    return getattr(Client(), verb)(f"/api/v1/exclusions/{path}", body, "application/json", headers=headers)


def test_made_ended_and_taken_off_through_the_api(scene: Scene) -> None:
    body = {"device": scene.silent.pk, "first_day": today().isoformat(), "reason": "Burnt down"}
    answer = send(scene.mikko, "post", "", body)
    assert answer.status_code == 201
    row = answer.json()
    assert (row["serial_number"], row["last_day"], row["created_by"]) == (scene.silent.serial_number, None, "mikko")
    one, last = f"{row['id']}/", (today() + timedelta(days=9)).isoformat()
    assert send(scene.mikko, "patch", one, {"last_day": last}).json()["last_day"] == last
    assert send(scene.mikko, "patch", one, {"reason": "Rebuilt"}).json()["last_day"] == last
    assert "last_day" in send(scene.mikko, "patch", one, {"last_day": "2020-01-01"}).json()["errors"]
    assert send(scene.mikko, "delete", one).status_code == 204
    assert not Exclusion.objects.exists()


def test_the_api_says_what_is_wrong_and_who_may_not(scene: Scene) -> None:
    body = {"device": scene.silent.pk, "first_day": today().isoformat(), "reason": "Burnt down"}
    assert "device" in send(scene.stranger, "post", "", body).json()["errors"]
    assert send(scene.pekka, "post", "", body).status_code == 403
    assert "first_day" in send(scene.mikko, "post", "", body | {"first_day": "1990-01-01"}).json()["errors"]
    one = f"{made(scene).pk}/"
    assert send(scene.stranger, "delete", one).status_code == 404
    assert Exclusion.objects.count() == 1


def test_exclusions_are_found_by_day(scene: Scene) -> None:
    made(scene, first=5, last=3)
    headers = {"authorization": f"Bearer {make_token(scene.mikko)}"}
    found = [
        Client().get("/api/v1/exclusions/", {"on": day.isoformat()}, headers=headers).json()["results"]
        for day in (today() - timedelta(days=4), today() - timedelta(days=2))
    ]
    assert [len(rows) for rows in found] == [1, 0]
