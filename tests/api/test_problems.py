"""Errors of the API: one shape, the right status, sentences that help."""

import pytest
from django.db import connection
from django.test import Client

from access.models import AuditRecord
from tests import factories as make
from tests.api.scene import Scene, ids

POINTS = "/api/v1/metering-points/"


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ({"stat": "closed"}, "stat", "did you mean state?"),
        ({"state": ""}, "state", "Give a value"),
        ({"state": "ajar"}, "state", "Select a valid choice"),
        ({"page_size": "0"}, "page_size", "from 1 to 1000"),
        ({"page_size": "1001"}, "page_size", "from 1 to 1000"),
        ({"cursor": "first"}, "cursor", "whole number"),
        ({"cursor": "9" * 30}, "cursor", "whole number"),
        ({"search": "a\0b"}, "search", "Null characters"),
    ],
)
def test_a_wrong_parameter_is_named(scene: Scene, query: dict[str, str], field: str, sentence: str) -> None:
    response = scene.client(scene.everyone).get(POINTS, query)
    problem = response.json()
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    assert list(problem["errors"]) == [field]
    assert sentence in problem["errors"][field][0]
    assert problem["detail"].startswith(f"Check {field}")
    assert problem["action"] == response.headers["X-Action-Id"]
    assert (problem["status"], problem["title"], problem["type"]) == (400, "Bad Request", "urn:openaim:problem:invalid")


def test_an_instant_without_offset_is_refused_not_guessed(scene: Scene) -> None:
    client = scene.client(scene.everyone)
    naive = client.get("/api/v1/events/", {"start": "2026-03-01T00:00:00"})
    assert (naive.status_code, list(naive.json()["errors"])) == (400, ["start"])
    for good in ("2026-03-01T00:00:00Z", "2026-03-01T02:00:00+02:00", "2026-03-01T02:00:00 02:00"):
        assert ids(client.get("/api/v1/events/", {"start": good, "end": "2026-03-01T00:00:01Z"}))


@pytest.mark.parametrize(
    "text", ["2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "now"]
)
def test_an_impossible_instant_is_400(scene: Scene, text: str) -> None:
    assert scene.client(scene.everyone).get("/api/v1/events/", {"start": text}).status_code == 400


@pytest.mark.parametrize("path", ["meters/", "devices/1%0A2/remove/", "devices/1/remove/%0A/"])
def test_an_unknown_address_is_a_problem_too(client: Client, db: None, path: str) -> None:
    response = client.get(f"/api/v1/{path}")
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")
    assert "/api/docs/" in response.json()["detail"]


def test_a_forgotten_slash_is_put_right(scene: Scene) -> None:
    response = scene.client(scene.everyone).get("/api/v1/devices")
    assert (response.status_code, response.headers["Location"]) == (301, "/api/v1/devices/")


def test_writing_to_what_is_only_read_is_405(scene: Scene) -> None:
    response = scene.client(scene.everyone).post(POINTS, {}, content_type="application/json")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.json()["status"] == 405


def test_a_wrong_token_is_401_with_the_scheme(scene: Scene) -> None:
    response = Client(headers={"Authorization": "Bearer aim_wrong"}).get(POINTS)
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_the_token_of_an_inactive_user_is_refused(scene: Scene) -> None:
    client = scene.client(scene.everyone)
    scene.everyone.is_active = False
    scene.everyone.save()
    assert client.get(POINTS).status_code == 401


def test_a_failure_of_ours_shows_no_trace(scene: Scene) -> None:
    """The table is gone: whatever the reason, the answer is a problem with the action id and nothing else."""
    client = scene.client(scene.everyone)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_event RENAME TO events_gone")
    response = client.get("/api/v1/events/")
    assert response.status_code == 500
    assert "events_event" not in response.content.decode()
    assert response.json()["action"] == response.headers["X-Action-Id"]


def test_pages_follow_each_other_without_loss(scene: Scene) -> None:
    expected = {make.make_metering_point(scene.utility).pk for _ in range(5)}
    expected |= {scene.north.metering_point.pk, scene.south.metering_point.pk}
    client, seen, url = scene.client(scene.everyone), [], f"{POINTS}?page_size=3&utility=energia"
    while url:
        page = client.get(url).json()
        assert len(page["results"]) <= 3
        seen += [row["id"] for row in page["results"]]
        make.make_metering_point(make.make_utility("other"))
        url = page["next"]
    assert seen == sorted(expected)


def test_events_come_newest_first(scene: Scene) -> None:
    newest = make.make_event(scene.north.device)
    client = scene.client(scene.everyone)
    first = client.get("/api/v1/events/?page_size=1").json()
    assert first["results"][0]["id"] == newest.pk
    assert ids(client.get(first["next"])) == [scene.south.event.pk]


def test_instants_are_utc_whatever_zone_the_session_works_in(scene: Scene) -> None:
    browser = Client()
    browser.force_login(scene.everyone)
    row = browser.get(f"/api/v1/events/{scene.north.event.pk}/").json()
    assert row["at"] == "2026-03-01T00:00:00Z"


def test_reading_customers_leaves_a_record(scene: Scene) -> None:
    client = scene.client(scene.northerner)
    client.get(f"/api/v1/customers/{scene.north.customer.pk}/")
    client.get("/api/v1/customers/")
    client.get(f"/api/v1/customers/{scene.south.customer.pk}/")
    records = AuditRecord.objects.filter(verb="customers read")
    assert [record.details for record in records] == [{"customers": [scene.north.customer.number]}] * 2
    assert {record.username for record in records} == {scene.northerner.username}


def test_a_point_names_its_customer_by_number_only(scene: Scene) -> None:
    response = scene.client(scene.everyone).get(f"{POINTS}{scene.north.metering_point.pk}/")
    contract = response.json()["contracts"][0]
    assert (contract["customer_number"], contract["valid_from"]) == (scene.north.customer.number, "2026-01-01")
    assert contract["valid_to"] is None
    assert scene.north.customer.name not in response.content.decode()
