"""The report on data delivery: shares by day, area and model, for who may see the utility."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access.models import AuditRecord
from headend.models import DeliveryCount
from headend.services.deliveries import exclude
from tests.factories import make_administrator, make_utility
from tests.queries import count_queries
from tests.scene import NASTY, Scene, signed_in, text

URL = "/reports/deliveries/"


@pytest.fixture
def counted(scene: Scene) -> Scene:
    """Two areas over three days; half of the south was there after an hour, all of both at the end of D+1."""
    today = timezone.now().astimezone(scene.utility.zone).date()
    for number in range(1, 4):
        for area, first in (("T-north", 200), ("T-south", 100)):
            for by, present in (("1h", first), ("d1", 200)):
                DeliveryCount.objects.create(
                    utility=scene.utility, day=today - timedelta(days=number), by=by, area=area, model="aim-sm3",
                    expected=200, present=present, excluded=0,
                )  # fmt: skip
    DeliveryCount.objects.create(
        utility=make_utility("other"), day=today - timedelta(days=1), by="1h", area="T-else", model="aim-sm3",
        expected=7, present=0, excluded=0,
    )  # fmt: skip
    return scene


def test_shares_by_day_and_together(counted: Scene) -> None:
    page = text(signed_in(counted.mikko).get(URL))
    assert page.count('title="300 of 400"') == 3
    assert 'title="900 of 1' in page
    assert "75.0" in page
    assert "100.0" in page


def test_shares_by_area_leave_other_utilities_out(counted: Scene) -> None:
    client = signed_in(counted.mikko)
    page = text(client.get(URL, {"by": "area", "days": "7"}))
    assert "T-north" in page
    assert "50.0" in page
    assert "T-else" not in page
    assert "aim-sm3" in text(client.get(URL, {"by": "model"}))
    assert client.get(URL, {"by": "nonsense", "days": "-3"}).status_code == 200


def test_the_numbers_as_csv_are_recorded(counted: Scene) -> None:
    answer = signed_in(counted.mikko).get(URL, {"by": "area", "export": "csv"})
    rows = text(answer).splitlines()
    assert rows[0].startswith("area,1h expected,1h present,1h excluded,6h expected")
    assert rows[2].startswith("T-south,600,300,0,0,0,0")
    assert AuditRecord.objects.filter(verb="report exported", username="mikko").exists()


def test_excluded_devices_stand_there_with_their_reason(counted: Scene) -> None:
    today = timezone.localdate()
    exclude(device=counted.silent, first=today, last=None, reason=NASTY, user=make_administrator())
    page = text(signed_in(counted.mikko).get(URL))
    assert counted.silent.serial_number in page
    assert "&lt;script&gt;" in page
    assert NASTY not in page


def test_who_sees_it_and_with_how_many_queries(counted: Scene) -> None:
    assert signed_in(counted.pekka).get(URL).status_code == 403
    assert "Nothing counted yet" not in text(signed_in(counted.mikko).get(URL))
    client = signed_in(counted.mikko)
    with count_queries() as queries:
        client.get(URL)
    assert queries.number <= 15
    DeliveryCount.objects.all().delete()
    assert "Nothing counted yet" in text(client.get(URL))
