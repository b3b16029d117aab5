"""Claimed items whose network segment is busy wait, and hold nobody else up."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone

from access.models import Utility
from devices.models import Contact, Device
from headend import causes
from headend.models import Job, JobItem, SegmentLimit
from headend.models.job import Priority
from headend.permits import Permits, Segment, Wanted, segments_of
from headend.permits.gate import Gate
from headend.permits.valkey import Server
from headend.permits.waiting import MOMENT_S
from headend.services import claims
from headend.services.jobs import Order, create_job
from headend.states import item_state
from headend.wake import BULK, ON_DEMAND
from headend.worker import work_off
from tests.factories import make_device, make_device_model, make_utility
from tests.headend.claiming import job_over
from tests.headend.permits.asking import CELL, fresh_server
from tests.headend.permits.test_permits import Clock
from tests.headend.slave_meters import slave_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def server() -> Iterator[Server]:
    with fresh_server(now=None) as found:
        yield found


def _gate(owner: str = "a", *, urgent: bool = False, clock: Clock | None = None) -> Gate:
    clock = clock or Clock()
    return Gate(Permits(owner, urgent=urgent, clock=clock), clock)


def _claim(gate: Gate, owner: str = "a", queue: str = BULK, limit: int = 100) -> list[Device]:
    claims, _ = gate.claim(queue=queue, owner=owner, limit=limit)
    return [each.item.device for each in claims]


def _in_cell(utility: Utility, count: int, cell: str = "A1") -> list[Device]:
    return [make_device(utility, cell=cell, host="") for _ in range(count)]


def _time_passes() -> None:
    JobItem.objects.filter(state="waiting").update(not_before=timezone.now())


def test_what_finds_no_room_waits_as_if_nobody_had_touched_it() -> None:
    SegmentLimit.objects.create(kind="cell", sessions=5)
    utility = make_utility()
    _in_cell(utility, 10)
    job = job_over(utility)
    assert len(_claim(_gate())) == 4, "one of five is kept for reading on demand"
    waiting = job.items.filter(state="waiting")
    assert set(waiting.values_list("attempts", "lease_owner", "started_at", "last_cause")) == {(0, "", None, "")}
    assert all(timezone.now() < item.not_before for item in waiting)
    assert {item_state(item).label for item in waiting} == {"Waiting for its network segment"}
    contacts = Contact.objects.filter(device__job_items__in=waiting)
    found = set(contacts.values_list("next_counter", "session_owner", "session_until", "last_attempt_at"))
    assert found == {(1, "", None, None)}, "no counter of the key is used, and nobody was tried"


def test_a_full_segment_holds_nobody_else_up() -> None:
    """300 items of a full cell are first in the queue; those of others begin at once all the same."""
    SegmentLimit.objects.create(kind="cell", sessions=1)
    utility, clock = make_utility(), Clock()
    Permits("somebody else", urgent=False).acquire([Wanted(1, (CELL,))])
    full = _in_cell(utility, 300)
    others = [device for k in range(100) for device in _in_cell(utility, 1, f"B{k}")]
    job_over(utility)
    gate = _gate(clock=clock)
    assert _claim(gate) == []
    assert set(_claim(gate)) == set(others), "in the next round, and no second has passed"
    assert _claim(gate) == []
    clock.now += MOMENT_S
    _, claimed = gate.claim(queue=BULK, owner="a", limit=100)
    assert claimed == 100, "after a moment the full segment is asked about again"
    assert JobItem.objects.filter(device__in=full, attempts__gt=0).count() == 0


def test_a_permit_given_back_lets_the_next_begin_at_once() -> None:
    SegmentLimit.objects.create(kind="cell", sessions=1)
    utility = make_utility()
    _in_cell(utility, 3)
    job_over(utility)
    gate = _gate()
    (first,) = _claim(gate, limit=2)
    assert _claim(gate) == []
    gate.release(JobItem.objects.filter(device=first).values_list("pk", flat=True))
    assert len(_claim(gate)) == 1


def test_everything_is_read_in_the_end_each_once() -> None:
    """No item starves, whoever asks first: three at a time, everything is done after as many rounds as that takes."""
    SegmentLimit.objects.create(kind="cell", sessions=4)
    utility, gate = make_utility(), _gate()
    devices = _in_cell(utility, 20)
    job_over(utility)
    read: list[Device] = []
    for _ in range(7):
        begun = _claim(gate)
        items = JobItem.objects.filter(device__in=begun, state="running")
        gate.release(list(items.values_list("pk", flat=True)))
        items.update(state="ok")
        Contact.objects.update(session_owner="", session_until=None)
        read += begun
        _time_passes()
    assert sorted(device.pk for device in read) == [device.pk for device in devices]


def test_reading_on_demand_gets_a_permit_in_a_segment_that_is_full_of_bulk_work() -> None:
    """headend.md §4 row 9."""
    SegmentLimit.objects.create(kind="cell", sessions=5)
    utility = make_utility()
    _in_cell(utility, 10)
    job_over(utility, Priority.BULK)
    assert len(_claim(_gate())) == 4
    waited_for = Device.objects.exclude(job_items__state="running").first()
    assert waited_for
    Job.objects.update(priority=Priority.BULK)
    JobItem.objects.filter(device=waited_for).update(priority=Priority.ON_DEMAND, not_before=timezone.now())
    assert _claim(_gate("b", urgent=True), "b", ON_DEMAND) == [waited_for]


def test_behind_a_concentrator_its_own_cell_and_apn_count() -> None:
    utility = make_utility()
    way = make_device(utility, model=make_device_model("aim-dc1"), cell="Z9", apn="grid")
    device = make_device(utility, host="", concentrator=way, gateway_address="0001", cell="A1")
    found = Device.objects.select_related("concentrator").get(pk=device.pk)
    assert segments_of(found) == (
        Segment("concentrator", way.serial_number), Segment("cell", "Z9"), Segment("apn", "grid")
    )  # fmt: skip
    assert segments_of(way) == (Segment("cell", "Z9"), Segment("apn", "grid"))
    SegmentLimit.objects.create(kind="concentrator", name=way.serial_number, sessions=1)
    others = [make_device(utility, host="", concentrator=way, gateway_address=f"001{k}") for k in range(3)]
    job_over(utility)
    gate = _gate()
    assert len({*_claim(gate)} & {device, *others}) == 1
    _time_passes()
    assert _claim(gate) == [], "its devices are passed over, by the serial number of the concentrator"


@pytest.mark.parametrize(
    ("kind", "name", "passed_over"),
    [
        ("concentrator", "WAY-1", {"behind", "slave behind"}),
        ("cell", "Z9", {"behind", "slave behind", "way"}),
        ("apn", "grid", {"alone", "slave"}),
        ("cell", "A1", {"alone", "slave"}),
        ("concentrator", "another", set()),
    ],
)
def test_what_goes_through_a_full_segment_is_passed_over_and_nothing_else(
    kind: str, name: str, passed_over: set[str]
) -> None:
    """Each by the modem in use: its own, that of its concentrator, or that of its master. Masters come after slaves."""
    utility = make_utility()
    way = make_device(utility, model=make_device_model("aim-dc1"), serial_number="WAY-1", cell="Z9")
    alone = make_device(utility, cell="A1", apn="grid")
    behind = make_device(utility, host="", concentrator=way, gateway_address="0001", cell="A1", apn="grid")
    names = {way: "way", alone: "alone", behind: "behind"}
    names |= {slave_of(alone): "slave", slave_of(behind): "slave behind"}
    names |= {make_device(utility): "nowhere"}
    claimed = set()
    for device, called in names.items():
        create_job(
            utility=utility, order=Order(kind="profile", title=called), devices=Device.objects.filter(pk=device.pk)
        )
        claimed |= {called for _ in claims.claim(queue=BULK, owner="a", limit=9, full={kind: [name]})}
        JobItem.objects.update(state="ok")
        Contact.objects.update(session_owner="", session_until=None)
    assert claimed == {*names.values()} - passed_over


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_what_the_segment_bears_and_comes_back_for_the_rest() -> None:
    SegmentLimit.objects.create(kind="cell", sessions=2)
    utility = make_utility()
    _in_cell(utility, 6)
    job = job_over(utility)
    done = 0
    for _ in range(6):
        done += work_off(BULK)
        _time_passes()
    assert done == 6
    assert set(job.items.values_list("state", "attempts", "last_cause")) == {("failed", 1, causes.NO_ADDRESS)}
    assert [use.sessions for use in Server().use()] == [0]


@pytest.mark.django_db(transaction=True)
def test_permits_go_back_when_the_batch_cannot_begin() -> None:
    """headend.md §4 row 10: an error between permit and session keeps no permit."""
    SegmentLimit.objects.create(kind="cell", sessions=5)
    utility = make_utility()
    _in_cell(utility, 2)
    job_over(utility)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE headend_gap RENAME TO hidden")
    try:
        assert work_off(BULK) == 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE hidden RENAME TO headend_gap")
    assert [(use.sessions, use.granted) for use in Server().use()] == [(0, 2)]
