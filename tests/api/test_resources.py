"""Every resource: list and detail, who may (401, 403), what they see (404), filters, number of queries."""

from typing import Any

import pytest
from django.test import Client

from tests import factories as make
from tests.api.resources import RESOURCES, SHARED_FILTERS, Resource
from tests.api.scene import Scene, build_home, ids
from tests.queries import count_queries

each = pytest.mark.parametrize("resource", RESOURCES, ids=str)


@each
def test_list_shows_what_is_open_to_the_user(scene: Scene, resource: Resource) -> None:
    north, south = resource.row(scene.north).pk, resource.row(scene.south).pk
    url = f"/api/v1/{resource.path}/"
    assert {north, south} <= set(ids(scene.client(scene.everyone).get(url)))
    seen = ids(scene.client(scene.northerner).get(url))
    assert (north in seen) is resource.by_segment
    assert south not in seen
    assert ids(scene.client(scene.stranger).get(url)) == []


@each
def test_detail_outside_the_segment_is_not_found(scene: Scene, resource: Resource) -> None:
    north, south = resource.row(scene.north).pk, resource.row(scene.south).pk
    client = scene.client(scene.northerner)
    inside = client.get(f"/api/v1/{resource.path}/{north}/")
    assert inside.status_code == (200 if resource.by_segment else 404)
    outside = client.get(f"/api/v1/{resource.path}/{south}/")
    absent = client.get(f"/api/v1/{resource.path}/999999999/")
    assert outside.status_code == absent.status_code == 404
    assert outside.json()["detail"] == absent.json()["detail"]


@each
def test_detail_holds_at_least_what_the_list_shows(scene: Scene, resource: Resource) -> None:
    client = scene.client(scene.everyone)
    pk = resource.row(scene.north).pk
    row = next(row for row in client.get(f"/api/v1/{resource.path}/").json()["results"] if row["id"] == pk)
    assert row.items() <= client.get(f"/api/v1/{resource.path}/{pk}/").json().items()


@each
def test_without_token_401_and_without_role_403(scene: Scene, resource: Resource) -> None:
    for url in (f"/api/v1/{resource.path}/", f"/api/v1/{resource.path}/{resource.row(scene.north).pk}/"):
        anonymous = scene.client(None).get(url)
        assert (anonymous.status_code, anonymous.headers["WWW-Authenticate"]) == (401, "Bearer")
        refused = scene.client(scene.roleless).get(url)
        assert refused.status_code == 403
        assert "API client" in refused.json()["detail"]


@each
def test_number_of_queries_does_not_grow_with_the_list(scene: Scene, resource: Resource) -> None:
    client, url = scene.client(scene.everyone), f"/api/v1/{resource.path}/"
    client.get(url)  # the use of a token is recorded once a minute
    few, before = _measured(client, url)
    for number in range(5):
        build_home(scene.utility, make.make_segment(scene.utility, f"more-{number}"))
    many, after = _measured(client, url)
    assert many > few
    assert after == before == resource.queries


@pytest.mark.parametrize(
    ("resource", "name"), [(resource, name) for resource in RESOURCES for name in resource.filters], ids=str
)
def test_filter_keeps_the_row_it_names(scene: Scene, resource: Resource, name: str) -> None:
    url, client = f"/api/v1/{resource.path}/", scene.client(scene.everyone)
    found = ids(client.get(url, {name: resource.filters[name](scene.north)}))
    assert resource.row(scene.north).pk in found
    assert resource.row(scene.south).pk not in found


@pytest.mark.parametrize(("path", "fits", "fits_not"), SHARED_FILTERS)
def test_filter_by_common_property(scene: Scene, path: str, fits: dict[str, Any], fits_not: dict[str, Any]) -> None:
    resource = next(resource for resource in RESOURCES if resource.path == path)
    client = scene.client(scene.everyone)
    expected = {resource.row(scene.north).pk, resource.row(scene.south).pk}
    assert expected <= set(ids(client.get(f"/api/v1/{path}/", fits)))
    assert not expected & set(ids(client.get(f"/api/v1/{path}/", fits | fits_not)))


@pytest.mark.parametrize("path", ["measured-properties", "device-models"])
def test_what_belongs_to_no_utility_is_open_to_every_role(scene: Scene, path: str) -> None:
    client = scene.client(scene.stranger)
    listed = ids(client.get(f"/api/v1/{path}/"))
    assert listed
    assert client.get(f"/api/v1/{path}/{listed[0]}/").json()["id"] == listed[0]
    assert scene.client(scene.roleless).get(f"/api/v1/{path}/").status_code == 403
    assert scene.client(None).get(f"/api/v1/{path}/").status_code == 401


def _measured(client: Client, url: str) -> tuple[int, int]:
    """Rows and SQL queries of one page."""
    with count_queries() as counted:
        rows = len(ids(client.get(url)))
    return rows, counted.number
