"""The pages of outages: what lasts, who is affected, the course, what was announced."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from access.models import AuditRecord
from devices.models import Contact
from events.models import AreaOutage, PlannedOutage
from metering.models import TransformerArea
from tests import factories as make
from tests.events.signals import come, told
from tests.queries import count_queries
from tests.scene import Scene, signed_in, text

LIST, LASTING, NEW = "/outages/", "/outages/lasting/", "/outages/announced/new/"


@pytest.fixture
def since() -> datetime:
    return timezone.now() - timedelta(minutes=20)


@pytest.fixture
def dark(scene: Scene, since: datetime) -> TransformerArea:
    """An area whose six meters are without power, five of them with a customer."""
    area = make.make_transformer_area(scene.utility, "T9")
    entries = []
    for number in range(6):
        point = make.make_metering_point(scene.utility, transformer_area=area)
        device = make.make_device(scene.utility)
        make.make_installation(device, point)
        Contact.objects.filter(device=device).update(last_contact_at=since - timedelta(hours=1))
        entries.append(told((device, point), "last_gasp", since))
        if number:
            make.make_contract(point, make.make_customer(scene.utility))
    come(*entries)
    return area


def test_what_lasts_stands_above_the_list_and_on_the_alarms(scene: Scene, dark: TransformerArea) -> None:
    client = signed_in(scene.mikko)
    for address in (LIST, LASTING, "/alarms/"):
        page = text(client.get(address))
        assert "Without power now" in page and "T9 Area T9" in page and "6 of 6" in page, address
        assert '<td class="end">5</td>' in page
    assert "No open alarms" in text(client.get("/alarms/"))


def test_the_page_shows_devices_and_course(scene: Scene, dark: TransformerArea) -> None:
    outage = AreaOutage.objects.get()
    client = signed_in(scene.mikko)
    page = text(client.get(outage.get_absolute_url()))
    assert page.count("Last gasp") == 6 and "6 down" in page and "0 down" in page
    events = text(client.get(f"{outage.get_absolute_url()}events/"))
    assert events.count("Last gasp: supply is going") == 6
    with count_queries() as counted:
        client.get(outage.get_absolute_url())
    assert counted.number <= 20


def test_filters_and_file(scene: Scene, dark: TransformerArea) -> None:
    client = signed_in(scene.mikko)
    for query, expected in (({"state": "open"}, 1), ({"state": "ended"}, 0), ({"area": "t9"}, 1), ({"area": "T1"}, 0)):
        rows = text(client.get(LIST, {**query, "format": "csv"})).strip().splitlines()
        assert len(rows) == 1 + expected, query


def test_others_do_not_see_it(scene: Scene, dark: TransformerArea) -> None:
    address = AreaOutage.objects.get().get_absolute_url()
    assert signed_in(scene.stranger).get(address).status_code == 404
    assert signed_in(scene.roleless).get(LIST).status_code == 403
    assert "T9" not in text(signed_in(scene.stranger).get(LASTING))


def test_the_device_page_tells_of_it(scene: Scene, dark: TransformerArea) -> None:
    device = AreaOutage.objects.get().outages.select_related("device")[0].device
    page = text(signed_in(scene.mikko).get(device.get_absolute_url()))
    assert "Without power" in page and "Area T9" in page


def announced(scene: Scene, area: TransformerArea, start: datetime, hours: int, reason: str = "New cable") -> int:
    local = timezone.localtime(start, scene.utility.zone)
    form = {
        "area": area.pk, "reason": reason, "starts_at": f"{local:%Y-%m-%dT%H:%M}",
        "ends_at": f"{local + timedelta(hours=hours):%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    return signed_in(scene.mikko).post(NEW, form).status_code


def test_announcing_marks_what_began_and_withdrawing_unmarks_it(
    scene: Scene, dark: TransformerArea, since: datetime
) -> None:
    assert announced(scene, dark, since - timedelta(minutes=5), 2) == 302
    assert AreaOutage.objects.get().planned == PlannedOutage.objects.get()
    client = signed_in(scene.mikko)
    assert "New cable" in text(client.get(LIST)) and "New cable" in text(client.get("/outages/announced/"))
    client.post("/outages/announced/?action=withdraw&all=1", {"count": "1"})
    assert AreaOutage.objects.get().planned is None and not PlannedOutage.objects.exists()
    verbs = AuditRecord.objects.order_by("id").values_list("verb", flat=True)
    assert {"outage announced", "outage withdrawn"} <= set(verbs)


def test_a_wrong_announcement_is_told(scene: Scene, dark: TransformerArea, since: datetime) -> None:
    assert announced(scene, dark, since, -1) == 400
    other = make.make_transformer_area(make.make_utility("other"), "X1")
    assert announced(scene, other, since, 1) == 400
    assert not PlannedOutage.objects.exists()
    assert signed_in(scene.pekka).get(NEW).status_code == 403
