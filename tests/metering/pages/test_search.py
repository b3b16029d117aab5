"""Global search: whole numbers jump, everything else is listed by kind, within the segments and in few queries."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.models import AuditRecord
from tests import factories as make
from tests.metering.pages.world import World
from tests.queries import count_queries
from tests.scene import signed_in


def search(client: Client, words: str) -> Any:
    return client.get(reverse("web:search"), {"q": words})


def test_a_whole_gsrn_or_customer_number_jumps(world: World) -> None:
    client, page = signed_in(world.anna), reverse("metering:point", args=[world.north.pk])
    assert search(client, world.north.gsrn).headers["Location"] == page
    assert search(client, f"  {world.customer.number} ").headers["Location"] == page


def test_a_customer_with_two_points_is_listed(world: World) -> None:
    make.make_contract(make.make_metering_point(world.utility), world.customer)
    response = search(signed_in(world.anna), world.customer.number)
    assert response.status_code == 200 and response.content.decode().count("Customer C-100") == 2


@pytest.mark.parametrize("words", ["North Street", "söhne", "north"])
def test_parts_are_listed(world: World, words: str) -> None:
    response = search(signed_in(world.anna), words)
    page = response.content.decode()
    assert response.status_code == 200 and world.north.gsrn in page and world.south.gsrn not in page
    assert "<script>alert" not in page


def test_nothing_outside_the_segment_is_found(world: World) -> None:
    client = signed_in(world.pekka)
    for words in (world.south.gsrn, "Maija", "South Street"):
        response = search(client, words)
        assert response.status_code == 200 and "Nothing found" in response.content.decode()


def test_without_the_permission_no_customer_is_found(world: World) -> None:
    group = world.anna.groups.get()
    group.permissions.remove(group.permissions.get(codename="view_customer"))
    assert "Nothing found" in search(signed_in(world.anna), "Maija").content.decode()


def test_names_found_are_on_the_trail(world: World) -> None:
    search(signed_in(world.anna), "Maija")
    assert AuditRecord.objects.get(verb="customers read").username == world.anna.username


def test_queries_are_few_whatever_is_found(world: World) -> None:
    client = signed_in(world.anna)
    search(client, "street")
    with count_queries() as few:
        search(client, "street")
    for number in range(30):
        point = make.make_metering_point(world.utility, street=f"Long Street {number}")
        make.make_contract(point, make.make_customer(world.utility, name=f"Street {number}"))
    with count_queries() as many:
        search(client, "street")
    assert many.number <= few.number + 4  # the trail of the names
    assert many.number <= 20
