"""Lists of concentrators beside what is on file: DOMAIN 2.3 and headend.md §4, "DC lists, discovered/lost meters"."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from access.models import AuditRecord, Utility
from devices.models import Device
from events.models import Event
from headend.meter_lists import Comparison, compare, follow
from headend.models import AcceptanceRule, DiscoveredDevice, FollowPolicy, ListedMeter, MeterList, WayChange
from headend.plan import Listed
from headend.services.discovered import Acceptance, accept
from tests.factories import (
    make_device,
    make_device_model,
    make_installation,
    make_metering_point,
    make_user,
    make_utility,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def utility() -> Utility:
    return make_utility()


@pytest.fixture
def first(utility: Utility) -> Device:
    return _concentrator(utility, "OAC1", "127.0.0.2")


@pytest.fixture
def second(utility: Utility) -> Device:
    return _concentrator(utility, "OAC2", "127.0.0.3")


def _concentrator(utility: Utility, serial: str, host: str) -> Device:
    model = make_device_model("aim-dc1")
    return make_device(utility, model=model, serial_number=serial, host=host, state="in_operation")


def _behind(way: Device, serial: str, address: str, state: str = "in_operation") -> Device:
    fields: dict[str, Any] = {"host": "", "state": state}
    return make_device(way.utility, serial_number=serial, concentrator=way, gateway_address=address, **fields)


def _states(way: Device) -> dict[str, str]:
    return dict(ListedMeter.objects.filter(concentrator=way).values_list("name", "state"))


def _kinds() -> list[str]:
    return list(Event.objects.order_by("at", "code", "ordinal").values_list("kind", flat=True))


def _place(device: Device) -> tuple[str | None, str]:
    device = Device.objects.select_related("concentrator").get(pk=device.pk)
    return device.concentrator.serial_number if device.concentrator else None, device.gateway_address


def test_registered_new_and_lost(first: Device) -> None:
    _behind(first, "M1", "01")
    _behind(first, "M2", "02")
    found = compare(concentrator=first, meters=[Listed("01", "M1"), Listed("03", "M3")], at=AT)
    assert found == Comparison(listed=2, new=1, lost=1)
    assert _states(first) == {"M1": "registered", "M2": "lost", "M3": "new"}
    assert _kinds() == ["meter_lost", "meter_unknown"]
    known = MeterList.objects.get(concentrator=first)
    assert (known.read_at, known.count) == (AT, 2)


def test_a_state_lasts_since_it_began_and_is_told_once(first: Device) -> None:
    _behind(first, "M1", "01")
    for days in range(3):
        compare(concentrator=first, meters=[], at=AT + days * DAY)
    assert ListedMeter.objects.get(name="M1").since == AT
    compare(concentrator=first, meters=[Listed("01", "M1")], at=AT + 3 * DAY)
    assert ListedMeter.objects.get(name="M1").since == AT + 3 * DAY
    assert _kinds() == ["meter_lost", "meter_back"]


def test_a_list_that_is_older_than_the_one_known_changes_nothing(first: Device) -> None:
    _behind(first, "M1", "01")
    compare(concentrator=first, meters=[Listed("01", "M1")], at=AT)
    assert compare(concentrator=first, meters=[], at=AT) is None
    assert compare(concentrator=first, meters=[], at=AT - DAY) is None
    assert _states(first) == {"M1": "registered"}


def test_an_event_of_a_lost_meter_belongs_to_its_metering_point(first: Device) -> None:
    device = _behind(first, "M1", "01")
    point = make_metering_point(first.utility)
    make_installation(device, point, AT - DAY)
    compare(concentrator=first, meters=[], at=AT)
    assert Event.objects.get().metering_point == point


def test_a_meter_is_followed_when_the_former_concentrator_has_lost_it(first: Device, second: Device) -> None:
    device = _behind(first, "M1", "01")
    compare(concentrator=first, meters=[], at=AT)
    compare(concentrator=second, meters=[Listed("0A", "M1")], at=AT + DAY)
    assert _place(device) == ("OAC2", "0A")
    change = WayChange.objects.get()
    assert (change.device, change.at, change.before, change.before_address) == (device, AT + DAY, first, "01")
    assert (change.after, change.after_address, change.user) == (second, "0A", None)
    assert (_states(first), _states(second)) == ({}, {"M1": "registered"})
    moved = Event.objects.get(kind="meter_moved")
    assert (moved.device, moved.details) == (device, {"from": "01 behind OAC1", "to": "0A behind OAC2"})
    assert AuditRecord.objects.filter(verb="meter followed").get().summary == "M1: 01 behind OAC1 → 0A behind OAC2"


def test_of_two_that_list_a_meter_the_later_registration_counts(first: Device, second: Device) -> None:
    device = _behind(first, "M1", "01")
    compare(concentrator=first, meters=[Listed("01", "M1", since=AT - DAY)], at=AT)
    compare(concentrator=second, meters=[Listed("0A", "M1", since=AT - 2 * DAY)], at=AT)
    assert _place(device) == ("OAC1", "01")
    assert ListedMeter.objects.get(concentrator=second).note == "OAC1 lists it too"
    compare(concentrator=second, meters=[Listed("0A", "M1", since=AT)], at=AT + DAY)
    assert _place(device) == ("OAC2", "0A")
    assert _states(first) == {"M1": "differs"}


def test_a_list_without_times_never_takes_a_meter_from_one_that_has_it(first: Device, second: Device) -> None:
    """Else two that hear the same meter would take it from each other every day."""
    device = _behind(first, "M1", "01")
    for days in range(3):
        compare(concentrator=first, meters=[Listed("01", "M1")], at=AT + days * DAY)
        compare(concentrator=second, meters=[Listed("0A", "M1")], at=AT + days * DAY)
    assert _place(device) == ("OAC1", "01")
    compare(concentrator=second, meters=[Listed("0A", "M1")], at=AT + 5 * DAY)
    assert _place(device) == ("OAC2", "0A"), "the other list is too old to say anything"


def test_meters_change_places(first: Device) -> None:
    one, two = _behind(first, "M1", "01"), _behind(first, "M2", "02")
    found = compare(concentrator=first, meters=[Listed("02", "M1"), Listed("01", "M2")], at=AT)
    assert found is not None and found.moved == 2
    assert (_place(one), _place(two)) == (("OAC1", "02"), ("OAC1", "01"))


def test_a_removed_meter_makes_room_and_one_at_work_does_not(first: Device, second: Device) -> None:
    removed, working = _behind(second, "M8", "08", state="removed"), _behind(second, "M9", "09")
    one, two = _behind(first, "M1", "01"), _behind(first, "M2", "02")
    compare(concentrator=second, meters=[Listed("08", "M1"), Listed("09", "M2")], at=AT)
    assert (_place(one), _place(removed)) == (("OAC2", "08"), (None, ""))
    assert (_place(two), _place(working)) == (("OAC1", "02"), ("OAC2", "09"))
    assert ListedMeter.objects.get(name="M2").note == "its address is that of M9 on file"


def test_who_stays_because_of_another_stays_in_the_way_of_the_next(first: Device) -> None:
    _behind(first, "M3", "03")
    one, two = _behind(first, "M1", "01"), _behind(first, "M2", "02")
    compare(concentrator=first, meters=[Listed("02", "M1"), Listed("03", "M2")], at=AT)
    assert (_place(one), _place(two)) == (("OAC1", "01"), ("OAC1", "02"))


def test_a_meter_from_the_stock_is_registered_where_it_is_heard(first: Device) -> None:
    device = make_device(first.utility, serial_number="M1", host="", state="inventory")
    compare(concentrator=first, meters=[Listed("01", "M1")], at=AT)
    assert _place(device) == ("OAC1", "01")


def test_by_policy_nobody_is_followed_and_a_person_may(first: Device, second: Device) -> None:
    FollowPolicy.objects.create(utility=first.utility, follow=False)
    device = _behind(first, "M1", "01")
    compare(concentrator=second, meters=[Listed("0A", "M1")], at=AT)
    row = ListedMeter.objects.get()
    assert (_place(device), row.state, row.note) == (
        ("OAC1", "01"),
        "differs",
        "on file at 01 through OAC1 127.0.0.2:4059",
    )
    user = make_user()
    assert follow(rows=[row], user=user) == (1, [])
    assert _place(device) == ("OAC2", "0A")
    assert WayChange.objects.get().user == user
    assert _states(second) == {"M1": "registered"}


def test_many_at_once_are_left_to_a_person(first: Device, second: Device) -> None:
    FollowPolicy.objects.create(utility=first.utility, most_at_once=1)
    for number in (1, 2):
        _behind(first, f"M{number}", f"0{number}")
    compare(concentrator=second, meters=[Listed("0A", "M1"), Listed("0B", "M2")], at=AT)
    assert set(_states(second).values()) == {"differs"}
    assert ListedMeter.objects.filter(note="2 would move at once: left to a person").count() == 2


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"host": "127.0.0.9", "state": "in_operation"}, "on file at 127.0.0.9:4059"),
        ({"host": "", "state": "scrapped"}, "scrapped on file"),
    ],
)
def test_what_is_not_followed_says_why(first: Device, fields: dict[str, Any], note: str) -> None:
    make_device(first.utility, serial_number="M1", **fields)
    compare(concentrator=first, meters=[Listed("01", "M1")], at=AT)
    assert ListedMeter.objects.get().note == note


def test_a_device_of_another_utility_is_not_touched_and_not_shown(first: Device) -> None:
    other = make_device(make_utility(code="other"), serial_number="M1", host="", state="in_operation")
    compare(concentrator=first, meters=[Listed("01", "M1")], at=AT)
    row = ListedMeter.objects.get()
    assert (_place(other), row.device, row.note) == ((None, ""), None, "on file with another utility")


def test_a_person_cannot_follow_to_an_address_in_use(first: Device, second: Device) -> None:
    _behind(second, "M9", "09")
    _behind(first, "M1", "01")
    compare(concentrator=second, meters=[Listed("09", "M1")], at=AT)
    moved, refused = follow(rows=list(ListedMeter.objects.filter(name="M1")), user=make_user())
    assert (moved, refused) == (0, ["M1: its address is that of M9 on file"])


def test_an_unknown_meter_waits_and_becomes_a_device_behind_its_concentrator(first: Device) -> None:
    compare(concentrator=first, meters=[Listed("0C", "M7", "4F414D0000000007")], at=AT)
    found = DiscoveredDevice.objects.get()
    assert (found.caller, found.serial_number, found.concentrator) == ("4F414D0000000007", "M7", first)
    asked = Acceptance(first.utility, make_device_model("aim-sm3"), "M7")
    device = accept(found=found, acceptance=asked, user=make_user())
    assert (_place(device), device.state) == (("OAC1", "0C"), "discovered")
    assert _states(first) == {"M7": "registered"}
    compare(concentrator=first, meters=[Listed("0C", "M7", "4F414D0000000007")], at=AT + DAY)
    assert _states(first) == {"M7": "registered"}


def test_a_rule_accepts_an_unknown_meter_under_the_number_that_is_told(first: Device) -> None:
    AcceptanceRule.objects.create(
        utility=first.utility, model=make_device_model("aim-sm3"), manufacturer="OAM", first_number=1, last_number=9
    )
    compare(concentrator=first, meters=[Listed("0C", "M7", "4F414D0000000007")], at=AT)
    assert _place(Device.objects.get(serial_number="M7")) == ("OAC1", "0C")


def test_a_meter_that_pushed_before_is_one_with_the_one_that_is_listed(first: Device) -> None:
    DiscoveredDevice.objects.create(
        caller="4F414D0000000007", system_title="4F414D0000000007", address="127.0.0.1", count=3, first_at=AT,
        last_at=AT, last_message=b"\x0f",
    )  # fmt: skip
    compare(concentrator=first, meters=[Listed("0C", "M7", "4F414D0000000007")], at=AT + DAY)
    found = DiscoveredDevice.objects.get()
    assert (found.count, found.serial_number, found.concentrator, found.gateway_address) == (3, "M7", first, "0C")


def test_a_large_list_takes_few_queries(first: Device, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    meters = [Listed(f"{number:04X}", f"M{number}") for number in range(1, 1001)]
    model = make_device_model("aim-sm3")
    Device.objects.bulk_create(
        Device(
            utility=first.utility, model=model, serial_number=each.serial_number, concentrator=first,
            gateway_address=each.address, state="in_operation",
        )
        for each in meters
    )  # fmt: skip
    with django_assert_max_num_queries(20):
        compare(concentrator=first, meters=meters[:-1], at=AT)
    assert ListedMeter.objects.filter(state="registered").count() == 999
