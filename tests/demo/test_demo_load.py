"""`manage.py demo_load`: what it makes, that it does so once and completely, and what it refuses."""

import json
import re
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client
from django.utils import timezone

from access.models import ApiToken, Segment, User, Utility
from aim.demo.users import LOGINS, Login
from devices.keystore import active_keys, open_keys
from devices.models import Device, DeviceGroup, Installation
from headend.models import Schedule
from headend.services.schedules import targets
from metering.models import Contract, Customer, MeteringPoint, Party, Series, TransformerArea
from tests.demo.fleets import meter, write_fleet

pytestmark = pytest.mark.django_db

METERS = 45


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return write_fleet(tmp_path / "fleet.json", METERS)


def demo_load(fleet: Path, **options: object) -> str:
    output = StringIO()
    call_command("demo_load", fleet=fleet, stdout=output, **options)
    return output.getvalue()


def test_every_row_is_valid_and_counts_agree(fleet: Path) -> None:
    demo_load(fleet)
    assert {kind: kind.objects.count() for kind in (MeteringPoint, Customer, Device, Installation)} == {
        MeteringPoint: METERS, Customer: METERS, Device: METERS, Installation: METERS,
    }  # fmt: skip
    assert (Segment.objects.count(), TransformerArea.objects.count()) == (2, 4)
    for kind in (Utility, Segment, TransformerArea, MeteringPoint, Party, Customer, Device, Schedule, Series):
        for row in kind.objects.all():
            row.full_clean()


def test_a_metering_point_its_customer_and_its_device_lie_in_one_segment(fleet: Path) -> None:
    demo_load(fleet)
    for installation in Installation.objects.select_related("device", "metering_point"):
        point = installation.metering_point
        assert installation.device.segment_id == point.segment_id
        assert {contract.customer.segment_id for contract in point.contracts.all()} == {point.segment_id}


def test_areas_are_four_separate_clusters_of_about_a_kilometre(fleet: Path) -> None:
    demo_load(fleet)
    boxes = []
    for area in TransformerArea.objects.all():
        latitudes, longitudes = zip(*area.metering_points.values_list("latitude", "longitude"), strict=True)
        assert max(latitudes) - min(latitudes) < 0.01
        assert max(longitudes) - min(longitudes) < 0.02
        boxes.append((min(latitudes), max(latitudes)))
    boxes.sort()
    assert all(below[1] < above[0] for below, above in pairwise(boxes))


def test_no_two_houses_stand_in_one_place(fleet: Path) -> None:
    demo_load(fleet)
    places = set(MeteringPoint.objects.values_list("latitude", "longitude"))
    doors = set(MeteringPoint.objects.values_list("street", "city"))
    assert (len(places), len(doors)) == (METERS, METERS)


def test_a_change_of_supplier_leaves_two_contracts_without_a_gap(fleet: Path) -> None:
    demo_load(fleet)
    supply = Contract.objects.filter(kind="supply").order_by("metering_point", "validity")
    changed = [row for row in supply if row.validity.upper is not None]
    assert changed
    for former in changed:
        follower = supply.get(metering_point=former.metering_point, validity__startswith=former.validity.upper)
        assert follower.supplier != former.supplier
        assert follower.validity.upper is None
        assert former.validity.upper <= timezone.localdate()


def test_keys_of_the_shipment_come_back_from_the_key_store(fleet: Path) -> None:
    demo_load(fleet)
    device = Device.objects.get(serial_number=meter(7)["serial"])
    keys = open_keys(active_keys([device.pk])[device.pk])
    assert (keys["encryption"].hex(), keys["authentication"].hex()) == (meter(7)["ek"], meter(7)["ak"])


def test_meters_hang_since_the_days_asked_for_and_a_few_came_later(fleet: Path) -> None:
    demo_load(fleet, days=30)
    since = timezone.now() - timedelta(days=30)
    begins = sorted(row.period.lower for row in Installation.objects.all())
    assert since < begins[0] <= since + timedelta(hours=1)
    later = [begin for begin in begins if begin != begins[0]]
    assert 0 < len(later) < METERS // 10
    assert max(later) < timezone.now()


def test_first_readings_are_due_at_once(fleet: Path) -> None:
    demo_load(fleet)
    assert set(Schedule.objects.values_list("kind", flat=True)) == {"profile", "daily", "events"}
    assert not Schedule.objects.exclude(next_run_at__lte=timezone.now(), enabled=True).exists()


def test_where_there_is_a_concentrator_its_list_is_read(tmp_path: Path) -> None:
    path = write_fleet(tmp_path / "fleet.json", METERS)
    document = json.loads(path.read_text())
    document["concentrators"] = [{**meter(900), "serial": "OAC00000001", "model": "aim-dc1"}]
    path.write_text(json.dumps(document))
    demo_load(path)
    schedule = Schedule.objects.get(kind="inventory")
    assert [device.serial_number for device in targets(schedule, timezone.now())] == ["OAC00000001"]


def test_meters_that_push_are_read_once_a_day(tmp_path: Path) -> None:
    path = write_fleet(tmp_path / "fleet.json", METERS)
    document = json.loads(path.read_text())
    pushing = document["meters"][3]
    pushing["push"] = {"every_min": 60, "rows": 8, "alarms": True}
    document["meters"][4]["push"] = {"every_min": 0, "rows": 8, "alarms": True}
    path.write_text(json.dumps(document))

    demo_load(path)

    often, daily = Schedule.objects.filter(kind="profile").order_by("rhythm").reverse()
    assert (often.rhythm, daily.rhythm) == (Schedule.Rhythm.MINUTES, Schedule.Rhythm.DAILY)
    read = {
        row.name: set(targets(row, timezone.now()).values_list("serial_number", flat=True)) for row in (often, daily)
    }
    assert read[daily.name] == {pushing["serial"]}
    assert len(read[often.name]) == METERS - 1
    assert pushing["serial"] not in read[often.name]
    for group in DeviceGroup.objects.all():
        group.full_clean()


@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login.username)
def test_shown_logins_work(login: Login, fleet: Path) -> None:
    shown = demo_load(fleet)
    assert f"{login.username} " in shown
    assert login.password in shown
    user = User.objects.get(username=login.username)
    assert user.check_password(login.password)
    client = Client()
    client.force_login(user)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_everybody_sees_what_the_table_of_logins_says(fleet: Path) -> None:
    demo_load(fleet)
    seen = {login.username: _sees(login.username) for login in LOGINS}
    espoo = MeteringPoint.objects.filter(segment__code="espoo").count()
    assert seen == {"anna": METERS, "pekka": espoo, "mikko": METERS, "admin": METERS}
    assert 0 < espoo < METERS


def test_the_token_is_shown_once_and_kept_as_a_digest(fleet: Path) -> None:
    found = re.search(r"aim_\S+", demo_load(fleet))
    assert found
    token = ApiToken.objects.get()
    assert token.digest == ApiToken.digest_of(found[0])
    assert MeteringPoint.objects.visible_to(token.user).count() == METERS
    assert "aim_" not in demo_load(fleet)


def test_a_second_load_changes_nothing(fleet: Path) -> None:
    demo_load(fleet)
    before = (Utility.objects.values_list().get(), Device.objects.count(), User.objects.count())
    assert "already loaded" in demo_load(fleet)
    assert (Utility.objects.values_list().get(), Device.objects.count(), User.objects.count()) == before


def test_a_load_that_breaks_off_leaves_nothing_and_the_next_one_works(fleet: Path) -> None:
    """A device of another utility with the serial number of a shipped one stops the load half-way."""
    demo_load(fleet)
    Utility.objects.update(code="real")
    loaded = Device.objects.count()
    Device.objects.update(usn="")
    User.objects.all().delete()
    with pytest.raises(CommandError, match=r"Nothing was loaded.*OAM0000000"):
        demo_load(fleet, force=True)
    assert (Device.objects.count(), User.objects.count()) == (loaded, 0)
    assert not Utility.objects.filter(code="demo-energia").exists()
    Device.objects.update(serial_number=Concat(Value("R"), "serial_number"), system_title="")
    assert "Demo Energia is loaded." in demo_load(fleet, force=True)


def test_users_that_exist_are_not_touched(fleet: Path) -> None:
    User.objects.create_user("admin", password="long-and-secret")
    with pytest.raises(CommandError, match=r"There are already users named admin"):
        demo_load(fleet)
    assert User.objects.get().check_password("long-and-secret")


def test_another_utility_keeps_the_demo_out_unless_forced(fleet: Path) -> None:
    Utility.objects.create(code="real", name="Real Network Company", time_zone="Europe/Helsinki")
    with pytest.raises(CommandError, match=r"This database holds Real Network Company.*--force"):
        demo_load(fleet)
    assert not User.objects.exists()
    assert "Demo Energia is loaded." in demo_load(fleet, force=True)


def test_a_fleet_with_other_meters_is_named_instead_of_staying_silent(fleet: Path, tmp_path: Path) -> None:
    demo_load(fleet)
    with pytest.raises(CommandError, match=r"2 meters of the fleet file .* OAM00000045 at 127.20.0.46:4059"):
        demo_load(write_fleet(tmp_path / "other.json", METERS + 2))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "Expecting property name"),
        ('{"version": 9}', "not a fleet file of version 2"),
        ('{"version": 2, "meters": [{"serial": "A", "model": "m"}]}', "meter 0 has no 'host'"),
        (
            '{"version": 2, "meters": [{"serial": "A", "model": "m", "host": "h", "port": "x"}]}',
            "meter 0: invalid literal",
        ),
        ('{"version": 2, "meters": {}}', "no meters"),
        ('{"version": 2, "meters": [3]}', "meter 0 is not an object"),
    ],
)
def test_a_bad_fleet_file_is_named_with_the_place(content: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(CommandError, match=rf"bad\.json.*{complaint}"):
        demo_load(path)
    assert not Utility.objects.exists()


def test_an_absent_fleet_file_and_senseless_days_are_refused(fleet: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.json"):
        demo_load(tmp_path / "absent.json")
    with pytest.raises(CommandError, match="--days must be at least 1"):
        demo_load(fleet, days=0)


def test_demo_gsrns_carry_the_prefix_for_examples(fleet: Path) -> None:
    demo_load(fleet)
    assert not MeteringPoint.objects.exclude(gsrn__startswith="952").exists()
    with pytest.raises(ValidationError):
        MeteringPoint(gsrn="952000000000000012").full_clean()


def _sees(username: str) -> int:
    return MeteringPoint.objects.visible_to(User.objects.get(username=username)).count()


def test_a_model_that_nobody_has_described_is_named(tmp_path: Path) -> None:
    fleet = write_fleet(tmp_path / "fleet.json", 3)
    fleet.write_text(fleet.read_text().replace("aim-sm3", "aim-sm9"))
    with pytest.raises(CommandError, match=r"models without a description: aim-sm9\."):
        demo_load(fleet)
    assert not Utility.objects.exists()
