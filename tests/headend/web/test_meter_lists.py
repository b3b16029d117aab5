"""Pages and API of the lists concentrators keep: differences, the meters of one, following by hand."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from access.models import Utility
from access.roles import CUSTOMER_SERVICE, METERING_OPERATOR
from devices.models import Device
from headend import kinds
from headend.meter_lists import compare
from headend.models import DiscoveredDevice, FollowPolicy, Job, ListedMeter, Schedule
from headend.plan import Listed
from headend.services.schedules import targets
from tests.factories import make_device, make_device_model, make_user, make_utility

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 2, tzinfo=UTC)


@pytest.fixture
def utility() -> Utility:
    return make_utility()


@pytest.fixture
def operator(client: Client, utility: Utility) -> Client:
    client.force_login(make_user(METERING_OPERATOR, utilities=[utility]))
    return client


def concentrator(utility: Utility, serial: str, host: str) -> Device:
    model = make_device_model("aim-dc1")
    return make_device(utility, model=model, serial_number=serial, host=host, state="in_operation")


@pytest.fixture
def way(utility: Utility) -> Device:
    """OAC1: M1 registered, M2 lost, M3 unknown, and M4 that is on file behind OAC2 and not followed."""
    FollowPolicy.objects.create(utility=utility, follow=False)
    first, second = concentrator(utility, "OAC1", "127.0.0.2"), concentrator(utility, "OAC2", "127.0.0.3")
    for serial, behind, address in (("M1", first, "01"), ("M2", first, "02"), ("M4", second, "04")):
        fields = {"host": "", "state": "in_operation", "concentrator": behind, "gateway_address": address}
        make_device(utility, serial_number=serial, **fields)  # type: ignore[arg-type]
    listed = [Listed("01", "M1"), Listed("03", "M3", "4F414D0000000003"), Listed("0A", "M4")]
    compare(concentrator=first, meters=listed, at=AT)
    return first


def test_all_differences_on_one_page(operator: Client, way: Device) -> None:
    page = operator.get("/concentrators/").content.decode()
    assert all(text in page for text in (">M2<", ">M3<", ">M4<", "on file at 04 through OAC2"))
    assert ">M1<" not in page
    assert "/discovered/?q=4F414D0000000003" in page
    lost = operator.get("/concentrators/?state=lost").content.decode()
    assert ">M2<" in lost
    assert ">M3<" not in lost


def test_the_meters_of_a_concentrator(operator: Client, way: Device) -> None:
    page = operator.get(f"/concentrators/{way.pk}/").content.decode()
    assert all(f">{serial}<" in page for serial in ("M1", "M2", "M3", "M4"))
    assert "3 in its list of 2026-06-01 05:00." in page
    found = operator.get(f"/concentrators/{way.pk}/?q=m1").content.decode()
    assert ">M1<" in found
    assert ">M2<" not in found
    exported = operator.get(f"/concentrators/{way.pk}/?format=csv").getvalue().decode()
    assert len(exported.splitlines()) == 5


def test_the_card_of_a_concentrator_leads_there(operator: Client, way: Device) -> None:
    page = operator.get(way.get_absolute_url()).content.decode()
    assert "Meters it lists" in page
    assert f"/concentrators/{way.pk}/?state=lost" in page
    meter = operator.get(Device.objects.get(serial_number="M1").get_absolute_url()).content.decode()
    assert "Meters it lists" not in meter


def test_a_person_puts_a_meter_on_file_as_it_is_listed(operator: Client, way: Device) -> None:
    row = ListedMeter.objects.get(name="M4")
    url = f"/concentrators/{way.pk}/?action=follow&pk={row.pk}"
    asked = operator.get(url)
    assert asked.status_code == 200
    done = operator.post(url, {"count": 1}, follow=True).content.decode()
    assert "1 meter is on file where listed." in done
    device = Device.objects.get(serial_number="M4")
    assert (device.concentrator, device.gateway_address) == (way, "0A")
    page = operator.get(device.get_absolute_url()).content.decode()
    assert "Moves between concentrators" in page
    assert "OAC2" in page


def test_who_only_looks_follows_nobody(client: Client, way: Device, utility: Utility) -> None:
    client.force_login(make_user(CUSTOMER_SERVICE, utilities=[utility]))
    row = ListedMeter.objects.get(name="M4")
    assert client.post(f"/concentrators/{way.pk}/?action=follow&pk={row.pk}", {"count": 1}).status_code == 403


def test_concentrators_of_others_are_not_there(client: Client, way: Device) -> None:
    client.force_login(make_user(METERING_OPERATOR, utilities=[make_utility("other")]))
    assert client.get(f"/concentrators/{way.pk}/").status_code == 404
    assert client.post(f"/concentrators/{way.pk}/read/").status_code == 404
    assert ">M2<" not in client.get("/concentrators/").content.decode()
    assert "4F414D0000000003" not in client.get("/discovered/").content.decode()
    found = DiscoveredDevice.objects.get()
    assert client.get(f"/discovered/{found.pk}/").status_code == 404


def test_an_unknown_meter_is_accepted_behind_its_concentrator(operator: Client, way: Device, utility: Utility) -> None:
    found = DiscoveredDevice.objects.get()
    page = operator.get(f"/discovered/{found.pk}/").content.decode()
    assert "OAC1" in page
    given = {"utility": utility.pk, "model": make_device_model("aim-sm3").pk, "serial_number": "M3", "host": ""}
    done = operator.post(f"/discovered/{found.pk}/", given, follow=True).content.decode()
    assert "M3 is on file behind OAC1." in done


def test_read_the_list_now_makes_one_job(operator: Client, way: Device) -> None:
    first = operator.post(f"/concentrators/{way.pk}/read/")
    second = operator.post(f"/concentrators/{way.pk}/read/")
    job = Job.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == job.get_absolute_url()
    assert (job.kind, job.items.get().device) == ("inventory", way)
    meter = Device.objects.get(serial_number="M1")
    refused = operator.post(f"/concentrators/{meter.pk}/read/", follow=True).content.decode()
    assert "has no list of meters" in refused


def test_a_schedule_reads_the_lists_of_concentrators_and_asks_no_meter(way: Device, utility: Utility) -> None:
    schedule = Schedule(utility=utility, name="Lists", kind=kinds.INVENTORY.code, rhythm="daily")
    assert {device.serial_number for device in targets(schedule, AT)} == {"OAC1", "OAC2"}


def test_the_api_lists_meters_and_differences(client: Client, way: Device, utility: Utility) -> None:
    client.force_login(make_user(METERING_OPERATOR, utilities=[utility]))
    told = client.get("/api/v1/listed-meters/").json()["results"]
    assert {row["name"]: row["state"] for row in told} == {
        "M1": "registered", "M2": "lost", "M3": "new", "M4": "differs",
    }  # fmt: skip
    lost = client.get("/api/v1/listed-meters/?state=lost&concentrator=OAC1").json()["results"]
    assert [(row["name"], row["concentrator"], row["address"], row["since"]) for row in lost] == [
        ("M2", "OAC1", "02", "2026-06-01T02:00:00Z")
    ]
    assert client.get("/api/v1/listed-meters/?concentrator=OAC2").json()["results"] == []
