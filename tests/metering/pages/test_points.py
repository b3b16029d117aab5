"""The list of metering points: who sees what, finding, yesterday's consumption, the file, the trail."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.models import AuditRecord
from metering.models import MeteringPoint
from tests import factories as make
from tests.metering.pages.world import World, store_day
from tests.queries import count_queries
from tests.scene import signed_in

URL = "/metering-points/"


def text(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode())


def test_each_sees_the_points_of_their_segments(world: World) -> None:
    everything, north_only = text(signed_in(world.anna).get(URL)), text(signed_in(world.pekka).get(URL))
    assert world.north.gsrn in everything and world.south.gsrn in everything
    assert world.north.gsrn in north_only and world.south.gsrn not in north_only
    assert world.north.gsrn not in text(signed_in(world.stranger).get(URL))


def test_visitors_sign_in_and_roles_are_asked(world: World) -> None:
    assert Client().get(URL).status_code == 302
    assert signed_in(world.roleless).get(URL).status_code == 403


@pytest.mark.parametrize("words", ["North Street", "street 7 north", "Maija", "C-100", "söhne"])
def test_found_by_address_and_customer(world: World, words: str) -> None:
    page = text(signed_in(world.anna).get(URL, {"q": words}))
    wanted, other = (world.south, world.north) if words == "Maija" else (world.north, world.south)
    assert wanted.gsrn in page and other.gsrn not in page


def test_found_by_the_beginning_of_the_gsrn(world: World) -> None:
    client = signed_in(world.anna)
    assert text(client.get(URL, {"q": world.north.gsrn[:17]})).count('scope="row"') == 1
    assert text(client.get(URL, {"q": world.north.gsrn[:8]})).count('scope="row"') == 2


def test_found_by_the_serial_number_of_the_meter(world: World) -> None:
    device = make.make_device(world.utility, world.south.segment)
    make.make_installation(device, world.south)
    page = text(signed_in(world.anna).get(URL, {"q": device.serial_number}))
    assert world.south.gsrn in page and world.north.gsrn not in page
    assert world.south.gsrn not in text(signed_in(world.pekka).get(URL, {"q": device.serial_number}))


def test_a_state_other_than_connected_stands_beside_the_gsrn(world: World) -> None:
    assert "Disconnected</span>" not in text(signed_in(world.anna).get(URL))
    MeteringPoint.objects.filter(pk=world.south.pk).update(state=MeteringPoint.State.DISCONNECTED)
    assert text(signed_in(world.anna).get(URL)).count("Disconnected</span>") == 1


def test_filters_narrow_and_offer_only_open_areas(world: World) -> None:
    MeteringPoint.objects.filter(pk=world.south.pk).update(state=MeteringPoint.State.DISCONNECTED)
    client = signed_in(world.anna)
    page = text(client.get(URL, {"state": "disconnected", "segment": str(world.south.segment_id)}))
    assert world.south.gsrn in page and world.north.gsrn not in page
    assert "Nothing matches" in text(client.get(URL, {"city": "Atlantis"}))
    foreign = make.make_transformer_area(make.make_utility("other"), "T-secret")
    assert foreign.code not in text(client.get(URL))


def test_an_empty_utility_says_how_to_begin(world: World) -> None:
    assert "No metering points yet" in text(signed_in(world.stranger).get(URL))


def test_names_are_escaped_and_defused_in_the_file(world: World) -> None:
    page = text(signed_in(world.anna).get(URL))
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in page and "<script>alert" not in page
    world.customer.name = "=HYPERLINK(1)"
    world.customer.save()
    assert "'=HYPERLINK(1)" in text(signed_in(world.anna).get(URL, {"format": "csv"}))


def test_yesterday_is_the_local_day_in_page_and_file(world: World) -> None:
    yesterday = timezone.now().astimezone(world.utility.zone).date() - timedelta(days=1)
    for offset in (-1, 0):
        store_day(world.consumption, yesterday + timedelta(days=offset), 10)
    client = signed_in(world.anna)
    page = text(client.get(URL))
    assert "0.960" in page and "96 of 96 values" in page
    assert ",0.960,100.0" in text(client.get(URL, {"format": "csv"}))


def test_the_customers_seen_are_on_the_trail(world: World) -> None:
    signed_in(world.pekka).get(URL)
    entry = AuditRecord.objects.get(verb="customers read")
    assert (entry.username, entry.details) == (world.pekka.username, {"customers": [world.customer.number]})
    signed_in(world.pekka).get(URL, {"columns": "gsrn"})
    assert AuditRecord.objects.filter(verb="customers read").count() == 1


def test_queries_do_not_grow_with_the_rows(world: World) -> None:
    client = signed_in(world.anna)
    client.get(URL)
    with count_queries() as few:
        client.get(URL)
    for _ in range(12):
        point = make.make_metering_point(world.utility, world.north.segment)
        make.make_contract(point, make.make_customer(world.utility))
        make.make_series(point)
    with count_queries() as many:
        client.get(URL)
    assert few.number == many.number <= 20


def test_the_row_leads_to_the_point(world: World) -> None:
    assert f'href="{reverse("metering:point", args=[world.north.pk])}"' in text(signed_in(world.anna).get(URL))
