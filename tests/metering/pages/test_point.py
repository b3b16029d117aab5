"""The page of one metering point: its tabs, who may see them, the trail, and what other apps add."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access import audit
from access.models import AuditRecord
from access.roles import METERING_OPERATOR
from aim.web.detail import Fact
from metering import panels
from metering.models import Contract, MeteringPoint, Series
from tests import factories as make
from tests.metering.pages.world import World, store_day
from tests.queries import count_queries
from tests.scene import signed_in

TABS = ("", "values", "contracts", "changes")


def url(point: MeteringPoint, tab: str = "") -> str:
    return reverse("metering:point", kwargs={"pk": point.pk} | ({"tab": tab} if tab else {}))


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test registers is gone after it."""
    monkeypatch.setattr(panels.extensions, "_panels", dict(panels.extensions._panels))
    monkeypatch.setattr(panels.extensions, "_facts", list(panels.extensions._facts))
    yield


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_inside_and_hides_outside_the_segment(world: World, tab: str) -> None:
    assert signed_in(world.pekka).get(url(world.north, tab)).status_code == 200
    assert signed_in(world.pekka).get(url(world.south, tab)).status_code == 404
    assert signed_in(world.stranger).get(url(world.north, tab)).status_code == 404
    assert signed_in(world.roleless).get(url(world.north, tab)).status_code == 403
    assert Client().get(url(world.north, tab)).status_code == 302


def test_a_tab_that_does_not_exist_is_not_found(world: World) -> None:
    assert signed_in(world.anna).get(url(world.north, "nonsense")).status_code == 404


@pytest.mark.parametrize("tab", TABS)
def test_hostile_names_are_escaped(world: World, tab: str) -> None:
    MeteringPoint.objects.filter(pk=world.north.pk).update(street='"><img src=x onerror=alert(1)>')
    page = text(signed_in(world.anna).get(url(world.north, tab)))
    assert "<script>alert" not in page and "<img" not in page
    assert "&lt;script&gt;alert" in page


def test_seeing_the_customer_is_recorded_once_an_hour_and_person(world: World) -> None:
    client = signed_in(world.anna)
    for tab in TABS:
        client.get(url(world.north, tab))
    signed_in(world.pekka).get(url(world.north))
    views = AuditRecord.objects.filter(verb="viewed", object_id=str(world.north.pk))
    assert sorted(views.values_list("username", flat=True)) == sorted([world.anna.username, world.pekka.username])
    assert audit.verify() is None


def test_without_a_customer_nothing_is_recorded(world: World) -> None:
    lonely = make.make_metering_point(world.utility)
    text(signed_in(world.anna).get(url(lonely)))
    assert not AuditRecord.objects.filter(verb="viewed").exists()


def test_who_may_not_see_customers_sees_the_point_without_them(world: World) -> None:
    group = world.anna.groups.get(name=METERING_OPERATOR)
    group.permissions.remove(group.permissions.get(codename="view_customer"))
    for tab in TABS:
        page = text(signed_in(world.anna).get(url(world.north, tab)))
        assert world.customer.number not in page and "Söhne" not in page
    assert not AuditRecord.objects.filter(verb="viewed").exists()


def test_overview_compares_today_with_yesterday_and_counts_days(world: World) -> None:
    today = timezone.now().astimezone(world.utility.zone).date()
    for back in range(4):
        store_day(world.consumption, today - timedelta(days=back + 1), 10)
    page = text(signed_in(world.anna).get(url(world.north)))
    assert "0.960" in page and "Consumption by day, last 30 days" in page
    assert page.count("of 96 values") >= 2 and page.count("nothing expected") > 50


def test_overview_of_a_point_where_nothing_is_measured(world: World) -> None:
    page = text(signed_in(world.anna).get(url(make.make_metering_point(world.utility))))
    assert "Nothing is measured here yet" in page


def test_latest_values_show_unknown_properties_too(world: World) -> None:
    strange = make.make_series(world.north, "1-0:99.7.0", "mystery", kind=Series.Kind.INSTANTANEOUS, interval_s=3600)
    store_day(strange, timezone.now().date() - timedelta(days=1), 42)
    page = text(signed_in(world.anna).get(url(world.north)))
    assert "1-0:99.7.0" in page and "Not described yet" in page and "mystery" in page


def test_contracts_say_what_is_in_force(world: World) -> None:
    make.make_contract(
        world.north, world.customer, kind=Contract.Kind.SUPPLY, product="Night & day",
        supplier=make.make_party(world.utility, name="Lokki"), validity=DateRange(date(2020, 1, 1), date(2021, 1, 1)),
    )  # fmt: skip
    page = text(signed_in(world.anna).get(url(world.north, "contracts")))
    assert "In force" in page and "Ended" in page
    assert "Night &amp; day" in page and "Lokki" in page and "1 January 2021, excluded" in page


def test_changes_show_who_changed_what(world: World) -> None:
    world.north.street = "Uusikatu 1"
    world.north.save()
    page = text(signed_in(world.anna).get(url(world.north, "changes")))
    assert "<del>North Street 7</del>" in page and "<ins>Uusikatu 1</ins>" in page


def test_the_values_tab_shows_the_consumption_without_asking(world: World) -> None:
    store_day(world.consumption, timezone.now().date() - timedelta(days=1), 10)
    page = text(signed_in(world.anna).get(url(world.north, "values")))
    assert f"{reverse('metering:chart')}?series={world.consumption.pk}&amp;period=week" in page
    foreign = signed_in(world.pekka).get(url(world.north, "values"), {"series": world.foreign.pk})
    assert foreign.status_code == 404


def test_other_apps_add_cards_and_facts(world: World, registry: None) -> None:
    facts = "components/facts.html"
    panels.register_panel(panels.Panel("a", "Card A", facts, lambda _request, point: {"facts": [Fact("Of", point)]}))
    panels.register_panel(panels.Panel("b", "Card B", facts, lambda _request, _point: None))
    panels.register_panel(panels.Panel("c", "Card C", facts, lambda _r, _p: {}, permission="headend.change_schedule"))
    panels.register_facts(lambda _request, point: [Fact("Fact of", point.city)])
    page = text(signed_in(world.pekka).get(url(world.north)))
    assert "Card A" in page and "Card B" not in page and "Card C" not in page and "Fact of" in page
    assert "Card C" in text(signed_in(world.anna).get(url(world.north)))


@pytest.mark.parametrize("tab", TABS)
def test_queries_stay_few(world: World, tab: str) -> None:
    make.make_installation(make.make_device(world.utility, world.north.segment), world.north)
    client = signed_in(world.anna)
    client.get(url(world.north, tab))
    with count_queries() as counted:
        client.get(url(world.north, tab))
    assert counted.number <= 21, "\n".join(counted.statements)
